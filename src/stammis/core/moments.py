"""Moments: conditions about the weekday, the hour, the day and the time at which something happens."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final, assert_never

from stammis.core.calendars import Calendar
from stammis.core.conditions import Between, Dates, Holiday, Hours, OfMoment, OnWeekday
from stammis.core.scene import Look, Terms, Test

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock_seconds(clock: str) -> int:
    """Seconds since midnight of "HH:MM"; "24:00" is the end of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


@lru_cache(maxsize=1_440)
def clock(minute: int) -> str:
    """The minutes since midnight as "HH:MM"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def local_instant(text: str, calendar: Calendar) -> int:
    """The instant of a local wall-clock time such as 2026-11-27T18:00: its first, or the moment after a skipped one.

    Raises:
        ValueError: There is no such day.
    """
    wanted = dt.datetime.fromisoformat(text).replace(tzinfo=calendar.zone)
    first, second = int(wanted.timestamp()), int(wanted.replace(fold=1).timestamp())
    if first <= second:
        return first
    shown = (wanted.toordinal(), wanted.hour * 3_600 + wanted.minute * 60)
    before, after = second - 1, first  # the clocks skip it somewhere in between
    while after - before > 1:
        middle = (before + after) // 2
        if calendar.local(middle) >= shown:
            after = middle
        else:
            before = middle
    return after


def moment_test(condition: OfMoment, terms: Terms) -> Test:
    """A condition about the moment, as a closure."""
    match condition:
        case OnWeekday():
            wanted = tuple(name in condition.any_of for name in WEEKDAYS)
            return lambda scene: wanted[scene.weekday]
        case Hours():
            begin, end = clock_seconds(condition.from_), clock_seconds(condition.until)
            if begin < end:
                return lambda scene: begin <= scene.second < end
            return lambda scene: scene.second >= begin or scene.second < end
        case Dates():
            first = (condition.first or dt.date.min).toordinal()
            last = (condition.last or dt.date.max).toordinal()
            return lambda scene: first <= scene.day <= last
        case Holiday():
            days = terms.holidays[condition.calendar]
            return lambda scene: scene.day in days
        case Between():
            start = None if condition.from_ is None else local_instant(condition.from_, terms.calendar)
            until = None if condition.until is None else local_instant(condition.until, terms.calendar)
            return lambda scene: (start is None or start <= scene.at) and (until is None or scene.at < until)
        case _:
            assert_never(condition)


def look_at_moment(condition: OfMoment) -> Look:
    """What a condition finds when it looks at the moment."""
    match condition:
        case OnWeekday():
            return lambda scene: WEEKDAYS[scene.weekday]
        case Hours():
            return lambda scene: clock(scene.second // 60)
        case Dates() | Holiday():
            return lambda scene: dt.date.fromordinal(scene.day).isoformat()
        case Between():
            return lambda scene: f"{dt.date.fromordinal(scene.day).isoformat()}T{clock(scene.second // 60)}"
        case _:
            assert_never(condition)


def wanted_moment(condition: OfMoment) -> str:
    """What a condition asks of the moment."""
    match condition:
        case OnWeekday():
            return ",".join(condition.any_of)
        case Hours():
            return f"{condition.from_}-{condition.until}"
        case Dates():
            return f"{condition.first or ''}..{condition.last or ''}"
        case Holiday():
            return condition.calendar
        case Between():
            return f"{condition.from_ or ''}..{condition.until or ''}"
        case _:
            assert_never(condition)
