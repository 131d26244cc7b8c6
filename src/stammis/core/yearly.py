"""Days that come back every year: birthdays and anniversaries of joining, each once a calendar year."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final

from msgspec import structs

from stammis.core.calendars import Calendar, LeapDay
from stammis.core.standing import NEVER, About, Yearly

YEARS_KEPT: Final = 3


@lru_cache(maxsize=65_536)
def day_in(day: int, year: int, leap_day: LeapDay) -> int:
    """The day of another year on which a day comes back; 29 February is 28 February or 1 March where there is none."""
    date = dt.date.fromordinal(day)
    try:
        return date.replace(year=year).toordinal()
    except ValueError:
        return (dt.date(year, 2, 28) if leap_day == "february_28" else dt.date(year, 3, 1)).toordinal()


def year_of(day: int) -> int:
    """The calendar year of a day."""
    return dt.date.fromordinal(day).year


def next_at(about: About, latest_at: int, calendar: Calendar, leap_day: LeapDay) -> int:
    """The instant at which the next birthday or anniversary begins that is still to come, or NEVER."""
    found = NEVER
    for yearly in (about.birthday, about.joined):
        if yearly.day is None:
            continue
        after = max(latest_at, yearly.known_at)
        first = max(year_of(calendar.day(after)), year_of(yearly.day) + 1)
        for year in range(first, first + YEARS_KEPT + 2):
            at = calendar.starts_at(day_in(yearly.day, year, leap_day))
            if at > after and year not in yearly.years:
                found = min(found, at)
                break
    return found


def falls_on(yearly: Yearly, at: int, calendar: Calendar, leap_day: LeapDay) -> int | None:
    """The year whose day begins at an instant (or earlier on the same local day), where it was not celebrated yet."""
    if yearly.day is None:
        return None
    year = year_of(calendar.day(at))
    begins = calendar.starts_at(day_in(yearly.day, year, leap_day))
    if not yearly.known_at < begins <= at or calendar.day(begins) != calendar.day(at):
        return None
    return year if year > year_of(yearly.day) and year not in yearly.years else None


def celebrated(yearly: Yearly, year: int) -> Yearly:
    """The day with a year in which it was celebrated."""
    years = tuple(sorted({*yearly.years, year})[-YEARS_KEPT:])
    return structs.replace(yearly, years=years)


def given(before: Yearly, day: int | None, at: int) -> Yearly:
    """The day as it is given at an instant (None: not any more); the years in which it was celebrated stay."""
    if day == before.day:
        return before
    return Yearly(day, at, before.years)
