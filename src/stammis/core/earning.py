"""Earning: what the rules give for a basket or an event, in whole points, with a step for every rule that was asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stammis.core.basket import Basket, basket_of
from stammis.core.calendars import periods
from stammis.core.combining import Lefts, combined, lefts_of, multiplied
from stammis.core.counting import used_in
from stammis.core.earn_rules import EarnBook, EarnRule
from stammis.core.effects import Step
from stammis.core.events import Line
from stammis.core.gains import Counts, Gain, capped, gain_of
from stammis.core.rules import Rules
from stammis.core.scaling import scaled_gain
from stammis.core.scene import Scene
from stammis.core.selection import Places
from stammis.core.shares import parts_by_line, parts_of_whole
from stammis.core.standing import Count


class Earnings(Struct, frozen=True, gc=False):
    """What an event earns: points by wallet and by rule, and the steps."""

    points: dict[str, int]
    given: dict[str, int]
    steps: tuple[Step, ...]


NOTHING = Earnings({}, {}, ())
EMPTY = basket_of(())
UNASKED = Step("", False, "")
"""Stands where the step of a gain will be."""


def earnings_of(basket: Basket, scene: Scene, counts: Counts, rules: Rules, budgets: Lefts | None = None) -> Earnings:
    """What a basket earns: rule by rule, capped, combined, summed by wallet, and rounded once as declared.

    ``budgets`` tells what is left of each budget; without it none has been used.
    """
    book, lines = rules.book, basket.lines
    selecting = book.lines.places(lines)
    mask = selected(lines, selecting, scene, book)
    steps: list[Step] = []
    gains: list[Gain] = []
    for rule in book.chosen(mask):
        check = rule.check
        if check is not None and (step := check(scene)) is not None:
            steps.append(step)
            continue
        places = None
        if rule.of_lines:
            places = selecting[rule.bit] if rule.line_test is None else matched(rule, lines, scene, selecting)
            if not places:
                steps.append(unmet(rule))
                continue
            if len(places) == len(lines):
                places = None
        if rule.scale is None:
            found = gain_of(rule, basket, places, rules)
        else:
            found = scaled_gain(rule, basket, places, rules, scene)
        if rule.limit is not None and rule.kind != "multiply" and type(found) is Gain:
            found = capped(found, counts, rules)
        if type(found) is Gain:
            found.place = len(steps)
            gains.append(found)
            steps.append(UNASKED)
        else:
            steps.append(found)
    if book.pools or book.groups:
        lefts = lefts_of(counts, budgets or {}, rules)
        gains = combined(gains, steps, basket, counts, rules, lefts=lefts)
        return settled(steps, gains, basket, rules, lefts)
    if mask & book.multipliers:
        gains = multiplied(gains, steps, basket, counts, rules)
    return settled(steps, gains, basket, rules, None)


def earnings_of_event(kind: str, scene: Scene, counts: Counts, rules: Rules, budgets: Lefts | None = None) -> Earnings:
    """What an event other than a purchase earns: the rules for its type, and the multipliers that hold for it."""
    steps: list[Step] = []
    gains: list[Gain] = []
    for rule in rules.book.by_event.get(kind, ()):
        step = rule.check(scene) if rule.check is not None else None
        if step is None:
            found: Gain | Step = Gain(rule, rule.rate, None, {})
            if rule.scale is not None:
                found = scaled_gain(rule, EMPTY, None, rules, scene)
            if rule.limit is not None and rule.kind != "multiply" and isinstance(found, Gain):
                found = capped(found, counts, rules)
            if isinstance(found, Gain):
                found.place = len(steps)
                gains.append(found)
                step = UNASKED
            else:
                step = found
        steps.append(step)
    lefts = lefts_of(counts, budgets or {}, rules)
    return settled(steps, combined(gains, steps, EMPTY, counts, rules, lefts=lefts), None, rules, lefts)


def selected(lines: Sequence[Line], selecting: Places, scene: Scene, book: EarnBook) -> int:
    """The mask of rules that a purchase selects.

    One of its lines does, or it does as a whole; and place, means of payment and basket admit them.
    """
    mask = book.without_lines | sum(selecting)
    if lines:
        mask |= book.lines.others
    channels, stores = book.channels, book.stores
    mask &= channels.masks.get(scene.channel, channels.others) & stores.masks.get(scene.store, stores.others)
    if book.plain:
        return mask
    purchase = scene.purchase
    if book.needs is not None:
        mask &= book.needs.admitted(scene.lines)
    if book.partners is not None:
        mask &= book.partners.admitted(None if purchase is None else purchase.partner)
    if book.payments is not None:
        mask &= book.payments.admitted(None if purchase is None else purchase.payment)
    return mask


def unmet(rule: EarnRule) -> Step:
    """The step of a rule whose lines are not there."""
    assert rule.match.unmet is not None, "a rule that asks about lines has a step for when no line meets it"
    return rule.match.unmet


def matched(rule: EarnRule, lines: Sequence[Line], scene: Scene, places: Places) -> list[int]:
    """The lines (by place) that a rule is for: of those that select it the ones that pass its test."""
    test = rule.line_test
    if test is None:
        return places.get(rule.bit, [])
    return [place for place in places.get(rule.bit, range(len(lines))) if test(scene, lines[place])]


def settled(steps: list[Step], gains: list[Gain], basket: Basket | None, rules: Rules, lefts: Lefts | None) -> Earnings:
    """Rounds the gains, and puts a step for each of them into its place."""
    if rules.per_line and basket is not None:
        points = parts_by_line(gains, basket, rules, lefts)
    else:
        points = parts_of_whole(gains, rules, lefts)
    given: dict[str, int] = {}
    for gain in gains:
        rule, part = gain.rule, gain.part
        name = rule.id
        if part:
            given[name] = part
        steps[gain.place] = Step(name, True, gain.because, rule.wallet, part, gain.saw)
    return Earnings(points, given, tuple(steps))


def counts_at(day: int, used: dict[str, tuple[Count, ...]], rules: Rules) -> Counts:
    """What of each cap is used in the period in which a day lies; caps that are not used at all are left out."""
    found: Counts = {}
    if not used:
        return found
    numbers = periods(day)
    for key, place in rules.book.counters:
        counts = used.get(key)
        if counts is not None:
            count = used_in(counts, numbers[place])
            if count is not None:
                found[key] = count
    return found
