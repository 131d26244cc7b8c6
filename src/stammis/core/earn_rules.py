"""Earn rules, prepared: rates over one common denominator, and the index that tells which rules a purchase selects."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, assert_never

from msgspec import structs

from stammis.core.amounts import exact
from stammis.core.basket import Counting, counting
from stammis.core.calendars import PERIODS
from stammis.core.conditions import (
    Attribute,
    Category,
    Channel,
    Condition,
    Consent,
    Dates,
    Hours,
    Label,
    LineAmount,
    LineQuantity,
    OfHistory,
    OfMember,
    OnWeekday,
    Sku,
    Store,
    Tier,
    Total,
)
from stammis.core.earn import Cap, Earn, Multiply, PerAmount, PerEvent, PerPurchase, PerUnit, as_decided
from stammis.core.formulas import read_formula
from stammis.core.histories import Memory, memory
from stammis.core.matching import Check, Matching, matching
from stammis.core.pool_rules import GroupRules, Pool, groups_of, multiplied_by, pools_of
from stammis.core.programme import Programme
from stammis.core.questions import asks_purchase, leaves
from stammis.core.scale_rules import ScaleRules, rates_of, scale_rules
from stammis.core.scales import ByTier, Formula, Points
from stammis.core.scene import LineTest, Terms
from stammis.core.selection import BasketNeeds, Index, LineIndex, basket_needs, index, index_or_none, line_index

Kind = Literal["amount", "unit", "purchase", "event", "multiply", "scaled", "marginal"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap, prepared: ``period`` is its place in ``PERIODS``, ``points`` in smallest units of the rule's wallet."""

    period: int
    points: int | None
    times: int | None


@dataclass(frozen=True, slots=True, eq=False)
class EarnRule:
    """An earn rule, prepared.

    Attributes:
        bit: the rule's place in masks of rules.
        rate: what a minor unit, millionth of quantity, full step, purchase or event gives, over the book's denominator.
        step: how many minor units make a full step; None where fractions of a step count.
        factor, divisor: for a multiplier, the fraction that it adds to what it multiplies.
        targets: for a multiplier, the mask of the rules that it multiplies.
        scale: what tells the rate of a rule of kind scaled; ``by`` is its kind then.
    """

    position: int
    bit: int
    id: str
    wallet: str
    kind: Kind
    match: Matching
    check: Check | None
    line_test: LineTest | None
    of_lines: bool
    basis: Counting
    limit: Limit | None
    rate: int = 0
    step: Fraction | None = None
    event: str | None = None
    factor: int = 0
    divisor: int = 1
    targets: int = 0
    for_events: bool = False
    priority: int = 0
    scale: ScaleRules | None = None
    by: Kind = "amount"


@dataclass(frozen=True, slots=True)
class Reads:
    """What the rules read of a member, so that a purchase records no more than that."""

    tiers: tuple[str, ...]
    labels: frozenset[str]
    attributes: tuple[str, ...]
    consents: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class EarnBook:
    """All earn rules of a programme with their indexes.

    Attributes:
        denominator: points are counted in this many-th parts of a wallet's smallest unit.
        all: the mask of rules that a purchase may select; without_lines: those of them that ask nothing about lines;
            multipliers: those that multiply others.
        lines: the rules that a line selects; channels, stores: those that the place admits.
        chosen: the rules of a mask, in the order of the programme.
        by_event: the rules for each type of event.
        wallets: the wallet of each rule; one_wallet: whether that is the same for all.
        limits: the rules that have a cap of their own (ids), with the places of their periods in ``PERIODS``.
        counters: the same, and the shared caps (keys) that count over several events.
        limited: the ids of all rules that a cap (their own or a shared one) or a budget counts.
        usual: the programme's basis.
        pools: caps that rules share and budgets; groups: rules of which only one gives, in the order to settle them.
        budgets: whether there are any among the pools.
        partners, payments, needs: those that partner, means of payment and the whole basket admit; None where no rule
            asks.
        memory: what the rules read of a member's history.
        plain: whether rules ask about nothing but lines by themselves, channel, store, total, the local day and clock,
            levels, labels and attributes, which is all that most programmes ask.
    """

    rules: tuple[EarnRule, ...]
    denominator: int
    all: int
    without_lines: int
    multipliers: int
    lines: LineIndex
    channels: Index
    stores: Index
    chosen: Callable[[int], tuple[EarnRule, ...]]
    by_event: dict[str, tuple[EarnRule, ...]]
    wallets: dict[str, str]
    one_wallet: bool
    reads: Reads
    limits: tuple[tuple[str, int], ...]
    counters: tuple[tuple[str, int], ...]
    limited: frozenset[str]
    usual: Counting
    pools: tuple[Pool, ...]
    groups: tuple[GroupRules, ...]
    budgets: tuple[Pool, ...]
    partners: Index | None
    payments: Index | None
    needs: BasketNeeds | None
    memory: Memory
    plain: bool


