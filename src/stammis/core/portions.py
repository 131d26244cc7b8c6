"""Portions: a purchase that crosses a level in parts, and what each rule looked at and gave in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from stammis.core.basket import Basket
from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.gains import Gain, counted, line_shares, multiplicand, quantity, worth
from stammis.core.rules import Rules
from stammis.core.scale_rules import TierScale
from stammis.core.scene import Scene
from stammis.core.spread import spread


class Parts(Struct, frozen=True, gc=False):
    """A purchase in parts, first things first: what each sees, and a basket that has every line once for each part.

    Line ``n`` of part ``p`` stands at the place ``p * size + n``. ``sets`` are the tier sets in which it crosses a
    level, ``money`` is what each part counts in the first of them, in minor units of the programme's currency.
    """

    scenes: tuple[Scene, ...]
    basket: Basket
    size: int
    sets: tuple[str, ...] = ()
    money: tuple[int, ...] = ()

    def places(self, lines: Sequence[int], parts: Sequence[int]) -> list[int]:
        """The places of some lines in some parts."""
        return [part * self.size + line for part in parts for line in lines]

    def of(self, part: int, lines: Sequence[int] | None) -> list[int]:
        """Those of some places (None: of all) that lie in a part."""
        first = part * self.size
        if lines is None:
            return list(range(first, first + self.size))
        return [place for place in lines if first <= place < first + self.size]

    def level(self, part: int) -> str:
        """The levels of a part as a step keeps them: ``set:level``, with a comma between two."""
        tiers = self.scenes[part].tiers
        return ",".join(f"{name}:{tiers[name] or ''}" for name in self.sets)


def for_whole(rule: EarnRule) -> bool:
    """Whether a rule gives for a purchase as a whole, so that the level before the purchase decides."""
    return rule.by == "purchase"


def told(
    steps: Sequence[Step], gains: Sequence[Gain], held: Mapping[str, list[int]], parts: Parts, rules: Rules
) -> tuple[Step, ...]:
    """The steps with what each rule looked at and gave in each part; what it gave in all is what it gave in them.

    ``held`` tells in which parts a rule holds that asks for a level; the others hold in all or in none, and of those
    that give nothing no part is told.
    """
    given = {gain.rule.id: gain for gain in gains}
    by_name = {rule.id: rule for rule in rules.book.rules}
    found: list[Step] = []
    for step in steps:
        rule = by_name[step.rule]
        here = held.get(rule.id, list(range(len(parts.scenes))))
        if step.applied:
            saw = _given(rule, given[rule.id], gains, here, parts, rules=rules)
        elif rule.id in held:
            reasons = [_reason(rule, part, here, parts) or step.because for part in range(len(parts.scenes))]
            saw = _portions(parts, reasons, [{} for _ in reasons])
        else:
            saw = {}
        found.append(structs.replace(step, saw={**step.saw, **saw}) if saw else step)
    return tuple(found)


def _reason(rule: EarnRule, part: int, held: Sequence[int], parts: Parts) -> str | None:
    """Why a rule gives nothing in a part, whatever lies in it; None where nothing stands against it."""
    if part and for_whole(rule):
        return "level_before"
    if part not in held:
        return "condition"
    if isinstance(rule.scale, TierScale):
        level = parts.scenes[part].tiers.get(rule.scale.set)
        rate = rule.scale.otherwise if level is None else rule.scale.rates.get(level, rule.scale.otherwise)
        return None if rate else "level_gives_nothing"
    return None


def _given(
    rule: EarnRule, gain: Gain, gains: Sequence[Gain], held: Sequence[int], parts: Parts, *, rules: Rules
) -> dict[str, Scalar]:
    reasons: list[str] = []
    looked: list[dict[str, Scalar]] = []
    weights: list[int] = []
    for part in range(len(parts.scenes)):
        reason = _reason(rule, part, held, parts)
        places = [] if reason else parts.of(part, gain.lines)
        weight = 0 if reason else _weight(gain, gains, places, parts, rules)
        seen = {} if reason or for_whole(rule) else _seen(rule, places, parts.basket, rules)
        nothing = "nothing_to_multiply" if rule.kind == "multiply" else "no_amount"
        reasons.append(reason or ("given" if weight or not gain.value else nothing))
        looked.append(seen)
        weights.append(weight)
    shares = spread(gain.part, weights)
    return _portions(parts, reasons, [{**seen, "points": share} for seen, share in zip(looked, shares, strict=True)])


def _weight(gain: Gain, gains: Sequence[Gain], places: list[int], parts: Parts, rules: Rules) -> int:
    """What a gain is worth on some places, in proportion to what it is worth elsewhere."""
    rule, basket = gain.rule, parts.basket
    match rule.kind:
        case "multiply":
            targets = (other for other in gains if other.rule.bit & rule.targets)
            return sum(multiplicand(other, places, basket, rules) for other in targets if _lies(other, places, parts))
        case "marginal":
            shares = line_shares(gain, basket, rules)
            return sum(shares[place] for place in places)
        case "purchase" | "event":
            return 1
        case "amount" if rule.step is not None and not rules.per_line:
            return max(0, counted(rule, basket, places))
        case _:
            return worth(rule, basket, places, rules)


def _lies(gain: Gain, places: Sequence[int], parts: Parts) -> bool:
    """Whether what another rule gives lies in the part of some places; for the whole of a purchase, in the first."""
    return not for_whole(gain.rule) or places[0] < parts.size


def _seen(rule: EarnRule, places: list[int], basket: Basket, rules: Rules) -> dict[str, Scalar]:
    if rule.kind == "multiply":
        return {}
    if "unit" in (rule.kind, rule.by):
        return {"quantity": quantity(rules, basket, places)}
    return {"counted": counted(rule, basket, places)}


def in_parts(saw: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """What a step keeps of its parts; nothing where the purchase was decided in one piece."""
    return {name: value for name, value in saw.items() if name == "parts" or name.startswith("part_")}


def _portions(parts: Parts, reasons: Sequence[str], looked: Sequence[Mapping[str, Scalar]]) -> dict[str, Scalar]:
    """What a step keeps of its parts, under the names ``part_1_level``, ``part_1_money`` and so on."""
    found: dict[str, Scalar] = {"parts": len(reasons)}
    for part, (reason, saw) in enumerate(zip(reasons, looked, strict=True)):
        portion = {"level": parts.level(part), "money": parts.money[part], "because": reason, **saw}
        found.update({f"part_{part + 1}_{name}": value for name, value in portion.items()})
    return found
