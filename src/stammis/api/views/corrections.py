"""Corrections: planned, read line by line, posted, undone, put away, and told to members."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from stammis.api.door import api, let_in, reply
from stammis.api.languages import spoken
from stammis.api.listing import limited
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, Description, described, path_uuid
from stammis.api.openapi.examples import (
    A_CORRECTION,
    A_CORRECTION_BY_FILE,
    A_POSTING,
    AN_UNDOING,
    CORRECTION_ID,
)
from stammis.api.scoping import programme_of
from stammis.api.shapes import CorrectionAnswer, CorrectionLinesAnswer, CorrectionsAnswer
from stammis.core.document import published
from stammis.intake.documents import CorrectionBody, PostingBody, UndoingBody, read_correction
from stammis.intake.reading import decode
from stammis.kit.pages import page
from stammis.kit.spreadsheets import CSV, Download
from stammis.programmes import drafts
from stammis.programmes.models import Programme
from stammis.simulation import queries, services, tasks
from stammis.simulation.models import Correction, CorrectionLine
from stammis.staff.models import ApiKey
from stammis.staff.services import record_audit

READ, WRITE = "corrections:read", "corrections:write"
TAG = "Corrections"
Which = Literal["all", "gains", "losses", "refused", "apart"]
_ID = path_uuid("id", "The correction.", CORRECTION_ID)
_WHICH: Description = {
    "name": "which",
    "in": "query",
    "description": "all that is posted or may be, gains, losses, refused, or those that are listed apart.",
}


@api.post(
    "corrections",
    operation_id="begin_correction",
    summary="Plan a correction",
    description="It is planned in the background: ask for its state until it is draft. Nothing is posted. The same"
    " question that was interrupted is the same correction.",
    openapi_extra=described(
        TAG,
        scope=WRITE,
        body=CorrectionBody,
        examples={"a version that ran wrong": A_CORRECTION, "a period, by another document": A_CORRECTION_BY_FILE},
        answers={202: CorrectionAnswer},
        problems=(404, 409),
        parameters=[IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def begin_correction(request: HttpRequest) -> HttpResponse:
    """Ask for a correction and hand it to the worker."""
    key = let_in(request, WRITE)
    body = read_correction(request.body)
    programme = programme_of(key, body.programme)

    def write() -> tuple[int, dict[str, Any]]:
        draft = drafts.find(programme, body.draft) if body.draft else None
        made = services.begin_correction(
            programme,
            by=key.name,
            name=body.name,
            begins_at=body.from_,
            ends_at=body.to,
            wrong=body.wrong,
            version=body.version,
            document=draft.document if draft else body.document,
        )
        tasks.hand_over_correction(made)
        return 202, _answer(made)

    return once(request, key, hashlib.sha256(request.body).digest(), write)


@api.get(
    "corrections",
    operation_id="list_corrections",
    summary="Corrections of a programme",
    openapi_extra=described(TAG, scope=READ, answers={200: CorrectionsAnswer}, problems=(404, 422)),
)
def list_corrections(
    request: HttpRequest, cursor: str | None = None, limit: int = 50, programme: str | None = None
) -> HttpResponse:
    """Give a page of corrections, newest first."""
    key = let_in(request, READ)
    corrections = queries.corrections(programme_of(key, programme))
    found = page(corrections, order=("-id",), cursor=cursor, limit=limited(limit))
    return reply({"items": [_item(each) for each in found.rows], "next": found.after})


@api.get(
    "corrections/{uuid:id}",
    operation_id="get_correction",
    summary="A correction: how far it is, and what it comes to",
    openapi_extra=described(TAG, scope=READ, answers={200: CorrectionAnswer}, problems=(404, 422), parameters=[_ID]),
)
def get_correction(request: HttpRequest, id: uuid.UUID, programme: str | None = None) -> HttpResponse:
    """Give a correction as it stands."""
    key = let_in(request, READ)
    return reply(_answer(queries.correction(programme_of(key, programme), id)))


@api.get(
    "corrections/{uuid:id}/lines",
    operation_id="list_correction_lines",
    summary="Whom a correction concerns, with how much and why",
    openapi_extra=described(
        TAG, scope=READ, answers={200: CorrectionLinesAnswer}, problems=(404, 422), parameters=[_ID, _WHICH]
    ),
)
def list_lines(
    request: HttpRequest,
    id: uuid.UUID,
    *,
    which: Which = "all",
    cursor: str | None = None,
    limit: int = 50,
    lang: str | None = None,
    programme: str | None = None,
) -> HttpResponse:
    """Give a page of lines, the largest difference first."""
    key = let_in(request, READ)
    found = queries.correction(programme_of(key, programme), id)
    lines = queries.lines(found, which=which)
    rows = page(lines, order=queries.ORDERS["largest"], cursor=cursor, limit=limited(limit))
    document = published(found.document)
    with translation.override(spoken(lang) or translation.get_language()):
        items = [_line(line, queries.sentence(found, line, line.posted or line.amount, document)) for line in rows.rows]
    return reply({"items": items, "next": rows.after})


@api.post(
    "corrections/{uuid:id}/post",
    operation_id="post_correction",
    summary="Post a planned correction",
    description="To all, or only where the member gains; in the background: ask for its state until it is posted. Each"
    " row is dated now. Nobody gets anything twice. 409: not_planned, already_corrected.",
    openapi_extra=described(
        TAG,
        scope=WRITE,
        body=PostingBody,
        examples={"only where the member gains": A_POSTING},
        answers={202: CorrectionAnswer},
        problems=(404, 409),
        parameters=[_ID, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def post_correction(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Decide that it is posted, and hand it to the worker."""
    key = let_in(request, WRITE)
    body = decode(request.body or b"{}", PostingBody)
    programme = programme_of(key, body.programme)

    def begin(found: Correction) -> Correction:
        scope = Correction.Scope(body.scope)
        if found.state == Correction.State.POSTING and found.scope == scope:
            return found
        return services.begin_posting(programme, found.id, by=key.name, scope=scope)

    return _handed_over(request, key, programme, id, begin)


