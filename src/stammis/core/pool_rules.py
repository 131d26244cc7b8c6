"""Shared caps, budgets and groups of which one rule gives, prepared: which rules are in them, what they allow."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stammis.core.amounts import exact
from stammis.core.calendars import PERIODS
from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.earn import Earn, Multiply
from stammis.core.programme import Programme
from stammis.core.wallets import Wallet

EACH_PURCHASE = -1
"""Stands for the place of a period where each purchase or event counts by itself."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What several rules may give together, in smallest units of their wallet.

    Attributes:
        key: its name among a member's counters (caps) or among budgets; it differs from the ids of all rules.
        mask: the rules.
        period: place in ``PERIODS``, or ``EACH_PURCHASE``.
        most: what it allows in a period.
        own: whether it is the cap of one rule for each purchase.
        budget: whether it is one of those; by_store, by_household: whether each of them has its own.
    """

    id: str
    key: str
    mask: int
    wallet: str
    period: int
    most: int
    own: bool = False
    budget: bool = False
    by_store: bool = False
    by_household: bool = False


@dataclass(frozen=True, slots=True)
class GroupRules:
    """A group: the rules in it, those among them that multiply, and whether the one that gives most wins."""

    id: str
    mask: int
    highest: bool


def pools_of(programme: Programme, values: dict[str, Fraction | None]) -> tuple[Pool, ...]:
    """All caps that rules share (or that count for each purchase) and all budgets.

    ``values`` tells by wallet what a smallest unit is worth, in the programme's currency.
    """
    places = {rule.id: position for position, rule in enumerate(programme.earn)}
    wallets = {wallet.id: wallet for wallet in programme.wallets}
    return (
        *(_own(rule, places, wallets) for rule in programme.earn if _is_for_each(rule)),
        *(_cap(cap, programme, places, wallets) for cap in programme.caps),
        *(_budget(budget, programme, places, wallets, values) for budget in programme.budgets),
    )


def _is_for_each(rule: Earn) -> bool:
    return rule.cap is not None and rule.cap.per == "purchase"


def _own(rule: Earn, places: dict[str, int], wallets: dict[str, Wallet]) -> Pool:
    assert rule.cap is not None
    assert rule.cap.points is not None
    most = rule.cap.points * 10 ** wallets[rule.wallet].decimals
    return Pool(rule.id, f"/{rule.id}", 1 << places[rule.id], rule.wallet, EACH_PURCHASE, most, own=True)


def _cap(cap: SharedCap, programme: Programme, places: dict[str, int], wallets: dict[str, Wallet]) -> Pool:
    rules = cap.rules or [rule.id for rule in programme.earn if rule.wallet == cap.wallet]
    period = EACH_PURCHASE if cap.per == "purchase" else PERIODS.index(cap.per)
    most = cap.points * 10 ** wallets[cap.wallet].decimals
    return Pool(cap.id, f"#{cap.id}", _mask(rules, places), cap.wallet, period, most)


def _budget(
    budget: Budget,
    programme: Programme,
    places: dict[str, int],
    wallets: dict[str, Wallet],
    values: dict[str, Fraction | None],
) -> Pool:
    wallet = wallets[programme.earn[places[budget.rules[0]]].wallet]
    allowed: list[int] = []
    if budget.points is not None:
        allowed.append(budget.points * 10**wallet.decimals)
    if budget.money is not None:
        value = values[wallet.id]
        assert value, "a budget of money has a wallet with a value"
        allowed.append(exact(budget.money) // value)
    return Pool(
        budget.id,
        budget.id,
        _mask(budget.rules, places),
        wallet.id,
        PERIODS.index(budget.per),
        min(allowed),
        budget=True,
        by_store=budget.of == "store",
        by_household=budget.of == "household",
    )


def groups_of(programme: Programme) -> tuple[GroupRules, ...]:
    """All groups, each after those whose rules its multipliers multiply."""
    places = {rule.id: position for position, rule in enumerate(programme.earn)}
    waiting = list(programme.groups)
    found: list[Group] = []
    while waiting:
        ready = next((group for group in waiting if not _needs(group, waiting, programme)), waiting[0])
        waiting.remove(ready)
        found.append(ready)
    return tuple(GroupRules(group.id, _mask(group.rules, places), group.gives == "highest") for group in found)


def multiplied_by(rule: Multiply, programme: Programme) -> frozenset[str]:
    """The rules that a multiplier multiplies."""
    return frozenset(
        other.id
        for other in programme.earn
        if not isinstance(other, Multiply)
        and other.wallet == rule.wallet
        and (not rule.rules or other.id in rule.rules)
    )


def _needs(group: Group, others: list[Group], programme: Programme) -> bool:
    rules = [rule for rule in programme.earn if rule.id in group.rules and isinstance(rule, Multiply)]
    multiplied = {name for rule in rules for name in multiplied_by(rule, programme)}
    return any(multiplied.intersection(other.rules) for other in others if other is not group)


def _mask(rules: tuple[str, ...] | list[str], places: dict[str, int]) -> int:
    return sum(1 << places[rule] for rule in set(rules))
