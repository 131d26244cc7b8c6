"""Holds as they read now."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from stammis.accrual.models import Hold as HoldRow
from stammis.accrual.records import read_event, read_hold
from stammis.activity.models import Event
from stammis.activity.queries import receipt
from stammis.core.calendars import instant, moment
from stammis.core.events import Merged
from stammis.core.standing import Hold
from stammis.kit.errors import NotFound
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes.models import Programme


class UnknownHold(NotFound):
    """There is no hold with this id."""

    code = "unknown_hold"


def hold_view(programme: Programme, hold_id: str, now: dt.datetime) -> dict[str, Any]:
    """Give a hold in the contract's form. Raises UnknownHold."""
    led = receipt(programme.id, "hold", hold_id)
    row = None if led is None else _latest(led.member_id, hold_id)
    if row is None:
        raise UnknownHold
    reference = Member.objects.values_list("reference", flat=True).get(id=row.member_id)
    return {"member": reference} | hold_document(read_hold(row.state), now)


def _latest(member_id: uuid.UUID, hold_id: str) -> HoldRow | None:
    """Give a hold where it was last: a purchase may take it over for an account that its own was merged into."""
    found, seen, waiting = None, set[uuid.UUID](), [member_id]
    while waiting:
        account = waiting.pop()
        if account in seen:
            continue
        seen.add(account)
        row = HoldRow.objects.filter(member_id=account, hold=hold_id).first()
        if row is not None and read_hold(row.state).state != "released":
            return row
        found = found or row
        waiting += _went_on_in(account)
    return found


def _went_on_in(member_id: uuid.UUID) -> list[uuid.UUID]:
    """Give the accounts in which one went on, whether or not that was undone."""
    bodies = Event.objects.filter(member_id=member_id, kind=Event.Kind.MERGED).values_list("body", flat=True)
    merges = (read_event(body) for body in bodies)
    return [uuid.UUID(hex=merge.account) for merge in merges if isinstance(merge, Merged)]


def hold_document(hold: Hold, now: dt.datetime) -> dict[str, Any]:
    """Write a hold as it reads at a time: one whose time is over is expired, even before that is posted."""
    over = hold.state == "held" and hold.until <= instant(now)
    return {
        "id": hold.hold,
        "wallet": hold.wallet,
        "amount": hold.amount,
        "state": "expired" if over else hold.state,
        "captured": hold.captured,
        "purchase": hold.purchase,
        "placed_at": moment(hold.placed_at),
        "ends_at": moment(hold.until),
    }


def open_holds(member_id: uuid.UUID, now: dt.datetime) -> list[Hold]:
    """Give the holds of a member, and of accounts merged into it, that are open now, soonest end first."""
    accounts = [member_id, *members.merged_into(member_id)]
    states = HoldRow.objects.filter(member_id__in=accounts).values_list("state", flat=True)
    held = [hold for state in states if (hold := read_hold(state)).state == "held" and hold.until > instant(now)]
    return sorted(held, key=lambda hold: (hold.until, hold.hold))
