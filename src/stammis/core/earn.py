"""Earn rules as a programme declares them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stammis.core.amounts import AmountText
from stammis.core.basis import Basis
from stammis.core.conditions import All, Condition, Id, NthPurchase, says
from stammis.core.event_types import FIRST_PURCHASE
from stammis.core.parts import Part, Text, Words
from stammis.core.scales import Points
from stammis.core.wallets import Pending


class Cap(Part, frozen=True):
    """At most so many points, or so many times, for a member in a calendar period of the programme's zone."""

    per: Annotated[
        Literal["day", "week", "month", "year", "ever", "purchase"],
        says("The period; weeks begin on Monday. purchase: each purchase or event, points only."),
    ]
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
    priority: Annotated[
        int,
        Meta(
            ge=-1_000,
            le=1_000,
            description="Rules of a higher priority come first in their group, and draw first on caps and budgets.",
        ),
    ] = 0
    pending: Annotated[
        Pending | None, says("Until when its points are pending, where it is not as the wallet says.")
    ] = None


class PerAmount(_Earn, frozen=True, tag="amount", kw_only=True):
    """Points for each so much spent: ``points`` times what counts of the lines that meet the conditions, by ``each``.

    ``full_steps`` counts only whole steps of ``each`` in the sum of these lines; in each line, where lines are rounded.
    """

    points: Annotated[Points, says("Points for each step.")]
    each: Annotated[AmountText, says("The size of a step in money, above zero.")] = 1
    full_steps: Annotated[bool, says("Whether only whole steps count.")] = False
    basis: Annotated[Basis | None, says("What counts for this rule, where it is not the programme's basis.")] = None


class PerUnit(_Earn, frozen=True, tag="unit", kw_only=True):
    """Points for each unit of quantity on the lines that meet the conditions.

    Shipping, fees and gift cards count where the programme's basis says so.
    """

    points: Annotated[Points, says("Points for each unit.")]


class PerPurchase(_Earn, frozen=True, tag="purchase", kw_only=True):
    """Points once for a purchase; a condition about lines holds where at least one line meets it."""

    points: Annotated[Points, says("Points for the purchase.")]


class PerEvent(_Earn, frozen=True, tag="event", kw_only=True):
    """Points for each event of this type; its conditions ask about the moment, the member and the event's properties.

    ``enrolment`` happens when a member is enrolled, ``birthday`` and ``anniversary`` (of joining) as their day begins,
    each once a calendar year; ``first_purchase`` is part of the purchase, and its conditions may ask about that.
    """

    event: Annotated[Text, says("The event's type, as the caller reports it, or one that happens by itself.")]
    points: Annotated[Points, says("Points for each event.")]


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


def as_decided(rule: Earn) -> Earn:
    """The rule as it is decided: one for the event «first_purchase» gives for a purchase that is the member's first."""
    if not isinstance(rule, PerEvent) or rule.event != FIRST_PURCHASE:
        return rule
    first = NthPurchase(any_of=(1,))
    return PerPurchase(
        id=rule.id,
        name=rule.name,
        wallet=rule.wallet,
        when=first if rule.when is None else All(of=(first, rule.when)),
        cap=rule.cap,
        priority=rule.priority,
        pending=rule.pending,
        points=rule.points,
    )
