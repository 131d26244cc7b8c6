"""Back-tests, and two of them side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from msgspec import Struct, field

RunState = Literal["queued", "running", "done", "failed", "cancelled"]


class WalletTotalsAnswer(Struct, kw_only=True):
    """A wallet over the stretch, in its smallest unit: opening and all movements are what is there at the end."""

    opening: int
    earned: int
    given: int
    taken_back: int
    redeemed: int
    restored: int
    expired: int
    received: int
    sent: int
    active: int
    pending: int
    held: int


class LimitAnswer(Struct, kw_only=True):
    """A cap or budget that cut something: how often, and when first."""

    because: str
    id: str
    times: int
    first_at: dt.datetime


class BacktestResult(Struct, kw_only=True):
    """What a back-test came to, of the members looked at: ``share`` is how many they are, of how many.

    ``not_possible``: what was done with points and could not have been done. ``compared`` and ``differing``: rows of
    the ledger, of a proof.
    """

    members: int
    purchases: int
    touched: int
    gross_minor: int
    share: list[int]
    wallets: dict[str, WalletTotalsAnswer]
    not_possible: dict[str, int]
    limits: list[LimitAnswer]
    compared: int
    differing: int


class ResponseRange(Struct, kw_only=True):
    """An assumption: sales rise by so many per cent for each per cent more points, at least and at most."""

    low: float
    high: float


class BacktestItem(Struct, kw_only=True):
    """A back-test, as they are listed: what was asked, and how far it is (``done`` of ``total`` members)."""

    id: str
    name: str
    state: RunState
    proof: bool
    without: str | None
    from_: dt.date | None = field(name="from")
    to: dt.date | None
    label: str | None
    sample: int | None
    opening: Literal["carried", "empty"]
    redemption: Literal["observed", "curve"]
    response: ResponseRange | None
    pinned: bool
    done: int
    total: int
    message: str
    begun_by: str
    begun_at: dt.datetime
    finished_at: dt.datetime | None
    compared_with: str | None


class BacktestAnswer(BacktestItem, kw_only=True):
    """A back-test with what it came to, once it is done; the document that was tried, where one was."""

    document: dict[str, Any] | None
    result: BacktestResult | None


class BacktestsAnswer(Struct, kw_only=True):
    """A page of back-tests."""

    items: list[BacktestItem]
    next: str | None


class EstimateAnswer(Struct, kw_only=True):
    """A total with its 95 % interval; ``few``: it rests on fewer than 30 members (``n``)."""

    value: int
    n: int
    few: bool
    interval: list[int] | None


class ScaledAnswer(Struct, kw_only=True):
    """What something comes to for all members, by a sample: on both sides, and the difference."""

    other: EstimateAnswer
    tried: EstimateAnswer
    change: EstimateAnswer


class WalletChangeAnswer(Struct, kw_only=True):
    """A wallet on both sides: points given more (or less) and what they cost, estimated for all members.

    Of a sample, ``estimates`` has the lines of ``other`` and ``tried`` (active, pending and held together as
    ``closing``) for all members, ``outstanding`` what is there at the end in money; else empty and null.
    """

    id: str
    decimals: int
    other: WalletTotalsAnswer
    tried: WalletTotalsAnswer
    change: EstimateAnswer
    cost_other: EstimateAnswer | None
    cost_tried: EstimateAnswer | None
    cost_minor: EstimateAnswer | None
    estimates: dict[str, ScaledAnswer]
    outstanding: ScaledAnswer | None


class RewardChangeAnswer(Struct, kw_only=True):
    """A reward on both sides: how many were taken and not given back, for how many points, and what they cost.

    Costs are estimated for all members: by the declared cost of one (``each_other``, ``each_tried``, minor units), else
    by what the points are worth. ``cost_minor`` is the difference.
    """

    reward: str
    wallet: str
    taken_other: int
    taken_tried: int
    points_other: int
    points_tried: int
    each_other: int | None
    each_tried: int | None
    cost_other: EstimateAnswer | None
    cost_tried: EstimateAnswer | None
    cost_minor: EstimateAnswer | None


class RuleChangeAnswer(Struct, kw_only=True):
    """What a rule gave, and for how many purchases, on both sides."""

    rule: str
    wallet: str
    points_other: int
    points_tried: int
    purchases_other: int
    purchases_tried: int


class LevelChangeAnswer(Struct, kw_only=True):
    """How many members hold a level at the end of a local month, on both sides; month «» is the beginning.

    Of a sample, the estimates say how many of all members that are; else they are null.
    """

    set: str
    month: str
    level: str
    other: int
    tried: int
    other_estimate: EstimateAnswer | None
    tried_estimate: EstimateAnswer | None


class GroupChangeAnswer(Struct, kw_only=True):
    """Members at a level (at the end, of the other side) or with a label: how many have more and less."""

    kind: Literal["level", "label"]
    set: str
    name: str
    members: int
    better: int
    worse: int
    change: EstimateAnswer


class MemberChangeAnswer(Struct, kw_only=True):
    """A member whose lot changes much; ``points`` by wallet: of the other side, and as tried."""

    member: str | None
    id: str
    change: int
    points: dict[str, list[int]]


class AgeAnswer(Struct, kw_only=True):
    """Points at an age in months: how many were seen at it, and redeemed in it."""

    months: int
    seen: int
    redeemed: int


class RedemptionByCurve(Struct, kw_only=True):
    """Of the points given in the stretch: redeemed ``by_end`` and ``in_all``, of the other side and as tried.

    ``ages`` is the curve, from the own ledger; ``…_minor`` the same in money, where points have a value.
    """

    wallet: str
    by_end: list[int]
    in_all: list[int]
    by_end_minor: list[int] | None
    in_all_minor: list[int] | None
    ages: list[AgeAnswer]


class ResponseAnswer(Struct, kw_only=True):
    """What a response would bring: sales and the worth of points on top, the whole cost, the margin that it needs."""

    elasticity: float
    sales_minor: int
    points_minor: int
    cost_minor: int
    margin: float | None


class AssumedAnswer(Struct, kw_only=True):
    """Assumptions, not results: nothing of it is in any other number. Empty where nothing is supposed."""

    redemption: list[RedemptionByCurve]
    response: list[ResponseAnswer]


class ComparisonAnswer(Struct, kw_only=True):
    """Two back-tests side by side, in ``sentences`` first.

    ``assumption``: on what all of it rests. Changes of members are in minor units of money where points have a value
    (``in_money``), else in points of the first wallet. ``assumed`` is what ``backtest`` supposes, apart from all else.
    """

    backtest: str
    other: str
    sentences: list[str]
    assumption: str
    share: list[int]
    better: int
    same: int
    worse: int
    percentiles: dict[str, int]
    in_money: bool
    cost_minor: EstimateAnswer | None
    wallets: list[WalletChangeAnswer]
    rewards: list[RewardChangeAnswer]
    rules: list[RuleChangeAnswer]
    levels: list[LevelChangeAnswer]
    groups: list[GroupChangeAnswer]
    largest: list[MemberChangeAnswer]
    assumed: AssumedAnswer


class FindingOutAnswer(Struct, kw_only=True):
    """It is being found out: ask again. So many events are folded, of so many; ``message``: why it failed.

    What failed is begun anew when it is asked for the next time.
    """

    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int
    message: str


class WhyPartAnswer(Struct, kw_only=True):
    """A rule that gave something, or nothing, and why."""

    rule: str
    name: str
    amount: int
    because: str
    sentence: str


class WhySideAnswer(Struct, kw_only=True):
    """What an event came to on one side: points and levels, by wallet and set; version 0: nothing decided."""

    version: int
    points: dict[str, int]
    tiers: dict[str, str | None]
    parts: list[WhyPartAnswer]
    not_applied: list[WhyPartAnswer]


class WhyMomentAnswer(Struct, kw_only=True):
    """An event that came to something else."""

    type: str
    id: str | None
    occurred_at: dt.datetime
    other: WhySideAnswer
    tried: WhySideAnswer


class BacktestWhyAnswer(Struct, kw_only=True):
    """The events of a member that came to something else, oldest first; ``alike`` is how many did not."""

    member: str | None
    alike: int
    moments: list[WhyMomentAnswer]
