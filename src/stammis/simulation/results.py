"""What a run came to, read from its files: sums of all units, and tables of members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow.parquet as pq

from stammis.simulation import tallies, units
from stammis.simulation.course import Course
from stammis.simulation.models import Run
from stammis.simulation.tallies import MOVES, Budget, Sums
from stammis.simulation.units import Difference, Part
from stammis.snapshot import queries as snapshots
from stammis.snapshot.reading import connect


class WalletTotals(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet over the stretch, in its smallest unit: opening + all moves = closing (active, pending and held)."""

    opening: int = 0
    earned: int = 0
    given: int = 0
    taken_back: int = 0
    redeemed: int = 0
    restored: int = 0
    expired: int = 0
    received: int = 0
    sent: int = 0
    active: int = 0
    pending: int = 0
    held: int = 0

    @property
    def closing(self) -> int:
        """What is there at the end."""
        return self.active + self.pending + self.held


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A cap or budget that cut something: how often, and when first. ``because`` is the code of the step."""

    because: str
    id: str
    times: int
    first_at: dt.datetime


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run in short. What it is a sample of is told by ``share`` (part, whole); counts are those of the part."""

    members: int
    events: int
    purchases: int
    touched: int
    gross_minor: int
    share: tuple[int, int]
    wallets: dict[str, WalletTotals] = {}
    refused: dict[str, int] = {}
    limits: tuple[Limit, ...] = ()
    budgets_shared: bool = False
    compared: int = 0
    differing: int = 0
    differences: tuple[Difference, ...] = ()


def folder_of(run: Run) -> Path:
    """Give the folder of a run's files. Raises NoFolder."""
    return snapshots.data_folder() / "simulations" / str(run.id)


def fingerprint(run: Run, course: Course) -> str:
    """Give the hash of all that a run's results depend on, besides the position."""
    asked = [course, run.label, run.sample, run.redemption, run.response_low, run.response_high]
    return sha256(msgspec.json.encode(asked)).hexdigest()


def finished(folder: Path) -> list[str]:
    """Give the names of a run's finished units."""
    return sorted(path.parent.name for path in folder.glob("*/outcome") if "." not in path.parent.name)


def sums(folder: Path) -> Sums:
    """Add up what all units come to; who shared budgets counts as that pass found them."""
    total = Sums()
    for part in outcomes(folder):
        total.add(tallies.decode(part.sums))
    return total


def outcomes(folder: Path) -> Iterator[Part]:
    """Give what counts of all units: of each who drew on no budget, and the others as they were folded last."""
    names = finished(folder)
    merged = any(name.startswith("m") for name in names)
    for name in names:
        outcome = units.read_outcome(folder, name)
        yield outcome.dry
        if not merged or name.startswith("m"):
            yield outcome.wet


def tables(folder: Path) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB connection with a run's views ``people``, ``purses``, … (see ``units.TABLES``). Close it."""
    db = connect()
    attach(db, folder)
    return db


def attach(db: duckdb.DuckDBPyConnection, folder: Path, prefix: str = "") -> None:
    """Add the views of a run to a connection, their names after a prefix."""
    names = finished(folder)
    merged = [name for name in names if name.startswith("m")]
    alone = [name for name in names if name not in merged]
    for table, schema in units.TABLES.items():
        if not names:  # nobody has a history yet
            db.from_arrow(schema.empty_table()).create(f"{prefix}{table}")
            continue
        rest = [str(folder / name / f"{table}.parquet") for name in alone]
        db.from_parquet(rest).create_view(f"{prefix}{table}_alone")
        if not merged:
            db.execute(f"CREATE VIEW {prefix}{table} AS FROM {prefix}{table}_alone")
            continue
        db.from_parquet([str(folder / name / f"{table}.parquet") for name in merged]).create_view(f"{prefix}{table}_m")
        db.execute(
            f"CREATE VIEW {prefix}{table} AS SELECT * FROM {prefix}{table}_alone"  # noqa: S608 - names of our own
            f" WHERE member_id NOT IN (SELECT member_id FROM {prefix}people_m)"
            f" UNION ALL BY NAME FROM {prefix}{table}_m"
        )


def exhausted(folder: Path, course: Course) -> frozenset[Budget]:
    """Give the budgets of which more was drawn than there is, as long as everybody had as much as they wanted."""
    drawn = sums(folder).drawn
    if not drawn:
        return frozenset()
    versions = course.versions()
    pools = [pool for stage in course.stages for pool in versions.number(stage.number).book.budgets]
    least: dict[str, int] = {}
    for pool in pools:
        most = pool.most if pool.by_household else int(pool.most * Fraction(*course.share))
        least[pool.id] = min(most, least.get(pool.id, most))
    return frozenset(budget for budget, points in drawn.items() if points > least.get(budget[0], points))


def drawers(folder: Path) -> frozenset[bytes]:
    """Give all who drew on a budget, with those who are folded together with them."""
    found: set[bytes] = set()
    for name in finished(folder):
        table = pq.read_table(folder / name / "people.parquet", columns=["member_id", "wet"])
        found.update(table.filter(table.column("wet")).column("member_id").to_pylist())
    return frozenset(found)


def summary(folder: Path, course: Course) -> Summary:
    """Put a finished run's sums and balances together in short."""
    total = sums(folder)
    proofs = [outcome.proof for outcome in outcomes(folder)]
    purchases, touched, gross = total.purchases()
    return Summary(
        members=total.members,
        events=total.events,
        purchases=purchases,
        touched=touched,
        gross_minor=gross,
        share=course.share,
        wallets=_wallets(folder),
        refused={f"{kind} {code}": count for (kind, code), count in sorted(total.refused.items())},
        limits=tuple(
            Limit(
                because=because,
                id=what,
                times=times,
                first_at=dt.datetime.fromtimestamp(total.first_cut[because, what], dt.UTC),
            )
            for (because, what), times in sorted(total.cuts.items())
        ),
        budgets_shared=any(name.startswith("m") for name in finished(folder)),
        compared=sum(proof.compared for proof in proofs),
        differing=sum(proof.differing for proof in proofs),
        differences=tuple(each for proof in proofs for each in proof.differences)[: units.SHOWN],
    )


_COLUMNS = ("opening", *MOVES, "active", "pending", "held")


def _wallets(folder: Path) -> dict[str, WalletTotals]:
    if not finished(folder):
        return {}
    asked = ", ".join(f"sum({column})::BIGINT" for column in _COLUMNS)
    with tables(folder) as db:
        rows: list[tuple[Any, ...]] = db.execute(
            f"SELECT wallet, {asked} FROM purses GROUP BY wallet ORDER BY wallet"  # noqa: S608 - names of our own
        ).fetchall()
    return {row[0]: WalletTotals(**dict(zip(_COLUMNS, row[1:], strict=True))) for row in rows}
