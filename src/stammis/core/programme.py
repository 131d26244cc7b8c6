"""The programme document: what is promised to the members, as a frozen tree of small values.

The JSON and YAML forms of a programme have exactly these fields; ``stammis.core.schema`` publishes them as JSON Schema.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from stammis.core.amounts import AmountText
from stammis.core.conditions import Condition

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="A short id: a-z, 0-9, - and _.")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Text | Annotated[dict[Literal["en", "fi", "sv", "pl"], Text], Meta(min_length=1)]
"""A name that members read: one text, or one for each language."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a programme document."""


class Basis(Part, frozen=True):
    """What of a line counts when points or spend are reckoned."""

    tax: Literal["included", "excluded"] = "excluded"
    shipping: bool = False
    fees: bool = False
    gift_cards: bool = False
    paid_by_points: bool = False
    rewards: Literal["after", "before"] = "after"


class Rounding(Part, frozen=True):
    """How fractions of a point are rounded, and on what: each line, or the purchase."""

    mode: Literal["down", "up", "half_up", "half_even"] = "down"
    level: Literal["purchase", "line"] = "purchase"


class Days(Part, frozen=True, tag_field="kind", tag="days"):
    """Points are usable for so many days, the day of the purchase being day 1."""

    days: Annotated[int, Meta(ge=1, le=36_500)]


class Months(Part, frozen=True, tag_field="kind", tag="months"):
    """Points are usable through the same day so many months on, or that month's last day."""

    months: Annotated[int, Meta(ge=1, le=1_200)]


class Yearly(Part, frozen=True, tag_field="kind", tag="yearly"):
    """Points are usable through the next such day of a year (the day itself included)."""

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]


class OnDate(Part, frozen=True, tag_field="kind", tag="date"):
    """Points are usable through this date."""

    last: dt.date


class Never(Part, frozen=True, tag_field="kind", tag="never"):
    """Points do not expire."""


Expiry = Days | Months | Yearly | OnDate | Never


class Wallet(Part, frozen=True):
    """A kind of points: its unit, how long it lasts, what it is worth in money and whether it pays at the till."""

    id: Id
    name: Words
    decimals: Annotated[int, Meta(ge=0, le=4)] = 0
    expiry: Expiry = field(default_factory=Never)
    value: AmountText | None = None
    pays: bool = False


class Cap(Part, frozen=True):
    """At most so many points, or so many times, for a member in a calendar period of the programme's zone."""

    per: Literal["day", "week", "month", "year", "ever"]
    points: Annotated[int, Meta(ge=1, le=10**12)] | None = None
    times: Annotated[int, Meta(ge=1, le=10**9)] | None = None


class _Earn(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True, kw_only=True):
    id: Id
    name: Words | None = None
    wallet: Id = "points"
    when: Condition | None = None
    cap: Cap | None = None


class PerAmount(_Earn, frozen=True, tag="amount", kw_only=True):
    """Points for each so much spent on the lines that meet the conditions; ``full_steps`` counts only whole steps."""

    points: AmountText
    each: AmountText = 1
    full_steps: bool = False
    basis: Basis | None = None


class PerUnit(_Earn, frozen=True, tag="unit", kw_only=True):
    """Points for each unit of quantity on the lines that meet the conditions."""

    points: AmountText


class PerPurchase(_Earn, frozen=True, tag="purchase", kw_only=True):
    """Points once for a purchase; a condition about lines holds where at least one line meets it."""

    points: AmountText


class PerEvent(_Earn, frozen=True, tag="event", kw_only=True):
    """Points for each event of this type."""

    event: Text
    points: AmountText


class Multiply(_Earn, frozen=True, tag="multiply", kw_only=True):
    """Multiplies what other rules of its wallet give for the lines that meet the conditions.

    It adds (factor - 1) times their points, never more than they gave, so that two multipliers of 2 and 3 make 4.
    """

    factor: AmountText
    rules: tuple[Id, ...] = ()


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
    counts: Literal["spend", "points"]
    levels: Annotated[tuple[Level, ...], Meta(min_length=1)]
    window_days: Annotated[int, Meta(ge=1, le=3_660)] = 365
    wallet: Id = "points"
    rate: Literal["before", "after"] = "before"
    basis: Basis | None = None


class Reward(Part, frozen=True):
    """What a member can take for points; without ``stock`` there is no end of it."""

    id: Id
    name: Words
    price: Annotated[int, Meta(ge=0, le=10**12)]
    wallet: Id = "points"
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    description: Words | None = None


class Returns(Part, frozen=True):
    """What a return does: decide the rest again or take back in proportion; money back alone; restored points."""

    mode: Literal["again", "proportional"] = "again"
    money_back: Literal["lower", "keep"] = "lower"
    restored_to_ended: Literal["expire", "renew"] = "expire"


class Members(Part, frozen=True):
    """Whether a purchase by a member who is not known enrols them or is refused."""

    unknown: Literal["enrol", "refuse"] = "enrol"


State = Literal["placed", "completed", "cancelled"]
STATUSES: dict[str, State] = {"placed": "placed", "completed": "completed", "cancelled": "cancelled"}


class Programme(Part, frozen=True, kw_only=True):
    """A programme as published: everything that decides what an event is worth."""

    stammis: Literal[1]
    programme: Id
    name: Words
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    timezone: Text
    from_: dt.date | None = field(name="from", default=None)
    declared_age_days: Annotated[int, Meta(ge=1, le=3_660)] = 400
    members: Members = field(default_factory=Members)
    basis: Basis = field(default_factory=Basis)
    rounding: Rounding = field(default_factory=Rounding)
    wallets: Annotated[tuple[Wallet, ...], Meta(min_length=1)]
    earn: tuple[Earn, ...] = ()
    tiers: tuple[TierSet, ...] = ()
    rewards: tuple[Reward, ...] = ()
    statuses: dict[Text, State] = field(default_factory=lambda: dict(STATUSES))
    returns: Returns = field(default_factory=Returns)
