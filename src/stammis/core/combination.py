"""How rules go together, as a programme declares it: groups of which one gives, caps that rules share, and budgets."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from stammis.core.amounts import AmountText
from stammis.core.conditions import Id, says
from stammis.core.parts import Part, Words

WholePoints = Annotated[int, Meta(ge=1, le=10**12)]


class Group(Part, frozen=True, kw_only=True):
    """Rules of which only one gives for a purchase or event; all others add up.

    ``first``: the one of the highest priority that gives anything, among equals the one that stands first in the file.
    ``highest``: the one that gives most (before budgets), among equals the one that would be first.
    """

    id: Id
    name: Words | None = None
    rules: Annotated[tuple[Id, ...], Meta(min_length=2, description="The rules of which one gives.")]
    gives: Annotated[Literal["first", "highest"], says("Which of them gives.")] = "first"


class SharedCap(Part, frozen=True, kw_only=True):
    """At most so many points of several rules together, for a member in a calendar period, or for each purchase."""

    id: Id
    name: Words | None = None
    rules: Annotated[tuple[Id, ...], says("The rules together; without them all rules of the wallet.")] = ()
    wallet: Annotated[Id, says("The wallet of these rules.")] = "points"
    per: Annotated[
        Literal["purchase", "day", "week", "month", "year", "ever"],
        says("The period, in the programme's zone; weeks begin on Monday. purchase: each purchase or event."),
    ]
    points: Annotated[WholePoints, says("At most so many whole points.")]


class Budget(Part, frozen=True, kw_only=True):
    """What several rules may give to all members together, or to a household: of points, of money, or both.

    Rules give what is left of it; a return or cancellation gives back. A rule has a budget of its own where it is the
    only one named.
    """

    id: Id
    name: Words | None = None
    rules: Annotated[tuple[Id, ...], Meta(min_length=1, description="The rules that draw on it, all of one wallet.")]
    per: Annotated[
        Literal["day", "week", "month", "year", "ever"],
        says("The period after which it begins anew, in the programme's zone; weeks begin on Monday."),
    ] = "ever"
    of: Annotated[
        Literal["programme", "store", "household"],
        says(
            "programme: one budget for all; store: as much for each store (purchases without a store share one); "
            "household: as much for each household, and for each member who is in none."
        ),
    ] = "programme"
    points: Annotated[WholePoints | None, says("So many whole points.")] = None
    money: Annotated[
        AmountText | None, says("So much money, by what the wallet's points are worth; the wallet needs a value.")
    ] = None
