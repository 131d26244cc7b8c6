"""What is owed for points."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Month = Annotated[str, Meta(description="A calendar month, as 2017-03.")]
Amount = Annotated[str, Meta(description="Money in the programme's currency, as decimal text.")]
Share = Annotated[float, Meta(description="From 0 to 1.")]


class RollForwardLine(Struct, kw_only=True):
    """Why a liability changed in a month. The parts add up: opening, what was issued, and so on, is the closing."""

    month: Month
    opening: Amount
    issued: Amount
    redeemed: Amount
    expired: Amount
    estimate: Amount
    closing: Amount


class PointsLine(Struct, kw_only=True):
    """Why a wallet's points changed in a month, in smallest units; ``moved`` came from other accounts or wallets."""

    month: Month
    opening: int
    issued: int
    taken_back: int
    moved: int
    redeemed: int
    expired: int
    closing: int


class CheckAnswer(Struct, kw_only=True):
    """What was said at the end of a month of the points known then, and what has come of it."""

    month: Month
    expected: Share
    interval: list[float]
    came: Share
    held: bool


class BreakageAnswer(Struct, kw_only=True):
    """The share of points that is never redeemed, by chain ladder. ``reason``: why it cannot be told."""

    value: Share | None
    interval: list[float] | None
    extrapolated: Share
    widened: float
    learnt_until: Month
    checks: list[CheckAnswer]
    reason: str | UnsetType = UNSET


class CohortAnswer(Struct, kw_only=True):
    """The points of one month of issue: how many were issued and stayed, and are expected to be redeemed in the end."""

    month: Month
    net: int
    redeemed: int
    expired: int
    outstanding: int
    outstanding_money: Amount | None
    expected: int
    method: Literal["closed", "ladder", "others", "none"]
    liability: Amount | None
    provision: Amount | None


class AheadAnswer(Struct, kw_only=True):
    """Points that end in a month; null: never."""

    month: Month | None
    points: int
    lots: int
    money: Amount | None


class CashAnswer(Struct, kw_only=True):
    """Points that are there and will be redeemed in a month."""

    month: Month
    points: int
    money: Amount | None
    interval: list[int]


class WalletLiability(Struct, kw_only=True):
    """A wallet: its points, what they are worth, and what comes of them."""

    wallet: str
    decimals: int
    value: str | None
    outstanding: int
    debts: int
    outstanding_money: Amount | None
    liability: Amount | None
    provision: Amount | None
    breakage: BreakageAnswer
    cohorts: list[CohortAnswer]
    points: list[PointsLine]
    roll_forward: list[RollForwardLine]
    marketing_roll_forward: list[RollForwardLine]
    expiring: list[AheadAnswer]
    cash_need: list[CashAnswer]


class SurpriseAnswer(Struct, kw_only=True):
    """More was redeemed of a month's points than had been expected."""

    code: str
    wallet: str
    cohort: Month
    month: Month
    expected: int
    redeemed: int


class LiabilityAnswer(Struct, kw_only=True):
    """What is owed for points at the end of a day. ``state``: waiting, where it is being reckoned anew."""

    state: Literal["waiting", "done", "failed"]
    programme: str
    on: dt.date
    zone: str
    complete: bool
    reckoned_at: dt.datetime | None
    position: str
    currency: str
    outstanding: Amount | None
    liability: Amount | None
    provision: Amount | None
    roll_forward: list[RollForwardLine]
    marketing_roll_forward: list[RollForwardLine]
    wallets: list[WalletLiability]
    alerts: list[SurpriseAnswer]
    note: str


class ReckoningAnswer(Struct, kw_only=True):
    """The report of this day is being reckoned: ask again. ``message``: why it failed the last time."""

    state: Literal["waiting", "failed"]
    on: dt.date
    message: str


class ExpirySide(Struct, kw_only=True):
    """What holds under a rule; ``breakage_of_new`` is the share of points to come that is never redeemed."""

    still_redeemed: int
    liability: Amount | None
    provision: Amount | None
    breakage_of_new: Share | None
    expiring: list[AheadAnswer]


class ExpiryEffectAnswer(Struct, kw_only=True):
    """What another expiry rule would do. ``at_once`` would have ended by now.

    With ``longer`` some points would last longer. Members are assumed to redeem as they have done, by month of age.
    """

    state: Literal["done"]
    wallet: str
    on: dt.date
    expiry: dict[str, Any]
    currency: str
    now: ExpirySide
    then: ExpirySide
    at_once: AheadAnswer
    reason: str | None
    longer: bool
    note: str
