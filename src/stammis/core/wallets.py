"""Wallets as a programme declares them: kinds of points, how long they last, what they are worth."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, field

from stammis.core.amounts import AmountText
from stammis.core.conditions import Id, says
from stammis.core.parts import Part, Text, Words


class Days(Part, frozen=True, tag_field="kind", tag="days"):
    """Points are usable for so many days, the day of the purchase being day 1."""

    days: Annotated[int, Meta(ge=1, le=36_500)]


class Months(Part, frozen=True, tag_field="kind", tag="months"):
    """Points are usable through the same day so many months on, or that month's last day."""

    months: Annotated[int, Meta(ge=1, le=1_200)]


class Yearly(Part, frozen=True, tag_field="kind", tag="yearly"):
    """Points are usable through the next such day of a year (the day itself included).

    29 February is the last of February in other years.
    """

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]


class OnDate(Part, frozen=True, tag_field="kind", tag="date"):
    """Points are usable through this date, whenever they were earned."""

    last: dt.date


class Never(Part, frozen=True, tag_field="kind", tag="never"):
    """Points do not expire."""


class PeriodEnd(Part, frozen=True, tag_field="kind", tag="period_end"):
    """Points are usable to the end of the month, quarter or year in which a span ends, and for days of grace after it.

    With a span of 0 months it is the period in which they are earned.
    """

    period: Annotated[Literal["month", "quarter", "year"], says("Which period's end; quarters begin with January.")]
    months: Annotated[int, Meta(ge=0, le=1_200, description="The span before that: so many months on.")] = 0
    grace_days: Annotated[int, Meta(ge=0, le=3_660, description="So many days more after the period's end.")] = 0


class Sliding(Part, frozen=True, tag_field="kind", tag="sliding"):
    """Points are usable for so many days after the member's latest activity, the day of the activity being day 1.

    Each activity moves the end of all open points of the wallet; it never brings an end forward. Points that have ended
    or have been spent by then are left alone.
    """

    days: Annotated[int, Meta(ge=1, le=36_500)]
    activity: Annotated[
        tuple[Text, ...],
        Meta(
            min_length=1,
            description="What counts as activity: purchase (when it completes), redemption, or types of events.",
        ),
    ] = ("purchase",)


Expiry = Days | Months | Yearly | OnDate | PeriodEnd | Sliding | Never


class PendingDays(Part, frozen=True, tag_field="kind", tag="days"):
    """Pending for so many days: earned on day D, active at 00:00 of D + days."""

    days: Annotated[int, Meta(ge=1, le=3_660)]


class PendingDate(Part, frozen=True, tag_field="kind", tag="date"):
    """Pending until a date: active at 00:00 of that day, and at once from then on."""

    active_on: Annotated[dt.date, says("The first day on which they are active.")]


class PendingStatus(Part, frozen=True, tag_field="kind", tag="status"):
    """Pending until the purchase has this status, one that the programme maps; points for events are active at once."""

    status: Annotated[Text, says("The status, in the caller's word.")]


class PendingEvent(Part, frozen=True, tag_field="kind", tag="event"):
    """Pending until an event of this type happens to the member, at the earliest when the points were earned."""

    event: Annotated[Text, says("The event's type, as the caller reports it.")]


class NotPending(Part, frozen=True, tag_field="kind", tag="none"):
    """Active at once, whatever the wallet says."""


Pending = PendingDays | PendingDate | PendingStatus | PendingEvent | NotPending
Negative = Literal["allow_debt", "to_zero", "pending_only"]
NEGATIVE = (
    "What a return or a correction does when the points have been spent. allow_debt: the balance goes below zero and "
    "later points fill it. to_zero: what is there is taken, the shortfall is recorded. pending_only: a return cancels "
    "pending points only, what is active stays."
)


class TenderLimit(Part, frozen=True, kw_only=True):
    """How much of an order points may pay: at most this share, at most so many points."""

    share: Annotated[
        AmountText | None, says("At most so many percent of the order's total, above 0 and at most 100.")
    ] = None
    points: Annotated[int, Meta(ge=1, le=10**12, description="At most so many whole points.")] | None = None


class Wallet(Part, frozen=True):
    """A kind of points: its unit, how long it lasts, what it is worth in money and whether it pays at the till."""

    id: Id
    name: Words
    decimals: Annotated[
        int,
        Meta(ge=0, le=4, description="Decimals of a point; amounts by API are whole numbers of the smallest unit."),
    ] = 0
    expiry: Annotated[Expiry, says("How long points of this wallet last, however they came.")] = field(
        default_factory=Never
    )
    value: Annotated[AmountText | None, says("What one point is worth in the programme's currency.")] = None
    pays: Annotated[bool, says("Whether purchases can be paid with it; needs a value.")] = False
    limit: Annotated[
        TenderLimit | None, says("How much of an order it may pay; without one all of it, rounding included.")
    ] = None
    pending: Annotated[
        Pending | None, says("Until when points that rules give are pending, where the rule does not say it itself.")
    ] = None
    negative_balance: Annotated[Negative | None, says(f"Where it is not what the programme says. {NEGATIVE}")] = None
