"""Carrying: what counted in an account that is merged counts in the other: levels, caps and what conditions ask about.

The merged account keeps its own side, so that a return of what was bought there is decided as ever, and parting the
accounts takes out of the other exactly what was carried into it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.counting import used_in
from stammis.core.effects import (
    Counted,
    Effect,
    PastCarried,
    Progressed,
    Remembered,
    Stayed,
    Step,
    TierMoved,
)
from stammis.core.events import Received
from stammis.core.evolve import evolve_all
from stammis.core.levels import NO_STAY, kept_by_reviews
from stammis.core.parcels import NOTHING_CARRIED, ByHand, Carried
from stammis.core.rules import Rules
from stammis.core.standing import Count, Standing, Stay
from stammis.core.tiers import forgotten, rank_of, total_on
from stammis.core.world import World

UNMERGE = "unmerge"


def baggage(standing: Standing, other: Standing, since: int) -> Carried:
    """All that counts in an account, as it goes along into another by a merge.

    A level by hand that lasts until a day is one that is kept until then; one for good, or exact, is taken over where
    the other account has none by hand.
    """
    stays = standing.stays
    by_hand = {name: stay.by_hand for name, stay in stays.items() if stay.by_hand is not None}
    passing = {name: (given.level, given.until) for name, given in by_hand.items() if given.until and not given.only}
    taken = {name: given for name, given in by_hand.items() if name not in passing and not _by_hand(other, name)}
    kept = {
        name: (*stay.kept, *((passing[name],) if name in passing else ()))
        for name, stay in stays.items()
        if stay.kept or name in passing
    }
    carried = Carried(
        progress=_days(standing),
        counts={
            rule: tuple((count.period, count.points, count.times) for count in counts)
            for rule, counts in standing.counts.items()
        },
        purchases=standing.purchases,
        days=standing.past.days,
        events=_unknown(standing.past.events, other),
        kept=kept,
        by_hand=taken,
        reached={name: stay.reached for name, stay in stays.items() if stay.reached},
    )
    if carried == NOTHING_CARRIED:
        return carried
    own = {name: (stay.cycle, stay.kept, stay.reached) for name, stay in other.stays.items()}
    return structs.replace(carried, since=since, own=own)


def carried_on(before: Standing, effects: Iterable[Effect], after: Standing, other: Standing) -> Carried:
    """What an event of a merged account changes of what was carried into the other account."""
    progress: dict[str, dict[int, int]] = {}
    counts: dict[str, dict[int, tuple[int, int, int]]] = {}
    days: list[tuple[int, int, int]] = []
    events: dict[str, tuple[int, ...]] = {}
    for effect in effects:
        if isinstance(effect, Progressed):
            on = progress.setdefault(effect.set, {})
            on[effect.day] = on.get(effect.day, 0) + effect.amount
        elif isinstance(effect, Counted):
            now = effect.count
            was = _count(before, effect.rule, now.period)
            used = (now.period, now.points - was.points, now.times - was.times)
            counts.setdefault(effect.rule, {})[now.period] = used
        elif isinstance(effect, Remembered) and effect.event is None:
            days.append((effect.day, effect.times, effect.spent))
        elif isinstance(effect, Remembered) and effect.event is not None:
            events[effect.event] = (*events.get(effect.event, ()), effect.day)
    return Carried(
        progress={key: tuple(on.items()) for key, on in progress.items()},
        counts={rule: tuple(used.values()) for rule, used in counts.items()},
        purchases=after.purchases - before.purchases,
        days=tuple(days),
        events=_unknown(events, other),
    )


def since_left(carried: Carried, left: Carried) -> Carried:
    """What was carried into an account that another has left since: what that one had brought is not its own."""
    if carried.since < left.since:
        return carried  # the other came later
    own = {
        name: (cycle, _without(kept, left.kept.get(name, ())), reached)
        for name, (cycle, kept, reached) in carried.own.items()
    }
    return structs.replace(carried, own=own)


def taken_out(carried: Iterable[Carried]) -> Carried:
    """What parting two accounts takes out of the other: all that was carried into it, below zero."""
    progress: dict[str, dict[int, int]] = {}
    counts: dict[str, dict[int, tuple[int, int]]] = {}
    days: dict[int, tuple[int, int]] = {}
    events: dict[str, tuple[int, ...]] = {}
    whole = Carried()
    for each in carried:
        for key, amounts in each.progress.items():
            on = progress.setdefault(key, {})
            for day, amount in amounts:
                on[day] = on.get(day, 0) - amount
        for rule, used in each.counts.items():
            there = counts.setdefault(rule, {})
            for period, points, times in used:
                was = there.get(period, (0, 0))
                there[period] = (was[0] - points, was[1] - times)
        for day, bought, spent in each.days:
            sums = days.get(day, (0, 0))
            days[day] = (sums[0] - bought, sums[1] - spent)
        for kind, on_days in each.events.items():
            events[kind] = (*events.get(kind, ()), *on_days)
        whole = structs.replace(
            whole,
            purchases=whole.purchases - each.purchases,
            kept=whole.kept | each.kept,
            by_hand=whole.by_hand | each.by_hand,
            since=whole.since or each.since,
            own=whole.own or each.own,
        )
    return structs.replace(
        whole,
        progress={key: tuple(on.items()) for key, on in progress.items()},
        counts={rule: tuple((period, *used) for period, used in there.items()) for rule, there in counts.items()},
        days=tuple((day, *sums) for day, sums in days.items()),
        events=events,
    )


def carry(event: Received, posted: list[Effect], standing: Standing, rules: Rules) -> tuple[list[Effect], list[Step]]:
    """What an account takes over of another's past, or loses of it again, after the rows of the same event.

    Levels of rolling windows are reckoned anew here; what tended sets hold is told by ``level_moves.with_levels``.
    """
    carried = event.carried
    if carried is None:
        return [], []
    gone = event.purpose == UNMERGE
    effects: list[Effect] = [*_progressed(carried, standing, rules), *_counted(carried, standing)]
    if carried.purchases or carried.days or carried.events:
        past = PastCarried(purchases=carried.purchases, days=carried.days, events=carried.events, gone=gone)
        effects.append(past)
    effects += _parted(carried, standing, effects, instant(event.occurred_at), rules) if gone else []
    effects += [] if gone else _stayed(carried, standing, rules)
    if standing.enrolled:
        after = evolve_all(World(standing=standing), [*posted, *effects], rules).standing
        effects += _levels(standing, after, instant(event.occurred_at), rules)
    return effects, [Step("", True, "carried_back" if gone else "carried", None, 0, {"purchases": carried.purchases})]


def _progressed(carried: Carried, standing: Standing, rules: Rules) -> list[Effect]:
    effects: list[Effect] = []
    for key, days in carried.progress.items():
        if key not in rules.tallies and key not in rules.tier_sets:
            continue  # a set that is no more
        past = forgotten(standing, key)
        there = [(day, amount) for day, amount in sorted(days) if amount and day > past]
        effects += [Progressed(set=key, day=day, amount=amount) for day, amount in there]
    return effects


def _days(standing: Standing) -> dict[str, tuple[tuple[int, int], ...]]:
    """What counts on which day by tally, and on days that are kept for orders: the other may await some as well."""
    left = standing.awaited.left if standing.awaited is not None else {}
    found = {key: (*left.get(key, (0, ()))[1], *rank.days) for key, rank in standing.ranks.items()}
    return {key: days for key, days in found.items() if days}


def _counted(carried: Carried, standing: Standing) -> list[Effect]:
    effects: list[Effect] = []
    for rule, used in carried.counts.items():
        for period, points, times in sorted(used):
            there = _count(standing, rule, period)
            count = Count(there.period, max(0, there.points + points), max(0, there.times + times))
            if count != there:
                effects.append(Counted(rule=rule, count=count))
    return effects


def _stayed(carried: Carried, standing: Standing, rules: Rules) -> list[Effect]:
    effects: list[Effect] = []
    for name in _stays_of(carried, rules):
        stay = standing.stays.get(name, NO_STAY)
        kept, by_hand, reached = carried.kept.get(name, ()), carried.by_hand.get(name), carried.reached.get(name, ())
        more = reached[len(stay.reached) :]
        after = Stay(stay.cycle, (*stay.kept, *kept), stay.by_hand or by_hand, (*stay.reached, *more))
        if after != stay:
            effects.append(Stayed(set=name, stay=after))
    return effects


def _parted(carried: Carried, standing: Standing, moved: list[Effect], at: int, rules: Rules) -> list[Effect]:
    """What an account keeps of levels once what was ``moved`` counts no more.

    What came along goes, and reviews since the merge are made again, by what counts here alone.
    """
    alone = evolve_all(World(standing=standing), moved, rules).standing
    effects: list[Effect] = []
    for name in dict.fromkeys((*_stays_of(carried, rules), *(standing.stays if carried.since else ()))):
        stay = standing.stays.get(name, NO_STAY)
        kept, by_hand = carried.kept.get(name, ()), carried.by_hand.get(name)
        left = _without(stay.kept, kept)
        tiers = rules.tier_sets.get(name)
        if carried.since and tiers is not None and tiers.reviewed:
            cycle, mine, reached = carried.own.get(name, (0, (), ()))
            own, together = Stay(cycle, mine, None, reached), Stay(cycle, (*mine, *kept), None, reached)
            reviewed = kept_by_reviews(together, standing, tiers, since=carried.since, at=at, rules=rules)
            others = _without(stay.kept, reviewed)
            left = (*kept_by_reviews(own, alone, tiers, since=carried.since, at=at, rules=rules), *others)
        given = None if by_hand is not None and stay.by_hand == by_hand else stay.by_hand
        after = Stay(stay.cycle, left, given, stay.reached)
        if after != stay:
            effects.append(Stayed(set=name, stay=None if after == NO_STAY else after))
    return effects


def _stays_of(carried: Carried, rules: Rules) -> list[str]:
    """The tier sets, as far as there are still such, of which levels came along."""
    names = dict.fromkeys((*carried.kept, *carried.by_hand, *carried.reached))
    return [name for name in names if name in rules.tier_sets]


def _without(kept: tuple[tuple[str, int], ...], gone: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    left = list(kept)
    for each in gone:
        if each in left:
            left.remove(each)
    return tuple(left)


def _levels(before: Standing, after: Standing, at: int, rules: Rules) -> list[Effect]:
    effects: list[Effect] = []
    day = rules.calendar.day(max(at, after.latest_at))
    for tiers in rules.tiers:
        if tiers.tended or tiers.id in after.stays or tiers.id in before.stays:
            continue
        rank = rank_of(after, tiers)
        level = tiers.level(total_on(rank, tiers, day))
        if level != rank.level:
            effects.append(TierMoved(set=tiers.id, before=rank.level, after=level, at=at))
    return effects


def _count(standing: Standing, rule: str, period: int) -> Count:
    """How much of a cap is used in a period."""
    return used_in(standing.counts.get(rule, ()), period) or Count(period, 0, 0)


def _unknown(events: dict[str, tuple[int, ...]], other: Standing) -> dict[str, tuple[int, ...]]:
    """Days of events on which the other account has none."""
    known = other.past.events
    found = {kind: tuple(day for day in days if day not in known.get(kind, ())) for kind, days in events.items()}
    return {kind: days for kind, days in found.items() if days}


def _by_hand(standing: Standing, name: str) -> ByHand | None:
    return standing.stays.get(name, NO_STAY).by_hand
