"""Budgets: which of them an event may draw on, and what it draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stammis.core.calendars import instant, periods
from stammis.core.effects import Drawn, Effect
from stammis.core.events import AnyEvent, Happening, Purchase
from stammis.core.pool_rules import Pool
from stammis.core.rules import Rules


class Account(NamedTuple):
    """One budget of one store (or of all) in one period; ``most`` is all there is, in the wallet's smallest unit."""

    budget: str
    store: str
    period: int
    most: int


def accounts_of(event: AnyEvent, rules: Rules) -> tuple[Account, ...]:
    """The budgets that a purchase or event may draw on, by the rules that decide it.

    What happens to a purchase later draws on those of the purchase.
    """
    if not rules.book.budgets or not isinstance(event, Purchase | Happening):
        return ()
    day = rules.calendar.day(instant(event.occurred_at))
    store = event.store if isinstance(event, Purchase) else None
    return tuple(
        Account(pool.id, _store(pool, store), periods(day)[pool.period], pool.most) for pool in rules.book.budgets
    )


def drawn_effects(
    before: Mapping[str, int], after: Mapping[str, int], store: str | None, day: int, rules: Rules
) -> list[Effect]:
    """How budgets move when rules gave ``before`` and give ``after`` for an event of that day in that store."""
    effects: list[Effect] = []
    for pool in rules.book.budgets:
        change = in_pool(after, pool, rules) - in_pool(before, pool, rules)
        if change:
            period = periods(day)[pool.period]
            effects.append(Drawn(budget=pool.id, period=period, points=change, store=_store(pool, store)))
    return effects


def in_pool(given: Mapping[str, int], pool: Pool, rules: Rules) -> int:
    """What the rules that share a cap or budget gave together."""
    if not given:
        return 0
    return sum(given.get(rule.id, 0) for rule in rules.book.chosen(pool.mask))


def left_then(
    seen: Mapping[str, int], now: Mapping[str, int], given: Mapping[str, int], rules: Rules
) -> dict[str, int]:
    """What of each budget a purchase's rest may have: what was left then, as far as it is still there or its own."""
    return {
        pool.key: min(seen.get(pool.key, pool.most), in_pool(given, pool, rules) + now.get(pool.key, pool.most))
        for pool in rules.book.budgets
    }


def _store(pool: Pool, store: str | None) -> str:
    return (store or "") if pool.by_store else ""