@api.post(
    "corrections/{uuid:id}/undo",
    operation_id="undo_correction",
    summary="Undo a posted correction as a whole",
    description="The opposite of what was really posted, in the background. 409: not_posted.",
    openapi_extra=described(
        TAG,
        scope=WRITE,
        body=UndoingBody,
        examples={"as a whole": AN_UNDOING},
        answers={202: CorrectionAnswer},
        problems=(404, 409),
        parameters=[_ID, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def undo_correction(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Decide that it is undone, and hand it to the worker."""
    key = let_in(request, WRITE)
    programme = programme_of(key, decode(request.body or b"{}", UndoingBody).programme)

    def begin(found: Correction) -> Correction:
        if found.state == Correction.State.UNDOING:
            return found
        return services.begin_undoing(programme, found.id, by=key.name)

    return _handed_over(request, key, programme, id, begin)


@api.delete(
    "corrections/{uuid:id}",
    operation_id="drop_correction",
    summary="Put a correction away",
    description="A planning stops; a plan is put away and stays in the list. Of neither anything is posted. 409:"
    " not_planned, where something is posted or was.",
    openapi_extra=described(
        TAG, scope=WRITE, answers={200: CorrectionAnswer}, problems=(404, 409, 422), parameters=[_ID]
    ),
)
def drop_correction(request: HttpRequest, id: uuid.UUID, programme: str | None = None) -> HttpResponse:
    """Stop the planning, or decide that nothing is posted."""
    key = let_in(request, WRITE)
    scope = programme_of(key, programme)
    found = queries.correction(scope, id)
    if found.state == Correction.State.PLANNING:
        return reply(_answer(services.stop_correction(scope, found.id, by=key.name)))
    return reply(_answer(services.drop_correction(scope, found.id, by=key.name)))


_MESSAGES: Description = described(TAG, scope=READ, answers={}, problems=(404, 422), parameters=[_ID])
_MESSAGES["responses"]["200"] = {
    "description": "member, name, amount (in whole points), wallet and sentence: one line for each.",
    "content": {CSV.partition(";")[0]: {"schema": {"type": "string"}}},
}


@api.get(
    "corrections/{uuid:id}/messages",
    operation_id="get_correction_messages",
    summary="What to tell whom, as CSV",
    description=(
        "What was posted, else what is planned for all; once it is undone, what that moved. "
        "Each sentence is in the member's language."
    ),
    openapi_extra=_MESSAGES,
)
def get_messages(request: HttpRequest, id: uuid.UUID, programme: str | None = None) -> HttpResponseBase:
    """Give the list of messages."""
    key = let_in(request, READ)
    found = queries.correction(programme_of(key, programme), id)
    record_audit(key.name, "correction.messages", subject=found.name, id=str(found.id))
    return Download(f"messages-{found.id.hex[-8:]}", queries.MESSAGE_HEAD, queries.messages(found), mark=False)


def _handed_over(
    request: HttpRequest, key: ApiKey, programme: Programme, id: uuid.UUID, begin: Callable[[Correction], Correction]
) -> HttpResponse:
    found = queries.correction(programme, id)

    def write() -> tuple[int, dict[str, Any]]:
        begun = begin(found)
        tasks.hand_over_correction(begun)
        return 202, _answer(begun)

    return once(request, key, hashlib.sha256(request.body).digest(), write)


def _item(found: Correction) -> dict[str, Any]:
    plain = ("name", "state", "scope", "wrong", "version", "done", "total", "message", "planned_by", "planned_at")
    return {name: getattr(found, name) for name in plain} | {
        "id": str(found.id),
        "from": found.begins_at,
        "to": found.ends_at,
        "posted_by": found.posted_by or None,
        "posted_at": found.posted_at,
        "undone_by": found.undone_by or None,
        "undone_at": found.undone_at,
    }


def _answer(found: Correction) -> dict[str, Any]:
    moved = queries.posted(found)
    wallets = {
        wallet: {**sums, "posted": moved.get(wallet, (0, 0))[0], "undone": moved.get(wallet, (0, 0))[1]}
        for wallet, sums in queries.totals(found).items()
    }
    return _item(found) | {
        "document": found.document,
        "members": found.totals.get("members"),
        "apart": found.totals.get("apart"),
        "wallets": wallets,
    }


def _line(line: CorrectionLine, sentence: str) -> dict[str, Any]:
    plain = ("wallet", "amount", "posted", "undone", "state")
    return {name: getattr(line, name) for name in plain} | {
        "member": line.member.reference,
        "because": line.because or None,
        "sentence": sentence,
        "events": [
            {"kind": kind, "id": name, "before": before, "after": after} for kind, name, before, after in line.originals
        ],
    }
