"""Reports: what a page shows together, asked together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from stammis.core.parts import Words
from stammis.insight.periods import stepped
from stammis.insight.queries import counting
from stammis.insight.queries.measuring import Measure, Report, Slice
from stammis.insight.registry import METRICS
from stammis.programmes.models import Programme

MONTHS = 13
"""So many months at most are shown: a year, and the month that has begun."""

_MONTHLY = (
    "purchases",
    "gross_sales",
    "points_issued",
    "points_redeemed",
    "points_expired",
    "points_outstanding",
    "new_customers",
    "returning_customers",
)


@dataclass(frozen=True)
class Month:
    """A calendar month: its first day, whether it has ended, and its figures by the name of their metric."""

    first_day: dt.date
    complete: bool
    figures: dict[str, Slice]


@dataclass(frozen=True)
class LevelCount:
    """How many members stand at a level now; ``level`` is None for those who have reached none."""

    level: str | None
    name: Words | None
    members: int


@dataclass(frozen=True)
class Overview:
    """A programme at a glance: every metric over all history, the last months, and members by level."""

    measures: dict[str, Measure]
    months: tuple[Month, ...]
    levels: tuple[LevelCount, ...]
    level_set: Words | None


def overview(programme: Programme, now: dt.datetime) -> Overview:
    """Give the numbers of the overview as of ``now``: the same as each metric gives by itself."""
    report = Report(programme, now)
    return Overview(
        measures={name: report.measure(metric) for name, metric in METRICS.items()},
        months=_months(report),
        levels=_levels(report),
        level_set=report.tiers.name if report.tiers else None,
    )


def _months(report: Report) -> tuple[Month, ...]:
    zone = report.programme.zone
    first = counting.first_day(report.programme)
    today = report.now.astimezone(ZoneInfo(zone)).date()
    if first is None or first > today:
        return ()
    earliest = today.year * 12 + today.month - MONTHS
    begin = max(first.replace(day=1), dt.date(earliest // 12, earliest % 12 + 1, 1))
    periods = stepped(begin, None, "month", zone, report.now)
    columns = {name: report.figures(METRICS[name], periods) for name in _MONTHLY}
    return tuple(
        Month(period.first_day or begin, period.complete, {name: slices[place] for name, slices in columns.items()})
        for place, period in enumerate(periods)
    )


def _levels(report: Report) -> tuple[LevelCount, ...]:
    if report.tiers is None:
        return ()
    found = counting.members(report.programme, report.periods, report.tiers.id)
    named = [LevelCount(level.id, level.name, found.get(level.id, 0)) for level in report.tiers.levels]
    without = sum(count for key, count in found.items() if key not in {level.id for level in report.tiers.levels})
    return (LevelCount(None, None, without), *named) if without else tuple(named)
