"""Holds: points put aside for a while, at a till or a checkout; captured, released, or turned over to a purchase."""

from __future__ import annotations

from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.due import free
from stammis.core.effects import Decision, HoldMoved, Posted, Refused
from stammis.core.events import HoldCaptured, HoldPlaced, HoldReleased, Purchase
from stammis.core.journal import Journal, row_steps
from stammis.core.refusals import refuse, refusing, too_few_points
from stammis.core.rules import Rules
from stammis.core.standing import Hold, Take
from stammis.core.world import World


def decide_hold(event: HoldPlaced, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a hold: active points are put aside, what ends first before the rest, or it is refused."""
    wallet = rules.wallets.get(event.wallet)
    if wallet is None:
        return refuse("unknown_wallet", wallet=event.wallet)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    refusal = too_few_points(journal.purse(wallet.id), event.amount, at)
    if refusal is not None:
        return refusing(refusal)
    row = journal.put_aside(wallet.id, event.amount, at)
    hold = Hold(
        hold=event.id,
        wallet=wallet.id,
        row=row.row,
        amount=event.amount,
        lots=row.lots,
        placed_at=at,
        until=at + event.seconds,
    )
    return _decided(journal, hold)


def decide_capture(event: HoldCaptured, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides the capture of a hold: so many of its points are spent, the rest is free again."""
    hold = world.standing.holds.get(event.hold)
    if hold is None:
        return refuse("hold_closed", hold=event.hold)
    amount = hold.amount if event.amount is None else event.amount
    if amount > hold.amount:
        return refuse("more_than_held", max=hold.amount)
    journal = Journal(world.standing, current)
    capture(journal, hold, amount, instant(event.occurred_at), rules)
    return _decided(journal, structs.replace(hold, state="captured", captured=amount))


def decide_release(event: HoldReleased, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides the release of a hold: its points go back into their lots."""
    hold = world.standing.holds.get(event.hold)
    if hold is None:
        return refuse("hold_closed", hold=event.hold)
    journal = Journal(world.standing, current)
    free(journal, hold, instant(event.occurred_at), rules)
    return _decided(journal, structs.replace(hold, state="released"))


def capture(journal: Journal, hold: Hold, amount: int, at: int, rules: Rules) -> Posted:
    """Posts the rows that spend so many of a hold's points, what ends first before the rest, and free the others."""
    taken: list[Take] = []
    rest: list[Take] = []
    left = amount
    for take in hold.lots:
        part = min(left, take.amount)
        left -= part
        if part:
            taken.append(Take(take.row, part, take.ends_at))
        if take.amount > part:
            rest.append(Take(take.row, take.amount - part, take.ends_at))
    row = journal.spend_held(hold.wallet, tuple(taken), at, hold.row)
    if rest:
        free(journal, structs.replace(hold, lots=tuple(rest)), at, rules)
    return row


def turned_over(purchase: Purchase, journal: Journal, at: int) -> Hold | Refused:
    """The hold that a purchase's tender names, if it can be turned over to it; or why not."""
    tender = purchase.points
    assert tender is not None
    hold = journal.standing.holds.get(tender.hold or "")
    if hold is None or hold.until <= at:
        return Refused(code="hold_refused", reason="closed", detail={"hold": tender.hold})
    if hold.wallet != tender.wallet:
        return Refused(code="hold_refused", reason="wallet", detail={"hold": hold.hold, "wallet": hold.wallet})
    if tender.amount > hold.amount:
        return Refused(code="hold_refused", reason="amount", detail={"hold": hold.hold, "max": hold.amount})
    return hold


def _decided(journal: Journal, hold: Hold) -> Decision:
    steps = tuple(row_steps(journal.effects))
    journal.effects.append(HoldMoved(hold=hold))
    return Decision(effects=tuple(journal.effects), steps=steps)
