"""Gains: what one rule gives, exactly, on which lines, within its cap."""

from __future__ import annotations

from typing import assert_never, final

from msgspec import Struct

from stammis.core.basket import Basket
from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.rules import Rules
from stammis.core.spread import spread
from stammis.core.standing import Count

Counts = dict[str, Count]
"""By capped rule, what of its cap is used in the period at hand."""


@final
class Gain(Struct, gc=False):
    """What one rule gives: an exact value over the book's denominator, and the lines (by place) it gives it for.

    ``lines`` is None where the rule gives for the purchase as a whole or for all lines alike; ``left`` is what its cap
    still allows in whole points, ``part`` what it gives of the row in the end, ``place`` that of its step, ``pools``
    the shared caps and budgets that it draws on, ``shares`` the value of each of its lines where no one rate tells it.
    """

    rule: EarnRule
    value: int
    lines: list[int] | None
    saw: dict[str, Scalar]
    because: str = "given"
    left: int | None = None
    part: int = 0
    place: int = -1
    pools: tuple[str, ...] = ()
    shares: dict[int, int] | None = None


def counted(rule: EarnRule, basket: Basket, lines: list[int] | None) -> int:
    """How much of some lines (None: of all) counts on the rule's basis, in minor units."""
    values, whole = basket.reckoned.get(rule.basis) or basket.counted(rule.basis)
    if lines is None:
        return whole
    if len(lines) == 1:
        return values[lines[0]]
    return sum([values[place] for place in lines])


def quantity(rules: Rules, basket: Basket, lines: list[int] | None) -> int:
    """How many millionths of units some lines (None: all) have, without the kinds of line that do not count."""
    kinds = rules.book.usual.kinds
    if lines is None:
        return sum([line.quantity for line in basket.lines if line.kind in kinds])
    return sum([basket.lines[place].quantity for place in lines if basket.lines[place].kind in kinds])


def gain_of(rule: EarnRule, basket: Basket, lines: list[int] | None, rules: Rules) -> Gain | Step:
    """What a rule gives for a basket, on some lines (None: on all), before any cap; or why it gives nothing."""
    match rule.kind:
        case "amount":
            values, amount = basket.reckoned.get(rule.basis) or basket.counted(rule.basis)
            if lines is not None:
                amount = values[lines[0]] if len(lines) == 1 else sum([values[place] for place in lines])
            if amount <= 0:
                return Step(rule.id, False, "no_amount", rule.wallet)
            if rule.step is None:
                return Gain(rule, amount * rule.rate, lines, {"counted": amount})
            value = worth(rule, basket, lines, rules)
            if not value and rule.rate:
                return Step(rule.id, False, "below_step", rule.wallet, 0, {"counted": amount})
            return Gain(rule, value, lines, {"counted": amount})
        case "multiply":
            return Gain(rule, 0, lines, {})  # what it multiplies is known when all others have been asked
        case "unit":
            units = quantity(rules, basket, lines)
            if units <= 0:
                return Step(rule.id, False, "no_amount", rule.wallet)
            return Gain(rule, units * rule.rate, lines, {"quantity": units})
        case "purchase":
            return Gain(rule, rule.rate, None, {})
        case "event" | "scaled" | "marginal":
            raise AssertionError("they do not give for a basket by themselves")
        case _:
            assert_never(rule.kind)


def worth(rule: EarnRule, basket: Basket, lines: list[int] | None, rules: Rules) -> int:
    """The exact value of a rule on some lines (None: on all), before any cap."""
    match rule.kind:
        case "amount":
            step = rule.step
            if step is None:
                return max(0, counted(rule, basket, lines)) * rule.rate
            if not rules.per_line:
                return max(0, counted(rule, basket, lines)) * step.denominator // step.numerator * rule.rate
            values, _ = basket.counted(rule.basis)
            places = range(len(values)) if lines is None else lines
            steps = sum(max(0, values[place]) * step.denominator // step.numerator for place in places)
            return steps * rule.rate
        case "unit":
            return quantity(rules, basket, lines) * rule.rate
        case "purchase" | "event":
            return rule.rate
        case "multiply" | "scaled" | "marginal":
            raise AssertionError("they are worth nothing by themselves")
        case _:
            assert_never(rule.kind)


def capped(gain: Gain, counts: Counts, rules: Rules) -> Gain | Step:
    """A gain lowered to what its cap still allows, or the step that says that nothing is left of the cap."""
    rule = gain.rule
    limit = rule.limit
    assert limit is not None
    used = counts.get(rule.id)
    points, times = (used.points, used.times) if used is not None else (0, 0)
    if limit.times is not None and times >= limit.times:
        return Step(rule.id, False, "cap_reached", rule.wallet, 0, {"used": times, "times": limit.times})
    if limit.points is not None:
        left = limit.points - points
        if left <= 0:
            return Step(rule.id, False, "cap_reached", rule.wallet, 0, {"used": points, "points": limit.points})
        gain.left = left
        most = left * rules.book.denominator
        if gain.value > most:
            gain.value = most
            gain.because = "capped"
            gain.saw["left"] = left
    return gain


def multiplicand(gain: Gain, lines: list[int] | None, basket: Basket, rules: Rules) -> int:
    """What a multiplier for these lines (None: all) finds of a gain; never more than the gain after its cap."""
    if lines is None or gain.rule.kind in ("purchase", "event"):
        return gain.value
    common = lines if gain.lines is None else [place for place in gain.lines if place in lines]
    if not common:
        return 0
    if gain.rule.kind == "marginal":
        shares = line_shares(gain, basket, rules)
        return sum(shares[place] for place in common)
    return min(gain.value, worth(gain.rule, basket, common, rules))


def line_shares(gain: Gain, basket: Basket, rules: Rules) -> dict[int, int]:
    """What each line has of a gain from a marginal table: its known share, else in proportion to what counts."""
    if gain.shares is not None:
        return dict(zip(gain.shares, spread(gain.value, list(gain.shares.values())), strict=True))
    places = list(range(len(basket.lines))) if gain.lines is None else gain.lines
    by_unit = gain.rule.by == "unit"
    sizes = [quantity(rules, basket, [place]) if by_unit else counted(gain.rule, basket, [place]) for place in places]
    return dict(zip(places, spread(gain.value, [max(0, size) for size in sizes]), strict=True))
