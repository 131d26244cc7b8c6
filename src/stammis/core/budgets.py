"""Budgets: which of them an event may draw on, and what it draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stammis.core.calendars import instant, periods
from stammis.core.effects import Drawn, Effect
from stammis.core.events import AnyEvent, Happening, Purchase
from stammis.core.pool_rules import Pool
from stammis.core.rules import Rules
from stammis.core.standing import Standing


class Account(NamedTuple):
    """One budget of one store or household (or of all) in one period (by its number); ``most`` is all there is.

    In smallest units.
    """

    budget: str
    store: str
    period: int
    most: int
    by_household: bool = False


def households_matter(rules: Rules) -> bool:
    """Whether some budget is each household's own."""
    return any(pool.by_household for pool in rules.book.budgets)


def household_of(standing: Standing, own: str) -> str:
    """Whose a household's budget is: the internal id of a member's household, the oldest of several, or their own."""
    pools = standing.ties.pools if standing.ties is not None else ()
    return min((part.account for part in pools if part.kind == "household"), default=own)


def accounts_of(event: AnyEvent, rules: Rules, household: str = "") -> tuple[Account, ...]:
    """The budgets that a purchase or event may draw on, by the rules that decide it.

    What happens to a purchase later draws on those of the purchase. ``household`` is whose those of households are.
    """
    if not rules.book.budgets or not isinstance(event, Purchase | Happening):
        return ()
    day = rules.calendar.day(instant(event.occurred_at))
    store = event.store if isinstance(event, Purchase) else None
    return tuple(
        Account(pool.id, _whose(pool, store, household), periods(day)[pool.period], pool.most, pool.by_household)
        for pool in rules.book.budgets
    )


def drawn_effects(
    before: Mapping[str, int], after: Mapping[str, int], whose: tuple[str | None, str], day: int, rules: Rules
) -> list[Effect]:
    """How budgets move when rules gave ``before`` and give ``after`` for an event of that day.

    ``whose`` is its store and its member's household.
    """
    effects: list[Effect] = []
    for pool in rules.book.budgets:
        change = in_pool(after, pool, rules) - in_pool(before, pool, rules)
        if change:
            period = periods(day)[pool.period]
            effects.append(Drawn(budget=pool.id, period=period, points=change, store=_whose(pool, *whose)))
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


def _whose(pool: Pool, store: str | None, household: str) -> str:
    if pool.by_household:
        return household
    return (store or "") if pool.by_store else ""
