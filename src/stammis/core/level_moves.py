"""Level moves: what an event does to levels that are more than a rolling window, and levels given by hand."""

from __future__ import annotations

from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.effects import Decision, MovedBecause, Refused, Stayed
from stammis.core.events import AnyEvent, DayPassed, LevelGiven, MemberChanged, Received, Return, StatusChanged
from stammis.core.evolve import evolve_all
from stammis.core.levels import NO_STAY, level_effects
from stammis.core.parcels import ByHand, Carried
from stammis.core.refusals import refuse
from stammis.core.rules import Rules
from stammis.core.world import World


def decide_level(event: LevelGiven, world: World, rules: Rules) -> Decision:
    """Decides that a person gives a level or takes that back; ``with_levels`` tells what it does to the level held."""
    tiers = rules.tier_sets.get(event.set)
    if tiers is None:
        return refuse("unknown_tier_set", set=event.set)
    if event.level is not None and event.level not in tiers.levels:
        return refuse("unknown_level", level=event.level)
    stay = world.standing.stays.get(event.set, NO_STAY)
    by_hand: ByHand | None = None
    if event.level is not None:
        until = 0 if event.until is None else rules.calendar.starts_at(event.until.toordinal() + 1)
        if until and until <= instant(event.occurred_at):
            return refuse("already_over", until=str(event.until))
        by_hand = ByHand(event.level, until, event.only, event.reason)
    stay = structs.replace(stay, by_hand=by_hand)
    return Decision(effects=(Stayed(set=event.set, stay=None if stay == NO_STAY else stay),))


def with_levels(event: AnyEvent, decision: Decision, world: World, rules: Rules) -> Decision:
    """A decision with what it does to the levels of tended sets, reckoned on the standing that it leaves."""
    if isinstance(event, MemberChanged) or not world.standing.enrolled:
        return decision
    if decision.effects and isinstance(decision.effects[0], Refused):
        return decision
    before = world.standing
    at = max(instant(event.occurred_at), before.latest_at)
    after = structs.replace(evolve_all(world, decision.effects, rules).standing, latest_at=at, due_at=None)
    effects = level_effects(before, after, at, rules, _because(event))
    return structs.replace(decision, effects=(*decision.effects, *effects)) if effects else decision


def _because(event: AnyEvent) -> MovedBecause | None:
    match event:
        case DayPassed():
            return None
        case LevelGiven():
            return "by_hand"
        case Return() | StatusChanged():
            return "taken_back"
        case Received(carried=Carried()):
            return "parted" if event.purpose == "unmerge" else "merged"
        case _:
            return "reached"
