"""Assumptions, kept apart from what is reckoned: how points will be redeemed, and what people would have bought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from stammis.core.rules import Rules
from stammis.simulation import course as courses
from stammis.simulation.course import month_of
from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison, rules_of
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


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """What would be redeemed of the points given in the stretch, by the curve of their wallet: today, and tried.

    ``by_end`` is redeemed before the stretch ends, ``in_all`` as far as the curve reaches. ``by_end_minor`` and
    ``in_all_minor`` are the same in money, None where the wallet has no value. Of the members looked at.
    """

    wallet: str
    by_end: tuple[int, int]
    in_all: tuple[int, int]
    by_end_minor: tuple[int, int] | None = None
    in_all_minor: tuple[int, int] | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """If sales rose by ``elasticity`` per cent for each per cent that more is given: what would come on top.

    ``sales_minor`` is sold more by all members, ``points_minor`` the worth of the points on that, ``cost_minor`` that
    and what the change costs without any response; ``margin`` the share of the added sales that has to be left for it
    to pay, None where nothing is sold more. An assumption, not a result.
    """

    elasticity: float
    sales_minor: int
    points_minor: int
    cost_minor: int
    margin: float | None


class Assumed(msgspec.Struct, frozen=True, kw_only=True):
    """What a run supposes, kept apart from what it came to: redemption by curve, a response of sales; or neither.

    ``growth`` is by which part the worth of the points given grows; None where nothing was given before.
    """

    redemption: tuple[Redeemed, ...] = ()
    curves: tuple[Curve, ...] = ()
    response: tuple[Response, ...] = ()
    growth: float | None = None


def assumed(run: Run, found: Comparison) -> Assumed:
    """Reckon what a run supposes, beside what it came to."""
    response = () if run.response_low is None or run.response_high is None else (run.response_low, run.response_high)
    curves = redemption_curves(run) if run.redemption == Run.Redemption.CURVE else ()
    end = _number(month_of(_end_of(run) + 1, run.programme.zone))
    rules = rules_of(run)
    return Assumed(
        redemption=tuple(_redeemed(found, curve, end, rules) for curve in curves),
        curves=curves,
        response=tuple(responses(found, response)),
        growth=growth(found),
    )


def _redeemed(found: Comparison, curve: Curve, end: int, rules: Rules) -> Redeemed:
    by_end, in_all = (_by_curve(found, curve, until) for until in (end, end + len(curve.ages)))
    wallet = rules.wallets.get(curve.wallet)
    told = Redeemed(wallet=curve.wallet, by_end=by_end, in_all=in_all)
    if wallet is None or wallet.value is None:
        return told
    minor = [(wallet.worth(today), wallet.worth(tried)) for today, tried in (by_end, in_all)]
    return msgspec.structs.replace(told, by_end_minor=minor[0], in_all_minor=minor[1])


def redemption_curves(run: Run) -> tuple[Curve, ...]:
    """Reckon from the ledger of a run's history how points of each wallet are redeemed by the age of their lots.

    Age is in local months from that in which a lot was opened. A lot is seen at an age if that month was over at the
    end of the stretch; what came later is not looked at.
    """
    found = manifest.read(folder_of(run) / "snapshot")
    assert found is not None, "the run's own copy of the manifest"
    snapshot = Snapshot(folder_of(run) / "snapshot", found)
    last = _number(month_of(_end_of(run) + 1, run.programme.zone)) - 1
    seen: dict[str, _Seen] = {}
    for bucket in snapshot.buckets:
        for _, rows in snapshot.entries(bucket):
            _look(rows, run.programme.zone, seen, last)
    return tuple(Curve(wallet=wallet, ages=tuple(_ages(seen[wallet], last))) for wallet in sorted(seen))


class _Seen:
    """Of a wallet: points opened by month, and points redeemed by the age of their lots."""

    def __init__(self) -> None:
        self.opened: Counter[int] = Counter()
        self.redeemed: Counter[int] = Counter()


def _ages(seen: _Seen, last: int) -> Iterator[Age]:
    oldest = max((last - month for month in seen.opened), default=-1)
    for age in range(oldest + 1):
        points = sum(n for month, n in seen.opened.items() if month + age <= last)
        yield Age(months=age, seen=points, redeemed=seen.redeemed[age])


def _end_of(run: Run) -> int:
    """Give the instant at which a run ends, in epoch seconds."""
    course = courses.read(folder_of(run))
    if course.until is not None:
        return course.until
    found = manifest.read(folder_of(run) / "snapshot")
    assert found is not None, "the run's own copy of the manifest"
    return int(found.position.at.timestamp())


def _look(rows: Iterable[Row], zone: str, seen: dict[str, _Seen], last: int) -> None:
    """Count one member's lots by the month of their opening, and what was redeemed of them by their age then."""
    began: dict[int, int] = {}
    for row in rows:
        wallet = seen.get(row.wallet)
        if wallet is None:
            wallet = seen[row.wallet] = _Seen()
        month = _number(month_of(row.occurred_at // _SECOND, zone))
        if row.opened:
            began[row.row] = month
            wallet.opened[month] += row.opened
        if row.kind in {"spend", "restore"} and row.lots and month <= last:
            for lot, amount, _ in _read_lots(row.lots):
                if lot in began:
                    wallet.redeemed[month - began[lot]] += amount if row.kind == "spend" else -amount


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _MONTHS + int(number)


def _by_curve(found: Comparison, curve: Curve, until: int) -> tuple[int, int]:
    """Give what is redeemed before a month (its number) of the points given in the stretch: today, and tried."""
    sums = [0.0, 0.0]
    for month in found.months:
        if month.wallet == curve.wallet:
            share = curve.redeemed_by(until - _number(month.month))
            for place, moves in enumerate((month.today, month.tried)):
                sums[place] += share * (moves["earned"] + moves["given"] + moves["taken_back"])
    return round(sums[0]), round(sums[1])


def growth(found: Comparison) -> float | None:
    """Tell by which part the worth of the points given grows; None where none is known or nothing was given."""
    today, tried = _given(found)
    return (tried - today) / today if today > 0 else None


def responses(found: Comparison, elasticities: Iterable[float]) -> Iterator[Response]:
    """Tell for each elasticity of a range what would come on top if sales answered to what is given.

    ``elasticity`` is by how many per cent sales rise for each per cent that the worth of points given rises. Nothing
    where no wallet has a value, or nothing was given.
    """
    today, tried = _given(found)
    part, whole = found.share
    sales = found.today.gross_minor * whole / part
    if today <= 0 or sales <= 0:
        return
    for elasticity in elasticities:
        more = sales * elasticity * (tried - today) / today
        points = more * tried / sales
        cost = tried - today + points
        yield Response(
            elasticity=elasticity,
            sales_minor=round(more),
            points_minor=round(points),
            cost_minor=round(cost),
            margin=cost / more if more > 0 else None,
        )


def _given(found: Comparison) -> tuple[int, int]:
    """Give the worth of the points given to all members, less what was taken back: today, and tried."""
    known = [
        (each.cost_today.value, each.cost_tried.value) for each in found.wallets if each.cost_today and each.cost_tried
    ]
    return sum(today for today, _ in known), sum(tried for _, tried in known)
