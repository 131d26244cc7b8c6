"""Expiry: at which instant points earned on a day are gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from stammis.core.calendars import Calendar, months_on, next_yearly, period_end
from stammis.core.wallets import Days, Expiry, Months, Never, OnDate, PeriodEnd, Sliding, Yearly

Ending = Callable[[int], int | None]
"""From the day on which points were earned to the instant at which they are gone; None where they never are."""


def last_day(expiry: Expiry, day: int) -> int | None:
    """The last day on which points earned on ``day`` are usable (ordinals); None where they always are."""
    match expiry:
        case Days() | Sliding():
            return day + expiry.days - 1
        case Months():
            return months_on(day, expiry.months)
        case Yearly():
            return next_yearly(day, expiry.month, expiry.day)
        case PeriodEnd():
            return period_end(months_on(day, expiry.months), expiry.period) + expiry.grace_days
        case OnDate():
            return expiry.last.toordinal()
        case Never():
            return None
        case _:
            assert_never(expiry)


def ending(expiry: Expiry, calendar: Calendar) -> Ending:
    """What tells the end of points by the day on which they were earned."""

    def ends_at(day: int) -> int | None:
        last = last_day(expiry, day)
        return None if last is None else calendar.starts_at(last + 1)

    return lru_cache(maxsize=4_096)(ends_at)