PLAIN = Sku | Category | LineAmount | LineQuantity | Channel | Store | Total | OnWeekday | Hours | Dates | OfMember
"""What the smaller scene shows, but for consents."""


def earn_book(programme: Programme, wallets: dict[str, int], terms: Terms) -> EarnBook:
    """Prepares the earn rules; ``wallets`` tells the decimals of each wallet."""
    programme = structs.replace(programme, earn=tuple(as_decided(rule) for rule in programme.earn))
    rates = [rates_of(rule, wallets[rule.wallet], terms.money) for rule in programme.earn]
    factors = [exact(rule.factor) - 1 for rule in programme.earn if isinstance(rule, Multiply)]
    denominator = math.lcm(*(rate.denominator for several in rates for rate in several)) * math.lcm(
        *(part.denominator for part in factors)
    )
    rules = tuple(
        _rule(position, programme, [int(rate * denominator) for rate in several], denominator, terms, wallets=wallets)
        for position, several in enumerate(rates)
    )
    on_purchases = [rule for rule in rules if rule.event is None]
    asking = [(rule.bit, rule.match) for rule in on_purchases]
    pools = pools_of(programme, _values(programme))
    limits = tuple((rule.id, rule.limit.period) for rule in rules if rule.limit is not None)

    def chosen(mask: int) -> tuple[EarnRule, ...]:
        return tuple(rule for rule in rules if rule.bit & mask)

    return EarnBook(
        rules=rules,
        denominator=denominator,
        all=_mask(on_purchases),
        without_lines=_mask(rule for rule in on_purchases if not rule.of_lines),
        multipliers=_mask(rule for rule in on_purchases if rule.kind == "multiply"),
        lines=line_index(asking),
        channels=index((bit, match.channels) for bit, match in asking),
        stores=index((bit, match.stores) for bit, match in asking),
        chosen=lru_cache(maxsize=8_192)(chosen),
        by_event=_by_event(rules),
        wallets={rule.id: rule.wallet for rule in rules},
        one_wallet=len({rule.wallet for rule in rules}) == 1,
        reads=_reads(programme),
        limits=limits,
        counters=limits + tuple((pool.key, pool.period) for pool in pools if not pool.budget and pool.period >= 0),
        limited=frozenset(
            rule.id for rule in rules if rule.limit is not None or any(rule.bit & pool.mask for pool in pools)
        ),
        usual=counting(programme.basis),
        pools=pools,
        groups=groups_of(programme),
        budgets=tuple(pool for pool in pools if pool.budget),
        partners=index_or_none((bit, match.partners) for bit, match in asking),
        payments=index_or_none((bit, match.payments) for bit, match in asking),
        needs=basket_needs(asking),
        memory=memory(leaf for leaf in _all_leaves(programme) if isinstance(leaf, OfHistory)),
        plain=all(isinstance(leaf, PLAIN) and not isinstance(leaf, Consent) for leaf in _all_leaves(programme)),
    )


def _values(programme: Programme) -> dict[str, Fraction | None]:
    return {
        wallet.id: None if wallet.value is None else exact(wallet.value) / 10**wallet.decimals
        for wallet in programme.wallets
    }


def _kind(rule: Earn) -> Kind:
    match rule:
        case PerAmount():
            return "amount"
        case PerUnit():
            return "unit"
        case PerPurchase():
            return "purchase"
        case PerEvent():
            return "event"
        case Multiply():
            return "multiply"
        case _:
            assert_never(rule)


