"""Wallets as a programme declares them: kinds of points, how long they last, what they are worth."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, field

from stammis.core.amounts import AmountText
from stammis.core.conditions import Id, says
from stammis.core.parts import Part, Words


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
