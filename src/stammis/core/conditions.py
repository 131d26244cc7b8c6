"""Conditions: the questions a rule may ask about a line, a purchase, a moment or a member."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from stammis.core.amounts import AmountText


def says(text: str) -> Meta:
    """What a field is for, as the published schema says it."""
    return Meta(description=text)


Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="A short id: a-z, 0-9, - and _.")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Names = Annotated[tuple[Text, ...], Meta(min_length=1)]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True):
    """A part of a programme, told apart by its ``kind``."""


class Sku(_Part, frozen=True, tag="sku"):
    """Lines whose article number is one of these."""

    any_of: Names


class Category(_Part, frozen=True, tag="category"):
    """Lines whose category is one of these."""

    any_of: Names


class LineAmount(_Part, frozen=True, tag="line_amount"):
    """Lines whose amount (as paid in the shop, tax included) lies within these bounds, both included."""

    at_least: AmountText | None = None
    at_most: AmountText | None = None


class Channel(_Part, frozen=True, tag="channel"):
    """Purchases made through one of these channels."""

    any_of: Names


class Store(_Part, frozen=True, tag="store"):
    """Purchases made in one of these stores."""

    any_of: Names


class Total(_Part, frozen=True, tag="total"):
    """Purchases whose total (after reward discounts, rounding included) lies within these bounds, both included."""

    at_least: AmountText | None = None
    at_most: AmountText | None = None


class OnWeekday(_Part, frozen=True, tag="weekday"):
    """Events on one of these weekdays, in the programme's time zone."""

    any_of: Annotated[tuple[Weekday, ...], Meta(min_length=1)]


class Hours(_Part, frozen=True, tag="hours"):
    """Events from ``from`` (included) until ``until`` (excluded), local wall-clock time; may run past midnight."""

    from_: Clock = field(name="from")
    until: Clock


class Dates(_Part, frozen=True, tag="dates"):
    """Events from the first to the last local date, both included; either may be left open."""

    first: dt.date | None = None
    last: dt.date | None = None


class Tier(_Part, frozen=True, tag="tier"):
    """Members who stand at one of these levels of a tier set, or at ``at_least`` or above."""

    set: Text
    any_of: tuple[Text, ...] = ()
    at_least: Text | None = None


class Label(_Part, frozen=True, tag="label"):
    """Members who carry at least one of these labels."""

    any_of: Names


class Attribute(_Part, frozen=True, tag="attribute"):
    """Members whose attribute has one of these values (compared as text; numbers and true/false as JSON has them)."""

    name: Text
    any_of: Names


class All(_Part, frozen=True, tag="all"):
    """Every one of these holds."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1)]


class Any(_Part, frozen=True, tag="any"):
    """At least one of these holds."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1)]


class Not(_Part, frozen=True, tag="not"):
    """This does not hold."""

    of: Condition


Condition = (
    Sku
    | Category
    | LineAmount
    | Channel
    | Store
    | Total
    | OnWeekday
    | Hours
    | Dates
    | Tier
    | Label
    | Attribute
    | All
    | Any
    | Not
)
