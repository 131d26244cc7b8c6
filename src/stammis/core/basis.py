"""The basis: what of a purchase counts, and how what it gives is rounded."""

from __future__ import annotations

from typing import Annotated, Literal

from stammis.core.conditions import says
from stammis.core.parts import Part


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
