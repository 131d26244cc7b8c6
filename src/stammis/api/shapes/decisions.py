"""What an event was worth."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from stammis.api.shapes.common import Money, Points, RowId, RowKind, Scalar


class WalletAnswer(Struct, kw_only=True):
    """What a member has in a wallet; ``value``: what ``active`` is worth in money, null where that is not declared."""

    active: Points
    pending: Points
    held: Points
    decimals: int
    value: Money | None


class TakenAnswer(Struct, kw_only=True):
    """So much out of, or back into, the lot that a row opened."""

    row: RowId
    amount: Points


class AwaitsAnswer(Struct, kw_only=True):
    """What pending points wait for, where that is no time: an event, or a status of their purchase."""

    event: str | UnsetType = UNSET
    status: str | UnsetType = UNSET


class PostedAnswer(Struct, tag_field="effect", tag="posted", kw_only=True):
    """A ledger row was posted."""

    row: RowId
    wallet: str
    kind: RowKind
    amount: Points
    running: Points
    occurred_at: dt.datetime
    ends_at: dt.datetime | UnsetType = UNSET
    lots: list[TakenAnswer] | UnsetType = UNSET
    reverses: RowId | UnsetType = UNSET
    pending: bool | UnsetType = UNSET
    active_at: dt.datetime | UnsetType = UNSET
    awaits: AwaitsAnswer | UnsetType = UNSET
    shortfall: Points | UnsetType = UNSET


class ActivatedAnswer(Struct, tag_field="effect", tag="activated", kw_only=True):
    """Pending points of a row are active from now on."""

    row: RowId
    wallet: str
    amount: Points
    ends_at: dt.datetime | UnsetType = UNSET


class ExtendedAnswer(Struct, tag_field="effect", tag="extended", kw_only=True):
    """Points of these rows last longer than they would have."""

    wallet: str
    rows: list[RowId]
    amount: Points
    ends_at: dt.datetime


class HoldMovedAnswer(Struct, tag_field="effect", tag="hold", kw_only=True):
    """A hold was placed, captured, released or expired."""

    hold: str
    wallet: str
    amount: Points
    state: Literal["held", "captured", "released", "expired"]


class TierAnswer(Struct, tag_field="effect", tag="tier", kw_only=True):
    """The member's level in a tier set changed."""

    set: str
    before: str | None
    after: str | None


class RewardAnswer(Struct, tag_field="effect", tag="reward", kw_only=True):
    """A reward was issued, used, freed or cancelled."""

    redemption: str
    reward: str
    quantity: int
    code: str
    state: Literal["issued", "used", "cancelled"]


class StepAnswer(Struct, kw_only=True):
    """What one rule did, or why it did nothing, and what it looked at."""

    rule: str
    applied: bool
    because: str
    wallet: str | UnsetType | None = UNSET
    points: Points | UnsetType = UNSET
    saw: dict[str, Scalar] | UnsetType = UNSET


class AmountsAnswer(Struct, kw_only=True):
    """The purchase in money: total = by_points + due."""

    total: Money
    by_points: Money
    due: Money


class RefundAnswer(Struct, kw_only=True):
    """What a return gives back: money, and points in the smallest unit of the wallet that paid."""

    money: Money
    points: Points


class GaveAnswer(Struct, kw_only=True):
    """What one rule gave (below zero: what went of it), why, and what it saw; `because` names what no rule gives."""

    rule: str
    wallet: str | None
    amount: Points
    because: str
    saw: dict[str, Scalar]
    sentence: str


class IdleAnswer(Struct, kw_only=True):
    """A rule that gave nothing, why, and the values that it saw."""

    rule: str
    wallet: str | None
    because: str
    saw: dict[str, Scalar]
    sentence: str


class TriedAnswer(Struct, kw_only=True):
    """Every rule of a dry run: in each wallet the parts add up to the rows that there would be."""

    version: int
    parts: list[GaveAnswer]
    not_applied: list[IdleAnswer]


class DecisionAnswer(Struct, kw_only=True):
    """What an event was worth: what it did, why, and how the member stands after it; ``why`` where that is asked."""

    effects: list[PostedAnswer | ActivatedAnswer | ExtendedAnswer | HoldMovedAnswer | TierAnswer | RewardAnswer]
    steps: list[StepAnswer]
    wallets: dict[str, WalletAnswer]
    tiers: dict[str, str | None]
    amounts: AmountsAnswer | UnsetType = UNSET
    refund: RefundAnswer | UnsetType = UNSET
    why: TriedAnswer | UnsetType = UNSET


class HeldAnswer(DecisionAnswer, kw_only=True):
    """A hold was placed, captured or released: the hold, and all that a decision says besides."""

    id: str
    wallet: str
    amount: Points
    state: Literal["held", "captured", "released", "expired"]
    captured: Points
    purchase: str | None
    placed_at: dt.datetime
    ends_at: dt.datetime
