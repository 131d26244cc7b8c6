"""Pending points that somebody settles by hand: whose they are, and what an act took that is to be undone."""

from __future__ import annotations

from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.records import read_event, read_record
from stammis.accrual.services.acting import Sitting
from stammis.accrual.services.deciding import Subject
from stammis.core.effects import Posted
from stammis.core.events import OfPending, PendingRestored, PendingSettled


def meant(sitting: Sitting, programme: bytes, event: OfPending) -> tuple[Subject, OfPending] | Declined:
    """Give whose pending points an event is about, and the event with all that it has to tell of them."""
    if isinstance(event, PendingSettled):
        return sitting.known(bytes.fromhex(event.account), programme), event
    known = sitting.loaded.receipts.get((programme, "pending", event.taken))
    if known is None:
        return Declined(404, "unknown_act")
    act = read_event(known.body)
    assert isinstance(act, PendingSettled)
    rows = [effect for effect in read_record(known.record).effects if isinstance(effect, Posted)]
    if not rows:  # they were released: there is nothing to bring back
        return Declined(409, "not_cancelled")
    return sitting.known(known.member, programme), brought_back(structs.replace(event, member=act.member), rows[0])


def brought_back(event: PendingRestored, row: Posted) -> PendingRestored:
    """Give an event with what a row took, which is to be brought back."""
    assert row.awaits is not None
    [take] = row.lots
    return structs.replace(
        event, wallet=row.wallet, row=take.row, amount=take.amount, ends_at=take.ends_at, awaits=row.awaits
    )
