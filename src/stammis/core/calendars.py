"""Local time: which day an instant falls on in a programme's zone, and at which instant a day begins."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
EPOCH_DAY: Final = dt.date(1970, 1, 1).toordinal()
DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600

LeapDay = Literal["february_28", "march_1"]
Period = Literal["day", "week", "month", "year", "ever"]
PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month", "year", "ever")
"""Their places are written with every count: a new one goes to the end."""
_KINDS: Final = 10
_FIRST_NUMBER: Final = dt.date.max.toordinal() + 1
"""Below it, what names a period is its bare first day; no number of a period since the year 1000 is."""


def instant(moment: dt.datetime) -> int:
    """The whole second (since 1970, UTC) in which a moment lies.

    Raises:
        AssertionError: The moment carries no offset.
    """
    assert moment.tzinfo is not None, "a moment without an offset is no moment"
    since = moment - EPOCH
    return since.days * DAY_SECONDS + since.seconds


def moment(at: int) -> dt.datetime:
    """The moment of an instant, in UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC)


def weekday(day: int) -> int:
    """The day of the week, 0 on Mondays."""
    return (day + 6) % 7


def months_on(day: int, months: int) -> int:
    """The same day so many months on, or that month's last day; both as ordinals."""
    date = dt.date.fromordinal(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(date.day, last)).toordinal()


def next_yearly(day: int, month: int, day_of_month: int) -> int:
    """The next such day of a year, the day itself included; 29 February is the last of February in other years."""
    date = dt.date.fromordinal(day)
    for year in (date.year, date.year + 1):
        last = calendar.monthrange(year, month)[1]
        found = dt.date(year, month, min(day_of_month, last)).toordinal()
        if found >= day:
            return found
    raise AssertionError("every year has such a day")


def period_end(day: int, period: Literal["month", "quarter", "year"]) -> int:
    """The last day of the month, quarter or year that a day lies in; both as ordinals."""
    date = dt.date.fromordinal(day)
    month = {"month": date.month, "quarter": (date.month + 2) // 3 * 3, "year": 12}[period]
    return dt.date(date.year, month, calendar.monthrange(date.year, month)[1]).toordinal()


@lru_cache(maxsize=16_384)
def periods(day: int) -> tuple[int, int, int, int, int]:
    """The numbers of the day, week (from Monday), month and year that a day lies in, and 0 for ever.

    A period's number is ten times its first day (an ordinal) and its kind, as its place in ``PERIODS``: periods of two
    kinds that begin on the same day are not the same.
    """
    date = dt.date.fromordinal(day)
    return (
        day * _KINDS,
        (day - date.weekday()) * _KINDS + 1,
        date.replace(day=1).toordinal() * _KINDS + 2,
        date.replace(month=1, day=1).toordinal() * _KINDS + 3,
        0,
    )


def first_day(period: int) -> int:
    """The first day of a period by its number, as an ordinal; 0 for ever."""
    return period // _KINDS if period >= _FIRST_NUMBER else period


def same_period(one: int, other: int) -> bool:
    """Whether two numbers name the same period. Earlier builds wrote bare first days, which may be of any kind."""
    return one == other or (min(one, other) < _FIRST_NUMBER and first_day(one) == first_day(other))


def is_over(period: int, day: int) -> bool:
    """Whether a period has ended by the beginning of a day; of one without a kind that is taken for granted."""
    if period < _FIRST_NUMBER:
        return period > 0
    first, kind = divmod(period, _KINDS)
    match PERIODS[kind]:
        case "day":
            return first + 1 <= day
        case "week":
            return first + 7 <= day
        case "month":
            return months_on(first, 1) <= day
        case "year":
            return months_on(first, 12) <= day
        case "ever":
            return False


class Calendar:
    """Days and instants of one time zone. Days are ordinals, instants whole seconds since 1970 in UTC."""

    __slots__ = ("_offset_in_hour", "starts_at", "zone")

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)
        self._offset_in_hour = lru_cache(maxsize=65_536)(self._constant_offset)
        self.starts_at = lru_cache(maxsize=16_384)(self._first_instant)
        """The first instant of a day: local midnight, or what follows it where clocks skip midnight."""

    def local(self, at: int) -> tuple[int, int]:
        """The local day of an instant, and the seconds that the clock on the wall shows since midnight."""
        offset = self._offset_in_hour(at // HOUR_SECONDS)
        if offset is None:
            offset = self._offset(at)
        shown = at + offset
        days = shown // DAY_SECONDS
        return days + EPOCH_DAY, shown - days * DAY_SECONDS

    def day(self, at: int) -> int:
        """The local day of an instant."""
        return self.local(at)[0]

    def _offset(self, at: int) -> int:
        offset = dt.datetime.fromtimestamp(at, self.zone).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    def _constant_offset(self, hour: int) -> int | None:
        first = self._offset(hour * HOUR_SECONDS)
        return first if first == self._offset(hour * HOUR_SECONDS + HOUR_SECONDS - 1) else None

    def _first_instant(self, day: int) -> int:
        midnight = dt.datetime.fromordinal(day).replace(tzinfo=self.zone)
        at = int(midnight.timestamp())
        if self.local(at) == (day, 0):
            return at
        before, after = at - DAY_SECONDS, at
        while after - before > 1:
            middle = (before + after) // 2
            if self.day(middle) >= day:
                after = middle
            else:
                before = middle
        return after


@lru_cache(maxsize=1_024)
def calendar_of(timezone: str) -> Calendar:
    """The calendar of a time zone, shared by all that ask.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: There is no such zone.
    """
    return Calendar(timezone)
