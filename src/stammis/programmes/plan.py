"""The plan: what publishing a document would change, in sentences and field by field. Nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from stammis.core.programme import Programme as Document
from stammis.kit.errors import Problem
from stammis.programmes import queries
from stammis.programmes.drafts import OPEN
from stammis.programmes.models import Draft, Programme
from stammis.programmes.sentences.parts import PartChange, part_changes
from stammis.programmes.sentences.risks import risks
from stammis.programmes.services import FixedForGood, StartsInPast, english, read


@dataclass(frozen=True)
class Plan:
    """What publishing would change.

    Attributes:
        number: the number that the version would get; of the newest one where nothing changes.
        since: the number of the version it is compared with; None where the programme is new.
        begins: from which day it would decide; None for at once.
        changes: part by part; empty where the programme is new or says the same.
        risks: in sentences, what it would do that nobody means.
    """

    document: Document
    programme: Programme | None
    number: int
    since: int | None
    begins: dt.date | None
    changes: tuple[PartChange, ...]
    risks: tuple[str, ...] = ()

    @property
    def new(self) -> bool:
        """Whether there is no such programme yet."""
        return self.programme is None

    @property
    def name(self) -> str:
        """What the programme is called."""
        return self.programme.name if self.programme else english(self.document)

    @property
    def same(self) -> bool:
        """Whether there is nothing to publish."""
        return not self.new and not self.changes

    def plain(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "programme": self.document.programme,
            "new": self.new,
            "version": self.number,
            "compared_with": self.since,
            "begins": self.begins.isoformat() if self.begins else None,
            "changes": [change.plain() for change in self.changes],
            "risks": list(self.risks),
        }


def plan(document: dict[str, Any], *, now: dt.datetime) -> Plan:
    """Compare a document with the newest version of its programme.

    Raises BadDocument, FixedForGood and StartsInPast, as publishing it would.
    """
    parsed = read(document)
    known = Programme.objects.filter(slug=parsed.programme).first()
    newest = known.versions.order_by("-number").first() if known else None
    if known is None or newest is None:
        return Plan(parsed, None, 1, None, parsed.from_, ())
    if (known.currency, known.zone) != (parsed.currency, parsed.timezone):
        raise FixedForGood
    before = queries.versions(known.id).document(newest.number)
    changes = part_changes(before, parsed)
    if not changes:
        return Plan(parsed, known, newest.number, newest.number, None, ())
    today = now.astimezone(ZoneInfo(known.zone)).date()
    if parsed.from_ and parsed.from_ < today:
        raise StartsInPast
    begins = parsed.from_ if parsed.from_ and parsed.from_ > today else None
    return Plan(parsed, known, newest.number + 1, newest.number, begins, changes, tuple(risks(before, parsed)))


def plan_of(draft: Draft, *, now: dt.datetime) -> Plan | Problem | None:
    """Give what publishing a draft would change, or why it could not be published; None where the draft is closed."""
    if draft.state not in OPEN:
        return None
    document = {name: value for name, value in draft.document.items() if name != "from"}
    try:
        return plan(document, now=now)
    except Problem as error:
        return error
