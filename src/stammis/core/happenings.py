"""Happenings: what events other than purchases give, those that callers report and those that come by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from stammis.core.calendars import instant, weekday
from stammis.core.completion import NO_VERSION, UNENROLLED, counted_effects
from stammis.core.earn import PerEvent
from stammis.core.earning import counts_at, earnings_of_event
from stammis.core.effects import Celebrated, Decision, MemberSet, Remembered, Step
from stammis.core.event_types import ANNIVERSARY, BIRTHDAY, ENROLMENT, FIRST_PURCHASE
from stammis.core.events import Happening, MemberChanged, Scalar
from stammis.core.evolve import about_after
from stammis.core.histories import numbers_of
from stammis.core.journal import Journal, row_steps
from stammis.core.lasting import slide
from stammis.core.levels import levels_on
from stammis.core.pending import Settling, earn_rows, happened
from stammis.core.rules import Rules
from stammis.core.scene import Scene
from stammis.core.standing import About
from stammis.core.tiers import Progress
from stammis.core.world import Grants, World
from stammis.core.yearly import falls_on, year_of

YEARLY: Final[dict[str, Literal["birthday", "anniversary"]]] = {BIRTHDAY: "birthday", ANNIVERSARY: "anniversary"}


class Occasion(NamedTuple):
    """What happens to whom: the type of event, its properties, the member's facts as they are then."""

    kind: str
    properties: dict[str, Scalar]
    labels: tuple[str, ...]
    attributes: dict[str, Scalar]
    about: About


def decide_happening(event: Happening, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a reported event: the rules for its type, once a year for what comes once a year."""
    standing = world.standing
    if not rules.version or not standing.enrolled:
        return Decision(effects=(), steps=UNENROLLED if rules.version else NO_VERSION)
    if event.type in (ENROLMENT, FIRST_PURCHASE):
        return Decision(effects=(), steps=_unasked(event.type, "happens_by_itself", rules))
    at = instant(event.occurred_at)
    journal = Journal(standing, current)
    day = rules.calendar.day(at)
    what = YEARLY.get(event.type)
    if what is not None:
        yearly = standing.about.birthday if what == "birthday" else standing.about.joined
        if year_of(day) in yearly.years:
            return Decision(effects=(), steps=_unasked(event.type, "already_this_year", rules))
        journal.effects.append(Celebrated(what=what, year=year_of(day)))
    if rules.sliding:
        slide(journal, event.type, day, at, rules)
    if standing.pending:
        happened(journal, event.type, at)
    rows = tuple(row_steps(journal.effects))
    occasion = Occasion(event.type, event.properties, standing.labels, standing.attributes, standing.about)
    steps, progress = _earn((occasion,), at, journal, rules, world.grants)
    progress |= {measure.key: measure.of_event(event.type) for measure in rules.measures if not measure.points}
    journal.count(progress, day, at)
    if event.type in current.book.memory.events:
        journal.effects.append(Remembered(day=day, event=event.type))
    return Decision(effects=tuple(journal.effects), steps=steps + rows)


def _unasked(kind: str, because: str, rules: Rules) -> tuple[Step, ...]:
    asked = [rule for rule in rules.programme.earn if isinstance(rule, PerEvent) and rule.event == kind]
    return tuple(Step(rule.id, False, because, rule.wallet) for rule in asked)


def decide_member(event: MemberChanged, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a change of the facts about a member; whoever is enrolled by it gets what rules give for enrolment."""
    standing = world.standing
    at = instant(event.occurred_at)
    joined = None if event.joined_at is None else rules.calendar.day(instant(event.joined_at))
    enrols = event.enrolled and not standing.enrolled and not event.shared
    if joined is None and enrols:
        joined = rules.calendar.day(at)
    change = MemberSet(
        enrolled=event.enrolled,
        labels=event.labels,
        attributes=event.attributes,
        consents=event.consents,
        birthday=None if event.birthday is None else event.birthday.toordinal(),
        joined=joined,
        at=at,
    )
    if not enrols or ENROLMENT not in rules.book.by_event:
        return Decision(effects=(change,))
    journal = Journal(standing, current)
    journal.effects.append(change)
    about = about_after(standing.about, change)
    steps, progress = _earn((Occasion(ENROLMENT, {}, event.labels, event.attributes, about),), at, journal, rules)
    journal.count(progress, rules.calendar.day(at), at)
    return Decision(effects=tuple(journal.effects), steps=steps)


def celebrate(journal: Journal, at: int, rules: Rules) -> tuple[tuple[Step, ...], Progress]:
    """Lets a birthday or an anniversary that begins at an instant give what rules give for it; tells what counts."""
    standing = journal.standing
    about = standing.about
    if about.next_at > at or not standing.enrolled or not rules.version:
        return (), {}
    if standing.ties is not None and standing.ties.merged_into is not None:
        return (), {}  # the account in which this one goes on has these days itself
    occasions = []
    for kind, yearly in ((BIRTHDAY, about.birthday), (ANNIVERSARY, about.joined)):
        if kind not in rules.book.by_event:
            continue
        year = falls_on(yearly, at, rules.calendar, rules.programme.members.leap_day)
        if year is not None:
            journal.effects.append(Celebrated(what=YEARLY[kind], year=year))
            occasions.append(Occasion(kind, {}, standing.labels, standing.attributes, about))
    return _earn(occasions, at, journal, rules) if occasions else ((), {})


def _earn(
    occasions: Sequence[Occasion], at: int, journal: Journal, rules: Rules, grants: Grants | None = None
) -> tuple[tuple[Step, ...], Progress]:
    """Lets the rules for types of event give, as of the instant: one row a wallet. Tells what counts towards tiers.

    Without ``grants`` (what happens by itself locks none) rules that draw on one give nothing.
    """
    if grants is None:
        grants = Grants(budgets={pool.key: 0 for pool in rules.book.budgets})
    standing = journal.standing
    day, second = rules.calendar.local(at)
    levels = levels_on(standing, day, rules)
    counts = counts_at(day, standing.counts, rules)
    points: dict[str, int] = {}
    given: dict[str, int] = {}
    steps: tuple[Step, ...] = ()
    for occasion in occasions:
        scene = Scene(
            day,
            second,
            weekday(day),
            None,
            None,
            None,
            levels,
            occasion.labels,
            occasion.attributes,
            at=at,
            consents=occasion.about.consents,
            numbers=numbers_of(standing, occasion.about, day, at, rules.book.memory),
            properties=occasion.properties,
        )
        earnings = earnings_of_event(occasion.kind, scene, counts, rules, grants.budgets)
        steps += earnings.steps
        for found, more in ((points, earnings.points), (given, earnings.given)):
            for name, amount in more.items():
                found[name] = found.get(name, 0) + amount
    earn_rows(journal, points, given, Settling(day, at, at), rules)
    journal.effects.extend(counted_effects({}, given, standing, day, rules, whose=(None, grants.household)))
    return steps, {measure.key: points.get(measure.wallet, 0) for measure in rules.measures if measure.points}
