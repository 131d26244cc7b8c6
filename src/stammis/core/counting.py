"""Counting: what a member has used of a cap or limit, by period. Those that began last come first."""

from __future__ import annotations

from stammis.core.calendars import first_day, is_over, same_period
from stammis.core.standing import Count


def used_in(counts: tuple[Count, ...], period: int) -> Count | None:
    """What is used in a period; a count from before kinds of periods were told is of the kind that is asked for."""
    for count in counts:
        if count.period <= period:
            if count.period == period:
                return count
            break
    first = first_day(period)
    for count in counts:
        if first_day(count.period) < first:
            break
        if same_period(count.period, period):
            return Count(max(count.period, period), count.points, count.times)
    return None


def with_count(counts: tuple[Count, ...], count: Count, age_days: int) -> tuple[Count, ...]:
    """The counts with another one in the place of what was used in its period so far.

    They reach as far back as an event may still lie when it is reported, so many days.
    """
    period, place = count.period, 0
    first = first_day(period)
    while place < len(counts) and counts[place].period != period and _order(counts[place].period) > (first, period):
        place += 1
    newer, older = counts[:place], counts[place:]
    if older and older[0].period == period:
        older = older[1:]
    elif older and first_day(older[0].period) == first:
        older = tuple(each for each in older if not same_period(each.period, period))
    now = (count,) if count.points or count.times else ()
    return _within_reach((*newer, *now, *older), age_days)


def _order(period: int) -> tuple[int, int]:
    return first_day(period), period


def _within_reach(counts: tuple[Count, ...], age_days: int) -> tuple[Count, ...]:
    kept = len(counts)
    if kept < 2:  # noqa: PLR2004 - the newest always stays
        return counts
    running: tuple[Count, ...] = ()
    oldest = first_day(counts[0].period) - age_days
    # a period is over for good where the one after it had begun by the oldest day that is accepted
    while kept > 1 and first_day(counts[kept - 2].period) <= oldest:
        kept -= 1
        if not is_over(counts[kept].period, oldest):
            running = (counts[kept], *running)
    return counts[:kept] + running
