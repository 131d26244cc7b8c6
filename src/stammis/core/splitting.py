"""Splitting: a purchase that crosses a threshold, decided part by part at the level that each part has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from msgspec import structs

from stammis.core.basket import Basket, Counting, basket_of
from stammis.core.combining import Lefts, combined, lefts_of
from stammis.core.earn_rules import EarnRule
from stammis.core.earning import UNASKED, Earnings, earnings_of, matched, selected, settled, unmet
from stammis.core.effects import Step
from stammis.core.events import Line, Scalar
from stammis.core.gains import Gain, capped, gain_of, worth
from stammis.core.levels import counting_now, held_by
from stammis.core.portions import Parts, for_whole, told
from stammis.core.rules import Rules
from stammis.core.scale_rules import TierScale
from stammis.core.scaling import marginal, scaled_gain
from stammis.core.scene import Scene
from stammis.core.selection import Places
from stammis.core.spread import spread
from stammis.core.standing import Seen, Standing
from stammis.core.tier_rules import TierRules
from stammis.core.tiers import rank_of, total_on, total_then

Crossings = tuple[tuple[int, str | None], ...]
"""From how much of a purchase on which level holds, lowest first."""


def splits(
    standing: Standing, levels: dict[str, str | None], basket: Basket, day: int, rules: Rules, *, later: bool
) -> dict[str, Crossings]:
    """Where a purchase crosses into further levels, by tier set; ``levels`` are those that hold before it counts."""
    found: dict[str, Crossings] = {}
    for tiers in rules.split:
        crossings = _crossings(standing, tiers, levels[tiers.id], basket, day, rules=rules, later=later)
        if crossings:
            found[tiers.id] = crossings
    return found


def _crossings(
    standing: Standing, tiers: TierRules, level: str | None, basket: Basket, day: int, *, rules: Rules, later: bool
) -> Crossings:
    by_hand = held_by(standing, tiers).stay.by_hand
    if by_hand is not None and by_hand.only:
        return ()
    if tiers.tended:
        totals = counting_now(standing, tiers, max(standing.latest_at, rules.calendar.starts_at(day)), rules)
    else:
        then = total_then(standing, tiers, day) if later else total_on(rank_of(standing, tiers), tiers, day)
        totals = [then]
    before, more = totals[0], rules.home(basket.counted(tiers.basis)[1])
    place = tiers.place_of(level)
    found: list[tuple[int, str | None]] = []
    for threshold in tiers.thresholds:
        if before < threshold < before + more:
            reached = tiers.place([threshold, *totals[1:]])
            if reached > place:
                place = reached
                found.append((threshold - before, tiers.named(place)))
    return tuple(found)


def earnings_seen(basket: Basket, scene: Scene, seen: Seen, rules: Rules, budgets: Lefts | None = None) -> Earnings:
    """What a basket earns with what was seen of the member: in one piece, or part by part where it crossed a level."""
    if seen.split:
        return _earnings_of_parts(basket, _parts(basket, scene, seen, rules), seen, rules, budgets or {})
    return earnings_of(basket, scene, seen.counts, rules, budgets)


def _parts(basket: Basket, scene: Scene, seen: Seen, rules: Rules) -> Parts:
    cuts: dict[Fraction, dict[str, str | None]] = {Fraction(0): {}}
    for name, crossings in seen.split.items():
        whole = rules.home(basket.counted(rules.tier_sets[name].basis)[1])
        for room, level in crossings:
            if room < whole:
                cuts.setdefault(Fraction(room, whole), {})[name] = level
    levels = seen.tiers
    scenes: list[Scene] = []
    for _, changes in sorted(cuts.items()):
        levels = levels | changes
        scenes.append(structs.replace(scene, tiers=levels))
    sets = tuple(seen.split)
    money = _sizes(basket, sorted(cuts), rules.tier_sets[sets[0]].basis, rules)
    return Parts(tuple(scenes), _divided(basket, sorted(cuts)), len(basket.lines), sets, money)


def _sizes(basket: Basket, cuts: list[Fraction], basis: Counting, rules: Rules) -> tuple[int, ...]:
    """What each part counts on a basis, in minor units of the programme's currency."""
    whole = rules.home(basket.counted(basis)[1])
    ends = [whole * cut.numerator // cut.denominator for cut in [*cuts, Fraction(1)]]
    return tuple(end - begun for begun, end in pairwise(ends))


def _divided(basket: Basket, cuts: list[Fraction]) -> Basket:
    """The basket with each line once for each part, in proportion; the parts of a line add up to it."""
    amounts = [line.amount for line in basket.lines]
    whole = list(basket.whole) if basket.whole is not None else amounts
    total, begun = sum(amounts), 0
    left, units = amounts, [line.quantity for line in basket.lines]
    lines: list[Line] = []
    for cut in [*cuts[1:], Fraction(1)]:
        end = total * cut.numerator // cut.denominator
        pieces = left if cut == 1 else spread(end - begun, left)
        parts = units if cut == 1 else [_share(*each) for each in zip(units, pieces, left, strict=True)]
        lines += [
            structs.replace(line, amount=piece, quantity=part)
            for line, piece, part in zip(basket.lines, pieces, parts, strict=True)
        ]
        left = [amount - piece for amount, piece in zip(left, pieces, strict=True)]
        units = [unit - part for unit, part in zip(units, parts, strict=True)]
        begun = end
    return basket_of(lines, basket.rewards, basket.rounding, basket.by_points, whole * len(cuts))


def _share(units: int, piece: int, left: int) -> int:
    return units * piece // left if left else 0


def _earnings_of_parts(basket: Basket, parts: Parts, seen: Seen, rules: Rules, budgets: Lefts) -> Earnings:
    selecting = rules.book.lines.places(basket.lines)
    steps: list[Step] = []
    gains: list[Gain] = []
    held: dict[str, list[int]] = {}
    for rule in rules.book.chosen(selected(basket.lines, selecting, parts.scenes[0], rules.book)):
        found = _found(rule, basket, parts, selecting, rules, held=held)
        if rule.limit is not None and rule.kind != "multiply" and isinstance(found, Gain):
            found = capped(found, seen.counts, rules)
        if isinstance(found, Gain):
            found.place = len(steps)
            gains.append(found)
            steps.append(UNASKED)
        else:
            steps.append(found)
    lefts = lefts_of(seen.counts, budgets, rules)
    gains = combined(gains, steps, parts.basket, seen.counts, rules, lefts=lefts)
    earned = settled(steps, gains, parts.basket, rules, lefts)
    return structs.replace(earned, steps=told(earned.steps, gains, held, parts, rules))


def _found(
    rule: EarnRule, basket: Basket, parts: Parts, selecting: Places, rules: Rules, *, held: dict[str, list[int]]
) -> Gain | Step:
    """What a rule gives before caps; one that asks for a level only for the parts that have it, kept in ``held``."""
    by_level = bool(rule.bit & rules.split_mask)
    here, failed = _held(rule, parts if by_level else structs.replace(parts, scenes=parts.scenes[:1]))
    if by_level:
        held[rule.id] = here
    whole = for_whole(rule)
    if not here or (whole and here[0] != 0):
        assert failed is not None, "a part that is not held has said why"
        return failed
    if whole:
        return _given_once(rule, basket, parts.scenes[0], selecting, rules)
    lines = _lines(rule, basket, parts, here, selecting)
    here = [part for part in here if lines[part]]
    if by_level:
        held[rule.id] = here
    if not here:
        return unmet(rule)
    if not by_level:
        here = list(range(len(parts.scenes)))
        lines = dict.fromkeys(here, lines[0])
    every = not rule.of_lines and len(here) == len(parts.scenes)
    places = None if every else [place for part in here for place in parts.places(lines[part], [part])]
    if rule.kind == "multiply":
        return Gain(rule if here[0] == 0 else _of_lines(rule, _wholes(rules)), 0, places, {})
    if isinstance(rule.scale, TierScale) and by_level:
        return _by_part(rule, parts, lines, here, rules)
    if rule.scale is None:
        return gain_of(rule, parts.basket, places, rules)
    return scaled_gain(rule, parts.basket, places, rules, parts.scenes[0])


def _given_once(rule: EarnRule, basket: Basket, scene: Scene, selecting: Places, rules: Rules) -> Gain | Step:
    """What a rule gives for the purchase as a whole, undivided: with the eyes of its first part."""
    lines = matched(rule, basket.lines, scene, selecting) if rule.of_lines else None
    if lines is not None and not lines:
        return unmet(rule)
    if rule.scale is None:
        return gain_of(rule, basket, lines, rules)
    return scaled_gain(rule, basket, lines, rules, scene)


def _lines(
    rule: EarnRule, basket: Basket, parts: Parts, here: list[int], selecting: Places
) -> dict[int, Sequence[int]]:
    """The lines that a rule is for, by part: what it asks of a line may hang together with a level."""
    if not rule.of_lines:
        return dict.fromkeys(here, range(parts.size))
    return {part: matched(rule, basket.lines, parts.scenes[part], selecting) for part in here}


def _held(rule: EarnRule, parts: Parts) -> tuple[list[int], Step | None]:
    """In which parts nothing stands against a rule, and what does in the first of the others."""
    if rule.check is None:
        return list(range(len(parts.scenes))), None
    steps = [rule.check(scene) for scene in parts.scenes]
    return [part for part, step in enumerate(steps) if step is None], next(filter(None, steps), None)


def _wholes(rules: Rules) -> int:
    """The mask of the rules that give for a purchase as a whole."""
    return sum(rule.bit for rule in rules.book.rules if for_whole(rule))


@lru_cache(maxsize=1_024)
def _of_lines(rule: EarnRule, wholes: int) -> EarnRule:
    """A multiplier that does not hold at the level before, at which points for a purchase as a whole are decided."""
    return replace(rule, targets=rule.targets & ~wholes)


def _by_part(
    rule: EarnRule, parts: Parts, lines: Mapping[int, Sequence[int]], held: list[int], rules: Rules
) -> Gain | Step:
    """What a table by level gives: to each part by its own level."""
    shares: dict[int, int] = {}
    what = "quantity" if rule.by == "unit" else "counted"
    counts: list[Scalar] = []
    first: Step | None = None
    for part in held:
        found = scaled_gain(rule, parts.basket, parts.places(lines[part], [part]), rules, parts.scenes[part])
        if isinstance(found, Gain):
            places = found.lines or ()
            worths = [worth(found.rule, parts.basket, [place], rules) for place in places]
            shares.update(zip(places, spread(found.value, worths), strict=True))
            counts.append(found.saw.get(what))
        else:
            first = first or found
    if not shares:
        assert first is not None, "a part that gives nothing has said why"
        return first
    counted = sum(amount for amount in counts if isinstance(amount, int))
    return Gain(marginal(rule), sum(shares.values()), list(shares), {what: counted}, shares=shares)
