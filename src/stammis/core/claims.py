"""Claims: a guest's purchase becomes a member's, and earns as it would have earned as theirs."""

from __future__ import annotations

from msgspec import structs

from stammis.core.awaiting import looking_back
from stammis.core.calendars import instant
from stammis.core.completion import complete, when
from stammis.core.effects import Decision, PurchaseMoved, Step
from stammis.core.events import Claimed
from stammis.core.journal import Journal
from stammis.core.refusals import refuse
from stammis.core.remains import remains
from stammis.core.rules import Rules, at_rate
from stammis.core.standing import PurchaseState, Rate, Seen
from stammis.core.world import World

NOT_CLAIMED = (Step("", False, "claims_earn_nothing"),)


def decide_claimed(event: Claimed, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides what a guest's purchase is worth for the member who claimed it: what remained of it, on its own day."""
    purchase = event.purchase
    rate: Rate | None = None
    if purchase.currency != rules.programme.currency:
        rate = world.grants.rate
        if rate is None:
            return refuse("no_rate", currency=purchase.currency)
        rules = at_rate(rules, rate)
    journal = Journal(world.standing, current)
    left = remains(purchase, event.returned, event.lowered, rules, paid=False)
    state = PurchaseState(
        state=event.stood,
        version=rules.version,
        returned=event.returned,
        lowered=event.lowered,
        refunded=event.refunded,
        rate=rate,
    )
    steps: tuple[Step, ...] = ()
    if event.stood != "placed" and (left.none or event.stood == "cancelled" or _gives_nothing(rules)):
        if event.stood == "cancelled" or not left.none:  # else nothing of it will ever be a member's purchase
            state = structs.replace(state, seen=Seen(enrolled=False))
        steps = NOT_CLAIMED if _gives_nothing(rules) else ()
    elif event.stood == "completed":
        moment = when(instant(purchase.occurred_at), rules)
        state, steps = complete(purchase, left.basket, moment, journal, rules, state=state, grants=world.grants)
    elif event.stood == "placed" and rules.looks_back and not left.none:
        day = rules.calendar.day(instant(purchase.occurred_at))
        state = structs.replace(state, awaited=looking_back(day, rules))
    journal.effects.append(PurchaseMoved(purchase=purchase.id, state=state))
    return Decision(effects=tuple(journal.effects), steps=steps, amounts=left.amounts)


def _gives_nothing(rules: Rules) -> bool:
    return rules.programme.members.claimed == "nothing"
