"""Levels of many members: whose falls soon, and who would move where if a programme changed."""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stammis.accrual.models import Standing as StandingRow
from stammis.accrual.records import read_standing
from stammis.core.calendars import instant
from stammis.core.programme import Programme as Document
from stammis.core.progress import TierProgress, ends_at, level_at, tier_progress
from stammis.core.rules import Rules, compile_rules
from stammis.core.standing import Standing
from stammis.core.tier_rules import TierRules
from stammis.kit.errors import NotFound
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme

CHUNK = 2_000
MOST_LISTED = 200


class UnknownTierSet(NotFound):
    """The programme has no tier set with this id."""

    code = "unknown_tier_set"


@dataclass(frozen=True, slots=True)
class Move:
    """A member whose level in a tier set would change."""

    member_id: uuid.UUID
    reference: str | None
    name: str | None
    set: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetMoves:
    """What a changed programme would do to the levels of a tier set.

    ``counts`` tells how many members go from one level to another (None: no level), by (before, after), most first;
    ``staying`` how many keep theirs. ``members`` lists those who move, at most ``MOST_LISTED``.
    """

    set: str
    counts: tuple[tuple[tuple[str | None, str | None], int], ...]
    staying: int
    members: tuple[Move, ...]

    @property
    def moving(self) -> int:
        """How many members change their level."""
        return sum(count for _, count in self.counts)


def holding(members: QuerySet[Member], tiers: TierRules, level: str, now: dt.datetime) -> QuerySet[Member]:
    """Narrow members to those who may hold a level: by what was kept of them, and all for whom something is overdue.

    Whether they hold it is for ``tier_view``: something that is due may have moved them since.
    """
    kept = Q(state__contains=f'"{tiers.id}":["{level}"') | Q(due_at__lte=now)
    if level == tiers.named(tiers.base):  # held by whoever nothing has counted for yet
        kept |= ~Q(state__contains=f'"{tiers.id}":[')
    return members.filter(Exists(StandingRow.objects.filter(kept, member=OuterRef("id"))))


def falling(programme: Programme, tier_set: str, *, days: int, now: dt.datetime, limit: int = 50) -> dict[str, Any]:
    """Give the members whose level falls within so many days if nothing more counts, soonest first, and how many.

    Each with level, the level after, last day and what keeps it. Raises UnknownTierSet.
    """
    rules = programmes.versions(programme.id).at(instant(now))
    if tier_set not in rules.tier_sets:
        raise UnknownTierSet
    until = now + dt.timedelta(days=days)
    due = StandingRow.objects.filter(programme_id=programme.id, due_at__lte=until)
    found = list(_falls(_standings(due), rules, tier_set, instant(now), instant(until)))
    soonest = heapq.nsmallest(limit, found, key=lambda each: (each[0], each[1]))
    names = _names([member for _, member, _ in soonest])
    items = [
        {
            "member": names[member][0],
            "name": names[member][1],
            "level": progress["level"],
            "falls_to": _level_then(standing, rules, tier_set, falls_at),
            "last_day": progress["last_day"],
            "keep": progress["keep"],
            "decimals": progress["decimals"],
        }
        for falls_at, member, standing in soonest
        for progress in [_progress_in(standing, rules, tier_set, instant(now))]
        if member in names
    ]
    return {"items": items, "count": len(found)}


def what_if(
    programme: Programme, document: Document, *, on: dt.date | None = None, now: dt.datetime, limit: int = MOST_LISTED
) -> list[SetMoves]:
    """Give who would move where in each tier set if a document came into force, at the beginning of a day or now.

    ``document`` is parsed; nothing is written. Measures that the programme did not count before begin at nothing, as
    they would. Reads every standing of the programme.
    """
    old = programmes.versions(programme.id)
    rules = compile_rules(document, len(old.starts) + 1)
    at = instant(now) if on is None else max(instant(now), rules.calendar.starts_at(on.toordinal()))
    before = old.at(at)
    counts: dict[str, Counter[tuple[str | None, str | None]]] = {name: Counter() for name in rules.tier_sets}
    moved: dict[str, list[tuple[uuid.UUID, str | None, str | None]]] = {name: [] for name in rules.tier_sets}
    for member, standing in _standings(StandingRow.objects.filter(programme_id=programme.id)):
        if not standing.enrolled:
            continue
        for name, tiers in rules.tier_sets.items():
            old_set = before.tier_sets.get(name)
            was = None if old_set is None else level_at(standing, old_set, at, before)
            will = level_at(standing, tiers, at, rules)
            counts[name][was, will] += 1
            if was != will and len(moved[name]) < limit:
                moved[name].append((member, was, will))
    return [_moves(name, counts[name], moved[name]) for name in rules.tier_sets]


def _moves(
    name: str,
    counts: Counter[tuple[str | None, str | None]],
    moved: Iterable[tuple[uuid.UUID, str | None, str | None]],
) -> SetMoves:
    moved = list(moved)
    names = _names([member for member, _, _ in moved])
    return SetMoves(
        set=name,
        counts=tuple((pair, count) for pair, count in counts.most_common() if pair[0] != pair[1]),
        staying=sum(count for (was, will), count in counts.items() if was == will),
        members=tuple(Move(member, *names.get(member, (None, None)), name, was, will) for member, was, will in moved),
    )


def _standings(rows: Any) -> Iterator[tuple[uuid.UUID, Standing]]:
    for member, state in rows.values_list("member_id", "state").iterator(chunk_size=CHUNK):
        yield member, read_standing(state)


def _falls(
    standings: Iterable[tuple[uuid.UUID, Standing]], rules: Rules, tier_set: str, now: int, until: int
) -> Iterator[tuple[int, uuid.UUID, Standing]]:
    tiers = rules.tier_sets[tier_set]
    for member, standing in standings:
        if not standing.enrolled:
            continue
        falls_at = ends_at(standing, tiers, now, rules)
        if falls_at is not None and falls_at <= until:
            yield falls_at, member, standing


def _level_then(standing: Standing, rules: Rules, tier_set: str, falls_at: int) -> str | None:
    return level_at(standing, rules.tier_sets[tier_set], falls_at, rules)


def _progress_in(standing: Standing, rules: Rules, tier_set: str, at: int) -> TierProgress:
    return next(each for each in tier_progress(standing, rules, at) if each["set"] == tier_set)


def _names(members: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str | None, str | None]]:
    rows = Member.objects.filter(id__in=list(members)).values_list("id", "reference", "name")
    return {member: (reference, name) for member, reference, name in rows}
