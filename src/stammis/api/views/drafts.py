"""Drafts of programmes: written by some, approved by somebody else, published on a day."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from stammis.api.door import api, let_in, reply
from stammis.api.languages import spoken
from stammis.api.listing import limited
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, Description, described, path_uuid
from stammis.api.openapi.examples import A_CHANGE, A_DRAFT, DRAFT_ID
from stammis.api.problems import as_plain
from stammis.api.scoping import programme_of
from stammis.api.shapes import DraftAnswer, DraftsAnswer
from stammis.api.shapes.programmes import State
from stammis.intake.bodies import DraftBody, PublicationBody, StepBody
from stammis.intake.codes import fault
from stammis.intake.documents import read_draft
from stammis.intake.reading import decode
from stammis.kit import clock
from stammis.kit.errors import Invalid, Problem
from stammis.programmes import drafts as reading
from stammis.programmes import services
from stammis.programmes.models import Draft, Programme
from stammis.programmes.plan import plan_of
from stammis.programmes.services import Author
from stammis.staff.models import ApiKey
from stammis.staff.services import record_audit

_ID = path_uuid("id", "The draft: a UUID of the caller's own.", DRAFT_ID)
_STATE: Description = {"name": "state", "in": "query", "description": "Only drafts in this state."}
Act = Callable[[Draft, Author], object]


@api.get(
    "drafts",
    operation_id="list_drafts",
    summary="Drafts of a programme",
    openapi_extra=described(
        "Programmes", scope="programmes:read", answers={200: DraftsAnswer}, problems=(404, 422), parameters=[_STATE]
    ),
)
def list_drafts(
    request: HttpRequest,
    state: State | None = None,
    cursor: str | None = None,
    limit: int = 50,
    programme: str | None = None,
) -> HttpResponse:
    """Give a page of drafts, those with the latest ids first."""
    key = let_in(request, "programmes:read")
    found = reading.listed(programme_of(key, programme), state, cursor, limited(limit))
    return reply({"items": [_item(each) for each in found.rows], "next": found.after})


@api.get(
    "drafts/{uuid:id}",
    operation_id="get_draft",
    summary="A draft: its document, its mistakes, and what publishing it would change, in sentences",
    openapi_extra=described(
        "Programmes", scope="programmes:read", answers={200: DraftAnswer}, problems=(404, 422), parameters=[_ID]
    ),
)
def get_draft(
    request: HttpRequest, id: uuid.UUID, lang: str | None = None, programme: str | None = None
) -> HttpResponse:
    """Give a draft as it stands."""
    key = let_in(request, "programmes:read")
    found = reading.find(programme_of(key, programme), id)
    with translation.override(spoken(lang) or translation.get_language()):
        return reply(_draft(found))


@api.put(
    "drafts/{uuid:id}",
    operation_id="put_draft",
    summary="Begin a draft, or save its next step",
    description="It begins with the document given, with that of an earlier version (the way back), or with the newest "
    "version's. It may have mistakes until its review"
    " is asked for. Saved in review, or approved, it is a draft again. With after (the step that was seen last) nothing"
    " is saved over another's. 409: draft_moved, wrong_state.",
    openapi_extra=described(
        "Programmes",
        scope="programmes:write",
        body=DraftBody,
        examples={"the newest version, to be changed": A_DRAFT, "a change": A_CHANGE},
        answers={200: DraftAnswer},
        problems=(404, 409),
        parameters=[_ID, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def put_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Begin a draft or save it."""
    key = let_in(request, "programmes:write")
    body = read_draft(request.body)
    programme = programme_of(key, body.programme)

    def write() -> tuple[int, dict[str, Any]]:
        author = _author(key, body.note)
        known = Draft.objects.filter(programme=programme, id=id).first()
        if known is not None:
            saved = services.save(known, _document(programme, body) or known.document, author, after=body.after)
        elif body.name is None:
            raise Invalid(errors=[fault("/name", "missing_field")])
        else:
            saved = services.begin(programme, body.name, author, _document(programme, body), id=id)
            record_audit(key.name, "programmes.begin_draft", subject=saved.name)
        return 200, _draft(saved)

    return once(request, key, hashlib.sha256(request.body).digest(), write)


def _document(programme: Programme, body: DraftBody) -> dict[str, Any] | None:
    """Give the document that a body brings or names. Raises Invalid."""
    if body.version is None:
        return body.document
    version = programme.versions.filter(number=body.version).first()
    if version is None or body.document is not None:
        raise Invalid(errors=[fault("/version", "out_of_range", "Name a version that there is, or give a document.")])
    return reading.start_of(version)


