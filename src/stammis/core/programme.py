"""The programme document: what is promised to the members, as a frozen tree of small values.

The JSON and YAML forms of a programme have exactly these fields; ``stammis.core.schema`` publishes them as JSON Schema.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from stammis.core.amounts import AmountText
from stammis.core.conditions import Condition, Id, says

Text = Annotated[str, Meta(min_length=1, max_length=200)]
LANGUAGES: tuple[str, ...] = ("en", "fi", "sv", "pl")
Words = (
    Text
    | Annotated[
        dict[Literal["en", "fi", "sv", "pl"], Text],
        Meta(min_length=1, extra_json_schema={"propertyNames": {"enum": list(LANGUAGES)}}),
    ]
)
"""A name that members read: one text, or one for each language."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a programme document."""


class Basis(Part, frozen=True):
    """What of a line counts when points or spend are reckoned. Each line counts its amount, less what is left out."""

    tax: Annotated[Literal["included", "excluded"], says("Whether the tax in a line's amount counts.")] = "excluded"
    shipping: Annotated[bool, says("Whether lines of kind shipping count.")] = False
    fees: Annotated[bool, says("Whether lines of kind fee count.")] = False
    gift_cards: Annotated[bool, says("Whether lines of kind gift_card count.")] = False
    paid_by_points: Annotated[bool, says("Whether the part paid with points counts.")] = False
    rewards: Annotated[
        Literal["after", "before"],
        says("after: reward discounts lower what counts; before: they do not."),
    ] = "after"


class Rounding(Part, frozen=True):
    """How fractions of a point are rounded, and on what: each line, or the purchase."""

    mode: Annotated[
        Literal["down", "up", "half_up", "half_even"],
        says("Which way a fraction of the wallet's smallest unit goes."),
    ] = "down"
    level: Annotated[
        Literal["purchase", "line"],
        says(
            "purchase: all that the rules of a wallet give for a purchase is added, then rounded once. "
            "line: the same for each line, and each rule of kind purchase is rounded on its own."
        ),
    ] = "purchase"


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


Expiry = Days | Months | Yearly | OnDate | Never


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


class Cap(Part, frozen=True):
    """At most so many points, or so many times, for a member in a calendar period of the programme's zone."""

    per: Annotated[Literal["day", "week", "month", "year", "ever"], says("The period; weeks begin on Monday.")]
    points: Annotated[int, Meta(ge=1, le=10**12, description="At most so many whole points of this rule.")] | None = (
        None
    )
    times: (
        Annotated[int, Meta(ge=1, le=10**9, description="At most so many purchases or events that it gives for.")]
        | None
    ) = None


class _Earn(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True, kw_only=True):
    id: Id
    name: Annotated[Words | None, says("What members read about it.")] = None
    wallet: Annotated[Id, says("The wallet whose points it gives.")] = "points"
    when: Annotated[Condition | None, says("What must hold; without it the rule always applies.")] = None
    cap: Cap | None = None


class PerAmount(_Earn, frozen=True, tag="amount", kw_only=True):
    """Points for each so much spent: ``points`` times what counts of the lines that meet the conditions, by ``each``.

    ``full_steps`` counts only whole steps of ``each`` in the sum of these lines; in each line, where lines are rounded.
    """

    points: Annotated[AmountText, says("Points for each step.")]
    each: Annotated[AmountText, says("The size of a step in money, above zero.")] = 1
    full_steps: Annotated[bool, says("Whether only whole steps count.")] = False
    basis: Annotated[Basis | None, says("What counts for this rule, where it is not the programme's basis.")] = None


class PerUnit(_Earn, frozen=True, tag="unit", kw_only=True):
    """Points for each unit of quantity on the lines that meet the conditions.

    Shipping, fees and gift cards count where the programme's basis says so.
    """

    points: Annotated[AmountText, says("Points for each unit.")]


class PerPurchase(_Earn, frozen=True, tag="purchase", kw_only=True):
    """Points once for a purchase; a condition about lines holds where at least one line meets it."""

    points: Annotated[AmountText, says("Points for the purchase.")]


class PerEvent(_Earn, frozen=True, tag="event", kw_only=True):
    """Points for each event of this type; its conditions ask about the moment and the member only."""

    event: Annotated[Text, says("The event's type, as the caller reports it.")]
    points: Annotated[AmountText, says("Points for each event.")]


