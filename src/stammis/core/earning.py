"""Earning: what the rules give for a basket or an event, in whole points, with a step for every rule that was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from stammis.core.basket import Basket
from stammis.core.calendars import periods
from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Step
from stammis.core.events import Line
from stammis.core.gains import Counts, Gain, capped, counted, multiplicand, quantity, worth
from stammis.core.questions import Scene
from stammis.core.rules import Rules
from stammis.core.shares import parts_by_line, parts_of_whole
from stammis.core.standing import Count


@dataclass(slots=True)
class Earnings:
    """What an event earns: points by wallet and by rule, and the steps."""

    points: dict[str, int]
    given: dict[str, int]
    steps: tuple[Step, ...]


NOTHING = Earnings({}, {}, ())


def earnings_of(basket: Basket, scene: Scene, counts: Counts, rules: Rules) -> Earnings:
    """What a basket earns: rule by rule, capped, multiplied, summed by wallet, and rounded once as declared."""
    book = rules.book
    masks = line_masks(basket.lines, rules)
    mask = book.without_lines
    for bits in masks:
        mask |= bits
    mask &= book.channels.admitted(scene.channel) & book.stores.admitted(scene.store)
    asked: list[Gain | Step] = []
    gains: list[Gain] = []
    multipliers = False
    for rule in book.chosen(mask):
        step = rule.check(scene) if rule.check is not None else None
        found: Gain | Step
        if step is not None:
            found = step
        elif rule.kind == "multiply":
            multipliers = True
            found = Gain(rule, 0, None, {})
        else:
            found = _value(rule, basket, scene, masks, rules)
            if isinstance(found, Gain):
                if rule.limit is not None:
                    found = capped(found, counts, rules)
                if isinstance(found, Gain):
                    gains.append(found)
        asked.append(found)
    if multipliers:
        _multiply_all(asked, gains, basket, counts, rules, scene=scene, masks=masks)
    return _settled(asked, gains, basket, rules)


def earnings_of_event(kind: str, scene: Scene, counts: Counts, rules: Rules) -> Earnings:
    """What an event other than a purchase earns: the rules for its type, and the multipliers that hold for it."""
    asked: list[Gain | Step] = []
    gains: list[Gain] = []
    for rule in rules.book.by_event.get(kind, ()):
        step = rule.check(scene) if rule.check is not None else None
        if step is not None:
            asked.append(step)
            continue
        found: Gain | Step = Gain(rule, rule.rate, None, {})
        if rule.kind != "multiply":
            if isinstance(found, Gain) and rule.limit is not None:
                found = capped(found, counts, rules)
            if isinstance(found, Gain):
                gains.append(found)
        asked.append(found)
    _multiply_all(asked, gains, Basket(()), counts, rules, scene=scene, masks=[])
    return _settled(asked, gains, None, rules)


def line_masks(lines: Sequence[Line], rules: Rules) -> list[int]:
    """For each line the mask of rules that it admits by article and category."""
    book = rules.book
    every = book.all
    skus, other_skus = book.skus.masks, book.skus.others
    categories, other_categories = book.categories.masks, book.categories.others
    if not skus:
        if not categories:
            return [every] * len(lines)
        return [categories.get(line.category, other_categories) for line in lines]
    return [skus.get(line.sku, other_skus) & categories.get(line.category, other_categories) for line in lines]


def _matched(rule: EarnRule, lines: Sequence[Line], scene: Scene, masks: list[int]) -> list[int]:
    bit, test = rule.bit, rule.line_test
    places = [place for place, mask in enumerate(masks) if mask & bit]
    if test is None:
        return places
    return [place for place in places if test(scene, lines[place])]


def _value(rule: EarnRule, basket: Basket, scene: Scene, masks: list[int], rules: Rules) -> Gain | Step:
    lines = None
    if rule.of_lines:
        lines = _matched(rule, basket.lines, scene, masks)
        if not lines:
            assert rule.match.unmet is not None
            return rule.match.unmet
    match rule.kind:
        case "amount":
            amount = counted(rule, basket, lines)
            if amount <= 0:
                return Step(rule.id, False, "no_amount", rule.wallet)
            value = worth(rule, basket, lines, rules)
            if not value and rule.rate:
                return Step(rule.id, False, "below_step", rule.wallet, 0, {"counted": amount})
            return Gain(rule, value, lines, {"counted": amount})
        case "unit":
            units = quantity(rules, basket, lines)
            if units <= 0:
                return Step(rule.id, False, "no_amount", rule.wallet)
            return Gain(rule, units * rule.rate, lines, {"quantity": units})
        case "purchase":
            return Gain(rule, rule.rate, None, {})
        case "event" | "multiply":
            raise AssertionError("neither rules for events nor multipliers give for a basket by themselves")
        case _:
            assert_never(rule.kind)


def _multiply_all(
    asked: list[Gain | Step],
    gains: list[Gain],
    basket: Basket,
    counts: Counts,
    rules: Rules,
    *,
    scene: Scene,
    masks: list[int],
) -> None:
    given = list(gains)
    for place, found in enumerate(asked):
        if isinstance(found, Step) or found.rule.kind != "multiply":
            continue
        rule = found.rule
        lines = _matched(rule, basket.lines, scene, masks) if rule.of_lines else None
        if lines is not None and not lines:
            assert rule.match.unmet is not None
            asked[place] = rule.match.unmet
            continue
        multiplied = sum(
            multiplicand(gain, lines, basket, rules) for gain in given if gain.rule.position in rule.targets
        )
        if not multiplied:
            asked[place] = Step(rule.id, False, "nothing_to_multiply", rule.wallet)
            continue
        found.value = multiplied * rule.factor.numerator // rule.factor.denominator
        found.lines = lines
        found.saw["of"] = multiplied // rules.book.denominator
        within = found if rule.limit is None else capped(found, counts, rules)
        asked[place] = within
        if isinstance(within, Gain):
            gains.append(within)


def _settled(asked: list[Gain | Step], gains: list[Gain], basket: Basket | None, rules: Rules) -> Earnings:
    if not gains:
        return Earnings({}, {}, tuple([found for found in asked if isinstance(found, Step)]))
    if rules.per_line and basket is not None:
        points = parts_by_line(gains, basket, rules)
    else:
        points = parts_of_whole(gains, rules)
    given: dict[str, int] = {}
    steps: list[Step] = []
    for found in asked:
        if isinstance(found, Step):
            steps.append(found)
            continue
        rule = found.rule
        if found.part:
            given[rule.id] = found.part
        steps.append(Step(rule.id, True, found.because, rule.wallet, found.part, found.saw))
    return Earnings(points, given, tuple(steps))


def counts_at(day: int, used: dict[str, tuple[Count, ...]], rules: Rules) -> Counts:
    """What of each cap is used in the period in which a day lies; caps that are not used at all are left out."""
    found: Counts = {}
    for rule in rules.book.capped:
        assert rule.limit is not None
        older = used.get(rule.id)
        if older is None:
            continue
        begins = periods(day)[rule.limit.period]
        for count in older:
            if count.period == begins:
                found[rule.id] = count
    return found
