"""Sentences of stories about a member alone: facts, levels and points by hand, exchanges, longer ends, events."""

from __future__ import annotations

import datetime as dt
import re

from stammis.accrual.outcomes import MemberFields
from stammis.core import events
from tests.stories.vocabulary import Act, Vocabulary

WORDS = Vocabulary()


@WORDS.sentence(r"(?P<who>\w+) (?:joins|turns out to be)(?:,)? born on (?P<birthday>\d{4}-\d\d-\d\d)")
def _born(found: re.Match[str], _at: dt.datetime) -> Act:
    return found["who"], MemberFields(found["who"], {"birthday": dt.date.fromisoformat(found["birthday"])})


@WORDS.sentence(r"(?P<who>\w+) has the label (?P<label>[\w-]+)")
def _labelled(found: re.Match[str], _at: dt.datetime) -> Act:
    return found["who"], MemberFields(found["who"], {"labels": [found["label"]]})


@WORDS.sentence(r"the (?P<name>\w+) of (?P<who>\w+) is (?P<value>[\w-]+)")
def _has(found: re.Match[str], _at: dt.datetime) -> Act:
    return found["who"], MemberFields(found["who"], {"attributes": {found["name"]: found["value"]}})


@WORDS.sentence(r"(?P<who>\w+) consents to the (?P<purpose>\w+)")
def _consents(found: re.Match[str], at: dt.datetime) -> Act:
    consent = {"given": True, "at": at.isoformat()}
    return found["who"], MemberFields(found["who"], {"consents": {found["purpose"]: consent}})


@WORDS.sentence(r"(?P<who>\w+) is given the level (?P<level>\w+) until (?P<until>[\d-]+): (?P<reason>.+)")
def _given(found: re.Match[str], at: dt.datetime) -> Act:
    until = dt.date.fromisoformat(found["until"])
    given = events.LevelGiven(
        occurred_at=at, member=found["who"], set="status", level=found["level"], until=until, reason=found["reason"]
    )
    return found["who"], given


@WORDS.sentence(r"(?P<who>\w+) (?P<way>gets|loses) (?P<points>\d+) points by hand: (?P<reason>.+)")
def _by_hand(found: re.Match[str], at: dt.datetime) -> Act:
    amount = int(found["points"]) * (1 if found["way"] == "gets" else -1)
    id = f"by-hand-{found['who']}-{at:%Y%m%d%H%M}"
    given = events.Adjustment(
        occurred_at=at, id=id, member=found["who"], wallet="points", amount=amount, reason=found["reason"]
    )
    return found["who"], given


@WORDS.sentence(r"(?P<who>\w+) changes (?P<amount>\d+) (?P<wallet>\w+) for (?P<to>\w+) \(exchange (?P<id>\w+)\)")
def _changes(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Exchange(
        occurred_at=at,
        id=found["id"],
        member=found["who"],
        wallet=found["wallet"],
        to=found["to"],
        amount=int(found["amount"]),
    )


@WORDS.sentence(r"the (?P<wallet>\w+) of (?P<who>\w+) last until (?P<last>[\d-]+): (?P<reason>.+)")
def _extended(found: re.Match[str], at: dt.datetime) -> Act:
    return found["who"], events.Extension(
        occurred_at=at,
        id=f"longer-{found['who']}-{at:%Y%m%d%H%M}",
        member=found["who"],
        wallet=found["wallet"],
        last_day=dt.date.fromisoformat(found["last"]),
        reason=found["reason"],
    )


@WORDS.sentence(r"(?P<who>\w+) .+ \(event (?P<event>[\w-]+)(?P<properties>(?:, \w+ [\w-]+)*)\)")
def _does(found: re.Match[str], at: dt.datetime) -> Act:
    told = (part.split(" ", 1) for part in found["properties"].split(", ")[1:])
    return found["who"], events.Happening(
        occurred_at=at,
        id=f"event-{found['event']}-{found['who']}-{at:%Y%m%d%H%M}",
        type=found["event"],
        member=found["who"],
        properties={name: _value(text) for name, text in told},
    )


def _value(text: str) -> events.Scalar:
    """Give what a property says: a number, true or false, or a text."""
    return int(text) if text.isdigit() else {"true": True, "false": False}.get(text, text)
