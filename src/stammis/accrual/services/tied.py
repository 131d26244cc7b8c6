"""Events of accounts that share their points: with pools, or with the account that a merged one goes on in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.services.acting import Act, Sitting, begin, transfer
from stammis.accrual.services.between import carry, sweep
from stammis.accrual.services.deciding import NOTHING_AROUND, Around, Decided, Subject, days_of, expired_by
from stammis.accrual.services.writing import ids_of
from stammis.core.calendars import instant
from stammis.core.carrying import carried_on
from stammis.core.effects import Activated, Posted, PurchaseMoved
from stammis.core.events import (
    AnyEvent,
    BroughtBalance,
    DayPassed,
    HoldPlaced,
    HoldReleased,
    MemberChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
)
from stammis.core.lots import EMPTY, active
from stammis.core.righting import stands_of
from stammis.core.rules import Rules
from stammis.core.standing import Pooling, PurchaseState, Standing
from stammis.core.world import Grants

WHOLE = 100
"""Per cent."""


def shares(subject: Subject, event: AnyEvent) -> bool:
    """Whether an event may concern another account as well: through ties, or through a hold that a purchase names."""
    if subject.standing.ties is not None:
        return True
    return isinstance(event, Purchase) and event.points is not None and event.points.hold is not None


def decide_tied(
    act: Act, subject: Subject, event: AnyEvent, around: Around, reference: str | None
) -> Decided | Declined:
    """Decide an event that ``shares``; ``reference`` is the caller's id of the account, if known.

    Pools give what is missing for a purchase or a reward, and have their share of what is earned.
    """
    who = reference or subject.id.hex()
    if subject.standing.ties is not None and not isinstance(event, MemberChanged | BroughtBalance):
        around = _expired(around, _pass_days(act, subject, instant(event.occurred_at), who))
    if isinstance(event, Purchase):
        _bring_hold(act, subject, event, who)
    if subject.standing.ties is None:
        return act.settle(act.play(subject, event, around))
    if _is_merged(subject):
        before = subject.standing
        step = act.play(subject, event, around)
        if isinstance(step, Decided):
            _sweep_on(act, subject, before, step, who)
        return act.settle(step)
    if isinstance(event, Return | StatusChanged):
        mark = act.mark(subject)
        foreseen = act.play(subject, event, around)
        act.back_to(subject, mark)
        if isinstance(foreseen, Decided):
            _bring_back(act, subject, foreseen, around, who)
    before = subject.standing
    step = act.play(subject, event, around)
    if (
        isinstance(step, Declined)
        and step.code == "not_enough_points"
        and _draw(act, subject, _missing(event, step, act.rules, around), event, who)
    ):
        before = subject.standing
        step = act.play(subject, event, around)
    if isinstance(step, Decided):
        _share(act, subject, step, _due_shares(before, step, around), who)
        _refund(act, subject, step, who)
    return act.settle(step)


def let_pass(sitting: Sitting, subject: Subject, until: dt.datetime) -> Subject:
    """Apply what fell due until then to an account with ties, and let the others have their part of it."""
    act = begin(sitting, subject.programme, DayPassed(occurred_at=until))
    _pass_days(act, subject, instant(until), subject.id.hex())
    act.keep()
    sitting.writing.subjects[subject.id] = subject  # even if nothing happened: its next due day moved on
    return subject


def _pass_days(act: Act, subject: Subject, until: int, who: str) -> list[Decided]:
    """Let days pass one by one: each is followed by what it brings with it for the others."""
    passed: list[Decided] = []
    while (due_at := subject.standing.due_at) is not None and due_at <= until:
        before = subject.standing
        days, standing = days_of(before, due_at, act.versions)
        act.take_over(subject, days)
        subject.standing = standing
        passed += days
        for day in days:
            if _is_merged(subject):
                _sweep_on(act, subject, before, day, who)
            else:
                _share(act, subject, day, _due_shares(before, day, NOTHING_AROUND), who)
    return passed


def _expired(around: Around, days: list[Decided]) -> Around:
    """Tell a return what has expired on these days too."""
    if around.original is None or not days:
        return around
    original = structs.replace(around.original, expired=expired_by(days, around.original.expired))
    return dataclasses.replace(around, original=original)


def _is_merged(subject: Subject) -> bool:
    return subject.standing.ties is not None and subject.standing.ties.merged_into is not None


def _sweep_on(act: Act, subject: Subject, before: Standing, step: Decided, who: str) -> None:
    """Let what an event of a merged account changed go on to the other, and on from there if that was merged too."""
    effects, cause = step.decision.effects, step.event
    while (ties := subject.standing.ties) is not None and ties.merged_into is not None:
        other = act.sitting.known(bytes.fromhex(ties.merged_into), subject.programme)
        then, taken = other.standing, len(act.steps)
        carried = carried_on(before, effects, subject.standing, other.standing)
        carry(act, subject, other, carried, who=who, cause=cause)
        sweep(act, subject, other, who, cause)
        effects = tuple(
            effect for each, there in act.steps[taken:] if each is other for effect in there.decision.effects
        )
        subject, before = other, then


def _bring_hold(act: Act, subject: Subject, purchase: Purchase, who: str) -> None:
    """Let a hold that a purchase names, of an account that goes on in the buyer's, be the buyer's.

    It is freed there, its points follow, and as many of them as the buyer has are put aside again for the rest of its
    time; whether it can pay is decided as for any other.
    """
    name = purchase.points.hold if purchase.points is not None else None
    account = act.sitting.owner((subject.programme, "hold", name)) if name is not None else None
    if name is None or account is None or account == subject.id:
        return
    holder, at = act.sitting.known(account, subject.programme), instant(purchase.occurred_at)
    if _goes_on_in(act, holder) is not subject:
        return
    _pass_days(act, holder, at, name)
    hold, before = holder.standing.holds.get(name), holder.standing
    if hold is None or hold.until <= at:
        return
    freed = act.play(holder, HoldReleased(occurred_at=purchase.occurred_at, hold=name, follows=True))
    assert isinstance(freed, Decided), "it is open"
    _sweep_on(act, holder, before, freed, name)
    amount = min(hold.amount, active(subject.standing.purses.get(hold.wallet, EMPTY), at))
    if amount > 0:
        again = HoldPlaced(
            occurred_at=purchase.occurred_at,
            id=name,
            member=who,
            wallet=hold.wallet,
            amount=amount,
            seconds=hold.until - at,
            follows=True,
        )
        act.play(subject, again)


def _goes_on_in(act: Act, subject: Subject) -> Subject:
    """Give the account in which a merged one goes on at last."""
    while (ties := subject.standing.ties) is not None and ties.merged_into is not None:
        subject = act.sitting.known(bytes.fromhex(ties.merged_into), subject.programme)
    return subject


def _draw(act: Act, subject: Subject, wanted: tuple[str, int], event: AnyEvent, who: str) -> bool:
    """Let the pools in which the member may spend give what is missing of a wallet; tell whether they had it."""
    wallet, missing = wanted
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


def _share(act: Act, subject: Subject, step: Decided, shares: Iterable[tuple[Pooling, str, int]], who: str) -> None:
    """Let pools have their share of what was earned, out of the lots that it opened."""
    event = step.event
    own = tuple(
        each.row
        for each in step.decision.effects
        if isinstance(each, Activated) or (isinstance(each, Posted) and each.kind == "earn")
    )
    for part, wallet, change in shares:
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

    ``standing`` is that before the event. Of a purchase the pool has its share of what stands and is active, rounded
    down, whatever the number of returns in between; of pending points it has it as soon as they are active.
    """
    original = around.original
    before = {} if original is None else _earned(original.state, standing, around.grants)
    after, gained = _points(step)
    if standing.ties is None:
        return
    for part in standing.ties.pools:
        if "earn" not in part.rights:
            continue
        for wallet in dict.fromkeys((*before, *after, *(wallet for wallet, _ in gained))):
            change = after.get(wallet, 0) * part.share // WHOLE - before.get(wallet, 0) * part.share // WHOLE
            change += sum(points * part.share // WHOLE for each, points in gained if each == wallet)
            if change:
                yield part, wallet, change


def _refund(act: Act, subject: Subject, step: Decided, who: str) -> None:
    """Let pools have again what they gave for a purchase or reward that is given back, as far as it is still there."""
    own, purchase = ids_of(step.event)
    cause = step.event.redemption if isinstance(step.event, RedemptionCancelled) else purchase
    drawn = act.sitting.loaded.histories.drawn.get((subject.id, cause or own or ""), ())
    if not drawn or subject.standing.ties is None:
        return
    gave = {row.row: pool for pool, effects in drawn for row in effects if isinstance(row, Posted)}
    came = Counter[tuple[str, str]]()
    for restored in step.decision.effects:
        if isinstance(restored, Posted) and restored.kind in {"restore", "expire"}:
            for take in restored.lots:
                sign = 1 if restored.kind == "restore" else -1
                came[gave.get(take.row, ""), restored.wallet] += sign * take.amount
    for part in subject.standing.ties.pools:
        rows = frozenset(row for row, pool in gave.items() if pool == part.pool)
        for wallet in {wallet for pool, wallet in came if pool == part.pool}:
            there = active(subject.standing.purses.get(wallet, EMPTY), instant(step.event.occurred_at))
            amount = min(came[part.pool, wallet], there)
            if amount > 0:
                blank = _brought(step.event, who, part.pool)
                event = structs.replace(blank, wallet=wallet, amount=amount, purpose="refund", own=tuple(sorted(rows)))
                act.move(subject, event, act.sitting.known(bytes.fromhex(part.account), subject.programme))


def _missing(event: AnyEvent, refusal: Declined, rules: Rules, around: Around) -> tuple[str, int]:
    """Give the wallet that an event wants to spend from, and how much is missing there."""
    missing = int(refusal.detail["asked"]) - int(refusal.detail["active"])
    if isinstance(event, StatusChanged) and around.original is not None:
        event = around.original.purchase
    if isinstance(event, Purchase) and event.points is not None:
        return event.points.wallet, missing
    if isinstance(event, Redemption) and event.reward in rules.rewards:
        return rules.rewards[event.reward].wallet, missing
    return "", 1  # nothing else that members do spends points of a pool


def _points(step: Decided) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Give what is earned and active of a purchase after its event, by wallet; and what else an event earned."""
    state = next((each.state for each in step.decision.effects if isinstance(each, PurchaseMoved)), None)
    rows = {each.row for each in state.earned} if state is not None else set()
    gained = [
        (each.wallet, each.amount)
        for each in step.decision.effects
        if isinstance(each, Activated | Posted) and each.row not in rows and _is_gain(each)
    ]
    return ({} if state is None else _earned(state, step.standing, step.grants)), gained


def _is_gain(effect: Activated | Posted) -> bool:
    return isinstance(effect, Activated) or (effect.kind == "earn" and effect.awaits is None)


def _earned(state: PurchaseState, standing: Standing, grants: Grants | None) -> dict[str, int]:
    """Give what a purchase has earned that stands and is active, by wallet, with what corrections changed of it."""
    points = {} if grants is None else stands_of(state, grants.changes)
    for each in state.earned:
        pending = sum(lot.left for lot in standing.pending.get(each.wallet, ()) if lot.row == each.row)
        points[each.wallet] = points.get(each.wallet, 0) + each.amount - each.taken_back - pending
    return points
