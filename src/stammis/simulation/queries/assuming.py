"""Assumptions, kept apart from what is reckoned: how points will be redeemed, and what people would have bought."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from stammis.simulation import course as courses
from stammis.simulation.course import month_of
from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison
from stammis.simulation.results import folder_of
from stammis.snapshot import manifest
from stammis.snapshot.reading import Row, Snapshot

_SECOND = 1_000_000
_MONTHS = 12
_read_lots = msgspec.json.Decoder(tuple[tuple[int, int, int | None], ...]).decode


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """Lots of an age in months: how many points were seen at that age, and how many of them were redeemed in it."""

    months: int
    seen: int
    redeemed: int

    @property
    def share(self) -> float:
        """The share redeemed at that age."""
        return self.redeemed / self.seen if self.seen else 0.0


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """How points of a wallet were redeemed by the age of their lots, from this history."""

    wallet: str
    ages: tuple[Age, ...]

    def redeemed_by(self, months: int) -> float:
        """Give the share of a lot that is redeemed before it is so many months old."""
        return sum(age.share for age in self.ages if age.months < months)


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """If sales rose by ``elasticity`` per cent for each per cent that more is given: what would come on top.

    ``sales_minor`` is sold more, ``points_minor`` the worth of the points on that. An assumption, not a result.
    """

    elasticity: float
    sales_minor: int
    points_minor: int


def redemption_curve(run: Run, wallet: str) -> Curve:
    """Reckon from the ledger of a run's history how points of a wallet are redeemed by the age of their lots.

    Age is in local months from that in which a lot was opened. A lot is seen at an age if that month was over at the
    end of the stretch; what came later is not looked at.
    """
    found = manifest.read(folder_of(run) / "snapshot")
    assert found is not None, "the run's own copy of the manifest"
    snapshot = Snapshot(folder_of(run) / "snapshot", found)
    zone = run.programme.zone
    until = courses.read(folder_of(run)).until or int(found.position.at.timestamp())
    last = _number(month_of(until + 1, zone)) - 1
    opened: Counter[int] = Counter()
    redeemed: Counter[int] = Counter()
    for bucket in snapshot.buckets:
        for _, rows in snapshot.entries(bucket):
            _look((row for row in rows if row.wallet == wallet), zone, opened, redeemed, last)
    oldest = max((last - month for month in opened), default=-1)
    ages = (
        Age(months=age, seen=sum(n for month, n in opened.items() if month + age <= last), redeemed=redeemed[age])
        for age in range(oldest + 1)
    )
    return Curve(wallet=wallet, ages=tuple(ages))


def _look(rows: Iterable[Row], zone: str, opened: Counter[int], redeemed: Counter[int], last: int) -> None:
    """Count one member's lots by the month of their opening, and what was redeemed of them by their age then."""
    began: dict[int, int] = {}
    for row in rows:
        month = _number(month_of(row.occurred_at // _SECOND, zone))
        if row.opened:
            began[row.row] = month
            opened[month] += row.opened
        if row.kind in {"spend", "restore"} and row.lots and month <= last:
            for lot, amount, _ in _read_lots(row.lots):
                if lot in began:
                    redeemed[month - began[lot]] += amount if row.kind == "spend" else -amount


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _MONTHS + int(number)


def redeemed_by_curve(comparison: Comparison, curve: Curve, end: dt.date) -> tuple[int, int]:
    """Give what would be redeemed before ``end`` of the points given in the stretch, by a curve: today, and tried."""
    until = end.year * _MONTHS + end.month
    sums = [0.0, 0.0]
    for month in comparison.months:
        if month.wallet == curve.wallet:
            share = curve.redeemed_by(until - _number(month.month))
            for place, moves in enumerate((month.today, month.tried)):
                sums[place] += share * (moves["earned"] + moves["given"] + moves["taken_back"])
    return round(sums[0]), round(sums[1])


def responses(comparison: Comparison, elasticities: Iterable[float]) -> Iterator[Response]:
    """Tell for each elasticity of a range what would come on top if sales answered to what is given.

    ``elasticity`` is by how many per cent sales rise for each per cent that the worth of points given rises. Nothing
    where no wallet has a value, or nothing was given.
    """
    given = [wallet.given_minor for wallet in comparison.wallets if wallet.given_minor is not None]
    today, tried = sum(each[0] for each in given), sum(each[1] for each in given)
    sales = comparison.today.gross_minor
    if today <= 0 or sales <= 0:
        return
    for elasticity in elasticities:
        more = sales * elasticity * (tried - today) / today
        yield Response(elasticity=elasticity, sales_minor=round(more), points_minor=round(more * tried / sales))
