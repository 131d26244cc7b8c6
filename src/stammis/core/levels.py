"""Levels: what a member holds of a tended tier set, on which grounds, and when that is looked at again.

A level is held by what counts now, or because it is kept until an instant (through a cycle, by grace or lock), or by
hand. Only the passing of time makes a level kept; so whatever is bought and returned leaves all as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stammis.core.effects import Effect, MovedBecause, Stayed, TierMoved
from stammis.core.lots import EMPTY, active
from stammis.core.rules import Rules
from stammis.core.standing import Rank, Standing, Stay
from stammis.core.tier_rules import EVER, MeasureRules, TierRules
from stammis.core.tiers import rank_of, total_on

NO_RANK = Rank()
NO_STAY = Stay()


class Held(NamedTuple):
    """A member's side of a tier set at an instant: the level, since when, what it rests on, and what moved it last."""

    level: str | None
    since: int
    stay: Stay
    because: MovedBecause = "reached"


def tended_sets(standing: Standing, rules: Rules) -> Iterable[TierRules]:
    """The tier sets to look at: those that need it, and those in which a level is held by hand."""
    if not standing.stays:
        return rules.tended
    return [tiers for tiers in rules.tiers if tiers.tended or tiers.id in standing.stays]


def joined_day(standing: Standing) -> int:
    """The local day on which a member joined; 0 where that is not known."""
    return standing.about.joined.day or 0


def held_by(standing: Standing, tiers: TierRules) -> Held:
    """What a standing says of a tier set, as of its latest event."""
    rank = standing.ranks.get(tiers.id)
    stay = standing.stays.get(tiers.id, NO_STAY)
    if rank is None:
        return Held(tiers.named(tiers.base), 0, stay)
    return Held(rank.level, rank.since, stay)


def total(standing: Standing, measure: MeasureRules, span: tuple[int, int], at: int) -> int:
    """What counts of a measure from the first to the last day of a span; of a balance what is active at an instant."""
    if measure.counts == "balance":
        return max(0, active(standing.purses.get(measure.wallet, EMPTY), at))
    first, last = span
    return sum(amount for on, amount in standing.ranks.get(measure.key, NO_RANK).days if first <= on <= last)


def totals(standing: Standing, tiers: TierRules, span: tuple[int, int], at: int) -> list[int]:
    """What counts of each measure of a tier set within a span of days."""
    return [total(standing, measure, span, at) for measure in tiers.measures]


