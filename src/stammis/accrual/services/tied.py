"""Events of accounts that share their points: with pools, or with the account that a merged one goes on in."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.services.acting import Act, transfer
from stammis.accrual.services.between import sweep
from stammis.accrual.services.deciding import Around, Decided, Subject
from stammis.accrual.services.writing import ids_of
from stammis.core.calendars import instant
from stammis.core.effects import Decision, Posted, PurchaseMoved
from stammis.core.events import AnyEvent, Happening, Purchase, Redemption, Return, StatusChanged, Transfer
from stammis.core.lots import EMPTY, active
from stammis.core.rules import Rules
from stammis.core.standing import Pooling, PurchaseState, Standing

WHOLE = 100
"""Per cent."""


def decide_tied(
    act: Act, subject: Subject, event: AnyEvent, around: Around, reference: str | None
) -> Decided | Declined:
    """Decide an event of an account with ties; ``reference`` is the caller's id of it, if known.

    Pools give what is missing for a purchase or a reward, and have their share of what is earned.
    """
    who = reference or subject.id.hex()
    ties = subject.standing.ties
    assert ties is not None
    if ties.merged_into is not None:
        step = act.play(subject, event, around)
        if isinstance(step, Decided):
            sweep(act, subject, act.sitting.known(bytes.fromhex(ties.merged_into), subject.programme), who, event)
        return act.settle(step)
    if isinstance(event, Return | StatusChanged):
        foreseen = act.play(subject, event, around)
        act.undo()
        if isinstance(foreseen, Decided):
            _bring_back(act, subject, foreseen, around, who)
    step = act.play(subject, event, around)
    if isinstance(step, Declined) and step.code == "not_enough_points" and _draw(act, subject, event, step, who):
        step = act.play(subject, event, around)
    if isinstance(step, Decided):
        _share(act, subject, step, around, who)
    return act.settle(step)


def _draw(act: Act, subject: Subject, event: AnyEvent, refusal: Declined, who: str) -> bool:
    """Let the pools in which the member may spend give what is missing; tell whether they had it."""
    wallet, missing = _missing(event, refusal, act.rules)
    at = instant(event.occurred_at)
    assert subject.standing.ties is not None
    for part in subject.standing.ties.pools:
        pool = act.sitting.known(bytes.fromhex(part.account), subject.programme)
        there = active(pool.standing.purses.get(wallet, EMPTY), at)
        amount = min(missing, there) if "spend" in part.rights else 0
        if amount > 0:
            missing -= amount
            blank = _brought(event, part.pool, who)
            act.move(pool, structs.replace(blank, wallet=wallet, amount=amount, purpose="draw"), subject)
    return missing <= 0


def _bring_back(act: Act, subject: Subject, foreseen: Decided, around: Around, who: str) -> None:
    """Let pools give their share of what a return is about to take; what they no longer have the member owes."""
    event = foreseen.event
    for part, wallet, change in _due_shares(subject.standing, foreseen, around):
        pool = act.sitting.known(bytes.fromhex(part.account), subject.programme)
        amount = min(-change, active(pool.standing.purses.get(wallet, EMPTY), instant(event.occurred_at)))
        if amount > 0:
            blank = _brought(event, part.pool, who)
            act.move(pool, structs.replace(blank, wallet=wallet, amount=amount, purpose="back"), subject)


def _share(act: Act, subject: Subject, step: Decided, around: Around, who: str) -> None:
    """Let pools have their share of what was earned, out of the lots that it opened."""
    event = step.event
    own = tuple(each.row for each in step.decision.effects if isinstance(each, Posted) and each.kind == "earn")
    for part, wallet, change in _due_shares(subject.standing, step, around):
        amount = min(change, active(subject.standing.purses.get(wallet, EMPTY), instant(event.occurred_at)))
        if amount > 0:
            pool = act.sitting.known(bytes.fromhex(part.account), subject.programme)
            blank = _brought(event, who, part.pool)
            act.move(subject, structs.replace(blank, wallet=wallet, amount=amount, purpose="share", own=own), pool)


def _brought(event: AnyEvent, giver: str, taker: str) -> Transfer:
    """Begin the transfer that an event brings with it; it goes by that event's id."""
    own, purchase = ids_of(event)
    return transfer(event, own or purchase or "", giver, taker)


def _due_shares(standing: Standing, step: Decided, around: Around) -> Iterator[tuple[Pooling, str, int]]:
    """Give by pool and wallet how its share of what was earned changes: below zero where points were taken back.

    Of a purchase the pool has its share of what stands, rounded down, whatever the number of returns in between.
    """
    before = _earned(around.original.state) if around.original is not None else {}
    after = _points(step.decision, step.event)
    if after is None or standing.ties is None:
        return
    for part in standing.ties.pools:
        if "earn" not in part.rights:
            continue
        for wallet in dict.fromkeys((*before, *after)):
            change = after.get(wallet, 0) * part.share // WHOLE - before.get(wallet, 0) * part.share // WHOLE
            if change:
                yield part, wallet, change


def _missing(event: AnyEvent, refusal: Declined, rules: Rules) -> tuple[str, int]:
    """Give the wallet that an event wants to spend from, and how much is missing there."""
    missing = int(refusal.detail["asked"]) - int(refusal.detail["active"])
    if isinstance(event, Purchase) and event.points is not None:
        return event.points.wallet, missing
    if isinstance(event, Redemption) and event.reward in rules.rewards:
        return rules.rewards[event.reward].wallet, missing
    return "", 1  # nothing else that members do spends points of a pool


def _points(decision: Decision, event: AnyEvent) -> dict[str, int] | None:
    """Give what stands earned after an event, by wallet; None where it is not about earning."""
    for effect in decision.effects:
        if isinstance(effect, PurchaseMoved):
            return _earned(effect.state)
    if not isinstance(event, Happening):
        return None
    earned: dict[str, int] = {}
    for effect in decision.effects:
        if isinstance(effect, Posted) and effect.kind == "earn":
            earned[effect.wallet] = earned.get(effect.wallet, 0) + effect.amount
    return earned


def _earned(state: PurchaseState) -> dict[str, int]:
    points: dict[str, int] = {}
    for each in state.earned:
        points[each.wallet] = points.get(each.wallet, 0) + each.amount - each.taken_back
    return points
