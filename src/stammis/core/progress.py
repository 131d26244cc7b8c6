"""Progress: how far a member is in a tier set, what keeps the level, and which one the present pace leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, TypedDict

from msgspec import structs

from stammis.core.levels import NO_RANK, NO_STAY, Held, at_instant, counting_now, due, joined_day, reviewed
from stammis.core.parcels import ByHand
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.tier_rules import TierRules
from stammis.core.tier_sets import Counts
from stammis.core.tiers import falls_at, rank_of, rank_on

MOST_REVIEWS = 200
"""So many reviews ahead the end of a level is looked for."""


class MeasureProgress(TypedDict):
    """What counts of one measure: ``missing`` for the next level, ``keep`` to keep this one; None where not asked."""

    measure: str
    counts: Counts
    counted: int
    missing: int | None
    keep: int | None
    decimals: int


class Keeping(TypedDict):
    """What keeps a level: so much more of the first measure, through this day (ISO date)."""

    missing: int
    by: str


class Projected(TypedDict):
    """What the present pace leads to: the level, what would count, and (where cycles end) the last day that counts.

    What counts is multiplied by the days of the cycle and divided by those that have passed, today included, rounded
    down. In a rolling window the days that have passed begin with the first on which something counted.
    """

    level: str | None
    counted: int
    by: str | None


class HandGiven(TypedDict):
    """A level that a person gave: at least it, or ``only`` it, through a day (ISO date; None: for good)."""

    level: str
    until: str | None
    only: bool
    reason: str


class TierProgress(TypedDict):
    """How far a member is in a tier set.

    ``counted`` and ``missing`` (to the ``next`` level; None at the highest) are in minor units of money, smallest units
    of points or plain numbers, with so many ``decimals``; they are of the set's first measure, ``measures`` has all.
    ``by`` is the last day of the cycle that counts now (None where none ends), ``last_day`` the level's last if nothing
    more counts (None for good), ``rests_on`` why it is held: what counts, kept (from a review, grace, lock) or by hand.
    """

    set: str
    level: str | None
    next: str | None
    counted: int
    missing: int | None
    decimals: int
    last_day: str | None
    by: str | None
    rests_on: Literal["counted", "kept", "by_hand"]
    keep: Keeping | None
    projected: Projected | None
    by_hand: HandGiven | None
    measures: list[MeasureProgress]


def level_at(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> str | None:
    """The level held at an instant; None below the first, and for who is not enrolled."""
    return _held(standing, tiers, at, rules).level if standing.enrolled else None


def tier_progress(standing: Standing, rules: Rules, at: int) -> list[TierProgress]:
    """How far a member is in each tier set at an instant, if nothing has happened since the latest event."""
    return [_progress(standing, tiers, rules, at) for tiers in rules.tiers]


def _held(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> Held:
    if tiers.tended or tiers.id in standing.stays:
        return at_instant(standing, tiers, at, rules)
    rank = rank_on(rank_of(standing, tiers), rules.calendar.day(at), tiers.window)
    return Held(tiers.level(rank.total), rank.since, NO_STAY)


def ends_at(standing: Standing, tiers: TierRules, at: int, rules: Rules) -> int | None:
    """The instant at which the level held at an instant falls if nothing more counts; None where it does not."""
    held = _held(standing, tiers, at, rules)
    place = tiers.place_of(held.level)
    if place < 0:
        return None
    if not (tiers.tended or tiers.id in standing.stays):
        rank = rank_on(rank_of(standing, tiers), rules.calendar.day(at), tiers.window)
        return falls_at(structs.replace(rank, level=held.level), tiers, rules.calendar)
    for _ in range(MOST_REVIEWS):
        next_at = due(held, standing, tiers, at, rules)
        if next_at is None:
            return None
        at = next_at
        held = reviewed(held, standing, tiers, at, rules, before=standing)
        if tiers.place_of(held.level) < place:
            return at
    return None


def _progress(standing: Standing, tiers: TierRules, rules: Rules, at: int) -> TierProgress:
    calendar = rules.calendar
    held = _held(standing, tiers, at, rules)
    counted = counting_now(standing, tiers, at, rules)
    level = held.level if standing.enrolled else None
    place = tiers.place_of(level)
    above = place + 1 if place + 1 < len(tiers.levels) else None
    falls = ends_at(standing, tiers, at, rules) if level is not None else None
    missing = _missing(counted, tiers, above)
    needed = _needed(standing, tiers, place, falls, at=at, rules=rules) if level is not None else None
    by = tiers.cycle_of(calendar.day(at), joined_day(standing))[1] - 1 if tiers.reviewed else None
    until = by if by is not None else None if falls is None else calendar.day(falls - 1)
    return TierProgress(
        set=tiers.id,
        level=level,
        next=None if above is None else tiers.levels[above],
        counted=counted[0],
        missing=None if missing is None else missing[0] or 0,
        decimals=tiers.decimals,
        last_day=None if falls is None else _iso(calendar.day(falls - 1)),
        by=None if by is None else _iso(by),
        rests_on=_rests_on(held, tiers, place, counted),
        keep=None if needed is None or until is None else Keeping(missing=needed[0] or 0, by=_iso(until)),
        projected=_projected(standing, tiers, counted, place, at=at, rules=rules) if standing.enrolled else None,
        by_hand=None if held.stay.by_hand is None else _given(held.stay.by_hand, rules),
        measures=[
            MeasureProgress(
                measure=measure.id,
                counts=measure.counts,
                counted=counted[position],
                missing=None if missing is None else missing[position],
                keep=None if needed is None else needed[position],
                decimals=measure.decimals,
            )
            for position, measure in enumerate(tiers.measures)
        ],
    )


def _missing(counted: Sequence[int], tiers: TierRules, place: int | None) -> list[int | None] | None:
    """What is missing of each measure for the level at a place; None for a measure that the level does not ask for."""
    if place is None:
        return None
    asked = zip(tiers.needs[place], counted, strict=True)
    return [None if need is None else max(0, need - has) for need, has in asked]


def _needed(
    standing: Standing, tiers: TierRules, place: int, falls: int | None, *, at: int, rules: Rules
) -> list[int | None] | None:
    """What is missing of each measure to keep the level at a place; None where nothing can take it."""
    if place <= tiers.base:
        return None
    if tiers.reviewed:
        return _missing(counting_now(standing, tiers, at, rules), tiers, place)
    if falls is None:
        return None
    return _missing(counting_now(standing, tiers, falls, rules), tiers, place)


def _rests_on(
    held: Held, tiers: TierRules, place: int, counted: Sequence[int]
) -> Literal["counted", "kept", "by_hand"]:
    by_hand = held.stay.by_hand
    if by_hand is not None and (by_hand.only or tiers.place_of(by_hand.level) >= place > tiers.place(counted)):
        return "by_hand"
    return "kept" if place > (tiers.place(counted) if not tiers.at_review else -1) and held.stay.kept else "counted"


def _projected(
    standing: Standing, tiers: TierRules, counted: Sequence[int], place: int, *, at: int, rules: Rules
) -> Projected | None:
    day = rules.calendar.day(at)
    first, following = tiers.span(day, joined_day(standing))
    by: str | None = None
    if tiers.reviewed:
        length, passed = following + 1 - first, day - first + 1
        by = _iso(following)
    elif tiers.cycle is not None and not tiers.renewed:  # for life
        return None
    else:
        length = tiers.leaves_on(day) - day
        days = [
            on
            for measure in tiers.measures
            for on, _ in standing.ranks.get(measure.key, NO_RANK).days
            if first <= on <= day
        ]
        passed = min(length, day - min(days, default=first) + 1)
    pace = [
        amount if measure.counts == "balance" else max(0, amount) * length // passed
        for measure, amount in zip(tiers.measures, counted, strict=True)
    ]
    earned = tiers.place(pace)
    if tiers.reviewed and tiers.one_step:
        earned = max(earned, place - 1)
    return Projected(level=tiers.named(earned), counted=pace[0], by=by)


def _given(by_hand: ByHand, rules: Rules) -> HandGiven:
    until = _iso(rules.calendar.day(by_hand.until - 1)) if by_hand.until else None
    return HandGiven(level=by_hand.level, until=until, only=by_hand.only, reason=by_hand.reason)


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()