def counting_now(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> list[int]:
    """What counts of each measure at an instant."""
    return totals(standing, tiers, tiers.span(rules.calendar.day(at), joined_day(standing)), at)


def merit(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> int:
    """The place of the level that what counts at an instant makes by itself."""
    if tiers.at_review:
        return tiers.base
    return tiers.place(counting_now(standing, tiers, at, rules))


def levels_on(standing: Standing, day: int, rules: Rules) -> dict[str, str | None]:
    """The levels that rules see on a day, whatever an event of that day adds to them."""
    return {
        tiers.id: held_by(standing, tiers).level
        if tiers.tended or tiers.id in standing.stays
        else tiers.level(total_on(rank_of(standing, tiers), tiers, day))
        for tiers in rules.tiers
    }


def level_with(standing: Standing, tiers: TierRules, more: int, at: int, rules: Rules) -> str | None:
    """The level of a tended set if so much more of its first measure counted."""
    held = held_by(standing, tiers)
    if tiers.at_review:
        return held.level
    by_hand = held.stay.by_hand
    if by_hand is not None and by_hand.only:
        return held.level
    counts = counting_now(standing, tiers, at, rules)
    counts[0] += more
    return tiers.named(max(tiers.place_of(held.level), tiers.place(counts)))


def level_effects(
    before: Standing, after: Standing, at: int, rules: Rules, because: MovedBecause | None
) -> list[Effect]:
    """What an event does to the levels of tended sets: ``before`` is the standing it found, ``after`` the one it made.

    Without ``because`` it is time that has passed until exactly this instant.
    """
    effects: list[Effect] = []
    for tiers in rules.tiers:
        if not (tiers.tended or tiers.id in after.stays or tiers.id in before.stays):
            continue
        held = held_by(after, tiers)
        found = before if because is None else None
        now = reviewed(held, after, tiers, at, rules, before=found)
        if now.stay != held.stay:
            effects.append(Stayed(set=tiers.id, stay=now.stay if now.stay != NO_STAY else None))
        if now.level != held.level:
            why = because or now.because
            if why == "reached" and tiers.place_of(now.level) < tiers.place_of(held.level):
                why = "spent"
            counted = counting_now(after, tiers, at, rules)[0]
            if why == "review":  # what the cycle that has ended came to
                counted = counting_now(before, tiers, at - 1, rules)[0]
            moved = TierMoved(set=tiers.id, before=held.level, after=now.level, at=at, because=why, counted=counted)
            effects.append(moved)
    return effects


def reviewed(
    held: Held, standing: Standing, tiers: TierRules, at: int, rules: Rules, *, before: Standing | None
) -> Held:
    """What is held at an instant.

    ``before`` is given where time has passed until exactly this instant: the standing that it found. Without it
    something has just happened.
    """
    stay, because = held.stay, held.because
    now = merit(standing, tiers, at, rules)
    if tiers.reviewed:
        stay, ended = _through_cycles(held, before or standing, tiers, at, rules)
    else:
        ended = False
        if before is not None:
            stay = _kept_on(held, before, tiers, at, rules, now=now)
    by_hand = stay.by_hand
    over = by_hand is not None and 0 < by_hand.until <= at
    kept = tuple(each for each in stay.kept if each[1] > at)
    stay = Stay(stay.cycle, kept, None if over else by_hand, stay.reached)
    place = max([now, *(tiers.place_of(level) for level, _ in stay.kept)])
    if stay.by_hand is not None:
        given = tiers.place_of(stay.by_hand.level)
        place = given if stay.by_hand.only else max(given, place)
    level = tiers.named(place)
    if tiers.lock_days or tiers.renewed:
        stay = Stay(stay.cycle, stay.kept, stay.by_hand, _reached(held, tiers, place, at))
    if level == held.level:
        return Held(level, held.since, _idle(stay, standing, tiers))
    if before is not None:
        lapsed = any(until <= at for _, until in held.stay.kept)
        fell = merit(before, tiers, at - 1, rules) > now
        because = "by_hand_over" if over else "review" if ended else "grace_over" if lapsed else "rules"
        because = "window" if because == "rules" and fell else because
    return Held(level, at, _idle(stay, standing, tiers), because)


def _reached(held: Held, tiers: TierRules, place: int, at: int) -> tuple[int, ...]:
    """When each level was reached, from the first that is not everybody's up to the one at a place."""
    base = tiers.base
    known = held.stay.reached
    known += (held.since,) * (tiers.place_of(held.level) - base - len(known))  # held before that was asked for
    return known[: max(0, place - base)] + (at,) * (place - base - len(known))


def _idle(stay: Stay, standing: Standing, tiers: TierRules) -> Stay:
    """A stay that says nothing where nothing is kept and nothing counts, so that no review is waited for."""
    if stay.kept or stay.by_hand or stay.reached or not stay.cycle:
        return stay
    span = (stay.cycle, EVER)
    counts = any(total(standing, measure, span, standing.latest_at) for measure in tiers.measures)
    return stay if counts else NO_STAY


def _through_cycles(held: Held, standing: Standing, tiers: TierRules, at: int, rules: Rules) -> tuple[Stay, bool]:
    """What is kept after the reviews of all cycles that have ended, and whether one has."""
    starts_at = rules.calendar.starts_at
    first, following = tiers.cycle_of(rules.calendar.day(at), joined_day(standing))
    stay = held.stay
    if not stay.cycle:
        base = tiers.base
        kept = stay.kept
        if held.since and tiers.place_of(held.level) > base:  # held before there were cycles: through the running one
            assert held.level is not None
            kept = (*kept, (held.level, starts_at(following)))
        return Stay(first, kept, stay.by_hand, stay.reached), False
    ended = False
    while stay.cycle < first:
        begun, next_begins = tiers.cycle_of(stay.cycle, joined_day(standing))
        _, next_ends = tiers.cycle_of(next_begins, joined_day(standing))
        end = starts_at(next_begins)
        earned = tiers.place(totals(standing, tiers, (begun, next_begins - 1), end - 1))
        kept = _after_review(held, stay, tiers, rules, earned=earned, day=next_begins, until=starts_at(next_ends))
        stay = Stay(next_begins, kept, stay.by_hand, stay.reached)
        ended = True
    return stay, ended


def kept_by_reviews(
    stay: Stay, standing: Standing, tiers: TierRules, *, since: int, at: int, rules: Rules
) -> tuple[tuple[str, int], ...]:
    """What is kept at an instant of what was kept at an earlier one, by what counts in a standing now."""
    if not stay.cycle:
        first, _ = tiers.cycle_of(rules.calendar.day(since), joined_day(standing))
        stay = Stay(first, stay.kept, stay.by_hand, stay.reached)
    now, _ = _through_cycles(Held(None, 0, stay), standing, tiers, at, rules)
    return tuple(each for each in now.kept if each[1] > at)


def _after_review(
    held: Held, stay: Stay, tiers: TierRules, rules: Rules, *, earned: int, day: int, until: int
) -> tuple[tuple[str, int], ...]:
    """What is kept after the review of a cycle that ended when ``day`` began: through the next, and in grace."""
    at = rules.calendar.starts_at(day)
    old = max([earned, *(tiers.place_of(level) for level, end in stay.kept if end >= at)])
    new = max(earned, old - 1) if tiers.one_step else earned
    kept = [each for each in stay.kept if each[1] > at]
    if new > tiers.base:
        kept.append((tiers.levels[new], until))
    if new < old:
        kept += _in_grace(held, tiers, rules, old=old, day=day)
    return tuple(kept)


def _in_grace(held: Held, tiers: TierRules, rules: Rules, *, old: int, day: int) -> list[tuple[str, int]]:
    """The level that would fall on a day, as long as grace or lock hold it."""
    calendar = rules.calendar
    last = tiers.grace_ends(day)
    step = old - tiers.base - 1
    since = held.stay.reached[step] if 0 <= step < len(held.stay.reached) else held.since
    if tiers.lock_days and since:
        last = max(last, calendar.day(since) + tiers.lock_days)
    if tiers.renewed and since:
        last = max(last, _anniversary(calendar.day(since), tiers, day))
    return [(tiers.levels[old], calendar.starts_at(last))] if last > day else []


def _anniversary(start: int, tiers: TierRules, day: int) -> int:
    """The first day from ``day`` on which so many months (or several times as many) have passed since ``start``."""
    begun, following = tiers.cycle_of(day, start)
    return begun if begun == day else following


def _kept_on(held: Held, before: Standing, tiers: TierRules, at: int, rules: Rules, *, now: int) -> Stay:
    """What is kept where windows roll, after time has passed until an instant."""
    day = rules.calendar.day(at)
    kept = list(held.stay.kept)
    steps = [tiers.place_of(level) for level, until in kept if until == at]
    was = merit(before, tiers, at - 1, rules)
    if was > now:
        grace = _in_grace(held, tiers, rules, old=was, day=day)
        kept += grace
        if not grace:
            steps.append(was)
    below = max(steps, default=-1) - 1
    others = max([now, *(tiers.place_of(level) for level, until in kept if until > at)])
    if tiers.one_step and below > others:
        end = tiers.leaves_on(day)
        kept.append((tiers.levels[below], rules.calendar.starts_at(end)))
    return Stay(held.stay.cycle, tuple(kept), held.stay.by_hand, held.stay.reached)


def due(held: Held, standing: Standing, tiers: TierRules, at: int, rules: Rules) -> int | None:
    """The next instant after ``at`` at which a level may change because time passes; None where none does."""
    return min((each for each in _instants(held, standing, tiers, at, rules) if each > at), default=None)


def _instants(held: Held, standing: Standing, tiers: TierRules, at: int, rules: Rules) -> Iterator[int]:
    starts_at = rules.calendar.starts_at
    stay = held.stay
    for _, until in stay.kept:
        yield until
    if stay.by_hand is not None:
        yield stay.by_hand.until
    if tiers.reviewed and stay.cycle:
        yield starts_at(tiers.cycle_of(stay.cycle, joined_day(standing))[1])
    for measure in tiers.measures:
        if measure.counts == "balance":
            purse = standing.purses.get(measure.wallet, EMPTY)
            yield from (lot.ends_at for lot in purse.lots[:1] if lot.ends_at is not None)
    if tiers.cycle is None or tiers.renewed:
        falls = _leaves(standing, tiers, at, rules)
        if falls is not None:
            yield starts_at(falls)


def _leaves(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> int | None:
    """The first day on which so much has left the rolling window that it makes a lower level."""
    left = counting_now(standing, tiers, at, rules)
    place = tiers.place(left)
    if place < 0:
        return None
    first, _ = tiers.span(rules.calendar.day(at), joined_day(standing))
    leaving = sorted(
        (tiers.leaves_on(on), position, amount)
        for position, measure in enumerate(tiers.measures)
        if measure.counts != "balance"
        for on, amount in standing.ranks.get(measure.key, NO_RANK).days
        if on >= first
    )
    for number, (day, position, amount) in enumerate(leaving):
        left[position] -= amount
        last_of_day = number + 1 == len(leaving) or leaving[number + 1][0] != day
        if last_of_day and tiers.place(left) < place:
            return day
    return None


def at_instant(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> Held:
    """What is held at an instant at or after the standing's latest event, if nothing happens until then."""
    held = held_by(standing, tiers)
    begun = standing.latest_at
    while (next_at := due(held, standing, tiers, begun, rules)) is not None and next_at <= at:
        held = reviewed(held, standing, tiers, next_at, rules, before=standing)
        begun = next_at
    return reviewed(held, standing, tiers, at, rules, before=standing) if at > begun else held
