"""Measures: what a metric of the registry comes to. Page, API and command line ask here and nowhere else."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from stammis.core.amounts import exact
from stammis.core.currencies import DECIMALS
from stammis.core.programme import Programme as Document
from stammis.core.tier_sets import TierSet
from stammis.core.wallets import Wallet
from stammis.insight import registry
from stammis.insight.intervals import FEW, wilson
from stammis.insight.periods import BEGINNING, Period, Periods, midnight, stepped, whole
from stammis.insight.queries import counting
from stammis.insight.queries.counting import Customers, Key, Points, Sales
from stammis.insight.registry import Dimension, Metric
from stammis.kit.errors import Invalid
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme

NO_CUSTOMERS = "no_customers"
NOBODY_BOUGHT_TWICE = "nobody_bought_twice"
NO_VALUE = "no_value"
_DAY = dt.timedelta(days=1)
_Answer = TypeVar("_Answer")


class BadDimension(Invalid):
    """This metric cannot be divided so."""

    code = "bad_dimension"


class UnknownWallet(Invalid):
    """The programme has no such wallet."""

    code = "unknown_wallet"


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One figure: value = numerator, or numerator / denominator; minor units of money, smallest units of points.

    Where it cannot be told ``value`` is None and ``reason`` says why. ``n`` is how many customers or purchases it rests
    on; ``few`` flags shares of fewer than 30.
    """

    value: int | Fraction | None
    numerator: int
    denominator: int | None = None
    n: int | None = None
    interval: tuple[float, float] | None = None
    reason: str | None = None
    few: bool = False
    label: str = ""
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A metric, the period and the programme it is about, the figure, and (where asked) its slices."""

    metric: Metric
    period: Period
    figure: Slice
    slices: tuple[Slice, ...] = ()
    by: Dimension | None = None
    currency: str
    decimals: int = 0
    wallet: str | None = None
    window_days: int | None = None


def measure(
    name: str,
    programme: Programme,
    *,
    now: dt.datetime,
    first: dt.date | None = None,
    end: dt.date | None = None,
    by: str | None = None,
    wallet: str | None = None,
    window_days: int | None = None,
) -> Measure:
    """Measure a metric from the local day ``first`` to the day ``end`` (not included).

    Without them it is all history, up to ``now``. ``by`` adds a slice for each day, week, month, year, tier, channel,
    store or wallet. ``wallet`` is the programme's first one unless given; ``window_days`` replaces the window in which
    a customer counts as active. Raises UnknownMetric, BadPeriod, BadDimension and UnknownWallet.
    """
    metric = registry.metric(name)
    report = Report(programme, now=now, first=first, end=end, wallet=wallet, window_days=window_days)
    return report.measure(metric, by)


@dataclass(eq=False)
class Report:
    """Measures of one programme and period: what they share is asked once, and the window of activity is fixed.

    Raises BadPeriod and UnknownWallet.
    """

    programme: Programme
    now: dt.datetime
    first: dt.date | None = None
    end: dt.date | None = None
    wallet: str | None = None
    window_days: int | None = None
    periods: Periods = field(init=False)
    document: Document = field(init=False)
    _asked: dict[object, object] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.periods = whole(self.first, self.end, self.programme.zone, self.now)
        versions = programmes.versions(self.programme.id)
        self.document = versions.document(versions.at(int(self.now.timestamp())).version or 1)
        if self.wallet is not None and all(each.id != self.wallet for each in self.document.wallets):
            raise UnknownWallet

    def measure(self, metric: Metric, by: str | None = None) -> Measure:
        """Measure a metric for the report's period. Raises BadDimension."""
        dimension = _dimension(metric, by)
        (figure,) = self.figures(metric, self.periods)
        slices = self._slices(metric, dimension)
        points = metric.unit == "points"
        return Measure(
            metric=metric,
            period=next(iter(self.periods)),
            figure=figure,
            slices=slices,
            by=dimension,
            currency=self.programme.currency,
            decimals=self.chosen.decimals if points else 0,
            wallet=self.chosen.id if points and dimension != "wallet" else None,
            window_days=self._window() if metric.name == "active_members" else None,
        )

    def figures(self, metric: Metric, periods: Periods) -> list[Slice]:
        """Give a metric for each of some periods."""
        if metric.unit == "share":
            return self._shares(metric.name, periods)
        numbers = self._numbers(metric.name, periods)
        counted = self._counted(metric, periods, numbers)
        return [
            Slice(
                value=number,
                numerator=number or 0,
                n=n,
                reason=_REASONS[metric.name] if number is None else None,
                label=each.label,
                complete=each.complete,
            )
            for each, number, n in zip(periods, numbers, counted, strict=True)
        ]

    def _counted(
        self, metric: Metric, periods: Periods, numbers: Sequence[int | None]
    ) -> list[int] | Sequence[int | None]:
        """How many customers or purchases each number rests on; points rest on none."""
        match metric.unit:
            case "money" if metric.name != "points_worth":
                sales = self._sales(periods)
                return [sales.get(place, Sales()).purchases for place in range(len(periods))]
            case "points" | "money":
                return [None] * len(numbers)
            case _:
                return numbers

    @property
    def chosen(self) -> Wallet:
        """The wallet that the report counts: the one asked for, else the programme's first."""
        return next((each for each in self.document.wallets if each.id == self.wallet), self.document.wallets[0])

    @property
    def tiers(self) -> TierSet | None:
        """The tier set that the report divides by: the programme's first."""
        return self.document.tiers[0] if self.document.tiers else None

    def _slices(self, metric: Metric, dimension: Dimension | None) -> tuple[Slice, ...]:
        match dimension:
            case None:
                return ()
            case "day" | "week" | "month" | "year":
                begin = self.first or counting.first_day(self.programme)
                if begin is None:
                    return ()
                return tuple(self.figures(metric, stepped(begin, self.end, dimension, self.programme.zone, self.now)))
            case "tier" if self.tiers is None:
                raise BadDimension(gettext_noop("This programme has no levels."))
            case "tier" | "channel" | "store" | "wallet":
                found = self._values(metric.name, dimension)
                complete = self.periods.bounds[-1] <= self.now
                return tuple(
                    Slice(value=number, numerator=number, label=str(key), complete=complete)
                    for key, number in sorted(found.items(), key=lambda item: (-item[1], str(item[0])))
                )

    def _shares(self, name: str, periods: Periods) -> list[Slice]:
        found = self._once(("customers", periods), lambda: counting.customers(self.programme, periods))
        return [_share(name, period, found.get(place, Customers())) for place, period in enumerate(periods)]

    def _numbers(self, name: str, periods: Periods) -> list[int] | list[None]:
        """The metric's whole number for each period; None where it cannot be told."""
        places = range(len(periods))
        match name:
            case "members":
                members = counting.members(self.programme, periods)
                return [members.get(place, 0) for place in places]
            case "active_members":
                window = self._window()
                if window is None:
                    return [None for _place in places]
                active = counting.active(self.programme, periods, window * _DAY)
                return [active.get(place, 0) for place in places]
            case "purchases" | "gross_sales":
                sales = self._sales(periods)
                found = [sales.get(place, Sales()) for place in places]
                return [each.purchases if name == "purchases" else each.gross_minor for each in found]
            case "points_outstanding":
                return self._outstanding(periods)
            case "points_worth":
                return self._worth(periods)
            case _:
                late = self._overdue(periods) if name == "points_expired" else {}
                moved = self._points(periods)
                return [_POINTS[name](moved.get(place, Points())) + late.get(place, 0) for place in places]

    def _outstanding(self, periods: Periods) -> list[int]:
        bounds = periods.bounds if periods.bounds[0] == BEGINNING else (BEGINNING, *periods.bounds)
        since_ever = replace(periods, bounds=bounds, labels=("",) * (len(bounds) - 1))
        moved, late = self._points(since_ever), self._overdue(since_ever)
        gains = [moved.get(place, Points()).balance - late.get(place, 0) for place in range(len(since_ever))]
        return list(accumulate(gains))[-len(periods) :]

    def _worth(self, periods: Periods) -> list[int] | list[None]:
        """Points outstanding in minor units, halves rounded up; None where a point has no value."""
        wallet = self.chosen
        if wallet.value is None:
            return [None] * len(periods)
        each = exact(wallet.value, DECIMALS[self.programme.currency]) / int(10**wallet.decimals)
        return [floor(points * each + Fraction(1, 2)) for points in self._outstanding(periods)]

    def _values(self, name: str, dimension: counting.Group) -> dict[Key, int]:
        """The metric for each value of a dimension that is no time."""
        programme, periods = self.programme, self.periods
        tiers = self.tiers.id if self.tiers else ""
        match name:
            case "members":
                return counting.members(programme, periods, tiers)
            case "active_members":
                window = self._window()
                return {} if window is None else counting.active(programme, periods, window * _DAY, tiers)
            case "purchases" | "gross_sales":
                sales = counting.sales(programme, periods, dimension, tiers)
                return {key: each.purchases if name == "purchases" else each.gross_minor for key, each in sales.items()}
            case _:
                if name == "points_outstanding":
                    periods = replace(periods, bounds=(BEGINNING, periods.bounds[-1]))
                moved = counting.points(programme, periods, self.chosen.id, dimension, tiers)
                return {key: _POINTS[name](each) for key, each in moved.items()}

    def _sales(self, periods: Periods) -> dict[Key, Sales]:
        return self._once(("sales", periods), lambda: counting.sales(self.programme, periods))

    def _points(self, periods: Periods) -> dict[Key, Points]:
        wallet = self.chosen.id
        return self._once(("points", periods), lambda: counting.points(self.programme, periods, wallet))

    def _overdue(self, periods: Periods) -> dict[Key, int]:
        wallet = self.chosen.id
        return self._once(("overdue", periods), lambda: counting.overdue(self.programme, periods, wallet))

    def _window(self) -> int | None:
        """How many days back a purchase makes a customer active; None where nobody has bought twice."""
        return self.window_days or usual_window(self.programme, self.periods.bounds[-1])

    def _once(self, key: object, ask: Callable[[], _Answer]) -> _Answer:
        if key not in self._asked:
            self._asked[key] = ask()
        answer: _Answer = self._asked[key]  # type: ignore[assignment] # the key says which answer it is
        return answer


