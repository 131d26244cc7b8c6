"""What corrections have changed, and what is still pending of what events gave: what posting and undoing them asks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from stammis.accrual.models import PurchaseStatus, Standing
from stammis.accrual.records import read_event, read_standing, read_state
from stammis.activity.models import Event, Receipt
from stammis.core.events import Adjustment, Claimed
from stammis.core.righting import changed_by
from stammis.core.standing import Take
from stammis.ledger.models import Entry

Cause = tuple[str, str]
"""The kind and id of what gave points: a purchase, an event, or (by its local day) a day."""


class Posted(NamedTuple):
    """A correction that was posted to an account, and what it really changed of each event, in their order.

    ``row`` is the one by which it moved active points (0: none), ``lots`` are those that the row took from.
    """

    event: Adjustment
    changes: list[int]
    row: int
    lots: tuple[tuple[int, int, int | None], ...]


def corrections_of(accounts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Posted]]:
    """Give what was put right in accounts, oldest first."""
    rows = Entry.objects.filter(member_id__in=accounts, kind=Entry.Kind.ADJUST, source_kind=Event.Kind.ADJUSTMENT)
    posted: dict[tuple[uuid.UUID, int], list[Entry]] = defaultdict(list)
    for entry in rows.only("member_id", "seq", "row", "amount", "pending", "lots").order_by("row"):
        posted[entry.member_id, entry.seq].append(entry)
    found: dict[uuid.UUID, list[Posted]] = defaultdict(list)
    seqs = {seq for _, seq in posted}
    events = Event.objects.filter(member_id__in=accounts, seq__in=seqs, body__contains='"corrects":')
    events = events.filter(kind=Event.Kind.ADJUSTMENT).order_by("member_id", "seq")
    for member, seq, body in events.values_list("member_id", "seq", "body"):
        event = read_event(body)
        assert isinstance(event, Adjustment)
        if entries := posted.get((member, seq)):
            changes = changed_by(event, sum(each.amount for each in entries))
            active = next((each for each in entries if each.pending is None), None)
            found[member].append(Posted(event, changes, active.row if active else 0, _lots(active)))
    return dict(found)


def _lots(row: Entry | None) -> tuple[tuple[int, int, int | None], ...]:
    takes = [] if row is None or row.lots is None else msgspec.json.decode(row.lots, type=list[Take])
    return tuple((take.row, take.amount, take.ends_at) for take in takes)


def posted_to(programme_id: uuid.UUID, names: Collection[str]) -> dict[str, uuid.UUID]:
    """Give by id of an adjustment the account to which it was posted."""
    receipts = Receipt.objects.filter(programme_id=programme_id, kind="adjustment", external_id__in=names)
    return dict(receipts.values_list("external_id", "member_id"))


def made_even(programme_id: uuid.UUID, purchases: Collection[str]) -> dict[tuple[str, uuid.UUID, str], int]:
    """Give by purchase, account and wallet what returns have made even of what corrections had changed."""
    owners = Receipt.objects.filter(
        programme_id=programme_id, kind__in=["purchase", "claimed"], external_id__in=purchases
    ).values_list("member_id", flat=True)
    states = PurchaseStatus.objects.filter(member_id__in=set(owners), purchase_id__in=purchases)
    return {
        (purchase, uuid.UUID(right.account), right.wallet): right.evened
        for purchase, state in states.values_list("purchase_id", "state")
        for right in read_state(state).righted
    }


def pending_of(accounts: Collection[uuid.UUID], zone: str) -> dict[tuple[uuid.UUID, str, Cause], dict[int, int]]:
    """Give by account, wallet and cause the rows of which something is still pending, and how much."""
    wallets = {
        (member, lot.row): (wallet, lot.left)
        for member, state in Standing.objects.filter(member_id__in=accounts).values_list("member_id", "state")
        for wallet, lots in read_standing(state).pending.items()
        for lot in lots
    }
    if not wallets:
        return {}
    waiting = {member for member, _ in wallets}
    rows = Entry.objects.filter(
        member_id__in=waiting, row__in={row for _, row in wallets}, kind=Entry.Kind.EARN
    ).order_by("row")
    seqs = {(member, row): seq for member, row, seq in rows.values_list("member_id", "row", "seq")}
    events = {
        (event.member_id, event.seq): event
        for event in Event.objects.filter(member_id__in=waiting, seq__in=set(seqs.values()))
    }
    found: dict[tuple[uuid.UUID, str, Cause], dict[int, int]] = defaultdict(dict)
    for (member, row), seq in seqs.items():
        if (member, row) in wallets:
            wallet, left = wallets[member, row]
            found[member, wallet, _cause(events[member, seq], zone)][row] = left
    return dict(found)


def _cause(event: Event, zone: str) -> Cause:
    if event.kind == Event.Kind.DAY:
        return "day", event.occurred_at.astimezone(ZoneInfo(zone)).date().isoformat()
    if event.kind == Event.Kind.EVENT:
        return "event", event.external_id or ""
    if event.kind == Event.Kind.CLAIMED:
        claimed = read_event(event.body)
        assert isinstance(claimed, Claimed)
        return "purchase", claimed.purchase.id
    return "purchase", event.purchase_id or event.external_id or ""
