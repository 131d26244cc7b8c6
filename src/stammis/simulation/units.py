"""Units of a run: a bucket whose members fold alone, or a chain who fold together. Each has files of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from stammis.accrual.records import read_event
from stammis.core.events import Received
from stammis.simulation import tallies
from stammis.simulation.accounts import ASKED_FOR, NOBODY, Account
from stammis.simulation.folding import SECOND, Fold
from stammis.simulation.tallies import MOVES, Sums
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Row, Snapshot, Stored

SHOWN = 100
"""So many differences of a unit are kept; all are counted."""
_FLUSH = 20_000
_MEMBER = pa.binary(16)
_purchase = attrgetter("purchase_id")
_WORD = pa.dictionary(pa.int32(), pa.string())

PURSES = pa.schema(
    [
        ("member_id", _MEMBER),
        ("wallet", _WORD),
        *((name, pa.int64()) for name in ("opening", *MOVES)),
        *((name, pa.int64()) for name in ("active", "pending", "held")),
    ]
)
"""A row for each member and wallet: the balance at the beginning, how points moved, and what is there at the end."""
PEOPLE = pa.schema(
    [
        ("member_id", _MEMBER),
        ("enrolled", pa.bool_()),
        ("purchases", pa.int32()),
        ("gross_minor", pa.int64()),
        ("labels", pa.list_(pa.string())),
        ("wet", pa.bool_()),
    ]
)
"""A row for each member; ``wet``: drew on a budget, or belongs to a chain of which somebody did."""
LEVELS = pa.schema([("member_id", _MEMBER), ("set", _WORD), ("before", _WORD), ("after", _WORD)])
"""A row for each member and tier set: the level at the beginning and at the end."""

REWARDS = pa.schema(
    [
        ("member_id", _MEMBER),
        ("reward", _WORD),
        ("wallet", _WORD),
        *((name, pa.int64()) for name in ("taken", "given_back", "points")),
    ]
)
"""A row for each member and reward: how many were taken, how many given back, and the points that it cost."""
TABLES = {"people": PEOPLE, "purses": PURSES, "levels": LEVELS, "rewards": REWARDS}
"""The tables of a unit's results, by the name of their files; the others ask who is in the first."""


class Difference(msgspec.Struct, frozen=True):
    """A row that came out otherwise than it stands in the ledger: whose, which, and both."""

    member: str
    row: int
    stored: str
    made: str


class Proof(msgspec.Struct, kw_only=True):
    """How the rows that came out compare with the ledger's."""

    compared: int = 0
    differing: int = 0
    differences: list[Difference] = msgspec.field(default_factory=list)


class Part(msgspec.Struct, kw_only=True):
    """What some of a unit's members come to: sums as ``tallies.encode`` gives them, and the proof."""

    sums: bytes
    proof: Proof


class Outcome(msgspec.Struct, kw_only=True):
    """What a unit comes to besides its tables: of who drew on no budget (``dry``), and of the others (``wet``)."""

    dry: Part
    wet: Part


class Results:
    """The tables and sums of a unit, written as they grow, and put in place at the end as a whole."""

    def __init__(self, folder: Path, unit: str) -> None:
        self._place = folder / unit
        self._part = folder / f"{unit}.{os.getpid()}.part"
        shutil.rmtree(self._part, ignore_errors=True)  # of a killed process that had the same number
        self._part.mkdir(mode=0o700)
        self._writers = {
            name: (pq.ParquetWriter(self._part / f"{name}.parquet", schema, compression="zstd"), schema)
            for name, schema in TABLES.items()
        }
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self._writers}
        self.sums = Sums()
        self._sums = {False: self.sums, True: Sums()}
        self._proofs = {False: Proof(), True: Proof()}

    def scratch(self) -> Path:
        """Give a place for files that are gone at the end."""
        return self._part.with_suffix(".sort")

    def take(self, account: Account, *, wet: bool) -> None:
        """Take over what a member came to."""
        member, standing = account.subject.id, account.subject.standing
        account.flow()
        if account.sums is not self.sums:
            self._sums[wet].add(account.sums)
        self._rows["people"].append(
            (member, standing.enrolled, account.bought, account.spent, list(standing.labels), wet)
        )
        for wallet, purses in account.purses.items():
            self._rows["purses"].append(
                (member, wallet, purses.opening, *purses.moves, purses.active, purses.pending, purses.held)
            )
        for tiers, level in account.levels.items():
            self._rows["levels"].append((member, tiers, account.levels_then.get(tiers, NOBODY), level))
        for (reward, wallet), counts in account.rewards.items():
            self._rows["rewards"].append((member, reward, wallet, *counts))
        for name, rows in self._rows.items():
            if len(rows) >= _FLUSH:
                self._flush(name)

    def compare(self, account: Account, stored: Iterator[Row], *, wet: bool) -> None:
        """Compare every row that was made with the ledger's, and what was refused with nothing."""
        proof = self._proofs[wet]
        member = account.subject.id.hex()
        made = iter(account.rows or ())
        for number, row in enumerate(stored, start=1):
            proof.compared += 1
            expected, found = plain(row), next(made, None)
            if expected != found:
                _differs(proof, member, number, expected, found)
        for found in made:
            _differs(proof, member, found[0], None, found)
        for (kind, code), count in account.sums.refused.items():
            _differs(proof, member, 0, None, (kind, code, count))

    def _flush(self, name: str) -> None:
        writer, schema = self._writers[name]
        rows = self._rows[name]
        columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
        arrays = [pa.array(column, each.type) for column, each in zip(columns, schema, strict=True)]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        rows.clear()

    def close(self) -> int:
        """Put the unit in its place; give how many events it folded."""
        for name, (writer, _) in self._writers.items():
            self._flush(name)
            writer.close()
        dry, wet = (Part(sums=tallies.encode(self._sums[wet]), proof=self._proofs[wet]) for wet in (False, True))
        (self._part / "outcome").write_bytes(msgspec.msgpack.encode(Outcome(dry=dry, wet=wet)))
        try:
            self._part.rename(self._place)
        except OSError:  # somebody else was quicker, with the same result
            shutil.rmtree(self._part)
        return sum(sums.events for sums in self._sums.values())


