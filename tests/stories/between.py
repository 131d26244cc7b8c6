"""Sentences of stories about acts between members: gifts, households, merges, older balances, guests."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from stammis.accrual.outcomes import MemberFields, Proof
from stammis.core import events

Said = events.AnyEvent | MemberFields | Proof
Act = tuple[str, Said]
"""Whose balance the row tells, and what happened."""

_SENTENCES: list[tuple[re.Pattern[str], Callable[[re.Match[str], dt.datetime], Act]]] = []


def _sentence(pattern: str) -> Callable[[Callable[[re.Match[str], dt.datetime], Act]], None]:
    def learn(make: Callable[[re.Match[str], dt.datetime], Act]) -> None:
        _SENTENCES.append((re.compile(rf"^{pattern}$"), make))

    return learn


def understand(what: str, at: dt.datetime) -> Act | None:
    """Turn a sentence about an act between members into what happened; None where it is no such sentence."""
    for pattern, make in _SENTENCES:
        found = pattern.match(what)
        if found is not None:
            return make(found, at)
    return None


@_sentence(r"(?P<who>\w+) (?P<act>becomes a member|is a household|is a company|is a charity)")
def _begins(found: re.Match[str], _at: dt.datetime) -> Act:
    kind = found["act"].removeprefix("is a ") if found["act"].startswith("is a ") else "member"
    return found["who"], MemberFields(found["who"], {"name": found["who"]}, kind)


@_sentence(r"(?P<who>\w+) gives (?P<points>\d+) points to (?P<to>\w+) \(transfer (?P<id>\w+)\)")
def _gives(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Transfer(
        occurred_at=at,
        id=found["id"],
        member=found["who"],
        to=found["to"],
        wallet="points",
        amount=int(found["points"]),
    )


@_sentence(r"(?P<who>\w+) joins (?P<pool>\w+) with a share of (?P<share>\d+) per cent")
def _joins(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.PoolChanged(
        occurred_at=at, member=found["who"], pool=found["pool"], account="", share=int(found["share"])
    )


@_sentence(r"(?P<who>\w+) leaves (?P<pool>\w+)")
def _leaves(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.PoolChanged(
        occurred_at=at, member=found["who"], pool=found["pool"], account="", left=True
    )


@_sentence(r"(?P<old>\w+) is merged into (?P<who>\w+) \(merge (?P<id>\w+)\)")
def _merges(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Merged(occurred_at=at, id=found["id"], member=found["old"], into=found["who"])


@_sentence(r"merge (?P<id>\w+) is undone for (?P<who>\w+)")
def _parts(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Unmerged(occurred_at=at, merge=found["id"], member="")


@_sentence(r"(?P<who>\w+) brings (?P<points>\d+) points usable until (?P<last>[\d-]+) \(balance (?P<id>\w+)\)")
def _brings(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.BroughtBalance(
        occurred_at=at,
        id=found["id"],
        member=found["who"],
        wallet="points",
        amount=int(found["points"]),
        ends_on=dt.date.fromisoformat(found["last"]),
    )


@_sentence(r"(?P<who>\w+) proves the address (?P<email>\S+)")
def _proves(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], Proof(found["who"], found["email"], at)