class Multiply(_Earn, frozen=True, tag="multiply", kw_only=True):
    """Multiplies what other rules of its wallet give for the lines that meet the conditions.

    It adds (factor - 1) times their points, never more than they gave, so that two multipliers of 2 and 3 make 4.
    Points for a whole purchase are multiplied where at least one line meets the conditions; points for an event where
    the conditions ask about the moment and the member only.
    """

    factor: Annotated[AmountText, says("At least 1.")]
    rules: Annotated[
        tuple[Id, ...],
        says("The rules that are multiplied; without them all rules of the wallet that are no multipliers."),
    ] = ()


Earn = PerAmount | PerUnit | PerPurchase | PerEvent | Multiply


class Level(Part, frozen=True):
    """A tier level, reached at this much (money for spend, whole points for points; the threshold included)."""

    id: Id
    name: Words
    at: AmountText


class TierSet(Part, frozen=True):
    """Levels that a member holds by spend or points earned in a rolling window of days that ends with today."""

    id: Id
    name: Words
    counts: Annotated[
        Literal["spend", "points"],
        says(
            "spend: money of completed purchases by the basis; points: points earned in the wallet. "
            "What returns take back no longer counts. Points given by hand, spent or expired make no difference."
        ),
    ]
    levels: Annotated[
        tuple[Level, ...],
        Meta(
            min_length=1, description="Ascending. A first level at 0 is everybody's; otherwise members begin with none."
        ),
    ]
    window_days: Annotated[int, Meta(ge=1, le=3_660, description="Days that count, today being the last.")] = 365
    wallet: Annotated[Id, says("The wallet whose points count, where points do.")] = "points"
    rate: Annotated[
        Literal["before", "after"],
        says("Which level the rules see at a purchase: that before it counts, or that after."),
    ] = "before"
    basis: Annotated[Basis | None, says("What counts as spend, where it is not the programme's basis.")] = None


class Reward(Part, frozen=True):
    """What a member can take for points; without ``stock`` there is no end of it."""

    id: Id
    name: Words
    price: Annotated[int, Meta(ge=0, le=10**12, description="The price in whole points.")]
    wallet: Annotated[Id, says("The wallet that pays for it.")] = "points"
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    description: Words | None = None


class Returns(Part, frozen=True):
    """What a return does: decide the rest again or take back in proportion; money back alone; restored points."""

    mode: Annotated[
        Literal["again", "proportional"],
        says(
            "again: the rest of the purchase is decided again, as at its own time; what stands above that goes back. "
            "proportional: points go back by the returned share of the money, cumulatively rounded down."
        ),
    ] = "again"
    money_back: Annotated[
        Literal["lower", "keep"],
        says("Money back without goods lowers the lines in proportion to their amounts, or leaves points alone."),
    ] = "lower"
    restored_to_ended: Annotated[
        Literal["expire", "renew"],
        says("Points that come back to a lot that has ended expire at once, or last as if earned on that day."),
    ] = "expire"


class Members(Part, frozen=True):
    """Whether a purchase by a member who is not known enrols them or is refused."""

    unknown: Literal["enrol", "refuse"] = "enrol"


State = Literal["placed", "completed", "cancelled"]
STATUSES: dict[str, State] = {"placed": "placed", "completed": "completed", "cancelled": "cancelled"}


class Programme(Part, frozen=True, kw_only=True):
    """A programme as published: everything that decides what an event is worth."""

    stammis: Annotated[Literal[1], says("The version of this format.")]
    programme: Annotated[Id, says("The programme's id.")]
    name: Words
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217; all money below is in it.")]
    timezone: Annotated[Text, says("An IANA time zone such as Europe/Helsinki; all days and hours are local to it.")]
    from_: Annotated[dt.date | None, says("The first local day on which this version is in force.")] = field(
        name="from", default=None
    )
    declared_age_days: Annotated[
        int, Meta(ge=1, le=3_660, description="How many days back an event may lie when it is reported.")
    ] = 400
    members: Members = field(default_factory=Members)
    basis: Basis = field(default_factory=Basis)
    rounding: Rounding = field(default_factory=Rounding)
    wallets: Annotated[tuple[Wallet, ...], Meta(min_length=1)]
    earn: tuple[Earn, ...] = ()
    tiers: tuple[TierSet, ...] = ()
    rewards: tuple[Reward, ...] = ()
    statuses: Annotated[
        dict[Text, State],
        says("What the statuses of purchases mean. A purchase without a status is completed, and so is «completed»."),
    ] = field(default_factory=lambda: dict(STATUSES))
    returns: Returns = field(default_factory=Returns)
