"""Tier sets as a programme declares them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from stammis.core.amounts import AmountText
from stammis.core.basis import Basis
from stammis.core.conditions import Id, says
from stammis.core.parts import Part, Words


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
