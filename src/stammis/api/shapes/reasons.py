"""Why: of an event, of a purchase with all that happened to it, and of what a member had at a moment."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from stammis.api.shapes.common import Money, Points, RowId, RowKind
from stammis.api.shapes.decisions import GaveAnswer, IdleAnswer
from stammis.api.shapes.members import MovedAnswer


class MovementAnswer(Struct, kw_only=True):
    """A row that an event posted."""

    row: RowId
    wallet: str
    kind: RowKind
    amount: Points


class EventWhyAnswer(Struct, kw_only=True):
    """Why an event was worth what it was: in each wallet the parts add up to the rows."""

    type: str
    id: str | None
    purchase: str | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    version: int
    sentence: str
    rows: list[MovementAnswer]
    parts: list[GaveAnswer]
    not_applied: list[IdleAnswer]
    tiers: list[MovedAnswer]


class TotalAnswer(Struct, kw_only=True):
    """What a rule gave in all, returns taken off; without a rule, `because` says what else moved points."""

    rule: str
    because: str | None
    wallet: str
    amount: Points


class PurchaseWhyAnswer(Struct, kw_only=True):
    """Why a purchase is worth what it is: in all, and event by event. The parts add up to the wallets' sums."""

    id: str
    sentence: str
    wallets: dict[str, Points]
    parts: list[TotalAnswer]
    events: list[EventWhyAnswer]


class LotAnswer(Struct, kw_only=True):
    """Points that were still there of the row that opened them; gone from `ends_at` on, null: never."""

    row: RowId
    left: Points
    ends_at: dt.datetime | None


class ExpiredAnswer(Struct, kw_only=True):
    """Points that had expired by then."""

    row: RowId
    amount: Points
    occurred_at: dt.datetime


class WalletWhyAnswer(Struct, kw_only=True):
    """A wallet at a moment: `balance` is the sum of the rows so far, and what is left in the lots less debt."""

    active: Points
    pending: Points
    held: Points
    decimals: int
    value: Money | None
    sentence: str
    balance: Points
    rows: dict[str, Points]
    lots: list[LotAnswer]
    debt: Points
    expired: list[ExpiredAnswer]


class ClimbedAnswer(Struct, kw_only=True):
    """The latest change of a level, by what, and why."""

    before: str | None
    after: str | None
    occurred_at: dt.datetime
    event: str
    sentence: str


class TierWhyAnswer(Struct, kw_only=True):
    """A level at a moment, and the change that brought it; null: it never changed. Amounts in smallest units."""

    set: str
    level: str | None
    counted: int
    next: str | None
    missing: int | None
    decimals: int
    last_day: dt.date | None
    moved: ClimbedAnswer | None


class MomentAnswer(Struct, kw_only=True):
    """What a member had at a moment, and why; `version` was in force then, 0: none."""

    member: str
    at: dt.datetime
    version: int
    enrolled: bool
    wallets: dict[str, WalletWhyAnswer]
    tiers: list[TierWhyAnswer]
