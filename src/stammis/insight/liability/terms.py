"""Terms: how long points last, as the months in which they can still be redeemed."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

from stammis.core.expiry import last_day
from stammis.core.wallets import Expiry, Sliding
from stammis.insight.liability.books import first_day, month_of

Life = Callable[[int], int | None]
"""At which age in months the last points of a cohort end; None where they never do, or nobody can tell."""


def life_of(expiry: Expiry) -> Life:
    """Give at which age a month's points have all ended; None where they never end or activity moves their end."""

    def life(month: int) -> int | None:
        if isinstance(expiry, Sliding):
            return None
        first = first_day(month)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        ends = [last_day(expiry, day) for day in range(first.toordinal(), last.toordinal() + 1)]
        known = [month_of(dt.date.fromordinal(end)) for end in ends if end is not None]
        return max(0, max(known) - month) if len(known) == len(ends) else None

    return life


def month_of_last(day: int | None) -> int | None:
    """Give the month in which points are usable for the last time."""
    return None if day is None else month_of(dt.date.fromordinal(day))


def part_of_month(day: int) -> float:
    """Give the share of its month that has passed at the end of a day."""
    date = dt.date.fromordinal(day)
    return date.day / calendar.monthrange(date.year, date.month)[1]
