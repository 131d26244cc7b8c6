"""Sentences of stories about drafts of a programme: begun, read by another, published, taken back."""

from __future__ import annotations

import datetime as dt
import re

from stammis.kit.errors import Invalid, Problem
from stammis.programmes import services
from stammis.programmes.models import Draft, Programme
from stammis.programmes.services import Author
from stammis.staff.models import Person
from stammis.staff.roles import Permission, may
from tests.stories.acts import Acts
from tests.stories.grammar import Row, Story
from tests.stories.office import mail

ACTS = Acts()
TEXTS = {"first": 0, "second": 1, "third": 2}
"""The programmes of a page, as it counts them."""


@ACTS.sentence(r"(?P<by>\w+) drafts (?P<name>\w+) with the (?P<text>first|second|third) text")
def _drafts(found: re.Match[str], row: Row, story: Story, programme: Programme) -> str:
    services.begin(programme, found["name"], _author(found, row), story.versions[TEXTS[found["text"]]])
    return ""


@ACTS.sentence(r"(?P<by>\w+) drafts (?P<name>\w+) to version (?P<number>\d+)")
def _goes_back(found: re.Match[str], row: Row, _story: Story, programme: Programme) -> str:
    services.go_back(programme, int(found["number"]), found["name"], _author(found, row))
    return ""


@ACTS.sentence(
    r"(?P<by>\w+) (?P<act>sends|approves|publishes) (?P<name>[A-Z]\w+)(?: to review)?(?: from (?P<on>[\d-]+))?"
)
def _passes_on(found: re.Match[str], row: Row, _story: Story, programme: Programme) -> str:
    """Let somebody do the next thing with a draft, as the console would; a refusal's code, or that of a mistake."""
    if not may(Person.objects.get(email=mail(found["by"])), Permission.RUN):
        return "forbidden"
    draft, author = Draft.objects.get(programme=programme, name=found["name"]), _author(found, row)
    try:
        match found["act"]:
            case "sends":
                services.ask_for_review(draft, author)
            case "approves":
                services.approve(draft, author)
            case _:
                begins = dt.date.fromisoformat(found["on"]) if found["on"] else None
                services.publish_draft(draft, author, begins=begins)
    except Invalid as invalid:
        return str(invalid.errors[0]["code"])
    except Problem as problem:
        return problem.code
    return ""


def _author(found: re.Match[str], row: Row) -> Author:
    return Author(mail(found["by"]), row.at)
