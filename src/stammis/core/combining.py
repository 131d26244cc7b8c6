"""Combining: of a group one rule gives, multipliers add, and no rule draws more than shared caps and budgets leave."""

from __future__ import annotations

from stammis.core.amounts import HUNDREDTHS
from stammis.core.basket import Basket
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.gains import Counts, Gain, capped, multiplicand
from stammis.core.pool_rules import EACH_PURCHASE, GroupRules, Pool
from stammis.core.rules import Rules

Lefts = dict[str, int]
"""By key of a shared cap or budget, what it still allows in whole smallest units."""


def lefts_of(counts: Counts, budgets: Lefts, rules: Rules) -> Lefts:
    """What caps that are shared and budgets allow a purchase; a budget of which nothing is told has not been used."""
    found: Lefts = {}
    for pool in rules.book.pools:
        used = 0
        if not pool.budget and pool.period != EACH_PURCHASE and pool.key in counts:
            used = counts[pool.key].points
        found[pool.key] = max(0, budgets.get(pool.key, pool.most) if pool.budget else pool.most - used)
    return found


def multiplied(gains: list[Gain], steps: list[Step], basket: Basket, counts: Counts, rules: Rules) -> list[Gain]:
    """The gains with what multipliers make of them; a multiplier that makes nothing leaves a step that says why."""
    nothing: list[int] = []
    for gain in gains:
        if gain.rule.kind == "multiply":
            found = _multiplier(gain, gains, basket, counts, rules)
            if type(found) is Step:
                steps[gain.place] = found
                nothing.append(gain.place)
    return [gain for gain in gains if gain.place not in nothing] if nothing else gains


def combined(
    gains: list[Gain], steps: list[Step], basket: Basket, counts: Counts, rules: Rules, *, lefts: Lefts
) -> list[Gain]:
    """The gains that remain: winners of their groups, multiplied, within what shared caps and budgets leave."""
    there = gains
    if rules.book.groups:
        for gain in gains:
            if gain.rule.kind != "multiply":
                _cut_to_own(gain, rules)
    for group in rules.book.groups:
        there = _settled(group, there, steps, basket, rules, counts=counts)
    if not rules.book.pools:
        return multiplied(there, steps, basket, counts, rules)
    rooms = {key: left * rules.book.denominator for key, left in lefts.items()}
    first_first = sorted(there, key=_order)
    plain = [gain for gain in first_first if gain.rule.kind != "multiply"]
    plain = [gain for gain in plain if _drawn(gain, steps, rooms, rules)]
    by_place = sorted(plain, key=lambda gain: gain.place)
    kept = {gain.place for gain in plain}
    for gain in first_first:
        if gain.rule.kind == "multiply":
            gain.because = "given"
            found = _multiplier(gain, by_place, basket, counts, rules)
            if isinstance(found, Step):
                steps[gain.place] = found
            elif _drawn(gain, steps, rooms, rules):
                kept.add(gain.place)
    return [gain for gain in there if gain.place in kept]


def _multiplier(gain: Gain, plain: list[Gain], basket: Basket, counts: Counts, rules: Rules) -> Gain | Step:
    rule, lines = gain.rule, gain.lines
    missing, whole = rule.targets, 0
    for other in plain:
        bit = other.rule.bit
        if bit & missing:
            whole += other.value if lines is None else multiplicand(other, lines, basket, rules)
            missing ^= bit
            if not missing:
                break
    if not whole:
        return Step(rule.id, False, "nothing_to_multiply", rule.wallet)
    gain.value = whole * rule.factor // rule.divisor
    denominator = rules.book.denominator
    given = whole // denominator
    rest = whole - given * denominator
    gain.saw["of"] = given if not rest else f"{given}.{HUNDREDTHS[rest * 100 // denominator]}"
    return gain if rule.limit is None else capped(gain, counts, rules)


def _order(gain: Gain) -> tuple[int, int]:
    return -gain.rule.priority, gain.rule.position


def _settled(
    group: GroupRules, gains: list[Gain], steps: list[Step], basket: Basket, rules: Rules, *, counts: Counts
) -> list[Gain]:
    """The gains without those that another of their group keeps out; their steps say which."""
    plain = [gain for gain in gains if gain.rule.kind != "multiply"]
    rivals: list[Gain] = []
    silent: set[int] = set()
    for gain in gains:
        if not gain.rule.bit & group.mask:
            continue
        if gain.rule.kind == "multiply":
            found = _multiplier(gain, plain, basket, counts, rules)
            if isinstance(found, Step):
                steps[gain.place] = found
                silent.add(gain.place)
                continue
            _cut_to_own(gain, rules)
        if gain.value:
            rivals.append(gain)
    if not rivals:
        return [gain for gain in gains if gain.place not in silent]
    winner = min(rivals, key=(lambda gain: (-gain.value, *_order(gain))) if group.highest else _order)
    for gain in rivals:
        if gain is not winner:
            saw: dict[str, Scalar] = {"group": group.id, "won": winner.rule.id}
            steps[gain.place] = Step(gain.rule.id, False, "group_lost", gain.rule.wallet, 0, saw)
            silent.add(gain.place)
    if len(rivals) > 1:
        winner.saw["group"] = group.id
    return [gain for gain in gains if gain.place not in silent]


def _drawn(gain: Gain, steps: list[Step], rooms: Lefts, rules: Rules) -> bool:
    """Lowers a gain to what all its shared caps and budgets leave, and takes it out of them; whether any is left."""
    bit = gain.rule.bit
    pools = [pool for pool in rules.book.pools if pool.mask & bit]
    if not pools:
        return True
    tightest = min(pools, key=lambda pool: rooms[pool.key])
    room = rooms[tightest.key]
    if gain.value > room:
        if not room:
            steps[gain.place] = _nothing_left(gain, tightest)
            return False
        _cut(gain, tightest, room, rules)
    gain.pools = tuple(pool.key for pool in pools)
    for pool in pools:
        rooms[pool.key] -= gain.value
    return True


def _cut_to_own(gain: Gain, rules: Rules) -> None:
    """Lowers a gain to the cap that its rule has for each purchase: a group measures rules by what they may give."""
    for pool in rules.book.pools:
        if pool.own and pool.mask == gain.rule.bit:
            most = pool.most * rules.book.denominator
            if gain.value > most:
                _cut(gain, pool, most, rules)


def _cut(gain: Gain, pool: Pool, room: int, rules: Rules) -> None:
    gain.value = room
    gain.because = "budget_reached" if pool.budget else "capped"
    gain.saw["left"] = room // rules.book.denominator
    gain.saw["budget" if pool.budget else "cap"] = pool.id


def _nothing_left(gain: Gain, pool: Pool) -> Step:
    rule = gain.rule
    because = "budget_reached" if pool.budget else "cap_reached"
    return Step(rule.id, False, because, rule.wallet, 0, {"budget" if pool.budget else "cap": pool.id})
