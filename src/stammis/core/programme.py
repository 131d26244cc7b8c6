"""The programme document: what is promised to the members, as a frozen tree of small values.

The JSON and YAML forms of a programme have exactly these fields; ``stammis.core.schema`` publishes them as JSON Schema.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal

from msgspec import Meta, field

from stammis.core.amounts import AmountText
from stammis.core.basis import Basis, Rounding
from stammis.core.calendars import LeapDay
from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.conditions import Id, says
from stammis.core.earn import Earn
from stammis.core.event_types import EventType
from stammis.core.parts import Part, Text, Words
from stammis.core.tier_sets import TierSet
from stammis.core.wallets import NEGATIVE, Negative, Wallet


class Reward(Part, frozen=True):
    """What a member can take for points; without ``stock`` there is no end of it."""

    id: Id
    name: Words
    price: Annotated[int, Meta(ge=0, le=10**12, description="The price in whole points.")]
    wallet: Annotated[Id, says("The wallet that pays for it.")] = "points"
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    description: Words | None = None
    cost: Annotated[
        AmountText | None,
        says(
            "What one costs the company, in the programme's currency: back-tests reckon with it. "
            "Without it a reward costs what its points are worth."
        ),
    ] = None


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
        says(
            "Points that come back to a lot that has ended expire at once, or last as if earned on that day. "
            "So do points whose lot ended while they were held."
        ),
    ] = "expire"


class Members(Part, frozen=True):
    """Who takes part: whether unknown members are enrolled, and what purchases of guests earn once they are claimed."""

    unknown: Annotated[
        Literal["enrol", "refuse"],
        says("A purchase by a member who is not known enrols them, or is refused."),
    ] = "enrol"
    claimed: Annotated[
        Literal["earn", "nothing"],
        says(
            "What a guest's purchases earn once a member has proven the guest's address: what they would have earned "
            "as the member's, dated as they were; or nothing."
        ),
    ] = "earn"
    leap_day: Annotated[
        LeapDay, says("When a birthday or day of joining on 29 February comes back in years that have none.")
    ] = "february_28"


class Exchanging(Part, frozen=True):
    """A rate at which members may change points of one wallet for points of another.

    Only whole steps of ``each`` are changed, so that no fraction of a point is lost.
    """

    from_: Annotated[Id, says("The wallet that gives.")] = field(name="from")
    to: Annotated[Id, says("The wallet that gets; its points last as if they had been earned on that day.")]
    each: Annotated[int, Meta(ge=1, le=10**12, description="So many whole points of the first …")]
    gives: Annotated[int, Meta(ge=1, le=10**12, description="… become so many whole points of the second.")]
    minimum: Annotated[int, Meta(ge=1, le=10**12, description="At least so many whole points at once.")] | None = None


class TransferLimit(Part, frozen=True):
    """The most that a member may give away in a calendar period of the programme's zone, in each wallet."""

    points: Annotated[int, Meta(ge=1, le=10**12, description="At most so many whole points.")]
    per: Annotated[Literal["day", "week", "month", "year", "ever"], says("The period; weeks begin on Monday.")]


class Transfers(Part, frozen=True):
    """Whether members may give points to each other, and how many."""

    allowed: Annotated[
        Literal["all", "donations", "none"],
        says("all: to any member; donations: only to accounts of the kind «charity»; none: to nobody."),
    ] = "all"
    minimum: Annotated[int, Meta(ge=1, le=10**12, description="At least so many whole points at once.")] | None = None
    most: Annotated[TransferLimit | None, says("The most in a period; donations do not count.")] = None
    wallets: Annotated[tuple[Id, ...], says("Only points of these wallets; without it, of all.")] = ()


State = Literal["placed", "completed", "cancelled"]
STATES: Final[tuple[State, ...]] = ("placed", "completed", "cancelled")
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
    groups: Annotated[tuple[Group, ...], says("Rules of which only one gives. All others add up.")] = ()
    caps: Annotated[tuple[SharedCap, ...], says("Caps that several rules share.")] = ()
    budgets: Annotated[tuple[Budget, ...], says("What rules may give to all members together.")] = ()
    events: Annotated[
        tuple[EventType, ...],
        says(
            "Types of events with the properties that they carry. Without being declared every type is accepted. "
            "enrolment, first_purchase, birthday and anniversary happen by themselves; review, referral, "
            "survey_answered, profile_completed, app_opened and check_in are known to every programme."
        ),
    ] = ()
    only_declared_events: Annotated[bool, says("Whether events of types that are not declared are refused.")] = False
    holidays: Annotated[
        dict[Id, Annotated[tuple[dt.date, ...], Meta(min_length=1)]],
        says("Lists of days by name, for conditions. «stammis programme holidays FI» writes one for a country."),
    ] = field(default_factory=dict)
    tiers: tuple[TierSet, ...] = ()
    rewards: tuple[Reward, ...] = ()
    statuses: Annotated[
        dict[Text, State],
        says("What the statuses of purchases mean. A purchase without a status is completed, and so is «completed»."),
    ] = field(default_factory=lambda: dict(STATUSES))
    returns: Returns = field(default_factory=Returns)
    exchange: Annotated[tuple[Exchanging, ...], says("Rates between wallets; without it none can be changed.")] = ()
    transfers: Annotated[Transfers, says("Points that members give to each other.")] = field(default_factory=Transfers)
    negative_balance: Annotated[Negative, says(NEGATIVE)] = "allow_debt"
