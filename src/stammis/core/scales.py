"""Scales as a programme declares them: what a rule gives where that depends on an amount, a level or a formula."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from stammis.core.amounts import AmountText
from stammis.core.conditions import Id, says
from stammis.core.formulas import LONGEST_FORMULA
from stammis.core.parts import Part


class Band(Part, frozen=True, kw_only=True):
    """One band of a table: from this amount on, so many points."""

    at: Annotated[AmountText, says("Where the band begins; the first begins at 0. The amount itself belongs to it.")]
    points: Annotated[AmountText, says("Points for each step (unit, purchase) in this band.")]


class _Scale(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True, kw_only=True):
    """What a rule gives, told apart by its ``kind``."""


class Bands(_Scale, frozen=True, tag="bands", kw_only=True):
    """A table by amount: what counts of the lines that meet the conditions; for kind unit their quantity.

    Without ``marginal`` the band that is reached holds for the whole amount, with it each part earns at its band's
    rate. For kind purchase the band's points are given once, and it cannot be marginal.
    """

    bands: Annotated[tuple[Band, ...], Meta(min_length=1, description="The bands, in ascending order.")]
    marginal: Annotated[bool, says("Whether each part of the amount earns at its own band's rate.")] = False


class ByTier(_Scale, frozen=True, tag="tiers", kw_only=True):
    """A table by tier level: the points of the member's level in this set."""

    set: Annotated[Id, says("The tier set.")]
    levels: Annotated[dict[Id, AmountText], Meta(min_length=1, description="By level, the points.")]
    otherwise: Annotated[AmountText, says("Points at the levels that are not named, and without a level.")] = 0


class Formula(_Scale, frozen=True, tag="formula", kw_only=True):
    """Points by arithmetic, for rules of kind purchase or event: reckoned exactly, kept within bounds.

    Quantities: ``amount`` (what counts of the lines that meet the conditions, in money), ``quantity`` and ``lines`` (of
    these lines), ``total`` (of the purchase), ``rank`` (the place of the member's level in ``set``: 0 below the first,
    1 at the first), ``event.NAME`` (a property of the event that is a number), ``member.NAME`` (an attribute that is
    one). With ``+ - * /``, brackets, ``min``, ``max``, ``floor``, ``ceil`` and ``round`` (halves up). Dividing by zero
    and quantities without a value give nothing. The result is kept in millionths of the wallet's smallest unit.
    """

    formula: Annotated[
        str, Meta(min_length=1, max_length=LONGEST_FORMULA, description='Such as "5 + 2 * min(amount, 50)".')
    ]
    at_most: Annotated[AmountText, says("The most that it gives.")]
    at_least: Annotated[AmountText, says("The least that it gives.")] = 0
    set: Annotated[Id | None, says("The tier set of ``rank``.")] = None


Scale = Bands | ByTier | Formula
Points = AmountText | Bands | ByTier | Formula
"""What a rule gives: a number, or a scale."""