def plain(row: Row) -> tuple[Any, ...]:
    """Give a stored row in the form in which ``row_of`` tells one."""
    return (
        row.row,
        row.seq,
        row.wallet,
        row.kind,
        row.amount,
        row.running,
        row.occurred_at // SECOND,
        None if row.ends_at is None else row.ends_at // SECOND,
        row.opened,
        row.lots,
        row.reverses,
        row.pending,
        row.shortfall,
    )


def _differs(proof: Proof, member: str, row: int, stored: tuple[Any, ...] | None, made: tuple[Any, ...] | None) -> None:
    proof.differing += 1
    if len(proof.differences) < SHOWN:
        proof.differences.append(Difference(member, row, _text(stored), _text(made)))


def _text(row: tuple[Any, ...] | None) -> str:
    return "none" if row is None else " ".join(str(value) for value in row)


def read_outcome(folder: Path, unit: str) -> Outcome:
    """Read what a finished unit came to."""
    return msgspec.msgpack.decode((folder / unit / "outcome").read_bytes(), type=Outcome)


def fold_bucket(
    fold: Fold, snapshot: Snapshot, bucket: int, results: Results, *, members: Collection[bytes] | None = None
) -> None:
    """Fold the members of a bucket, each alone; ``members`` names those that are wanted, else all."""
    ledger = _Ledger(snapshot.entries(bucket)) if fold.course.exact else None
    for member, events in snapshot.histories(bucket, members):
        account = play_alone(fold, member, events)
        wet = bool(account.sums.drawn)
        if ledger is not None:
            results.compare(account, ledger.of(member), wet=wet)
        results.take(account, wet=wet)
        del fold.accounts[member]


class _Ledger:
    """Ledger rows, one member after the other."""

    def __init__(self, rows: Iterator[tuple[bytes, Iterator[Row]]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, member: bytes) -> Iterator[Row]:
        """Give the rows of a member; those of members passed over are left out."""
        while self._next is not None and self._next[0] <= member:
            if self._next[0] == member:
                yield from self._next[1]
            self._next = next(self._rows, None)


_CHAIN = """
SELECT member_id, seq, kind, epoch_us(occurred_at), purchase_id, gross_minor, body, version, grants
FROM events SEMI JOIN chained USING (member_id) ORDER BY arrival
"""


def fold_chain(fold: Fold, snapshot: Snapshot, members: Collection[bytes], results: Results) -> int:
    """Fold members together, in the order in which their events arrived; give the events."""
    place = results.scratch()
    course = fold.course
    play_chain(fold, snapshot, members, place)
    accounts = sorted(fold.accounts.items())
    wet = fold.shares or any(account.sums.drawn for _, account in accounts)
    ledgers = {b: _Ledger(snapshot.entries(b)) for b in snapshot.buckets} if course.exact else {}
    for member, account in accounts:
        if course.exact:
            results.compare(account, ledgers[bucket_of(member)].of(member), wet=wet)
        results.take(account, wet=wet)
    shutil.rmtree(place, ignore_errors=True)
    return results.close()


def play_alone(fold: Fold, member: bytes, events: Iterator[Stored]) -> Account:
    """Let a member's history happen again; give what it comes to."""
    stored = list(events)
    account = fold.account(member)
    account.wanted = frozenset(filter(None, map(_purchase, stored)))
    fold.live(account, stored)
    fold.end(account)
    return account


def play_chain(fold: Fold, snapshot: Snapshot, members: Collection[bytes], scratch: Path) -> None:
    """Let the histories of members happen again in the order of arrival; what does not fit into memory goes to disk."""
    with snapshot.sql() as db:
        db.execute(f"SET temp_directory = '{scratch}'")
        db.register("chained", pa.table({"member_id": pa.array(sorted(members), _MEMBER)}))
        fold.expect(_receivers(db), _wanted(db))
        found = db.execute(_CHAIN)
        while chunk := found.fetchmany(1_000):
            for row in chunk:
                fold.live(fold.account(row[0]), (Stored._make(row),))
    for _, account in sorted(fold.accounts.items()):
        fold.end(account)


def _receivers(db: Any) -> dict[str, bytes]:
    """Give by transfer who received it; what a purchase or a merge brought to somebody may go by the same id."""
    found = db.execute(
        "SELECT external_id, member_id, body FROM events SEMI JOIN chained USING (member_id) WHERE kind = 'received'"
    )
    receivers: dict[str, bytes] = {}
    while chunk := found.fetchmany(1_000):
        for id, member, body in chunk:
            event = read_event(body)
            if isinstance(event, Received) and event.purpose in ASKED_FOR:
                receivers[id] = member
    return receivers


def _wanted(db: Any) -> dict[bytes, frozenset[str]]:
    """Give by member the purchases that events are about which are no purchases themselves."""
    rows = db.execute(
        "SELECT member_id, list(DISTINCT purchase_id) FROM events SEMI JOIN chained USING (member_id)"
        " WHERE purchase_id IS NOT NULL GROUP BY member_id"
    ).fetchall()
    return {member: frozenset(purchases) for member, purchases in rows}
