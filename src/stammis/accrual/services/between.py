"""Between members: transfers, merges, pools and claims, each side decided by itself and kept in its own history.

What leaves an account is decided on its standing; what arrives carries the lots along, so that either side can be told
again without the other. All standings concerned are locked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import structs

from stammis.accrual.outcomes import Accepted, Declined, Outcome, Proof, declined
from stammis.accrual.records import read_event
from stammis.accrual.services.acting import Act, Sitting, begin, transfer
from stammis.accrual.services.deciding import Decided, Subject, days_of, expired_by
from stammis.accrual.services.loading import Known
from stammis.core.calendars import instant
from stammis.core.carrying import baggage, taken_out
from stammis.core.effects import Posted
from stammis.core.events import AnyEvent, Claimed, Merged, PoolChanged, Purpose, Received, Transfer, Unmerged
from stammis.core.lots import EMPTY, active
from stammis.core.parcels import NOTHING_CARRIED, Carried, Parcel
from stammis.core.rules import Rules
from stammis.core.standing import NEVER
from stammis.members import services as members


def with_another(
    sitting: Sitting, programme: bytes, event: Transfer | PoolChanged | Merged
) -> tuple[Subject, Decided] | Declined:
    """Decide an act of one account towards another, which the event names."""
    other = event.to if isinstance(event, Transfer) else event.pool if isinstance(event, PoolChanged) else event.into
    giver = sitting.find((programme, members.ID, event.member))
    taker = sitting.find((programme, members.ID, other))
    if giver is None:
        return declined("unknown_member", member=event.member)
    if taker is None:
        return declined("unknown_receiver", member=other)
    if giver is taker:
        if isinstance(event, Merged) and event.member != event.into:
            return declined("already_merged")
        return declined("same_member")
    act = begin(sitting, programme, event)
    match event:
        case Transfer():
            step = _transfer(act, giver, event, taker)
        case PoolChanged():
            step = _pool(act, giver, event, taker)
        case Merged():
            step = _merge(act, giver, event, taker)
    return step if isinstance(step, Declined) else (giver, step)


def _transfer(act: Act, giver: Subject, event: Transfer, taker: Subject) -> Decided | Declined:
    """Give points to another member, or to a charity: that is a donation."""
    purpose: Purpose = "donation" if act.sitting.record(taker).kind == members.CHARITY else "transfer"
    return act.settle(act.move(giver, structs.replace(event, purpose=purpose), taker))


def _pool(act: Act, subject: Subject, event: PoolChanged, pool: Subject) -> Decided | Declined:
    """Let a member join a pool, have another part in it, or leave it."""
    kind = act.sitting.record(pool).kind
    if kind not in members.POOLS:
        return declined("no_pool", kind=kind)
    if act.sitting.record(subject).kind in members.ACCOUNTS:
        return declined("no_person")
    step = act.settle(act.play(subject, structs.replace(event, account=pool.id.hex(), pool_kind=kind)))
    if isinstance(step, Decided):
        writing = act.sitting.writing
        share = None if event.left else event.share
        writing.parts.append(members.Part(subject.id, pool.id, writing.now, share, tuple(sorted(set(event.rights)))))
    return step


def _merge(act: Act, ending: Subject, event: Merged, other: Subject) -> Decided | Declined:
    """Close an account into another: its points move there, and so do the names that led to it."""
    sitting = act.sitting
    if any(sitting.record(each).kind in members.ACCOUNTS for each in (ending, other)):
        return declined("no_person")
    aliases = sitting.loaded.histories.aliases.get(ending.id, ())
    step = act.play(ending, structs.replace(event, account=other.id.hex(), aliases=aliases))
    if isinstance(step, Decided):
        hand_over(act, ending, other, event)
        sitting.lead(ending.programme, aliases, other.id)
        sitting.writing.closings.append(members.Closing(ending.id, other.id, members.MERGED))
    return act.settle(step)


def hand_over(act: Act, ending: Subject, other: Subject, event: Merged) -> None:
    """Let all that an account has, owes and has counted go on in another.

    A guest's purchases count as the claims of them say.
    """
    if ending.standing.enrolled:
        carry(
            act,
            ending,
            other,
            baggage(ending.standing, other.standing, instant(event.occurred_at)),
            who=event.member,
            cause=event,
        )
    sweep(act, ending, other, event.member, event)


def carry(act: Act, giver: Subject, taker: Subject, carried: Carried, *, who: str, cause: AnyEvent) -> None:
    """Let what counts in a merged account count in the other."""
    ties = giver.standing.ties
    assert ties is not None
    if carried != NOTHING_CARRIED:
        step = act.play(
            taker,
            Received(
                occurred_at=cause.occurred_at,
                id=ties.merge or "",
                member=taker.id.hex(),
                from_=who,
                purpose="merge",
                carried=carried,
            ),
        )
        assert isinstance(step, Decided), "what arrives is never refused"


def sweep(act: Act, giver: Subject, taker: Subject, who: str, cause: AnyEvent) -> None:
    """Let all that a merged account has, or owes, go on to the other."""
    ties = giver.standing.ties
    assert ties is not None
    blank = structs.replace(transfer(cause, ties.merge or "", who, taker.id.hex()), purpose="merge")
    for wallet, purse in giver.standing.purses.items():
        amount = active(purse, instant(cause.occurred_at))
        if amount:
            act.move(giver, structs.replace(blank, wallet=wallet, amount=amount), taker)


def part(sitting: Sitting, programme: bytes, event: Unmerged, known: Known) -> tuple[Subject, Decided] | Declined:
    """Undo a merge: what it brought goes back, less what has expired since; what was spent meanwhile is owed."""
    merged = read_event(known.body)
    assert isinstance(merged, Merged)
    ended = sitting.known(known.member, programme)
    ties = ended.standing.ties
    if ties is None or ties.merge != event.merge:
        return declined("not_merged")
    other = sitting.known(bytes.fromhex(merged.account), programme)
    if other.standing.ties is not None and other.standing.ties.merged_into is not None:
        return declined("merged_further")
    act = begin(sitting, programme, event)
    step = act.play(ended, structs.replace(event, member=merged.member))
    assert isinstance(step, Decided), "it is merged"
    give_back(act, other, ended, merged, event)
    sitting.lead(programme, merged.aliases, ended.id)
    sitting.writing.closings.append(members.Closing(ended.id, None, members.MEMBER))
    act.settle(step)
    return ended, step


def give_back(act: Act, giver: Subject, taker: Subject, merged: Merged, event: Unmerged) -> None:
    """Let what a merge brought go back, as far as it has not expired since."""
    at = instant(event.occurred_at)
    days, _ = days_of(giver.standing, at, act.versions)
    act.take_over(giver, days)
    histories = act.sitting.loaded.histories
    expired = expired_by(days, histories.expired.get(giver.id, {}))
    brought = histories.brought.get((giver.id, merged.id), [])
    rows = [row for effects in brought for row in effects if isinstance(row, Posted) and row.kind == "transfer_in"]
    blank = structs.replace(transfer(event, merged.id, merged.into, merged.member), purpose="unmerge")
    for wallet in dict.fromkeys(row.wallet for row in rows):
        gains = [row for row in rows if row.wallet == wallet and row.amount > 0]
        amount = sum(row.amount - expired.get(row.row, 0) for row in rows if row.wallet == wallet)
        rules = act.rules.wallets.get(wallet)
        if rules is not None and rules.negative != "allow_debt":
            amount = min(amount, max(0, active(giver.standing.purses.get(wallet, EMPTY), at)))
        if not amount:
            continue
        own = tuple(row.row for row in gains)
        freed = _freed(act.rules, wallet, rows, -amount, at) if amount < 0 else ()
        ends = [row.ends_at for row in gains]
        latest = None if not ends or None in ends else max(at + 1, *(end for end in ends if end is not None))
        act.move(giver, structs.replace(blank, wallet=wallet, amount=amount, own=own, freed=freed), taker, latest)
    out = taken_out(histories.carried.get((giver.id, merged.id), []))
    if out != NOTHING_CARRIED:
        parted = Received(
            occurred_at=event.occurred_at,
            id=merged.id,
            member=merged.into,
            from_=merged.member,
            purpose="unmerge",
            carried=out,
        )
        step = act.play(giver, parted)
        assert isinstance(step, Decided), "what leaves so is never refused"
        histories.left(giver.id, out)


def _freed(rules: Rules, wallet: str, rows: Sequence[Posted], amount: int, at: int) -> tuple[Parcel, ...]:
    """Give what comes free where debt that was brought leaves: the lots that it had taken, with the ends that they had.

    What else it swallowed has no end that is known: it lasts as long as what is earned now.
    """
    brought = {row.row for row in rows}
    taken = Counter[int | None]()
    for row in rows:
        if row.wallet == wallet and row.amount < 0:
            for take in row.lots:
                if take.row not in brought:
                    taken[take.ends_at] += take.amount
    freed: list[Parcel] = []
    for end in sorted(taken, key=lambda end: NEVER if end is None else end, reverse=True):
        back = min(amount, taken[end])
        amount -= back
        freed.append(Parcel(wallet, back, None if end is None else max(at + 1, end)))
    known = rules.wallets.get(wallet)
    lasts = None if known is None else known.ends_at(rules.calendar.day(at))
    return tuple(parcel for parcel in (Parcel(wallet, amount, lasts), *reversed(freed)) if parcel.amount)


def prove(
    sitting: Sitting, member: Subject, proof: Proof, claim: Callable[[Claimed], Outcome]
) -> list[Accepted] | Declined:
    """Let what a guest bought become the member's who proved the guest's address; give what each purchase was worth."""
    guest = _proven(sitting, member, proof)
    if guest is None or isinstance(guest, Declined):
        return guest or []
    outcomes = [claim(event) for event in _claims(sitting, guest)]
    _close_guest(sitting, guest, member, proof)
    return [outcome for outcome in outcomes if isinstance(outcome, Accepted)]


def _proven(sitting: Sitting, member: Subject, proof: Proof) -> Subject | Declined | None:
    """Let a proven address lead to the member; give the guest it led to before, None where there was none."""
    name = (member.programme, members.GUEST_ADDRESS, proof.email)
    guest = sitting.find(name)
    if guest is None:
        sitting.loaded.identities[name] = member.id
        sitting.writing.identities.append((*name, member.id))
    elif guest is member:
        return None
    elif sitting.record(guest).kind != members.GUEST:
        return declined("contact_taken")
    return guest


def _claims(sitting: Sitting, guest: Subject) -> list[Claimed]:
    """Give a guest's purchases as the events by which they become a member's, oldest first."""
    return [
        Claimed(
            occurred_at=purchase.occurred_at,
            purchase=purchase,
            stood=state.state,
            returned=state.returned,
            lowered=state.lowered,
            refunded=state.refunded,
        )
        for purchase, state in sitting.loaded.histories.bought.get(guest.id, ())
    ]


def _close_guest(sitting: Sitting, guest: Subject, member: Subject, proof: Proof) -> None:
    """Let a guest go on as a member; a guest has no points."""
    aliases = sitting.loaded.histories.aliases.get(guest.id, ())
    event = Merged(
        occurred_at=proof.occurred_at,
        id=f"claim {member.id.hex()}",
        member="",
        into=proof.member,
        account=member.id.hex(),
        aliases=aliases,
    )
    act = begin(sitting, guest.programme, event)
    step = act.settle(act.play(guest, event))
    assert isinstance(step, Decided), "a guest has no ties"
    sitting.lead(guest.programme, aliases, member.id)
    sitting.writing.closings.append(members.Closing(guest.id, member.id, members.MERGED))
