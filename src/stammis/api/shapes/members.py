"""Members, their ledger and why."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from stammis.api.shapes.common import Points, RowId, RowKind, Scalar
from stammis.api.shapes.decisions import AwaitsAnswer, TakenAnswer, WalletAnswer
from stammis.core.tier_sets import Counts


class ExpiringAnswer(Struct, kw_only=True):
    """Points that end: usable through ``last_day``."""

    wallet: str
    amount: Points
    last_day: dt.date


class MeasureAnswer(Struct, kw_only=True):
    """What counts of one measure of a tier set: missing for the next level, and to keep this one; null: not asked."""

    measure: str
    counts: Counts
    counted: int
    missing: int | None
    keep: int | None
    decimals: int


class KeepingAnswer(Struct, kw_only=True):
    """What keeps a level: so much more of the set's first measure, through the day ``by``."""

    missing: int
    by: dt.date


class ProjectedAnswer(Struct, kw_only=True):
    """What the present pace leads to.

    ``counted`` is what counts now × the days of the cycle ÷ those that have passed, today included, rounded down. In a
    rolling window they have passed since the first day on which something counted. ``by``: the cycle's last day.
    """

    level: str | None
    counted: int
    by: dt.date | None


class HandGivenAnswer(Struct, kw_only=True):
    """A level that a person gave: at least it, or ``only`` it, through a day (null: for good), and the reason."""

    level: str
    until: dt.date | None
    only: bool
    reason: str


class PendingAnswer(Struct, kw_only=True):
    """Points that are not active yet: from ``active_on``, at an ``event``, or at a ``status`` of a ``purchase``."""

    wallet: str
    amount: Points
    active_on: dt.date | None
    event: str | None
    purchase: str | None
    status: str | None


class ProgressAnswer(Struct, kw_only=True):
    """How far a member is in a tier set: ``counted`` and ``missing`` in smallest units, so many ``decimals``.

    They are of the set's first measure; ``measures`` has all. ``by``: the last day of the cycle that counts now, null
    where none ends. ``last_day``: the level's last if nothing more counts, null for good. ``rests_on``: whether the
    level is held by what counts now, is kept (by a review, grace or lock), or was given by hand.
    """

    set: str
    level: str | None
    next: str | None
    counted: int
    missing: int | None
    decimals: int
    last_day: dt.date | None
    by: dt.date | None
    rests_on: Literal["counted", "kept", "by_hand"]
    keep: KeepingAnswer | None
    projected: ProjectedAnswer | None
    by_hand: HandGivenAnswer | None
    measures: list[MeasureAnswer]


class FallingItem(Struct, kw_only=True):
    """A member whose level falls after ``last_day`` if nothing more counts, and what keeps it."""

    member: str | None
    name: str | None
    level: str | None
    falls_to: str | None
    last_day: dt.date
    keep: KeepingAnswer | None
    decimals: int


class FallingAnswer(Struct, kw_only=True):
    """Members whose level falls soon, soonest first; ``count`` is how many there are in all."""

    items: list[FallingItem]
    count: int


class PoolPartAnswer(Struct, kw_only=True):
    """A member's part in a pool: per cent of what is earned that goes there, and what the member may do."""

    pool: str
    kind: Literal["household", "company"]
    name: str | None
    share: int
    rights: list[Literal["earn", "spend", "view"]]
    wallets: dict[str, WalletAnswer] | None


class PoolMemberAnswer(Struct, kw_only=True):
    """Somebody who takes part in a pool."""

    member: str
    name: str | None
    share: int
    rights: list[Literal["earn", "spend", "view"]]
    joined_at: dt.datetime


class PoolAnswer(Struct, kw_only=True):
    """An account of several: who takes part, and what is in it."""

    pool: str
    kind: Literal["household", "company", "charity"]
    name: str | None
    members: list[PoolMemberAnswer]
    wallets: dict[str, WalletAnswer]
    expiring: list[ExpiringAnswer]


class MemberAnswer(Struct, kw_only=True):
    """A member's record and standing."""

    member: str
    email: str | None
    phone: str | None
    name: str | None
    birthday: dt.date | None
    locale: str | None
    joined_at: dt.datetime | None
    attributes: dict[str, Scalar]
    labels: list[str]
    consents: dict[str, Scalar]
    also_known_as: list[str]
    pools: list[PoolPartAnswer]
    wallets: dict[str, WalletAnswer]
    expiring: list[ExpiringAnswer]
    pending: list[PendingAnswer]
    tiers: dict[str, str | None]
    progress: list[ProgressAnswer]


class FoundAnswer(Struct, kw_only=True):
    """A member, as a search lists them."""

    member: str
    name: str | None
    email: str | None
    phone: str | None
    joined_at: dt.datetime | None
    labels: list[str]


class MembersAnswer(Struct, kw_only=True):
    """A page of members; ``next`` is the cursor of the following page, null at the end."""

    items: list[FoundAnswer]
    next: str | None


class SourceAnswer(Struct, kw_only=True):
    """What a row came from."""

    kind: str
    id: str | None


class HoldAnswer(Struct, kw_only=True):
    """Points put aside: by whom, until when, and what became of them."""

    id: str
    member: str | None
    wallet: str
    amount: Points
    state: Literal["held", "captured", "released", "expired"]
    captured: Points
    purchase: str | None
    placed_at: dt.datetime
    ends_at: dt.datetime


class RowAnswer(Struct, kw_only=True):
    """A ledger row. ``running`` is active + held after it, in posting order."""

    id: RowId
    wallet: str
    amount: Points
    kind: RowKind
    status: Literal["posted", "pending", "cancelled"]
    occurred_at: dt.datetime
    posted_at: dt.datetime
    source: SourceAnswer
    lots: list[TakenAnswer]
    running: Points
    ends_at: dt.datetime | UnsetType = UNSET
    reverses: RowId | UnsetType = UNSET
    active_at: dt.datetime | UnsetType = UNSET
    awaits: AwaitsAnswer | UnsetType = UNSET
    shortfall: Points | UnsetType = UNSET


class LedgerAnswer(Struct, kw_only=True):
    """A page of a member's rows, newest first."""

    items: list[RowAnswer]
    next: str | None


class MovedAnswer(Struct, kw_only=True):
    """A level that changed."""

    set: str
    before: str | None
    after: str | None


class HappenedAnswer(Struct, kw_only=True):
    """Something on a member's timeline."""

    type: str
    id: str | None
    purchase: str | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    sentence: str
    rows: list[RowId]
    tiers: list[MovedAnswer]


class TimelineAnswer(Struct, kw_only=True):
    """A page of what happened to a member, newest first."""

    items: list[HappenedAnswer]
    next: str | None


class PartAnswer(Struct, kw_only=True):
    """What one rule gave of a row."""

    rule: str
    amount: Points
    sentence: str


class NotAppliedAnswer(Struct, kw_only=True):
    """A rule that gave nothing, and why."""

    rule: str
    because: str
    sentence: str


class WhyAnswer(Struct, kw_only=True):
    """Why a row was posted; the parts add up to it."""

    row: RowAnswer
    sentence: str
    parts: list[PartAnswer]
    not_applied: list[NotAppliedAnswer]
    version: int
