"""Purchases, and what waits for them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from msgspec import Struct

from stammis.api.shapes.common import Money
from stammis.api.shapes.decisions import AmountsAnswer
from stammis.api.shapes.members import RowAnswer


class BoughtAnswer(Struct, kw_only=True):
    """A line of a purchase."""

    id: str
    sku: str | None
    name: str | None
    category: str | None
    quantity: str
    amount: Money
    tax: Money
    kind: Literal["goods", "shipping", "gift_card", "fee"]


class ReturnedAnswer(Struct, kw_only=True):
    """What came back of a line."""

    line: str
    quantity: str
    amount: Money


class PurchaseAnswer(Struct, kw_only=True):
    """A purchase as it stands: what was said, its status, and what was posted for it."""

    id: str
    member: str | None
    status: str
    state: Literal["placed", "completed", "cancelled"]
    occurred_at: dt.datetime
    currency: str
    channel: str | None
    store: str | None
    amounts: AmountsAnswer | None
    lines: list[BoughtAnswer]
    returned: list[ReturnedAnswer]
    refunded: Money
    version: int
    rows: list[RowAnswer]


class DeferredItem(Struct, kw_only=True):
    """A return or status that came before its purchase."""

    kind: Literal["return", "status"]
    id: str | None
    purchase: str
    state: Literal["waiting", "applied", "refused"]
    occurred_at: dt.datetime
    arrived_at: dt.datetime
    settled_at: dt.datetime | None
    code: str | None
    detail: dict[str, Any]


class DeferredAnswer(Struct, kw_only=True):
    """A page of what waits for its purchase, or was refused when that came; newest first."""

    items: list[DeferredItem]
    next: str | None
