"""Drafts: begun from a version, changed step by step, read by another person, published on a day.

Every step is kept with who made it and when. A draft may have mistakes until it is sent to review.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from stammis.kit.errors import Conflict
from stammis.kit.ids import uuid7
from stammis.programmes.drafts import OPEN, last_author, standing_steps, start_of
from stammis.programmes.models import Draft, DraftStep, Programme, Version
from stammis.programmes.services.publishing import FixedForGood, publish, read

State = Draft.State
Act = DraftStep.Act


class DraftMoved(Conflict):
    """Somebody else changed the draft in the meantime. Nothing of yours was saved: look at theirs first."""

    code = "draft_moved"


class WrongState(Conflict):
    """The draft is not in a state in which this can be done."""

    code = "wrong_state"


class NotYours(Conflict):
    """Nobody approves a draft whose last change is their own: ask somebody else who may."""

    code = "own_draft"


@dataclass(frozen=True)
class Author:
    """Who does something, when, and what they write about it; ``alone`` where nobody else could approve anything."""

    by: str
    at: dt.datetime
    note: str = ""
    alone: bool = False


@transaction.atomic
def begin(
    programme: Programme,
    name: str,
    author: Author,
    document: dict[str, Any] | None = None,
    *,
    id: uuid.UUID | None = None,
) -> Draft:
    """Begin a draft with a document, or with the newest version's. Raises DraftMoved where there is one with its id."""
    newest = programme.versions.order_by("-number").first()
    assert newest is not None, "a programme has a version from its beginning"
    document = start_of(newest) if document is None else document
    draft, begun = Draft.objects.get_or_create(
        id=id or uuid7(),
        defaults={
            "programme": programme,
            "name": name,
            "document": document,
            "base": newest.number,
            "steps": 0,
            "begun_at": author.at,
            "changed_at": author.at,
        },
    )
    if not begun:
        raise DraftMoved(gettext_noop("There is a draft with this id already."))
    return _step(draft, Act.BEGUN, author, document)


@transaction.atomic
def save(draft: Draft, document: dict[str, Any], author: Author, *, after: int | None = None) -> Draft:
    """Keep a document as the draft's next step; one that changes nothing is no step.

    ``after`` is the number of the step that the author saw last. A draft in review or approved is a draft again.
    Raises DraftMoved and WrongState.
    """
    draft = _locked(draft, OPEN)
    if after is not None and after != draft.steps:
        raise DraftMoved
    if document == draft.document:
        return draft
    draft.state = State.DRAFT
    return _step(draft, Act.SAVED, author, document)


@transaction.atomic
def undo(draft: Draft, author: Author) -> Draft:
    """Take the last change back, as a step of its own: what the draft said before it. Raises WrongState."""
    draft = _locked(draft, OPEN)
    behind = standing_steps(draft)
    if len(behind) < 2:  # noqa: PLR2004 - with one there is nothing before it
        raise WrongState(gettext_noop("There is nothing to take back."))
    draft.state = State.DRAFT
    return _step(draft, Act.UNDONE, author, behind[-2].document)


@transaction.atomic
def ask_for_review(draft: Draft, author: Author) -> Draft:
    """Ask somebody else to read the draft. Raises BadDocument where it has mistakes, FixedForGood and WrongState."""
    draft = _locked(draft, (State.DRAFT,))
    parsed = read(draft.document)
    promised = draft.programme
    if (parsed.programme, parsed.currency, parsed.timezone) != (promised.slug, promised.currency, promised.zone):
        raise FixedForGood(gettext_noop("A draft keeps its programme's id, currency and time zone."))
    draft.state = State.IN_REVIEW
    return _step(draft, Act.ASKED, author)


@transaction.atomic
def go_back(programme: Programme, number: int, name: str, author: Author, *, begins: dt.date | None = None) -> Draft:
    """Draft once more what an earlier version said, from a day on or at once, and ask somebody else to read it.

    Published, it is the next version: what was decided stays decided, and the versions in between stay in the history.
    Raises Version.DoesNotExist, and what ``ask_for_review`` raises.
    """
    document = start_of(programme.versions.get(number=number))
    if begins is not None:
        document["from"] = begins.isoformat()
    return ask_for_review(begin(programme, name, replace(author, note=""), document), author)


@transaction.atomic
def send_back(draft: Draft, author: Author) -> Draft:
    """Give the draft back to its authors, with what is to be done. Raises WrongState."""
    draft = _locked(draft, (State.IN_REVIEW, State.APPROVED))
    draft.state = State.DRAFT
    return _step(draft, Act.SENT_BACK, author)


@transaction.atomic
def approve(draft: Draft, author: Author) -> Draft:
    """Approve a draft in review: by anybody but who changed it last, unless nobody else could approve anything.

    So every change is read by a second person, and two who wrote in turns can still approve each other's.
    Raises NotYours and WrongState.
    """
    draft = _locked(draft, (State.IN_REVIEW,))
    own = author.by == last_author(draft)
    if own and not author.alone:
        raise NotYours
    draft.state = State.APPROVED
    return _step(draft, Act.APPROVED, author, alone=own)


@transaction.atomic
def discard(draft: Draft, author: Author) -> Draft:
    """Put a draft away; it stays in the list with its steps. Raises WrongState."""
    draft = _locked(draft, OPEN)
    draft.state = State.DISCARDED
    return _step(draft, Act.DISCARDED, author)


@transaction.atomic
def publish_draft(draft: Draft, author: Author, *, begins: dt.date | None = None) -> Version:
    """Publish an approved draft, in force from a day on, or at once. Raises WrongState and what ``publish`` raises."""
    draft = _locked(draft, (State.APPROVED,))
    document = {name: value for name, value in draft.document.items() if name != "from"}
    if begins is not None:
        document["from"] = begins.isoformat()
    version = publish(document, by=author.by, now=author.at, note=author.note)
    draft.state = State.PUBLISHED
    draft.version = version.number
    _step(draft, Act.PUBLISHED, author)
    return version


def _locked(draft: Draft, states: tuple[Draft.State, ...]) -> Draft:
    draft = Draft.objects.select_for_update().get(id=draft.id)
    if draft.state not in states:
        raise WrongState
    return draft


def _step(
    draft: Draft, act: DraftStep.Act, author: Author, document: dict[str, Any] | None = None, *, alone: bool = False
) -> Draft:
    """Write a step down, and the draft as it is after it."""
    draft.steps += 1
    draft.changed_at = author.at
    if document is not None:
        draft.document = document
    draft.save()
    DraftStep.objects.create(
        programme_id=draft.programme_id,
        draft=draft,
        number=draft.steps,
        act=act,
        document=document,
        by=author.by,
        at=author.at,
        note=author.note,
        alone=alone,
    )
    return draft
