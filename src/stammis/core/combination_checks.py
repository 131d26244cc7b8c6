"""Checks of scales, groups, shared caps and budgets: what they name exists, and together they can be explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, assert_never

from stammis.core.amounts import exact
from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.condition_checks import Surroundings, too_fine
from stammis.core.earn import Earn, Multiply, PerAmount, PerEvent, PerPurchase, PerUnit
from stammis.core.event_types import ANNIVERSARY, BIRTHDAY, ENROLMENT
from stammis.core.formulas import OF_PURCHASES, FormulaError, read_formula
from stammis.core.reading import Problem, below, unknown
from stammis.core.scales import Bands, ByTier, Formula
from stammis.core.wallets import Wallet
from stammis.core.wording import Worded

UNBUDGETED = (ENROLMENT, BIRTHDAY, ANNIVERSARY)


class Known(NamedTuple):
    """What groups, caps and budgets refer to: readable rules and wallets by id, and the ids of all rules."""

    rules: Mapping[str, Earn]
    wallets: Mapping[str, Wallet]
    ids: frozenset[str]


def scale_faults(rule: Earn, pointer: str, around: Surroundings) -> Iterator[Problem]:
    """Everything that is wrong with a rule's table or formula."""
    if isinstance(rule, Multiply):
        return
    at = below(pointer, "points")
    match rule.points:
        case Bands():
            yield from _bands(rule, rule.points, at, around.decimals)
        case ByTier():
            yield from _of_tiers(rule.points, at, around)
        case Formula():
            yield from _formula(rule, rule.points, at, around)
        case _:
            pass


def _bands(
    rule: PerAmount | PerUnit | PerPurchase | PerEvent, scale: Bands, pointer: str, decimals: int | None
) -> Iterator[Problem]:
    match rule:
        case PerEvent():
            yield Problem(pointer, "not_for_events", Worded("An event has no amount: use a formula of its properties."))
        case PerPurchase() if scale.marginal:
            yield Problem(below(pointer, "marginal"), "not_marginal", Worded("Points for a purchase are given once."))
        case PerAmount() if scale.marginal and rule.full_steps:
            yield Problem(below(pointer, "marginal"), "not_marginal", Worded("Full steps count over the whole amount."))
        case PerAmount() | PerPurchase() | PerUnit():
            pass
        case _:
            assert_never(rule)
    for place, band in enumerate(scale.bands):
        at = below(pointer, "bands", place, "at")
        if not isinstance(rule, PerUnit):
            yield from too_fine(band.at, decimals, at)
        if not place and exact(band.at):
            yield Problem(at, "first_band", Worded("The first band begins at 0."))
        if place and exact(band.at) <= exact(scale.bands[place - 1].at):
            yield Problem(at, "not_ascending", Worded("Bands ascend: each begins above the one before."))


def _of_tiers(scale: ByTier, pointer: str, around: Surroundings) -> Iterator[Problem]:
    if scale.set not in around.sets:
        yield unknown(below(pointer, "set"), "unknown_tier_set", scale.set, around.sets)
    levels = around.levels.get(scale.set)
    if levels is not None:
        for level in scale.levels:
            if level not in levels:
                yield unknown(below(pointer, "levels", level), "unknown_level", level, levels)


def _formula(rule: Earn, scale: Formula, pointer: str, around: Surroundings) -> Iterator[Problem]:
    at = below(pointer, "formula")
    if not isinstance(rule, PerPurchase | PerEvent):
        yield Problem(pointer, "formula_gives_once", Worded("A formula is for rules of kind purchase or event."))
    if exact(scale.at_least) > exact(scale.at_most):
        yield Problem(below(pointer, "at_least"), "out_of_range", Worded("Not above «at_most»."))
    if scale.set is not None and scale.set not in around.sets:
        yield unknown(below(pointer, "set"), "unknown_tier_set", scale.set, around.sets)
    try:
        names = read_formula(scale.formula).names
    except FormulaError as error:
        yield Problem(at, "bad_formula", Worded("This formula cannot be read: %(words)s", words=error.said))
        return
    for name in names:
        if name == "rank" and scale.set is None:
            yield Problem(
                below(pointer, "set"), "missing_field", Worded("«set» is needed here: «rank» is a place in it.")
            )
        if isinstance(rule, PerEvent) and name in OF_PURCHASES:
            yield Problem(at, "not_for_events", Worded("Only purchases have «%(name)s».", name=name))
        if isinstance(rule, PerPurchase) and name.startswith("event."):
            yield Problem(at, "not_for_purchases", Worded("A purchase has no «%(name)s».", name=name))


