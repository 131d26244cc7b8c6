"""Pending points that somebody settles by hand: let go now, taken away, and brought back."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.accrual.outcomes import Item
from stammis.api.access import check_limit
from stammis.api.deciding import decide, preview_asked, written
from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import DRY_RUN, described, path_id
from stammis.api.openapi.examples import A_SETTLING, PENDING_ROW, TAKEN_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import DecisionAnswer
from stammis.core.events import PendingRestored
from stammis.intake.bodies import CancelBody, SettleBody
from stammis.intake.reading import decode, read_settling
from stammis.kit import clock
from stammis.ledger import queries as ledger
from stammis.ledger.queries import UnknownRow
from stammis.members.models import Member
from stammis.programmes import queries as programmes

_SCOPE = "adjustments:write"
_ROW = path_id("row", "The row that brought the pending points.", PENDING_ROW)
_settling = partial(
    described,
    "Points",
    scope=_SCOPE,
    body=SettleBody,
    answers={201: DecisionAnswer},
    problems=(404, 409),
    parameters=[_ROW, *DRY_RUN],
    replays=True,
)


@api.post(
    "ledger/{ref:row}/release",
    operation_id="release_pending",
    summary="Let pending points be active now, with the reason",
    description="All that still waits of what the row brought. 409: not_pending.",
    openapi_extra=_settling(examples={"the parcel has arrived": A_SETTLING}),
)
def release_pending(request: HttpRequest, row: str) -> HttpResponse:
    """Let pending points be active."""
    return _settle(request, row, released=True)


@api.post(
    "ledger/{ref:row}/cancel",
    operation_id="cancel_pending",
    summary="Take pending points away, with the reason",
    description="All that still waits of what the row brought; the active balance does not move, and levels, caps and "
    "budgets stay. 409: not_pending.",
    openapi_extra=_settling(examples={"a mistake": A_SETTLING | {"id": "S-2", "reason": "It was bought for resale."}}),
)
def cancel_pending(request: HttpRequest, row: str) -> HttpResponse:
    """Take pending points away."""
    return _settle(request, row, released=False)


@api.post(
    "pending/{ref:id}/undo",
    operation_id="restore_pending",
    summary="Bring pending points back that were taken away",
    description="They wait again, as before; those whose day has come meanwhile are active at once. 409: "
    "not_cancelled; 422: already_ended.",
    openapi_extra=described(
        "Points",
        scope=_SCOPE,
        body=CancelBody,
        body_required=False,
        examples={"now": {}},
        answers={200: DecisionAnswer},
        problems=(404, 409),
        parameters=[path_id("id", "The id under which they were taken away.", TAKEN_ID), *DRY_RUN],
        replays=True,
    ),
)
def restore_pending(request: HttpRequest, id: str) -> HttpResponse:
    """Bring pending points back."""
    key = let_in(request, _SCOPE)
    body = decode(request.body or b"{}", CancelBody)
    event = PendingRestored(occurred_at=body.occurred_at or clock.now(), taken=id)
    item = Item(programme_of(key, body.programme).id, event, ("pending_restored", id))
    outcome = decide(item, preview_asked(request))
    return reply(written(outcome), outcome.status, replay=outcome.replay)


def _settle(request: HttpRequest, row: str, *, released: bool) -> HttpResponse:
    key = let_in(request, _SCOPE)
    entry = ledger.row(row)
    if key.programme_id is not None and key.programme_id != entry.programme_id:
        raise UnknownRow
    reference = Member.objects.values_list("reference", flat=True).get(id=entry.member_id) or ""
    of = (entry.member_id, entry.row)
    said = read_settling(request.body, clock.now(), row=of, member=reference, released=released)
    if said.programme is not None:
        programme_of(key, said.programme)
    for wallet, amount in queries.pending_points(*of):
        check_limit(key, programmes.by_id(entry.programme_id), wallet, amount)
    item = Item(entry.programme_id, said.event, ("pending", said.id), said.digest)
    outcome = decide(item, preview_asked(request))
    return reply(written(outcome), outcome.status, replay=outcome.replay)
