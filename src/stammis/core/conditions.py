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
LocalTime = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$")]
HowMany = Annotated[int, Meta(ge=1, le=1_000_000)]
HowManyDays = Annotated[int, Meta(ge=0, le=36_600)]


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


class LineQuantity(_Part, frozen=True, tag="line_quantity"):
    """Lines whose quantity lies within these bounds, both included."""

    at_least: AmountText | None = None
    at_most: AmountText | None = None


class Channel(_Part, frozen=True, tag="channel"):
    """Purchases made through one of these channels."""

    any_of: Names


class Store(_Part, frozen=True, tag="store"):
    """Purchases made in one of these stores."""

    any_of: Names


class Payment(_Part, frozen=True, tag="payment"):
    """Purchases paid by one of these means, as the caller names them in ``payment``."""

    any_of: Names


class Partner(_Part, frozen=True, tag="partner"):
    """Purchases made with one of these partners, as the caller names them in ``partner``."""

    any_of: Names


class Total(_Part, frozen=True, tag="total"):
    """Purchases whose total (after reward discounts, rounding included) lies within these bounds, both included."""

    at_least: AmountText | None = None
    at_most: AmountText | None = None


class BasketQuantity(_Part, frozen=True, tag="basket_quantity"):
    """Purchases whose lines that meet ``of`` have together a quantity within these bounds, both included.

    «Any three of the category tea» is ``of`` the category and ``at_least`` 3. Of shipping, fees and gift cards only
    what the programme's basis counts is looked at. After a return the lines are those that remain.
    """

    of: Annotated[LineCondition | None, says("Which lines; without it all of them.")] = None
    at_least: AmountText | None = None
    at_most: AmountText | None = None


class BasketAmount(_Part, frozen=True, tag="basket_amount"):
    """Purchases whose lines that meet ``of`` have together an amount within these bounds, both included.

    Amounts are as paid in the shop, tax included; otherwise as ``basket_quantity``.
    """

    of: Annotated[LineCondition | None, says("Which lines; without it all of them.")] = None
    at_least: AmountText | None = None
    at_most: AmountText | None = None


class BasketLines(_Part, frozen=True, tag="basket_lines"):
    """Purchases in which so many lines meet ``of``, both bounds included; otherwise as ``basket_quantity``."""

    of: Annotated[LineCondition | None, says("Which lines; without it all of them.")] = None
    at_least: HowMany | None = None
    at_most: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None


class Together(_Part, frozen=True, tag="together"):
    """Purchases in which each of these is met by some line: «A together with B». One line may meet several."""

    of: Annotated[tuple[LineCondition, ...], Meta(min_length=2)]


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


class Holiday(_Part, frozen=True, tag="holiday"):
    """Events on a day of one of the programme's lists of ``holidays``, in the programme's time zone."""

    calendar: Annotated[Text, says("The name of the list in the programme's ``holidays``.")]


class Between(_Part, frozen=True, tag="between"):
    """Events from one moment (included) until another (excluded), local wall-clock time such as 2026-11-27T18:00.

    Either may be left open. A time that clocks show twice is its first; one that they skip is the moment after.
    """

    from_: LocalTime | None = field(name="from", default=None)
    until: LocalTime | None = None


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


class Consent(_Part, frozen=True, tag="consent"):
    """Members who have given their consent for at least one of these purposes, and not withdrawn it."""

    any_of: Names


class NthPurchase(_Part, frozen=True, tag="nth_purchase"):
    """The member's purchases with one of these numbers (1 is the first), or every so many.

    Purchases count once they are completed, in the order of their completion; one that is cancelled or wholly returned
    no longer counts, and the next has its number again. Each keeps the number that it had.
    """

    any_of: tuple[HowMany, ...] = ()
    every: HowMany | None = None


class DaysSince(_Part, frozen=True, tag="days_since"):
    """Members for whom so many local days have passed since something, both bounds included; the same day is 0.

    Whoever has never done it does not meet the condition, neither at_least nor at_most.
    """

    what: Annotated[
        Literal["purchase", "enrolment", "event"],
        says(
            "purchase: the member's last purchase before this one that is completed and not wholly returned. "
            "enrolment: the day of joining. event: the last event of a type before this one."
        ),
    ]
    event: Annotated[Text | None, says("The event's type, where ``what`` is event.")] = None
    at_least: HowManyDays | None = None
    at_most: HowManyDays | None = None


class SpentInWindow(_Part, frozen=True, tag="spent_in_window"):
    """Members who spent so much on earlier purchases within so many days, this day being the last; bounds included.

    Spent is what counts of completed purchases by the programme's basis, less what came back. Purchases count from the
    version on that first asks.
    """

    days: Annotated[int, Meta(ge=1, le=3_660)]
    at_least: AmountText | None = None
    at_most: AmountText | None = None


class Balance(_Part, frozen=True, tag="balance"):
    """Members with so much active in a wallet before the event, bounds included; debt counts as nothing."""

    wallet: Text
    at_least: AmountText | None = None
    at_most: AmountText | None = None


class Property(_Part, frozen=True, tag="property"):
    """Events whose property has one of these values, or is a number within these bounds; in rules for events only.

    Values are compared as text; numbers and true/false as JSON has them.
    """

    name: Text
    any_of: tuple[Text, ...] = ()
    at_least: AmountText | None = None
    at_most: AmountText | None = None


class All(_Part, frozen=True, tag="all"):
    """Every one of these holds."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1)]


class Any(_Part, frozen=True, tag="any"):
    """At least one of these holds."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1)]


class Not(_Part, frozen=True, tag="not"):
    """This does not hold."""

    of: Condition


OfLine = Sku | Category | LineAmount | LineQuantity
OfPlace = Channel | Store | Payment | Partner | Total
OfBasket = BasketQuantity | BasketAmount | BasketLines | Together
OfMoment = OnWeekday | Hours | Dates | Holiday | Between
OfMember = Tier | Label | Attribute | Consent
OfHistory = NthPurchase | DaysSince | SpentInWindow | Balance

Condition = OfLine | OfPlace | OfBasket | OfMoment | OfMember | OfHistory | Property | All | Any | Not
LineCondition = Condition
"""A condition of which every part asks about a line alone; ``condition_checks`` refuses any other."""
