"""The one place where an event is decided: what it is worth, and why."""

from __future__ import annotations

from typing import assert_never

from stammis.core.adjustments import decide_adjustment
from stammis.core.between import decide_between
from stammis.core.calendars import instant
from stammis.core.due import fall_due
from stammis.core.effects import Decision
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Claimed,
    DayPassed,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LevelGiven,
    MemberChanged,
    Merged,
    OfLots,
    PendingRestored,
    PendingSettled,
    PoolChanged,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.core.happenings import celebrate, decide_happening, decide_member
from stammis.core.holds import decide_capture, decide_hold, decide_release
from stammis.core.journal import Journal, row_steps
from stammis.core.lasting import decide_extension
from stammis.core.level_moves import decide_level, with_levels
from stammis.core.pending import decide_restored, decide_settled
from stammis.core.purchases import decide_purchase, decide_status
from stammis.core.redemptions import decide_redemption, decide_redemption_cancelled
from stammis.core.returns import decide_return
from stammis.core.rules import Rules
from stammis.core.world import Needs, World

_NOTHING = Needs()


def needs(event: AnyEvent, rules: Rules) -> Needs:
    """What must be loaded before an event can be decided; see ``Needs``."""
    match event:
        case Purchase():
            return Needs(coupons=event.coupons) if event.coupons else _NOTHING
        case StatusChanged() | Return():
            return Needs(purchase=event.purchase)
        case Redemption():
            return Needs(reward=event.reward, codes=1 if event.reward in rules.rewards else 0)
        case RedemptionCancelled():
            return Needs(redemption=event.redemption)
        case Happening() | Adjustment() | LevelGiven() | MemberChanged() | DayPassed() | Extension():
            return _NOTHING
        case HoldPlaced() | HoldCaptured() | HoldReleased() | PendingSettled() | PendingRestored():
            return _NOTHING
        case Transfer() | Received() | Exchange() | BroughtBalance():
            return _NOTHING
        case PoolChanged() | Merged() | Unmerged() | Claimed():
            return _NOTHING
        case _:
            assert_never(event)


def decide(event: AnyEvent, world: World, rules: Rules, current: Rules | None = None) -> Decision:
    """Decides an event: effects in the order in which they apply, and a step for every rule that was asked.

    ``world`` is what ``needs`` asked for, with everything applied that fell due until the event (``fold.due_days``).
    ``rules`` are those in force at ``occurred_at``; for what concerns an earlier purchase those of its version.
    ``current`` are those by which tiers move, where they are others: in force at the event, or at the member's latest.
    A refusal is the only effect of its decision.
    """
    current = current or rules
    if type(event) is Purchase:
        decision = decide_purchase(event, world, rules, current)
    else:
        decision = _decide(event, world, rules, current)
    if current.tended or world.standing.stays or type(event) is LevelGiven or type(event) is Received:
        return with_levels(event, decision, world, current)
    return decision


def _decide(event: AnyEvent, world: World, rules: Rules, current: Rules) -> Decision:
    match event:
        case Purchase():
            return decide_purchase(event, world, rules, current)
        case DayPassed():
            return _decide_day(event, world, rules, current)
        case StatusChanged():
            return decide_status(event, world, rules, current)
        case Return():
            return decide_return(event, world, rules, current)
        case Happening():
            return decide_happening(event, world, rules, current)
        case Redemption():
            return decide_redemption(event, world, rules, current)
        case RedemptionCancelled():
            return decide_redemption_cancelled(event, world, rules, current)
        case Adjustment():
            return decide_adjustment(event, world, rules, current)
        case LevelGiven():
            return decide_level(event, world, current)
        case HoldPlaced() | HoldCaptured() | HoldReleased() | Extension() | PendingSettled() | PendingRestored():
            return _decide_lots(event, world, rules, current)
        case MemberChanged():
            return decide_member(event, world, rules, current)
        case (
            Transfer() | Received() | Exchange() | BroughtBalance() | PoolChanged() | Merged() | Unmerged() | Claimed()
        ):
            return decide_between(event, world, rules, current)
        case _:
            assert_never(event)


def _decide_lots(event: OfLots, world: World, rules: Rules, current: Rules) -> Decision:
    match event:
        case HoldPlaced():
            return decide_hold(event, world, rules, current)
        case HoldCaptured():
            return decide_capture(event, world, rules, current)
        case HoldReleased():
            return decide_release(event, world, rules, current)
        case Extension():
            return decide_extension(event, world, rules, current)
        case PendingSettled():
            return decide_settled(event, world, current)
        case PendingRestored():
            return decide_restored(event, world, current)
        case _:
            assert_never(event)


def _decide_day(event: DayPassed, world: World, rules: Rules, current: Rules) -> Decision:
    at = instant(event.occurred_at)
    standing = world.standing
    journal = Journal(standing, current)
    fall_due(journal, at, rules)
    steps = row_steps(journal.effects)
    more, progress = celebrate(journal, at, rules)
    if standing.enrolled:
        day = rules.calendar.day(at)
        journal.count(progress, day, at, today=day if current.calendar is rules.calendar else None)
    return Decision(effects=tuple(journal.effects), steps=(*steps, *more))