def usual_window(programme: Programme, ends: dt.datetime) -> int | None:
    """How many days nine in ten gaps between a customer's purchases last at most, as of the midnight before ``ends``.

    None where nobody has bought twice. It moves slowly, so what was found is kept for a minute.
    """
    day = (ends - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(programme.zone)).date()
    key = (programme.id, day)
    found = _windows.get(key)
    if found is None or time.monotonic() - found[0] > _FRESH_SECONDS:
        gap = counting.usual_gap(programme, midnight(day, programme.zone))
        found = _windows[key] = (time.monotonic(), None if gap is None else max(1, ceil(gap / _DAY)))
        while len(_windows) > _REMEMBERED:
            _windows.pop(next(iter(_windows)))
    return found[1]


_FRESH_SECONDS = 60.0
_REMEMBERED = 100
_windows: dict[tuple[uuid.UUID, dt.date], tuple[float, int | None]] = {}
_REASONS = {"active_members": NOBODY_BOUGHT_TWICE, "points_worth": NO_VALUE}
_POINTS: dict[str, Callable[[Points], int]] = {
    "points_issued": lambda moved: moved.earned + moved.given,
    "points_redeemed": lambda moved: moved.spent - moved.restored,
    "points_expired": lambda moved: moved.expired,
    "points_outstanding": lambda moved: moved.balance,
}


def _dimension(metric: Metric, by: str | None) -> Dimension | None:
    if by is None:
        return None
    for dimension in metric.by:
        if dimension == by:
            return dimension
    raise BadDimension(
        gettext_noop("«%(name)s» can be divided by %(known)s, not by «%(by)s»."),
        values={"name": metric.name, "known": ", ".join(metric.by), "by": by},
    )


def _share(name: str, period: Period, seen: Customers) -> Slice:
    hits = seen.new if name == "new_customers" else seen.customers - seen.new
    return Slice(
        value=Fraction(hits, seen.customers) if seen.customers else None,
        numerator=hits,
        denominator=seen.customers,
        n=seen.customers,
        interval=wilson(hits, seen.customers),
        reason=None if seen.customers else NO_CUSTOMERS,
        few=seen.customers < FEW,
        label=period.label,
        complete=period.complete,
    )
