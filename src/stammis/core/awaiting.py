"""Awaiting: what is kept for orders that stand as placed, so that each is completed as of its own day.

Days that leave a window go aside while an order may still ask for them. They stand apart from those that count, so that
nothing which tells the present has to know of them, and what is cancelled or returned meanwhile is heard there as well.
"""

from __future__ import annotations

from msgspec import structs

from stammis.core.effects import Progressed
from stammis.core.rules import Rules
from stammis.core.standing import Awaited, Rank
from stammis.core.tier_rules import EVER, MeasureRules
from stammis.core.tiers import rank_progressed

NOBODY_AWAITED = Awaited()


def looking_back(day: int, rules: Rules) -> tuple[int, int]:
    """The day of an order, and the first day that its rules look back to."""
    return day, day - rules.looks_back + 1


def awaited_too(awaited: Awaited | None, order: tuple[int, int], rules: Rules) -> Awaited:
    """What is awaited once an order is placed."""
    awaited = awaited and still_awaited(awaited, order[0], rules)
    return _with(awaited or NOBODY_AWAITED, order, 1)


def awaited_no_more(awaited: Awaited, order: tuple[int, int]) -> Awaited | None:
    """What is awaited once an order no longer stands as placed; None where that was the last."""
    left = _with(awaited, order, -1)
    return left if left.orders else None


def _with(awaited: Awaited, order: tuple[int, int], more: int) -> Awaited:
    orders = {(day, first): number for day, first, number in awaited.orders}
    orders[order] = orders.get(order, 0) + more
    found = tuple(sorted((*each, number) for each, number in orders.items() if number > 0))
    return Awaited(found, awaited.left)


def still_awaited(awaited: Awaited, day: int, rules: Rules) -> Awaited | None:
    """What is awaited on a day: orders no older than events that may still be told; None where none are left."""
    oldest = day - rules.programme.declared_age_days
    if awaited.orders[0][0] >= oldest:
        return awaited
    orders = tuple(order for order in awaited.orders if order[0] >= oldest)
    return Awaited(orders, awaited.left) if orders else None


def set_aside(awaited: Awaited, tally: MeasureRules, before: Rank, after: Rank) -> Awaited:
    """What is awaited, with the days that have left a window: from the first on that an order looks back to."""
    if tally.key != tally.set:
        return awaited  # no rolling window counts it
    lost, days = awaited.left.get(tally.key, (before.gone, ()))
    lost = max(lost, min(min(first for _, first, _ in awaited.orders) - 1, after.gone))
    left = {key: aside for key, aside in awaited.left.items() if key != tally.key}
    if lost < after.gone:
        gone = before.days[: len(before.days) - len(after.days)]
        left[tally.key] = (lost, tuple(each for each in (*days, *gone) if each[0] > lost))
    return Awaited(awaited.orders, left)


def counted_aside(awaited: Awaited, effect: Progressed) -> Awaited:
    """What is awaited when so much more (or less) counts on a day that has left the window."""
    if effect.set not in awaited.left:
        return awaited
    lost, days = awaited.left[effect.set]
    there = rank_progressed(Rank(days=days, gone=lost), effect.day, effect.amount, EVER)
    return structs.replace(awaited, left={**awaited.left, effect.set: (lost, there.days)})
