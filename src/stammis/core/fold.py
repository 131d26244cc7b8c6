"""The fold: events applied one after the other, what falls due in between, and a standing as it reads at an instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator, Sequence

from msgspec import structs

from stammis.core.calendars import instant, moment
from stammis.core.decide import decide
from stammis.core.due import as_read
from stammis.core.due import due_at as wallets_due_at
from stammis.core.effects import Decision, Refused
from stammis.core.events import AnyEvent, BroughtBalance, DayPassed, MemberChanged
from stammis.core.evolve import Draft, drafted
from stammis.core.levels import at_instant, held_by, tended_sets
from stammis.core.levels import due as levels_due
from stammis.core.lots import ended
from stammis.core.rules import Rules
from stammis.core.standing import NEVER, About, Purse, Rank, Standing
from stammis.core.tiers import falls_at, rank_of, rank_on
from stammis.core.world import World
from stammis.core.yearly import next_at

TIMELESS = (MemberChanged, BroughtBalance)
"""Events without a time of their own: a history may follow them."""


def apply(event: AnyEvent, world: World, rules: Rules, current: Rules | None = None) -> tuple[Decision, World]:
    """Decides an event and applies it: the decision, and the world after it, as it was where the event is refused.

    ``rules`` and ``current`` as for ``decide``.
    """
    decision = decide(event, world, rules, current)
    return decision, world_after(event, decision, world, current or rules)


def world_after(event: AnyEvent, decision: Decision, world: World, rules: Rules) -> World:
    """The world after a decided event: every effect applied, the standing's clock and counter moved on.

    ``rules`` are those by which tiers move.
    """
    if decision.effects and type(decision.effects[0]) is Refused:
        return world
    draft = drafted(world, decision.effects, rules)
    at = None if type(event) in TIMELESS else instant(event.occurred_at)
    return structs.replace(draft.world, standing=_settled(draft, at, rules))


def standing_after(at: int, decision: Decision, world: World, rules: Rules) -> Standing:
    """The standing of the world after an event of that instant, for whoever needs nothing else of it."""
    return _settled(drafted(world, decision.effects, rules), at, rules)


def _settled(draft: Draft, at: int | None, rules: Rules) -> Standing:
    """A standing to which all effects are applied, its clock and counter moved on; None: for a timeless event."""
    standing = draft.standing
    latest_at, about = standing.latest_at, standing.about
    if at is not None and at > latest_at:
        latest_at = at
    if about.next_at <= latest_at:
        upcoming = next_at(about, latest_at, rules.calendar, rules.programme.members.leap_day)
        about = About(about.consents, about.birthday, about.joined, upcoming)
    due_at = _next_due(about, draft, rules)
    if standing.pending or standing.holds:
        due_at = earlier(due_at, wallets_due_at(standing.pending, standing.holds))
    standing = structs.replace(
        standing,
        purses=draft.purses,
        ranks=draft.ranks,
        counts=draft.counts,
        events=standing.events + 1,
        rows=draft.rows,
        latest_at=latest_at,
        due_at=due_at,
        purchases=draft.purchases,
        about=about,
    )
    if rules.tended or standing.stays:
        standing = structs.replace(standing, due_at=_sooner(due_at, standing, rules))
    return standing


def _next_due(about: About, draft: Draft, rules: Rules) -> int | None:
    """The next instant at which something falls due by itself; None where nothing will.

    A lot ends, a level falls, a birthday or an anniversary begins.
    """
    due = about.next_at
    for purse in draft.purses.values():
        lots = purse.lots
        if lots:
            ends_at = lots[0].ends_at
            if ends_at is not None and ends_at < due:
                due = ends_at
    stays = draft.standing.stays
    for tiers in rules.rolling:
        if stays and tiers.id in stays:
            continue
        rank = draft.ranks.get(tiers.id)
        if rank is None or not rank.days or rules.calendar.starts_at(rank.days[0][0] + tiers.window) >= due:
            continue  # nothing leaves the window before something else is due
        falls = falls_at(rank, tiers, rules.calendar)
        if falls is not None and falls < due:
            due = falls
    return due if due < NEVER else None


def _sooner(due_at: int | None, standing: Standing, rules: Rules) -> int | None:
    """The next due instant, where a tended tier set may come first."""
    for tiers in tended_sets(standing, rules):
        found = levels_due(held_by(standing, tiers), standing, tiers, standing.latest_at, rules)
        if found is not None and (due_at is None or found < due_at):
            due_at = found
    return due_at


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two instants, None being never."""
    return other if one is None else one if other is None else min(one, other)


def due_days(
    world: World, until: int, rules_at: Callable[[int], Rules], starts: Sequence[int] = ()
) -> Generator[tuple[DayPassed, Decision, World], None, World]:
    """Applies what falls due up to and including an instant: each day when something happens, and the world after it.

    ``rules_at`` tells the rules in force at an instant, ``starts`` the instants at which others came into force: levels
    are reviewed at each of them. What it returns at its end is the world with nothing due.
    """
    reached = world.standing.latest_at
    while (due_at := _next_of(world.standing.due_at, starts, reached)) is not None and due_at <= until:
        reached = due_at
        event = DayPassed(occurred_at=moment(due_at))
        decision, after = apply(event, world, rules_at(due_at))
        assert decision.effects or after.standing.due_at != due_at, "what falls due is done or falls due later"
        if decision.effects:
            world = after
            yield event, decision, world
        else:  # nothing happened, so nothing is recorded: the standing counts no event
            world = structs.replace(world, standing=structs.replace(world.standing, due_at=after.standing.due_at))
    return world


def _next_of(due_at: int | None, starts: Sequence[int], reached: int) -> int | None:
    """What comes first of a due instant and the next start of a version after what has been reached."""
    if not starts:
        return due_at
    place = bisect_right(starts, reached)
    if place == len(starts):
        return due_at
    return starts[place] if due_at is None else min(due_at, starts[place])


def as_of(standing: Standing, at: int, rules: Rules) -> Standing:
    """The standing as it would read at an instant: without lots that have ended, tiers reviewed; nothing is posted."""
    standing = as_read(standing, at, rules)
    purses = {}
    for wallet, purse in standing.purses.items():
        gone = ended(purse, at)
        amount = sum(lot.left for lot in gone)
        purses[wallet] = (
            Purse(purse.lots[len(gone) :], purse.debt, purse.held, purse.balance - amount, purse.lapsed + amount)
            if gone
            else purse
        )
    ranks = dict(standing.ranks)
    day = rules.calendar.day(at)
    for tiers in rules.tiers:
        if tiers.tended or tiers.id in standing.stays:
            held = at_instant(standing, tiers, at, rules)
            rank = rank_of(standing, tiers)
            ranks[tiers.id] = Rank(held.level, rank.days, held.since, rank.total, rank.gone)
        elif tiers.id in ranks:
            rank = rank_on(rank_of(standing, tiers), day, tiers.window)
            ranks[tiers.id] = Rank(tiers.level(rank.total), rank.days, rank.since, rank.total, rank.gone)
    return structs.replace(standing, purses=purses, ranks=ranks)
