"""Tier sets as a programme declares them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from stammis.core.amounts import AmountText
from stammis.core.basis import Basis
from stammis.core.conditions import Id, says
from stammis.core.parts import Part, Text, Words

Counts = Literal["spend", "points", "balance", "purchases", "visits", "events", "referrals"]
COUNTS = (
    "spend: money of completed purchases by the basis. points: points earned in the wallet; points given by hand, "
    "spent or expired make no difference. balance: what is in the wallet now, so that spending lowers it. "
    "purchases: completed purchases of which anything was kept. visits and events: events of the types in events. "
    "referrals: events of the type referral. What returns take back no longer counts."
)
EVENTS = (
    "The types of event that count, for visits and events. Without any, visits are events of the type check_in, "
    "and events are those of every type."
)
MonthNumber = Annotated[int, Meta(ge=1, le=12)]


class Level(Part, frozen=True):
    """A tier level, reached at this much (money for spend, whole points for points, else a number).

    The threshold is included: exactly as much is enough.
    """

    id: Id
    name: Words
    at: AmountText
    also: Annotated[
        dict[Id, AmountText],
        says("What the level asks of the set's further measures, by their ids; one that is not named is not asked."),
    ] = field(default_factory=dict)


class Measure(Part, frozen=True):
    """Something further that a tier set counts, to which levels set thresholds of their own in ``also``."""

    id: Id
    counts: Annotated[Counts, says(COUNTS)]
    wallet: Annotated[Id, says("The wallet, for points and balance.")] = "points"
    events: Annotated[tuple[Text, ...], says(EVENTS)] = ()
    basis: Annotated[Basis | None, says("What counts as spend, where it is not the programme's basis.")] = None


class ByCalendar(Part, frozen=True, tag_field="kind", tag="calendar"):
    """Cycles of the calendar, beginning at local midnight of the first of a month.

    What counted in a cycle decides, when it ends, which level is held through the next.
    """

    every: Literal["year", "half_year", "quarter", "month"] = "year"
    from_month: Annotated[MonthNumber, says("The month in which a year (and so its parts) begins.")] = 1


class ByAnniversary(Part, frozen=True, tag_field="kind", tag="anniversary"):
    """Cycles of a member's own.

    joining: they begin on the day of joining and after every so many months; when one ends, what counted in it decides
    which level is held through the next. level: what counts are the last so many months, and a level that was reached
    is held for so many months from then whatever leaves them; then, and every so many months, it is looked at again.
    A day that a month does not have is that month's last.
    """

    of: Literal["joining", "level"] = "joining"
    months: Annotated[int, Meta(ge=1, le=120)] = 12


class ForLife(Part, frozen=True, tag_field="kind", tag="life"):
    """Everything counts for ever; a level falls only with what returns take back."""


Cycle = ByCalendar | ByAnniversary | ForLife


class YearDay(Part, frozen=True):
    """A day that comes every year; 29 February is the last of February in other years."""

    month: MonthNumber
    day: Annotated[int, Meta(ge=1, le=31)]


class Downgrade(Part, frozen=True):
    """How a level falls when too little counts any more because time has passed.

    What a return takes back (or spending, for balance) lowers the level at once: it was never earned.
    """

    by: Annotated[
        Literal["standing", "one_step"],
        says(
            "standing: to the level that what counts makes. one_step: at most one level down; the next step comes "
            "another cycle later, in a rolling window another window later."
        ),
    ] = "standing"
    grace_days: Annotated[
        int, Meta(ge=0, le=3_660, description="Days for which the level stays after it would have fallen.")
    ] = 0
    keep_until: Annotated[
        YearDay | None,
        says("The level stays through the next such day after it would have fallen, that day included."),
    ] = None


class TierSet(Part, frozen=True):
    """Levels that a member holds by what counts: in a rolling window of days, in cycles, or for life."""

    id: Id
    name: Words
    counts: Annotated[Counts, says(COUNTS)]
    levels: Annotated[
        tuple[Level, ...],
        Meta(
            min_length=1, description="Ascending. A first level at 0 is everybody's; otherwise members begin with none."
        ),
    ]
    window_days: Annotated[
        int, Meta(ge=1, le=3_660, description="Days that count, today being the last. Not for sets with a cycle.")
    ] = 365
    wallet: Annotated[Id, says("The wallet whose points count, where points or a balance do.")] = "points"
    rate: Annotated[
        Literal["before", "after", "split"],
        says(
            "Which level the rules see at a purchase: that before it counts, or that after. split: the part of the "
            "purchase below the threshold is decided at the level before, the rest at the level after; for spend only."
        ),
    ] = "before"
    basis: Annotated[Basis | None, says("What counts as spend, where it is not the programme's basis.")] = None
    events: Annotated[tuple[Text, ...], says(EVENTS)] = ()
    also: Annotated[tuple[Measure, ...], says("Further measures, to which levels may set thresholds.")] = ()
    mix: Annotated[
        Literal["all", "any"],
        says("Whether a level asks for all of its thresholds or for any one of them."),
    ] = "all"
    cycle: Annotated[
        Cycle | None,
        says("What counts, where it is no rolling window of window_days: the calendar's cycle, a member's own, all."),
    ] = None
    entry: Annotated[
        Literal["at_once", "at_review"],
        says("Whether a level is reached as soon as enough counts, or when the cycle ends."),
    ] = "at_once"
    downgrade: Annotated[Downgrade, says("How a level falls.")] = field(default_factory=Downgrade)
    lock_days: Annotated[
        int, Meta(ge=0, le=3_660, description="Days for which a level cannot fall by time after it was reached.")
    ] = 0