def group_faults(groups: Sequence[tuple[str, Group]], known: Known) -> Iterator[Problem]:
    """Everything in which groups name what is not there, or cannot be explained together."""
    of: dict[str, str] = {}
    for pointer, group in groups:
        for place, name in enumerate(group.rules):
            at = below(pointer, "rules", place)
            yield from _known_rule(name, at, known)
            if name in of:
                message = Worded(
                    "«%(name)s» is in the group «%(group)s» already: a rule is in one group at most.",
                    name=name,
                    group=of[name],
                )
                yield Problem(at, "in_two_groups", message)
            of.setdefault(name, group.id)
            yield from _multiplies_own(name, group, at, known)
        wallets = {known.rules[name].wallet for name in group.rules if name in known.rules}
        if group.gives == "highest" and len(wallets) > 1:
            message = Worded("Points of several wallets cannot be compared. Use «first», or rules of one wallet.")
            yield Problem(below(pointer, "gives"), "several_wallets", message)
    yield from _circles(groups, known)


def _known_rule(name: str, pointer: str, known: Known) -> Iterator[Problem]:
    if name not in known.ids:
        yield unknown(pointer, "unknown_rule", name, known.ids)


def _multiplied(name: str, known: Known) -> frozenset[str]:
    rule = known.rules.get(name)
    if not isinstance(rule, Multiply):
        return frozenset()
    return frozenset(
        other.id
        for other in known.rules.values()
        if not isinstance(other, Multiply)
        and other.wallet == rule.wallet
        and (not rule.rules or other.id in rule.rules)
    )


def _multiplies_own(name: str, group: Group, pointer: str, known: Known) -> Iterator[Problem]:
    own = _multiplied(name, known).intersection(group.rules)
    if own:
        message = Worded(
            "«%(name)s» multiplies «%(other)s» of its own group: where one of them gives, the other does not.",
            name=name,
            other=min(own),
        )
        yield Problem(pointer, "multiplies_own_group", message)


def _circles(groups: Sequence[tuple[str, Group]], known: Known) -> Iterator[Problem]:
    """The groups that wait for each other: each has a multiplier of a rule of the other."""
    waiting = list(groups)
    while waiting:
        ready = [entry for entry in waiting if not any(_waits(entry[1], other, known) for _, other in waiting)]
        if not ready:
            for pointer, _ in waiting:
                message = Worded(
                    "Its multipliers multiply rules of a group whose multipliers multiply rules of this one."
                )
                yield Problem(pointer, "circular_groups", message)
            return
        waiting = [entry for entry in waiting if entry not in ready]


def _waits(group: Group, other: Group, known: Known) -> bool:
    return group is not other and any(_multiplied(name, known).intersection(other.rules) for name in group.rules)


def cap_faults(cap: SharedCap, pointer: str, known: Known) -> Iterator[Problem]:
    """Everything that is wrong with a cap that rules share."""
    for place, name in enumerate(cap.rules):
        at = below(pointer, "rules", place)
        yield from _known_rule(name, at, known)
        if name in known.rules and known.rules[name].wallet != cap.wallet:
            yield Problem(at, "other_wallet", Worded("«%(name)s» gives points of another wallet.", name=name))
    if known.wallets and cap.wallet not in known.wallets:
        yield unknown(below(pointer, "wallet"), "unknown_wallet", cap.wallet, known.wallets)


def budget_faults(budget: Budget, pointer: str, known: Known, decimals: int | None) -> Iterator[Problem]:
    """Everything that is wrong with a budget."""
    for place, name in enumerate(budget.rules):
        at = below(pointer, "rules", place)
        yield from _known_rule(name, at, known)
        rule = known.rules.get(name)
        if isinstance(rule, PerEvent) and rule.event in UNBUDGETED:
            message = Worded("«%(name)s» gives for what happens by itself, which draws on no budget.", name=name)
            yield Problem(at, "happens_by_itself", message)
    wallets = {known.rules[name].wallet for name in budget.rules if name in known.rules}
    if len(wallets) > 1:
        message = Worded("A budget is of the points of one wallet; its rules give those of several.")
        yield Problem(below(pointer, "rules"), "several_wallets", message)
    if budget.points is None and budget.money is None:
        yield Problem(pointer, "missing_field", Worded("A budget is of points, money or both."))
    if budget.money is not None:
        yield from too_fine(budget.money, decimals, below(pointer, "money"))
        for wallet in wallets:
            found = known.wallets.get(wallet)
            if found is None:
                continue
            value = 0 if found.value is None else exact(found.value)
            if not value:
                message = Worded("The wallet «%(wallet)s» has no value in money.", wallet=wallet)
                yield Problem(below(pointer, "money"), "missing_value", message)
            elif exact(budget.money) * 10**found.decimals < value:
                message = Worded("That is less than the smallest amount of «%(wallet)s» is worth.", wallet=wallet)
                yield Problem(below(pointer, "money"), "never_gives", message)
