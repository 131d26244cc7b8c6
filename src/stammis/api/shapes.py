"""The answers, as the OpenAPI document shows them. The tests hold what is really answered against them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Scalar = str | int | float | bool | None
Money = Annotated[str, Meta(description="Decimal text.", examples=["12.50"])]
Points = Annotated[int, Meta(description="In the wallet's smallest unit.", examples=[120])]
RowId = Annotated[str, Meta(description="Id of a ledger row.", examples=["0199c2f07a5b7c3e8d21f4a60b9e7c11-3"])]
RowKind = Literal[
    "earn", "spend", "return", "restore", "expire", "adjust", "transfer_in", "transfer_out", "hold", "release"
]


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


class DecisionAnswer(Struct, kw_only=True):
    """What an event was worth: what it did, why, and how the member stands after it."""

    member: str | None
    effects: list[PostedAnswer | TierAnswer | RewardAnswer]
    steps: list[StepAnswer]
    wallets: dict[str, WalletAnswer]
    tiers: dict[str, str | None]
    amounts: AmountsAnswer | UnsetType = UNSET
    refund: RefundAnswer | UnsetType = UNSET


class ExpiringAnswer(Struct, kw_only=True):
    """Points that end: usable through ``last_day``."""

    wallet: str
    amount: Points
    last_day: dt.date


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
    wallets: dict[str, WalletAnswer]
    expiring: list[ExpiringAnswer]
    tiers: dict[str, str | None]


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
    reverses: RowId | UnsetType = UNSET


class LedgerAnswer(Struct, kw_only=True):
    """A page of a member's rows, newest first."""

    items: list[RowAnswer]
    next: str | None


class HappenedAnswer(Struct, kw_only=True):
    """Something on a member's timeline."""

    type: str
    id: str | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    sentence: str
    rows: list[RowId]
    event: dict[str, Any]


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


class RewardOffer(Struct, kw_only=True):
    """A reward of the catalogue; ``left`` is null where there is no end of it."""

    reward: str
    name: str
    description: str | None
    wallet: str
    price: Points
    left: int | None


class CatalogueAnswer(Struct, kw_only=True):
    """What members can take for points now."""

    items: list[RewardOffer]


class RedemptionAnswer(Struct, kw_only=True):
    """A redemption: the issued reward, and what was paid for it."""

    id: str
    member: str
    reward: str
    quantity: int
    code: str
    state: Literal["issued", "used", "cancelled"]
    wallet: str
    amount: Points


class DeferredItem(Struct, kw_only=True):
    """A return or status that came before its purchase."""

    kind: Literal["return", "status"]
    id: str | None
    purchase: str
    state: Literal["waiting", "applied", "refused"]
    occurred_at: dt.datetime
    arrived_at: dt.datetime
    code: str | None
    event: dict[str, Any]


class DeferredAnswer(Struct, kw_only=True):
    """A page of what waits for its purchase, or was refused when that came; newest first."""

    items: list[DeferredItem]
    next: str | None


class MetricAnswer(Struct, kw_only=True):
    """A metric: its value, of how many, over which period, and what it means."""

    name: str
    value: Money | int | float | None
    numerator: Money | int | float | None
    denominator: Money | int | float | None
    n: int | None
    interval: list[float] | None
    period: dict[str, Any]
    definition: str
    version: int
    complete: bool


class BatchAccepted(Struct, kw_only=True):
    """An item that was decided."""

    status: int
    replay: bool
    answer: DecisionAnswer


class FaultAnswer(Struct, kw_only=True):
    """What is wrong, and where: a JSON pointer into the body, or ``/?name`` for a parameter of the address."""

    pointer: str
    code: str
    message: str


class ProblemAnswer(Struct, kw_only=True):
    """An error (RFC 9457): ``code`` is stable, ``detail`` is for people."""

    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultAnswer] | UnsetType = UNSET


class BatchRefused(Struct, kw_only=True):
    """An item that was refused."""

    status: int
    problem: ProblemAnswer


class BatchAnswer(Struct, kw_only=True):
    """An outcome for each item, in order."""

    outcomes: list[BatchAccepted | BatchRefused]


class ClockAnswer(Struct, kw_only=True):
    """The installation's clock; ``own``: it is not real time."""

    now: dt.datetime
    own: bool


class HealthAnswer(Struct, kw_only=True):
    """Whether the installation works."""

    status: str
    version: str
    database: str
    clock: ClockAnswer | UnsetType = UNSET
