"""Scaling: the rate that a table or formula gives a rule for a basket or event."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.basket import Basket
from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.formulas import NoValue
from stammis.core.gains import Gain, counted, gain_of, quantity
from stammis.core.rules import Rules
from stammis.core.scale_rules import BandScale, FormulaScale, TierScale
from stammis.core.scene import LONGEST, Scene


@lru_cache(maxsize=4_096)
def _at_rate(rule: EarnRule, rate: int) -> EarnRule:
    """A rule of kind scaled as one of its own kind that gives this much."""
    return replace(rule, kind=rule.by, rate=rate)


@lru_cache(maxsize=1_024)
def marginal(rule: EarnRule) -> EarnRule:
    """A rule whose value is not one rate on all its lines."""
    return replace(rule, kind="marginal")


def scaled_gain(rule: EarnRule, basket: Basket, lines: list[int] | None, rules: Rules, scene: Scene) -> Gain | Step:
    """What a rule of kind scaled gives for a basket (empty for events that are no purchases), before any cap."""
    scale = rule.scale
    match scale:
        case BandScale():
            return _by_band(rule, scale, basket, lines, rules)
        case TierScale():
            level = scene.tiers.get(scale.set)
            rate = scale.otherwise if level is None else scale.rates.get(level, scale.otherwise)
            if not rate:
                return Step(rule.id, False, "level_gives_nothing", rule.wallet, 0, {"level": level or ""})
            return _looked(_plain(_at_rate(rule, rate), basket, lines, rules), {"level": level or ""})
        case FormulaScale():
            return _by_formula(rule, scale, basket, lines, rules, scene=scene)
        case None:
            raise AssertionError("a scaled rule has a scale")
        case _:
            assert_never(scale)


def _plain(rule: EarnRule, basket: Basket, lines: list[int] | None, rules: Rules) -> Gain | Step:
    return Gain(rule, rule.rate, None, {}) if rule.kind == "event" else gain_of(rule, basket, lines, rules)


def _looked(found: Gain | Step, saw: dict[str, Scalar]) -> Gain | Step:
    if isinstance(found, Gain):
        found.saw.update(saw)
    return found


def measure(rule: EarnRule, basket: Basket, lines: list[int] | None, rules: Rules) -> int:
    """What a table by amount looks at: money that counts in minor units, for kind unit millionths of quantity."""
    return quantity(rules, basket, lines) if rule.by == "unit" else counted(rule, basket, lines)


def _by_band(rule: EarnRule, scale: BandScale, basket: Basket, lines: list[int] | None, rules: Rules) -> Gain | Step:
    size = measure(rule, basket, lines, rules)
    if size < 0 or (not size and rule.by != "purchase"):
        return Step(rule.id, False, "no_amount", rule.wallet)
    place = bisect_right(scale.starts, size) - 1
    saw: dict[str, Scalar] = {"quantity" if rule.by == "unit" else "counted": size, "band": scale.named[place]}
    if scale.below is not None:
        value = math.floor(scale.below[place] + (size - scale.starts[place]) * scale.rates[place])
        if value:
            return Gain(marginal(rule), value, lines, saw)
    elif scale.rates[place]:
        return _looked(gain_of(_at_rate(rule, scale.rates[place]), basket, lines, rules), saw)
    return Step(rule.id, False, "band_gives_nothing", rule.wallet, 0, saw)


def _by_formula(
    rule: EarnRule, scale: FormulaScale, basket: Basket, lines: list[int] | None, rules: Rules, *, scene: Scene
) -> Gain | Step:
    saw: dict[str, Scalar] = {}

    def value_of(name: str) -> Fraction | None:
        value = _quantity(name, rule, basket, lines, rules, scene=scene)
        saw[name] = None if value is None else _text(value)
        return value

    try:
        points = min(max(scale.reckon(value_of), scale.least), scale.most)
    except NoValue as none:
        if none.name:
            saw["name"] = none.name
        return Step(rule.id, False, none.because, rule.wallet, 0, saw)
    value = math.floor(points * scale.unit)
    if not value:
        return Step(rule.id, False, "formula_gives_nothing", rule.wallet, 0, saw)
    saw["formula"] = scale.text
    return Gain(replace(rule, kind=rule.by, rate=value), value, None, saw)


def _quantity(
    name: str,
    rule: EarnRule,
    basket: Basket,
    lines: list[int] | None,
    rules: Rules,
    *,
    scene: Scene,
) -> Fraction | None:
    match name:
        case "amount":
            return counted(rule, basket, lines) / rules.money
        case "total":
            return None if scene.total is None else scene.total / rules.money
        case "quantity":
            return Fraction(quantity(rules, basket, lines), QUANTITY_SCALE)
        case "lines":
            return Fraction(len(basket.lines) if lines is None else len(lines))
        case "rank":
            assert isinstance(rule.scale, FormulaScale)
            assert rule.scale.set is not None
            level = scene.tiers.get(rule.scale.set)
            return Fraction(0 if level is None else 1 + rules.tier_sets[rule.scale.set].levels.index(level))
        case _:
            kind, _, key = name.partition(".")
            return _number((scene.properties if kind == "event" else scene.attributes).get(key))


def _number(value: Scalar) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else Fraction(value)


def _text(value: Fraction) -> str:
    """A number as decimal text, to six decimals."""
    whole, rest = divmod(abs(value), 1)
    decimals = f"{round(rest * 10**6):06d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{f'.{decimals}' if decimals else ''}"[:LONGEST]
