"""Purchases, and what waits for them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from msgspec import Struct

from stammis.api.shapes.members import RowAnswer


class PurchaseAnswer(Struct, kw_only=True):
    """A purchase as it stands: what was said, its status, and what was posted for it."""

    id: str
    member: str | None
    status: str
    state: Literal["placed", "completed", "cancelled"]
    occurred_at: dt.datetime
    currency: str
    lines: list[dict[str, Any]]
    returned: list[dict[str, Any]]
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
    event: dict[str, Any]


class DeferredAnswer(Struct, kw_only=True):
    """A page of what waits for its purchase, or was refused when that came; newest first."""

    items: list[DeferredItem]
    next: str | None
