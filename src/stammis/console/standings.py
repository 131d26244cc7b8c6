"""Members as a list shows them: who they are beside what they have now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stammis.accrual.models import Standing
from stammis.accrual.records import read_standing
from stammis.core import views
from stammis.core.programme import Programme as Document
from stammis.core.rules import Rules
from stammis.kit import clock
from stammis.kit.pages import Page
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words

ROWS = 50
STRETCH = 500
MOST_STRETCHES = 10


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


@dataclass(frozen=True)
class Found(Page[Listed]):
    """A page of members; ``looked_at``: among how many, where they had to be looked at one by one."""

    looked_at: int | None = None


def rules_now(programme: Programme) -> tuple[Rules | None, int]:
    """Give the rules in force and the instant they were asked for, in epoch seconds."""
    at = int(clock.now().timestamp())
    return programmes.versions(programme.id).at(at), at


def listed(programme: Programme, wanted: Wanted, cursor: str | None, limit: int = ROWS) -> Found:
    """Give a page of members.

    Words are found in an index, and so is a label by itself. For a level, or a label besides words, up to 5,000 members
    are looked at for a page: it may be short, or hold a few more than ``limit``, and still have one after it.
    """
    if not wanted.level and not (wanted.label and wanted.q):
        found = _stretch(programme, wanted, cursor, limit)
        return Found(_with_standings(programme, found.rows), after=found.after, before=found.before)
    picked: list[Listed] = []
    looked_at = 0
    for _number in range(MOST_STRETCHES):
        found = _stretch(programme, wanted, cursor, STRETCH)
        looked_at += len(found.rows)
        picked += [row for row in _with_standings(programme, found.rows) if _meets(row, wanted)]
        cursor = found.after
        if cursor is None or len(picked) >= limit:
            break
    return Found(picked, after=cursor, looked_at=looked_at)


def of(programme: Programme, ids: Iterable[uuid.UUID]) -> list[Listed]:
    """Give these members of a programme, in the order of their own ids."""
    return _with_standings(programme, Member.objects.filter(programme=programme, id__in=ids).order_by("reference"))


def levels(document: Document) -> dict[str, str]:
    """Give the levels of the first tier set by id, with their names, lowest first."""
    return {level.id: words.name(level.name, level.id) for tiers in document.tiers[:1] for level in tiers.levels}


def _stretch(programme: Programme, wanted: Wanted, cursor: str | None, limit: int) -> Page[Member]:
    if wanted.label and not wanted.q:
        return members.labelled(programme.id, wanted.label, cursor, limit)
    return members.search(programme.id, wanted.q, cursor, limit)


def _meets(row: Listed, wanted: Wanted) -> bool:
    return (not wanted.level or row.level == wanted.level) and (not wanted.label or wanted.label in row.member.labels)


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
