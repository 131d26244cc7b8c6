"""One item at a time, for the calls that Django answers: the same recording, one transaction each."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stammis.accrual.outcomes import Accepted, Declined, Item
from stammis.accrual.services import record
from stammis.api.answers import Document, answer_document
from stammis.api.door import let_in, reply
from stammis.api.hot.preview import Preview, chosen
from stammis.api.once import once
from stammis.api.problems import Refused
from stammis.api.scoping import programme_of
from stammis.intake.reading import Said
from stammis.kit import clock
from stammis.programmes.models import Programme
from stammis.staff.models import ApiKey


def written(outcome: Accepted) -> Document:
    """Write what an item was worth."""
    return answer_document(outcome.answer)


def preview_asked(request: HttpRequest) -> Preview | None:
    """Give the dry run that a request asks for, or None. Raises Invalid."""
    return chosen(request.GET.get("dry_run", "false"), request.GET.get("as_of"))


def record_said(
    request: HttpRequest,
    scope: str,
    kind: str,
    read: Callable[[bytes, dt.datetime], Said],
    *,
    check: Callable[[ApiKey, Said, Programme], None] | None = None,
    write: Callable[[Accepted], Document] = written,
) -> HttpResponse:
    """Record what a body says under the caller's own id, once, or say what it would give.

    ``check`` may refuse it for this key; ``write`` makes the answer's document. Raises what reading and deciding raise.
    """
    key = let_in(request, scope)
    said = read(request.body, clock.now())
    programme = programme_of(key, said.programme)
    if check is not None:
        check(key, said, programme)
    outcome = decide(Item(programme.id, said.event, (kind, said.id), said.digest), preview_asked(request))
    return reply(write(outcome), outcome.status, replay=outcome.replay)


def record_act(
    request: HttpRequest, key: ApiKey, item: Item, *, write: Callable[[Accepted], Document] = written
) -> HttpResponse:
    """Record an act that has no id of its own, by the request's Idempotency-Key once, or say what it would give."""
    preview = preview_asked(request)
    if preview is not None:
        return reply(write(decide(item, preview)))
    return once(request, key, hashlib.sha256(request.body).digest(), lambda: (200, write(decide(item))))


def decide(item: Item, preview: Preview | None = None) -> Accepted:
    """Record an item, or say what it would give. Raises Refused."""
    outcome = preview.outcomes([item])[0] if preview else record([item], now=clock.now())[0]
    if isinstance(outcome, Declined):
        raise Refused(outcome.status, outcome.code, outcome.reason, outcome.detail)
    return outcome
