"""Tier sets, prepared for deciding: measures, thresholds, cycles, and how a level falls."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from stammis.core.amounts import whole_units
from stammis.core.basket import Counting, counting
from stammis.core.calendars import LeapDay, months_on, next_yearly
from stammis.core.currencies import DECIMALS
from stammis.core.programme import Programme
from stammis.core.tier_sets import (
    ByAnniversary,
    ByCalendar,
    Counts,
    Cycle,
    Downgrade,
    ForLife,
    Measure,
    TierSet,
    YearDay,
)

CHECK_IN: Final = "check_in"
REFERRAL: Final = "referral"
FIRST_OF_ALL: Final = 1
"""The day from which the cycles of a member run whose day of joining is not known: a first of January."""
EVER: Final = 4_000_000
"""More days than any calendar has."""
LEAP_DAY: Final = (2, 29)
"""Month and day of the day that most years do not have."""
_MONTHS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """One thing that a tier set counts.

    ``key`` names its tally among a standing's ranks, ``kept_days`` how far back
    the tally reaches; ``events`` are the types that count, None for all. ``decimals`` are those of its amounts.
    """

    key: str
    set: str
    id: str
    counts: Counts
    wallet: str
    basis: Counting
    events: frozenset[str] | None
    decimals: int
    kept_days: int
    cycle: Cycle | None
    spend: bool
    points: bool
    each_purchase: int

    def day(self, day: int) -> int:
        """The day under which the tally keeps what counts on a day: that day, or the first of its calendar cycle."""
        match self.cycle:
            case ByCalendar():
                return calendar_cycle(self.cycle, day)[0]
            case ForLife():
                return dt.date.fromordinal(day).replace(month=1, day=1).toordinal()
            case _:
                return day

    def of_event(self, kind: str) -> int:
        """How much an event of a type counts."""
        if self.counts not in ("visits", "events", "referrals"):
            return 0
        return int(self.events is None or kind in self.events)


@dataclass(frozen=True, slots=True)
class TierRules:
    """A tier set, prepared: thresholds in minor units of money, smallest units of its wallet or plain numbers.

    ``tended`` tells a set whose level is not just what counts in a rolling window today (see ``core.levels``), and
    ``needs`` for each level its threshold in each measure, None where it has none.
    """

    id: str
    counts_points: bool
    wallet: str
    basis: Counting
    window: int
    rate_after: bool
    levels: tuple[str, ...]
    thresholds: tuple[int, ...]
    decimals: int = 0
    tended: bool = False
    split: bool = False
    measures: tuple[MeasureRules, ...] = ()
    needs: tuple[tuple[int | None, ...], ...] = ()
    any_of: bool = False
    cycle: Cycle | None = None
    at_review: bool = False
    one_step: bool = False
    grace_days: int = 0
    keep_until: YearDay | None = None
    lock_days: int = 0
    leap_day: LeapDay = "february_28"

    def level(self, total: int) -> str | None:
        """The level reached with so much; None below the first."""
        place = bisect_right(self.thresholds, total)
        return self.levels[place - 1] if place else None

    def place(self, totals: Sequence[int]) -> int:
        """The place of the highest level whose thresholds so much of each measure meets; -1 below the first."""
        if len(totals) == 1:
            return bisect_right(self.thresholds, totals[0]) - 1
        meets = any if self.any_of else all
        for place in range(len(self.needs) - 1, -1, -1):
            asked = zip(self.needs[place], totals, strict=True)
            if meets([total >= need for need, total in asked if need is not None]):
                return place
        return -1

    @property
    def base(self) -> int:
        """The place of the level that everybody has; -1 for none."""
        return self.place([0] * len(self.measures))

    def place_of(self, level: str | None) -> int:
        """The place of a level; -1 for none, and for one that the set does not have."""
        return self.levels.index(level) if level is not None and level in self.levels else -1

    def named(self, place: int) -> str | None:
        """The level at a place."""
        return self.levels[place] if place >= 0 else None

    @property
    def reviewed(self) -> bool:
        """Whether the level is looked at when cycles end."""
        return isinstance(self.cycle, ByCalendar) or (isinstance(self.cycle, ByAnniversary) and not self.renewed)

    @property
    def renewed(self) -> bool:
        """Whether a level that was reached is held for so many months from then."""
        return isinstance(self.cycle, ByAnniversary) and self.cycle.of == "level"

    def cycle_of(self, day: int, joined: int) -> tuple[int, int]:
        """The first day of the cycle that a day lies in, and the first of the next."""
        match self.cycle:
            case ByCalendar():
                return calendar_cycle(self.cycle, day)
            case ByAnniversary():
                return anniversary_cycle(joined or FIRST_OF_ALL, self.cycle.months, day, self.leap_day)
            case _:
                return 0, EVER

    def span(self, day: int, joined: int) -> tuple[int, int]:
        """The first and the last day that count on a day."""
        match self.cycle:
            case None:
                return day - self.window + 1, EVER
            case ForLife():
                return 0, EVER
            case ByAnniversary() if self.renewed:
                first = months_on(day, -self.cycle.months)
                while self.leaves_on(first) <= day:
                    first += 1
                return first, EVER
            case _:
                first, following = self.cycle_of(day, joined)
                return first, following - 1

    def leaves_on(self, day: int) -> int:
        """The first day on which what counted on a day counts no longer, where windows roll."""
        if self.renewed:
            assert isinstance(self.cycle, ByAnniversary)
            return months_on(day, self.cycle.months)
        return day + self.window if self.cycle is None else EVER

    def grace_ends(self, day: int) -> int:
        """The first day without a level that would have fallen on a day."""
        if self.keep_until is not None:
            return next_yearly(day, self.keep_until.month, self.keep_until.day) + 1
        return day + self.grace_days


def calendar_cycle(cycle: ByCalendar, day: int) -> tuple[int, int]:
    """The first day of the calendar's cycle that a day lies in, and the first of the next."""
    months = _MONTHS[cycle.every]
    date = dt.date.fromordinal(day)
    past = (date.month - cycle.from_month) % months
    first = months_on(date.replace(day=1).toordinal(), -past)
    return first, months_on(first, months)


