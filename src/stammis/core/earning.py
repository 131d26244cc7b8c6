"""Earning: what the rules give for a basket or an event, in whole points, with a step for every rule that was asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stammis.core.basket import Basket
from stammis.core.calendars import periods
from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Step
from stammis.core.events import Line
from stammis.core.gains import Counts, Gain, capped, gain_of, multiplicand
from stammis.core.questions import Scene
from stammis.core.rules import Rules
from stammis.core.shares import parts_by_line, parts_of_whole
from stammis.core.standing import Count


class Earnings(Struct, frozen=True, gc=False):
    """What an event earns: points by wallet and by rule, and the steps."""

    points: dict[str, int]
    given: dict[str, int]
    steps: tuple[Step, ...]


NOTHING = Earnings({}, {}, ())


def earnings_of(basket: Basket, scene: Scene, counts: Counts, rules: Rules) -> Earnings:
    """What a basket earns: rule by rule, capped, multiplied, summed by wallet, and rounded once as declared."""
    book, lines = rules.book, basket.lines
    masks = line_masks(lines, rules)
    mask = book.without_lines
    for bits in masks:
        mask |= bits
    mask &= book.channels.admitted(scene.channel) & book.stores.admitted(scene.store)
    asked: list[Gain | Step] = []
    multiplied: list[Gain] = []
    multipliers: list[int] = []
    for rule in book.chosen(mask):
        check = rule.check
        if check is not None and (step := check(scene)) is not None:
            asked.append(step)
            continue
        places = None
        if rule.of_lines:
            places = _matched(rule, lines, scene, masks)
            if not places:
                asked.append(_unmet(rule))
                continue
        if rule.kind == "multiply":
            multipliers.append(len(asked))
            asked.append(Gain(rule, 0, places, {}))
            continue
        found = gain_of(rule, basket, places, rules)
        if rule.limit is not None and isinstance(found, Gain):
            found = capped(found, counts, rules)
        asked.append(found)
        if isinstance(found, Gain):
            multiplied.append(found)
    for place in multipliers:
        asked[place] = _multiplier(asked[place], multiplied, basket, counts, rules)
    return _settled(asked, basket, rules)


def earnings_of_event(kind: str, scene: Scene, counts: Counts, rules: Rules) -> Earnings:
    """What an event other than a purchase earns: the rules for its type, and the multipliers that hold for it."""
    asked: list[Gain | Step] = []
    for rule in rules.book.by_event.get(kind, ()):
        step = rule.check(scene) if rule.check is not None else None
        if step is not None:
            asked.append(step)
            continue
        gain = Gain(rule, rule.rate, None, {})
        asked.append(gain if rule.limit is None or rule.kind == "multiply" else capped(gain, counts, rules))
    multiplied = [found for found in asked if isinstance(found, Gain) and found.rule.kind != "multiply"]
    nothing = Basket(())
    for place, found in enumerate(asked):
        if isinstance(found, Gain) and found.rule.kind == "multiply":
            asked[place] = _multiplier(found, multiplied, nothing, counts, rules)
    return _settled(asked, None, rules)


def _unmet(rule: EarnRule) -> Step:
    assert rule.match.unmet is not None, "a rule that asks about lines has a step for when no line meets it"
    return rule.match.unmet


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


def _multiplier(
    found: Gain | Step, multiplied: list[Gain], basket: Basket, counts: Counts, rules: Rules
) -> Gain | Step:
    """What a multiplier makes of the gains of other rules, or the step that says why it makes nothing."""
    assert isinstance(found, Gain), "multipliers are settled last"
    rule, lines = found.rule, found.lines
    targets, whole = rule.targets, 0
    for gain in multiplied:
        if gain.rule.bit & targets:
            whole += gain.value if lines is None else multiplicand(gain, lines, basket, rules)
    if not whole:
        return Step(rule.id, False, "nothing_to_multiply", rule.wallet)
    found.value = whole * rule.factor // rule.divisor
    found.saw["of"] = whole // rules.book.denominator
    return found if rule.limit is None else capped(found, counts, rules)


def _settled(asked: list[Gain | Step], basket: Basket | None, rules: Rules) -> Earnings:
    gains = [found for found in asked if isinstance(found, Gain)]
    if rules.per_line and basket is not None:
        points = parts_by_line(gains, basket, rules)
    else:
        points = parts_of_whole(gains, rules)
    steps = [
        Step(found.rule.id, True, found.because, found.rule.wallet, found.part, found.saw)
        if isinstance(found, Gain)
        else found
        for found in asked
    ]
    return Earnings(points, {gain.rule.id: gain.part for gain in gains if gain.part}, tuple(steps))


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