@api.delete(
    "drafts/{uuid:id}",
    operation_id="discard_draft",
    summary="Put a draft away",
    description="It stays in the list, with its steps. 409: wrong_state.",
    openapi_extra=described(
        "Programmes", scope="programmes:write", answers={200: DraftAnswer}, problems=(404, 409, 422), parameters=[_ID]
    ),
)
def discard_draft(request: HttpRequest, id: uuid.UUID, programme: str | None = None) -> HttpResponse:
    """Put a draft away."""
    key = let_in(request, "programmes:write")
    return reply(_step(key, reading.find(programme_of(key, programme), id), "discard", services.discard))


def _towards(scope: str, body: type[StepBody] = StepBody) -> Description:
    """Describe a step of a draft towards its publication."""
    return described(
        "Programmes",
        scope=scope,
        body=body,
        body_required=False,
        examples={"without a word": {}},
        answers={200: DraftAnswer},
        problems=(404, 409),
        parameters=[_ID, IDEMPOTENCY_KEY],
        replays=True,
    )


@api.post(
    "drafts/{uuid:id}/undo",
    operation_id="undo_draft",
    summary="Take a draft's last change back",
    description="As a step of its own. 409: wrong_state where there is none.",
    openapi_extra=_towards("programmes:write"),
)
def undo_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Undo the last change."""
    return _act(request, id, "programmes:write", "undo", services.undo)


@api.post(
    "drafts/{uuid:id}/review",
    operation_id="review_draft",
    summary="Ask somebody else to read a draft",
    description="422 bad_document where it has mistakes. 409: wrong_state, fixed_for_good.",
    openapi_extra=_towards("programmes:write"),
)
def review_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Ask for a review."""
    return _act(request, id, "programmes:write", "ask", services.ask_for_review)


@api.post(
    "drafts/{uuid:id}/approve",
    operation_id="approve_draft",
    summary="Approve a draft in review",
    description="By somebody else than the author of its last change. 409: own_draft, wrong_state.",
    openapi_extra=_towards("programmes:approve"),
)
def approve_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Approve a draft."""
    return _act(request, id, "programmes:approve", "approve", services.approve)


@api.post(
    "drafts/{uuid:id}/return",
    operation_id="return_draft",
    summary="Give a draft back to its authors",
    description="With a note on what is to be done. 409: wrong_state.",
    openapi_extra=_towards("programmes:approve"),
)
def return_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Send a draft back."""
    return _act(request, id, "programmes:approve", "send_back", services.send_back)


@api.post(
    "drafts/{uuid:id}/publish",
    operation_id="publish_draft",
    summary="Publish an approved draft as the next version",
    description="In force from the local day begins, or at once. 409: wrong_state, starts_in_past.",
    openapi_extra=_towards("programmes:publish", PublicationBody),
)
def publish_draft(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Publish a draft."""
    body = decode(request.body or b"{}", PublicationBody)

    def published(draft: Draft, author: Author) -> object:
        return services.publish_draft(draft, author, begins=body.begins)

    return _act(request, id, "programmes:publish", "publish", published)


def _act(request: HttpRequest, id: uuid.UUID, scope: str, name: str, act: Act) -> HttpResponse:
    """Let the caller do something with a draft, and answer with the draft as it is then."""
    key = let_in(request, scope)
    body = decode(request.body or b"{}", PublicationBody if name == "publish" else StepBody)
    programme = programme_of(key, body.programme)
    digest = hashlib.sha256(request.body).digest()
    return once(request, key, digest, lambda: (200, _step(key, reading.find(programme, id), name, act, body.note)))


def _step(key: ApiKey, draft: Draft, name: str, act: Act, note: str | None = None) -> dict[str, Any]:
    act(draft, _author(key, note))
    record_audit(key.name, f"programmes.draft_{name}", subject=draft.name)
    return _draft(Draft.objects.get(id=draft.id))


def _author(key: ApiKey, note: str | None) -> Author:
    return Author(key.name, clock.now(), (note or "").strip())


def _item(draft: Draft) -> dict[str, Any]:
    return {
        "id": str(draft.id),
        "name": draft.name,
        "state": draft.state,
        "base": draft.base,
        "version": draft.version,
        "step": draft.steps,
        "begun_at": draft.begun_at,
        "changed_at": draft.changed_at,
    }


def _draft(draft: Draft) -> dict[str, Any]:
    planned = plan_of(draft, now=clock.now())
    problem, plan = (planned, None) if isinstance(planned, Problem) else (None, planned)
    mistakes = as_plain(problem.errors or [fault("", problem.code, problem.message)]) if problem else []
    return _item(draft) | {
        "document": draft.document,
        "mistakes": mistakes,
        "compared_with": plan.since if plan else None,
        "changes": [change.plain() for change in plan.changes] if plan else [],
        "risks": list(plan.risks) if plan else [],
        "authors": sorted(reading.authors(draft)),
        "history": [
            {
                "number": step.number,
                "act": step.act,
                "by": step.by,
                "at": step.at,
                "note": step.note,
                "alone": step.alone,
            }
            for step in draft.history.order_by("number")
        ],
    }