def anniversary_cycle(start: int, months: int, day: int, leap_day: LeapDay = "february_28") -> tuple[int, int]:
    """The first day of the cycle since ``start`` that a day lies in, and the first of the next."""
    begun, now = dt.date.fromordinal(start), dt.date.fromordinal(day)
    moved = leap_day == "march_1" and (begun.month, begun.day) == LEAP_DAY

    def begins(cycle: int) -> int:
        found = months_on(start, cycle * months)
        return found + (moved and dt.date.fromordinal(found).day < begun.day)

    count = ((now.year - begun.year) * 12 + now.month - begun.month) // months
    while begins(count) > day:
        count -= 1
    while begins(count + 1) <= day:
        count += 1
    return begins(count), begins(count + 1)


def tier_rules(tiers: TierSet, programme: Programme) -> TierRules:
    """Prepares a tier set of a programme; ``Programme`` has been parsed, so that all it names is there."""
    main = Measure(id=tiers.id, counts=tiers.counts, wallet=tiers.wallet, events=tiers.events, basis=tiers.basis)
    measures = tuple(_measure(each, tiers, programme) for each in (main, *tiers.also))
    thresholds = tuple(whole_units(level.at, measures[0].decimals) for level in tiers.levels)
    plain = tiers.counts in ("spend", "points") and not tiers.also and tiers.cycle is None
    falls_at_once = tiers.downgrade == Downgrade() and not tiers.lock_days
    return TierRules(
        id=tiers.id,
        counts_points=tiers.counts == "points",
        wallet=tiers.wallet,
        basis=measures[0].basis,
        window=tiers.window_days,
        rate_after=tiers.rate == "after",
        levels=tuple(level.id for level in tiers.levels),
        thresholds=thresholds,
        decimals=measures[0].decimals,
        tended=not (plain and falls_at_once),
        split=tiers.rate == "split",
        measures=measures,
        needs=tuple(_needs(tiers, measures)),
        any_of=tiers.mix == "any",
        cycle=tiers.cycle,
        at_review=tiers.entry == "at_review",
        one_step=tiers.downgrade.by == "one_step",
        grace_days=tiers.downgrade.grace_days,
        keep_until=tiers.downgrade.keep_until,
        lock_days=tiers.lock_days,
        leap_day=programme.members.leap_day,
    )


def _needs(tiers: TierSet, measures: tuple[MeasureRules, ...]) -> Iterable[tuple[int | None, ...]]:
    for level in tiers.levels:
        further = (
            whole_units(level.also[measure.id], measure.decimals) if measure.id in level.also else None
            for measure in measures[1:]
        )
        yield whole_units(level.at, measures[0].decimals), *further


def _measure(measure: Measure, tiers: TierSet, programme: Programme) -> MeasureRules:
    from_wallet = measure.counts in ("points", "balance")
    units = next((each.decimals for each in programme.wallets if each.id == measure.wallet), 0)
    money = DECIMALS[programme.currency]
    return MeasureRules(
        key=_key(measure, tiers),
        set=tiers.id,
        id=measure.id,
        counts=measure.counts,
        wallet=measure.wallet,
        basis=counting(measure.basis or programme.basis),
        events=_events(measure),
        decimals=units if from_wallet else money if measure.counts == "spend" else 0,
        kept_days=_kept_days(tiers),
        cycle=tiers.cycle,
        spend=measure.counts == "spend",
        points=measure.counts == "points",
        each_purchase=int(measure.counts == "purchases"),
    )


def _key(measure: Measure, tiers: TierSet) -> str:
    """Where the tally stands: for money and points beside the level, else by what is counted: kinds never mix."""
    if measure.id != tiers.id:
        return f"{tiers.id}/{measure.id}/{measure.counts}"
    return tiers.id if measure.counts in ("spend", "points", "balance") else f"{tiers.id}/{measure.counts}"


def _events(measure: Measure) -> frozenset[str] | None:
    match measure.counts:
        case "visits":
            return frozenset(measure.events or (CHECK_IN,))
        case "referrals":
            return frozenset((REFERRAL,))
        case _:
            return frozenset(measure.events) or None


def _kept_days(tiers: TierSet) -> int:
    """How many days back a tally reaches: the window, or two cycles, since what comes late may lie in the last one."""
    match tiers.cycle:
        case None:
            return tiers.window_days
        case ByCalendar(every=every):
            return 2 * 31 * _MONTHS[every]
        case ByAnniversary(months=months):
            return 2 * 31 * months
        case ForLife():
            return EVER
