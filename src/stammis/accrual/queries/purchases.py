"""A purchase as it stands."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from stammis.accrual.models import Decision, PurchaseStatus
from stammis.accrual.queries.rows import rows_view
from stammis.accrual.records import Record, read_event, read_record, read_state
from stammis.activity.models import Event
from stammis.activity.queries import receipt
from stammis.core.amounts import QUANTITY_SCALE, amount_text
from stammis.core.currencies import DECIMALS
from stammis.core.effects import PurchaseMoved
from stammis.core.events import Claimed, Line, Purchase, StatusChanged
from stammis.core.standing import PurchaseState
from stammis.kit.errors import NotFound
from stammis.ledger.models import Entry
from stammis.programmes.models import Programme


class UnknownPurchase(NotFound):
    """There is no purchase with this id."""

    code = "unknown_purchase"


def purchase_view(programme: Programme, purchase_id: str, now: dt.datetime) -> dict[str, Any]:
    """Give a purchase with its status, what came back, and every row that it moved. Raises UnknownPurchase."""
    led = receipt(programme.id, "claimed", purchase_id) or receipt(programme.id, "purchase", purchase_id)
    if led is None:
        raise UnknownPurchase
    member_id = led.member_id
    first = Event.objects.get(member_id=member_id, seq=led.seq)
    later = list(Event.objects.filter(member_id=member_id, seq__gt=led.seq, purchase_id=purchase_id).order_by("seq"))
    event = read_event(first.body)
    purchase = event.purchase if isinstance(event, Claimed) else event
    assert isinstance(purchase, Purchase)
    record = read_record(Decision.objects.get(member_id=member_id, seq=led.seq).record)
    state = _state(member_id, purchase_id, record)
    decimals = DECIMALS[purchase.currency]
    rows = Entry.objects.filter(member_id=member_id, seq__in=[row.seq for row in (first, *later)]).order_by("row")
    return {
        "id": purchase.id,
        "member": purchase.member,
        "status": _status(purchase, later),
        "state": state.state,
        "occurred_at": purchase.occurred_at,
        "currency": purchase.currency,
        "channel": purchase.channel,
        "store": purchase.store,
        "amounts": _amounts(record, decimals),
        "lines": [_line(line, decimals) for line in purchase.lines],
        "returned": [
            {"line": line, "quantity": _quantity(quantity), "amount": amount_text(amount, decimals)}
            for line, (quantity, amount) in state.returned.items()
        ],
        "refunded": amount_text(state.refunded, decimals),
        "version": state.version,
        "rows": rows_view(member_id, list(rows), now),
    }


def _state(member_id: uuid.UUID, purchase_id: str, record: Record) -> PurchaseState:
    """Give where the purchase stands: after what happened to it later, else after its own decision."""
    later = PurchaseStatus.objects.filter(member_id=member_id, purchase_id=purchase_id).first()
    if later is not None:
        return read_state(later.state)
    return next(effect.state for effect in record.effects if isinstance(effect, PurchaseMoved))


def _status(purchase: Purchase, later: Iterable[Event]) -> str:
    """Give the latest status that the caller reported, in the caller's word."""
    status = purchase.status
    for row in later:
        event = read_event(row.body)
        if isinstance(event, StatusChanged):
            status = event.status
    return status


def _amounts(record: Record, decimals: int) -> dict[str, str] | None:
    amounts = record.amounts
    if amounts is None:
        return None
    return {
        "total": amount_text(amounts.total, decimals),
        "by_points": amount_text(amounts.by_points, decimals),
        "due": amount_text(amounts.due, decimals),
    }


def _line(line: Line, decimals: int) -> dict[str, Any]:
    return {
        "id": line.id,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "quantity": _quantity(line.quantity),
        "amount": amount_text(line.amount, decimals),
        "tax": amount_text(line.tax, decimals),
        "kind": line.kind,
    }


def _quantity(millionths: int) -> str:
    whole, rest = divmod(millionths, QUANTITY_SCALE)
    return f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole)
