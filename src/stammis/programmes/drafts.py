"""Drafts as they are read: which there are, who changed them, and what each step changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stammis.core.document import DocumentErrors, as_document, parse, published
from stammis.core.programme import Programme as Document
from stammis.core.reading import Problem
from stammis.kit.errors import NotFound
from stammis.kit.pages import Page, page
from stammis.programmes.models import Draft, DraftStep, Programme, Version
from stammis.programmes.sentences.parts import PartChange, field_changes, part_changes

CHANGING = (DraftStep.Act.BEGUN, DraftStep.Act.SAVED, DraftStep.Act.UNDONE)
OPEN = (Draft.State.DRAFT, Draft.State.IN_REVIEW, Draft.State.APPROVED)


class UnknownDraft(NotFound):
    """There is no draft with this id."""

    code = "unknown_draft"


@dataclass(frozen=True)
class Told:
    """A step with what it changed: in sentences, or where a document has mistakes field by field alone."""

    step: DraftStep
    changes: tuple[PartChange, ...]


@dataclass
class Hands:
    """Who changed a draft, and who approved it last; empty where nobody did."""

    authors: set[str] = field(default_factory=set)
    approved_by: str = ""


def find(programme: Programme, draft_id: uuid.UUID) -> Draft:
    """Give a draft of a programme. Raises UnknownDraft."""
    found = Draft.objects.filter(programme=programme, id=draft_id).first()
    if found is None:
        raise UnknownDraft
    return found


def listed(programme: Programme, state: str | None, cursor: str | None, limit: int) -> Page[Draft]:
    """Give a page of a programme's drafts, those with the latest ids first. Raises BadCursor."""
    known = programme.drafts.filter(state=state) if state else programme.drafts.all()
    return page(known, order=("-id",), cursor=cursor, limit=limit)


def start_of(version: Version) -> dict[str, Any]:
    """Give the document with which a draft begins: the version's own, without the day on which that began."""
    document = as_document(published(version.document))
    document.pop("from", None)
    return document


def hands_in(programme: Programme, drafts: Iterable[Draft]) -> dict[uuid.UUID, Hands]:
    """Give who changed each of these drafts and who approved it; to begin with what is published is no change."""
    bases = {draft.id: draft.base for draft in drafts}
    found = {draft_id: Hands() for draft_id in bases}
    starts = {one.number: start_of(one) for one in programme.versions.filter(number__in=set(bases.values()))}
    steps = DraftStep.objects.filter(programme=programme, draft__in=bases)
    begun = steps.filter(act=DraftStep.Act.BEGUN).values_list("draft_id", "by", "document")
    for draft_id, by, document in begun:
        if document != starts[bases[draft_id]]:
            found[draft_id].authors.add(by)
    later = steps.filter(act__in=(DraftStep.Act.SAVED, DraftStep.Act.UNDONE, DraftStep.Act.APPROVED)).order_by("number")
    for draft_id, act, by in later.values_list("draft_id", "act", "by"):
        if act == DraftStep.Act.APPROVED:
            found[draft_id].approved_by = by
        else:
            found[draft_id].authors.add(by)
    return found


def authors(draft: Draft) -> set[str]:
    """Give who changed a draft."""
    return hands_in(draft.programme, [draft])[draft.id].authors


def standing_steps(draft: Draft) -> list[DraftStep]:
    """Give the steps whose changes stand, oldest first: those that were taken back are gone."""
    standing: list[DraftStep] = []
    for step in draft.history.filter(act__in=CHANGING).order_by("number"):
        if step.act == DraftStep.Act.UNDONE:
            standing.pop()
        else:
            standing.append(step)
    return standing


def last_author(draft: Draft) -> str | None:
    """Give who made the last change that stands, which somebody else has to approve; None where nothing is changed."""
    last = standing_steps(draft)[-1]
    begun = last.act == DraftStep.Act.BEGUN
    return None if begun and last.document == start_of(draft.programme.versions.get(number=draft.base)) else last.by


def readable(document: dict[str, Any]) -> tuple[Document | None, list[Problem]]:
    """Give the programme that a document says, or else everything that is wrong with it."""
    try:
        return parse(document), []
    except DocumentErrors as error:
        return None, error.errors


def story(draft: Draft) -> list[Told]:
    """Give the steps of a draft, newest first, each with what it changed."""
    told: list[Told] = []
    before = start_of(draft.programme.versions.get(number=draft.base))
    for step in draft.history.order_by("number"):
        changes: tuple[PartChange, ...] = ()
        if step.document is not None:
            changes = _between(before, step.document)
            before = step.document
        told.append(Told(step, changes))
    return told[::-1]


def _between(before: dict[str, Any], after: dict[str, Any]) -> tuple[PartChange, ...]:
    then, now = readable(before)[0], readable(after)[0]
    return field_changes(before, after) if then is None or now is None else part_changes(then, now)
