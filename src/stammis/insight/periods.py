"""Periods: half-open stretches of time in the programme's zone, one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from stammis.kit.errors import Invalid

Step = Literal["day", "week", "month", "year"]
BEGINNING = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
"""Before anything that is stored: the beginning of a period that has none."""

MOST_PERIODS = 1_000
_MONTHS = 12
_WEEK = 7


class BadPeriod(Invalid):
    """This period ends before it begins."""

    code = "bad_period"


@dataclass(frozen=True)
class Period:
    """A half-open stretch ``[begins, ends)``; ``complete`` says that it had ended when it was looked at."""

    begins: dt.datetime | None
    ends: dt.datetime
    zone: str
    complete: bool
    label: str = ""

    @property
    def first_day(self) -> dt.date | None:
        """The local day on which it begins; None where it has no beginning."""
        return self.begins.astimezone(ZoneInfo(self.zone)).date() if self.begins else None


@dataclass(frozen=True)
class Periods:
    """Periods that follow one another without gaps."""

    bounds: tuple[dt.datetime, ...]
    zone: str
    now: dt.datetime
    labels: tuple[str, ...]
    open_ended: bool = False

    def __iter__(self) -> Iterator[Period]:
        for label, (begins, ends) in zip(self.labels, pairwise(self.bounds), strict=True):
            yield Period(None if begins == BEGINNING else begins, ends, self.zone, ends <= self.now, label)

    def __len__(self) -> int:
        return len(self.labels)


def midnight(day: dt.date, zone: str) -> dt.datetime:
    """The first instant of a local day, also where the clock skips midnight."""
    local = ZoneInfo(zone)
    at = dt.datetime.combine(day, dt.time(), local)
    return at.astimezone(dt.UTC).astimezone(local).astimezone(dt.UTC)


def whole(first: dt.date | None, end: dt.date | None, zone: str, now: dt.datetime) -> Periods:
    """One period from the first instant of ``first`` to that of ``end``; without them all history up to ``now``.

    Raises BadPeriod.
    """
    begins = midnight(first, zone) if first else BEGINNING
    ends = midnight(end, zone) if end else now
    if ends <= begins:
        raise BadPeriod
    return Periods((begins, ends), zone, now, ("",))


def stepped(first: dt.date, end: dt.date | None, step: Step, zone: str, now: dt.datetime) -> Periods:
    """Calendar days, weeks (from Monday), months or years that touch the stretch from ``first`` to ``end`` (excluded).

    The first and the last are cut where the stretch begins and ends. Raises BadPeriod.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    last = end or (today if midnight(today, zone) == now else today + dt.timedelta(days=1))
    if last <= first:
        raise BadPeriod
    starts = [first]
    while (following := _next(starts[-1], step)) < last:
        starts.append(following)
        if len(starts) > MOST_PERIODS:
            raise BadPeriod(
                gettext_noop("These are more than %(number)s periods; choose longer ones."),
                values={"number": MOST_PERIODS},
            )
    ends = [*starts[1:], last if end else _next(starts[-1], step)]
    bounds = tuple(midnight(day, zone) for day in (starts[0], *ends))
    return Periods(bounds, zone, now, tuple(label(day, step) for day in starts))


def _next(day: dt.date, step: Step) -> dt.date:
    match step:
        case "day":
            return day + dt.timedelta(days=1)
        case "week":
            return day + dt.timedelta(days=_WEEK - day.weekday())
        case "month":
            return dt.date(day.year + day.month // _MONTHS, day.month % _MONTHS + 1, 1)
        case "year":
            return dt.date(day.year + 1, 1, 1)


def label(day: dt.date, step: Step) -> str:
    """The period that begins on this day, in the way that sorts: 2017-03-01, 2017-W09, 2017-03, 2017."""
    match step:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _weekday = day.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{day:%Y-%m}"
        case "year":
            return f"{day.year:04d}"
