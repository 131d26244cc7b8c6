"""The API's purchase, with every check that msgspec itself can make: the yardstick of the engine.

The API's own types leave the form of amounts to the step that turns them into whole units; here msgspec checks it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stammis.intake.amounts import LARGEST_QUANTITY, MONEY, QUANTITY
from stammis.intake.bodies import MOST_LINES, Body, Id, Name, Time

Money = Annotated[str, Meta(pattern=MONEY)]
Quantity = Annotated[int, Meta(ge=0, le=LARGEST_QUANTITY)] | Annotated[str, Meta(pattern=QUANTITY)]


class StrictLine(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A line whose amounts are checked while it is parsed."""

    id: Id
    quantity: Quantity
    amount: Money
    sku: Name | None = None
    name: Name | None = None
    category: Name | None = None
    tax: Money | None = None
    kind: Literal["goods", "shipping", "gift_card", "fee"] | None = None


class StrictPurchase(Body, kw_only=True):
    """A purchase whose amounts are checked while it is parsed."""

    id: Id
    occurred_at: Time
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    lines: Annotated[list[StrictLine], Meta(min_length=1, max_length=MOST_LINES)]
    member: Id | None = None
    channel: Name | None = None
    store: Name | None = None
