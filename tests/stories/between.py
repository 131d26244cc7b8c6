"""Sentences of stories about acts between members: gifts, households, merges, older balances, guests."""

from __future__ import annotations

import datetime as dt
import re

from msgspec import structs

from stammis.accrual.outcomes import MemberFields, Proof
from stammis.core import events
from stammis.ledger.models import Entry
from tests.stories.vocabulary import Act, Said, Vocabulary

WORDS = Vocabulary()


@WORDS.sentence(r"(?P<who>\w+) (?P<act>becomes a member|is a household|is a company|is a charity)")
def _begins(found: re.Match[str], _at: dt.datetime) -> Act:
    kind = found["act"].removeprefix("is a ") if found["act"].startswith("is a ") else "member"
    return found["who"], MemberFields(found["who"], {"name": found["who"]}, kind)


@WORDS.sentence(r"(?P<who>\w+) gives (?P<points>\d+) (?P<wallet>\w+) to (?P<to>\w+) \(transfer (?P<id>\w+)\)")
def _gives(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Transfer(
        occurred_at=at,
        id=found["id"],
        member=found["who"],
        to=found["to"],
        wallet=found["wallet"],
        amount=int(found["points"]),
    )


@WORDS.sentence(r"(?P<who>\w+) joins (?P<pool>\w+) with a share of (?P<share>\d+) per cent")
def _joins(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.PoolChanged(
        occurred_at=at, member=found["who"], pool=found["pool"], account="", share=int(found["share"])
    )


@WORDS.sentence(r"(?P<who>\w+) leaves (?P<pool>\w+)")
def _leaves(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.PoolChanged(
        occurred_at=at, member=found["who"], pool=found["pool"], account="", left=True
    )


@WORDS.sentence(r"(?P<old>\w+) is merged into (?P<who>\w+) \(merge (?P<id>\w+)\)")
def _merges(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Merged(occurred_at=at, id=found["id"], member=found["old"], into=found["who"])


@WORDS.sentence(r"merge (?P<id>\w+) is undone for (?P<who>\w+)")
def _parts(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Unmerged(occurred_at=at, merge=found["id"], member="")


@WORDS.sentence(r"(?P<who>\w+) brings (?P<points>\d+) points usable until (?P<last>[\d-]+) \(balance (?P<id>\w+)\)")
def _brings(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.BroughtBalance(
        occurred_at=at,
        id=found["id"],
        member=found["who"],
        wallet="points",
        amount=int(found["points"]),
        ends_on=dt.date.fromisoformat(found["last"]),
    )


@WORDS.sentence(r"(?P<who>\w+) proves the address (?P<email>\S+)")
def _proves(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], Proof(found["who"], found["email"], at)


@WORDS.sentence(r"the pending points of order (?P<order>\w+) are let go for (?P<who>\w+)")
def _lets_go(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], _settled(found, at, released=True)


@WORDS.sentence(r"the pending points of order (?P<order>\w+) are taken away from (?P<who>\w+)")
def _takes_away(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], _settled(found, at, released=False)


@WORDS.sentence(r"the pending points of order (?P<order>\w+) are brought back for (?P<who>\w+)")
def _brings_back(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.PendingRestored(occurred_at=at, taken=f"settle-{found['order']}")


def _settled(found: re.Match[str], at: dt.datetime, *, released: bool) -> events.PendingSettled:
    return events.PendingSettled(
        occurred_at=at,
        id=f"settle-{found['order']}",
        member=found["who"],
        account="",
        row=0,
        released=released,
        reason="by hand",
    )


def meant(said: Said | None) -> Said | None:
    """Give what is said of pending points with the row that brought them: its number is not known to a story."""
    if not isinstance(said, events.PendingSettled):
        return said
    order = said.id.removeprefix("settle-")
    row = Entry.objects.filter(source_id=order, kind="earn", pending__isnull=False).latest("row")
    return structs.replace(said, account=row.member_id.hex, row=row.row)
