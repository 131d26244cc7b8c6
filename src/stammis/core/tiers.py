"""Tiers: what counts in a rolling window of days, the level it makes, and when that level would fall."""

from __future__ import annotations

from bisect import bisect_left

from stammis.core.calendars import Calendar
from stammis.core.effects import Effect, Progressed, TierMoved
from stammis.core.rules import Rules
from stammis.core.standing import Rank, Standing
from stammis.core.tier_rules import TierRules

Progress = dict[str, int]
"""By tier set, how much more (or less) counts."""


def rank_of(standing: Standing, tiers: TierRules) -> Rank:
    """A member's side of a tier set; the level of nothing where nothing has counted yet."""
    return standing.ranks.get(tiers.id) or no_rank(tiers)


def no_rank(tiers: TierRules) -> Rank:
    """A rank in which nothing has counted yet."""
    return Rank(level=tiers.named(tiers.base))


def total_on(rank: Rank, tiers: TierRules, day: int) -> int:
    """What counts on a day: all that is there and has not left the window by then."""
    total = rank.total
    first = day - tiers.window
    if first <= rank.gone:
        return total
    for on, amount in rank.days:
        if on > first:
            break
        total -= amount
    return total


def total_then(standing: Standing, tiers: TierRules, day: int) -> int:
    """What counts by now of the window that ended with an earlier day, days among it that were kept for that."""
    days = rank_of(standing, tiers).days
    if standing.awaited is not None and tiers.id in standing.awaited.left:
        days = (*standing.awaited.left[tiers.id][1], *days)
    first = day - tiers.window
    return sum(amount for on, amount in days if first < on <= day)


def forgotten(standing: Standing, key: str) -> int:
    """The last day of which a tally knows nothing any more; what comes to count on it is lost."""
    rank = standing.ranks.get(key)
    gone = 0 if rank is None else rank.gone
    return gone if standing.awaited is None else standing.awaited.left.get(key, (gone,))[0]


def tier_effects(
    standing: Standing, progress: Progress, day: int, at: int, rules: Rules, *, today: int
) -> list[Effect]:
    """The effects of progress made on ``day``, and of the levels that it and the passing of time make at an instant.

    ``today`` is the local day of that instant.
    """
    effects: list[Effect] = []
    tended = bool(rules.tended or standing.stays)
    for tiers in rules.tiers:
        if tended and (tiers.tended or tiers.id in standing.stays):
            _count(effects, standing, progress, day, tiers)
            continue
        rank = rank_of(standing, tiers)
        total = total_on(rank, tiers, today)
        amount = progress.get(tiers.id, 0)
        if amount and day > rank.gone:
            effects.append(Progressed(set=tiers.id, day=day, amount=amount))
            if day > today - tiers.window:
                total += amount
        elif amount and day > forgotten(standing, tiers.id):
            effects.append(Progressed(set=tiers.id, day=day, amount=amount))
        level = tiers.level(total)
        if level != rank.level:
            effects.append(TierMoved(set=tiers.id, before=rank.level, after=level, at=at))
    return effects


def _count(effects: list[Effect], standing: Standing, progress: Progress, day: int, tiers: TierRules) -> None:
    """The progress of a tended set; ``core.levels`` tells what it does to the level."""
    for measure in tiers.measures:
        amount = progress.get(measure.key, 0)
        if amount and day > forgotten(standing, measure.key):
            effects.append(Progressed(set=measure.key, day=measure.day(day), amount=amount))


def rank_progressed(rank: Rank, day: int, amount: int, window: int) -> Rank:
    """The rank when so much more (or less) counts on a day; days that have left the window stay away."""
    gone, days, total = rank.gone, rank.days, rank.total
    first = day - window
    if first > gone:
        gone = first
        while days and days[0][0] <= gone:
            total -= days[0][1]
            days = days[1:]
    if day <= gone:
        return rank
    last, there = days[-1] if days else (0, 0)
    if last < day:
        days = (*days, (day, amount))
    elif last == day and amount + there:
        days = (*days[:-1], (day, amount + there))
    else:
        place = bisect_left(days, (day,))
        known = days[place][1] if place < len(days) and days[place][0] == day else None
        together = amount + (known or 0)
        after = days[place + (known is not None) :]
        days = (*days[:place], (day, together), *after) if together else (*days[:place], *after)
    return Rank(rank.level, days, rank.since, total + amount, gone)


def rank_on(rank: Rank, day: int, window: int) -> Rank:
    """The rank without the days that have left the window by this day."""
    gone = day - window
    if gone <= rank.gone:
        return rank
    days, total = rank.days, rank.total
    left = 0
    while left < len(days) and days[left][0] <= gone:
        total -= days[left][1]
        left += 1
    return Rank(rank.level, days[left:] if left else days, rank.since, total, gone)


def falls_at(rank: Rank, tiers: TierRules, calendar: Calendar) -> int | None:
    """The instant at which the level falls by itself because days leave the window; None where it does not."""
    if rank.level not in tiers.levels:
        return None
    missing = tiers.thresholds[tiers.levels.index(rank.level)]
    if not 0 < missing <= rank.total:
        return None
    spare = rank.total - missing
    if spare < missing:
        for day, amount in rank.days:
            spare -= amount
            if spare < 0:
                return calendar.starts_at(day + tiers.window)
        return None
    for day, amount in reversed(rank.days):
        missing -= amount
        if missing <= 0:  # the level needs this day and all that follow it
            return calendar.starts_at(day + tiers.window)
    return None