def _rule(
    position: int, programme: Programme, rates: list[int], denominator: int, terms: Terms, *, wallets: dict[str, int]
) -> EarnRule:
    rule = programme.earn[position]
    scale = scale_rules(rule, rates, wallets[rule.wallet], terms.money, denominator)
    kind = _kind(rule)
    match = matching(rule.when, rule.id, rule.wallet, terms)
    basis = rule.basis if isinstance(rule, PerAmount) and rule.basis is not None else programme.basis
    full = isinstance(rule, PerAmount) and rule.full_steps
    added = exact(rule.factor) - 1 if isinstance(rule, Multiply) else Fraction(0)
    return EarnRule(
        position=position,
        bit=1 << position,
        id=rule.id,
        wallet=rule.wallet,
        kind=kind if scale is None else "scaled",
        match=match,
        check=match.check,
        line_test=match.line_test,
        of_lines=match.of_lines,
        basis=counting(basis),
        limit=None if rule.cap is None or rule.cap.per == "purchase" else _limit(rule.cap, wallets[rule.wallet]),
        rate=rates[0] if scale is None else 0,
        step=Fraction(rule.each) * terms.money if isinstance(rule, PerAmount) and full else None,
        event=rule.event if isinstance(rule, PerEvent) else None,
        factor=added.numerator,
        divisor=added.denominator,
        targets=_targets(rule, programme) if isinstance(rule, Multiply) else 0,
        for_events=isinstance(rule, Multiply) and (rule.when is None or not asks_purchase(rule.when)),
        priority=rule.priority,
        scale=scale,
        by=kind,
    )


def _limit(cap: Cap, decimals: int) -> Limit:
    points = None if cap.points is None else cap.points * 10**decimals
    return Limit(PERIODS.index(cap.per), points, cap.times)


def _targets(rule: Multiply, programme: Programme) -> int:
    multiplied = multiplied_by(rule, programme)
    return sum(1 << position for position, other in enumerate(programme.earn) if other.id in multiplied)


def _mask(rules: Iterable[EarnRule]) -> int:
    return sum(rule.bit for rule in rules)


def _by_event(rules: tuple[EarnRule, ...]) -> dict[str, tuple[EarnRule, ...]]:
    types = dict.fromkeys(rule.event for rule in rules if rule.event is not None)
    return {kind: tuple(rule for rule in rules if rule.event == kind or rule.for_events) for kind in types}


def _all_leaves(programme: Programme) -> Iterator[Condition]:
    for rule in programme.earn:
        yield from leaves(rule.when)


def asks_level(rule: Earn, sets: frozenset[str]) -> bool:
    """Whether a rule asks for the level in one of these tier sets, in a condition or a table by level."""
    points = None if isinstance(rule, Multiply) else rule.points
    if isinstance(points, ByTier) and points.set in sets:
        return True
    return any(isinstance(leaf, Tier) and leaf.set in sets for leaf in leaves(rule.when))


def _reads(programme: Programme) -> Reads:
    found = list(_all_leaves(programme))
    scales = [rule.points for rule in programme.earn if not isinstance(rule, Multiply)]
    sets = [scale.set for scale in scales if isinstance(scale, ByTier | Formula) and scale.set is not None]
    return Reads(
        tiers=tuple(dict.fromkeys([*(leaf.set for leaf in found if isinstance(leaf, Tier)), *sets])),
        labels=frozenset(label for leaf in found if isinstance(leaf, Label) for label in leaf.any_of),
        attributes=tuple(
            dict.fromkeys([*(leaf.name for leaf in found if isinstance(leaf, Attribute)), *_facts(scales)])
        ),
        consents=frozenset(purpose for leaf in found if isinstance(leaf, Consent) for purpose in leaf.any_of),
    )


def _facts(scales: list[Points]) -> list[str]:
    """The attributes of members that formulas ask for."""
    names = [name for scale in scales if isinstance(scale, Formula) for name in read_formula(scale.formula).names]
    return [name.removeprefix("member.") for name in names if name.startswith("member.")]
