"""Members as a list shows them: who they are beside what they have now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stammis.accrual import queries
from stammis.accrual.models import Standing
from stammis.accrual.records import read_standing
from stammis.core import views
from stammis.core.programme import Programme as Document
from stammis.core.rules import Rules
from stammis.kit import clock
from stammis.kit.pages import Page, page
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words

ROWS = 50
STRETCH = 500


@dataclass(frozen=True)
class Listed:
    """A member in a list: points in the programme's first wallet (smallest units), the level in its first tier set."""

    member: Member
    active: int
    level: str | None
    level_name: str


@dataclass(frozen=True)
class Wanted:
    """Which members to list."""

    q: str = ""
    level: str = ""
    label: str = ""

    @property
    def picks(self) -> bool:
        """Whether not all members are wanted of those whom the words find."""
        return bool(self.level or self.label)


def rules_now(programme: Programme) -> tuple[Rules | None, int]:
    """Give the rules in force and the instant they were asked for, in epoch seconds."""
    at = int(clock.now().timestamp())
    return programmes.versions(programme.id).at(at), at


def listed(programme: Programme, wanted: Wanted, cursor: str | None, limit: int = ROWS) -> Page[Listed]:
    """Give a page of members: those whom the words find, by the words; those picked by label or level, by their ids.

    A page of a level may be a little short where something is overdue, and is never empty where more come after it.
    """
    if not wanted.picks:
        found = members.search(programme.id, wanted.q, cursor, limit)
        return Page(_with_standings(programme, found.rows), after=found.after, before=found.before)
    rules, _at = rules_now(programme)
    picked = members.matching(programme.id, wanted.q, wanted.label)
    if wanted.level:
        tiers = rules.tiers[0] if rules and rules.tiers else None
        picked = queries.holding(picked, tiers, wanted.level, clock.now()) if tiers else picked.none()
    while True:
        found = page(picked, order=("reference", "id"), cursor=cursor, limit=limit)
        rows = [row for row in _with_standings(programme, found.rows) if wanted.level in ("", row.level)]
        if rows or found.after is None:
            return Page(rows, after=found.after, before=found.before)
        cursor = found.after


def of(programme: Programme, ids: Iterable[uuid.UUID]) -> list[Listed]:
    """Give these members of a programme, in the order of their own ids."""
    return _with_standings(programme, Member.objects.filter(programme=programme, id__in=ids).order_by("reference"))


def levels(document: Document) -> dict[str, str]:
    """Give the levels of the first tier set by id, with their names, lowest first."""
    return {level.id: words.name(level.name, level.id) for tiers in document.tiers[:1] for level in tiers.levels}


def _with_standings(programme: Programme, rows: Iterable[Member]) -> list[Listed]:
    found = list(rows)
    rules, at = rules_now(programme)
    states = dict(Standing.objects.filter(member_id__in=[row.id for row in found]).values_list("member_id", "state"))
    read = _reader(rules, at)
    return [read(row, states) for row in found]


def _reader(rules: Rules | None, at: int) -> Callable[[Member, dict[uuid.UUID, str]], Listed]:
    names = levels(rules.programme) if rules else {}
    wallet = rules.programme.wallets[0].id if rules else ""

    def read(member: Member, states: dict[uuid.UUID, str]) -> Listed:
        text = states.get(member.id)
        if text is None or rules is None:
            return Listed(member, 0, None, "")
        standing = read_standing(text)
        level = next(iter(views.tier_view(standing, rules, at).values()), None)
        active = views.wallet_view(standing, rules, at)[wallet]["active"]
        return Listed(member, active, level, names.get(level or "", ""))

    return read
