"""Points put aside for a while, and points that last longer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.accrual.outcomes import Accepted, Item
from stammis.api.answers import answer_document
from stammis.api.deciding import record_act, record_said
from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import DRY_RUN, IDEMPOTENCY_KEY, described, path_id
from stammis.api.openapi.examples import A_CAPTURE, A_HOLD, AN_EXTENSION, ANOTHER_HOLD, ANOTHER_HOLD_ID, HOLD_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import DecisionAnswer, HeldAnswer, HoldAnswer
from stammis.core.effects import HoldMoved
from stammis.core.events import HoldCaptured, HoldReleased
from stammis.intake.bodies import CaptureBody, ExtensionBody, HoldBody
from stammis.intake.reading import decode, read_extension, read_hold
from stammis.kit import clock

_HOLD = path_id("id", "The hold.", HOLD_ID)
_SCOPE = "redemptions:write"


@api.post(
    "holds",
    operation_id="hold",
    summary="Put a member's points aside for a while",
    description="Held points can neither be spent nor expire. A purchase may name the hold in its points, no more "
    "than are held: they pay for it then. After its seconds a hold expires by itself. 409: not_enough_points.",
    openapi_extra=described(
        "Points",
        scope=_SCOPE,
        body=HoldBody,
        examples={"for a quarter of an hour": A_HOLD, "for a minute": ANOTHER_HOLD},
        answers={201: HeldAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def hold(request: HttpRequest) -> HttpResponse:
    """Place a hold."""
    return record_said(request, _SCOPE, "hold", read_hold, write=_held)


@api.get(
    "holds/{ref:id}",
    operation_id="get_hold",
    summary="A hold as it stands",
    openapi_extra=described(
        "Points", scope="rewards:read", answers={200: HoldAnswer}, problems=(404, 422), parameters=[_HOLD]
    ),
)
def get_hold(request: HttpRequest, id: str, programme: str | None = None) -> HttpResponse:
    """Give a hold and its state."""
    key = let_in(request, "rewards:read")
    return reply(queries.hold_view(programme_of(key, programme), id, clock.now()))


@api.post(
    "holds/{ref:id}/capture",
    operation_id="capture_hold",
    summary="Spend what was put aside, all or a part",
    description="What is not captured is free again. 409: hold_closed where it was captured or released before, or "
    "its time is over.",
    openapi_extra=described(
        "Points",
        scope=_SCOPE,
        body=CaptureBody,
        body_required=False,
        examples={"a part": A_CAPTURE},
        answers={200: HeldAnswer},
        problems=(404, 409),
        parameters=[path_id("id", "The hold.", ANOTHER_HOLD_ID), IDEMPOTENCY_KEY, *DRY_RUN],
        replays=True,
    ),
)
def capture_hold(request: HttpRequest, id: str) -> HttpResponse:
    """Capture a hold."""
    key = let_in(request, _SCOPE)
    body = decode(request.body or b"{}", CaptureBody)
    programme = programme_of(key, body.programme)
    event = HoldCaptured(occurred_at=clock.now(), hold=id, amount=body.amount)
    return record_act(request, key, Item(programme.id, event), write=_held)


@api.delete(
    "holds/{ref:id}",
    operation_id="release_hold",
    summary="Free what was put aside",
    description="409: hold_closed where it was captured or released before, or its time is over.",
    openapi_extra=described(
        "Points",
        scope=_SCOPE,
        answers={200: HeldAnswer},
        problems=(404, 409, 422),
        parameters=[_HOLD, IDEMPOTENCY_KEY, *DRY_RUN],
        replays=True,
    ),
)
def release_hold(request: HttpRequest, id: str, programme: str | None = None) -> HttpResponse:
    """Release a hold."""
    key = let_in(request, _SCOPE)
    event = HoldReleased(occurred_at=clock.now(), hold=id)
    return record_act(request, key, Item(programme_of(key, programme).id, event), write=_held)


@api.post(
    "extensions",
    operation_id="extend",
    summary="Let a member's points last longer, with the reason",
    description="All open points of the wallet that would end before are usable through last_day; pending ones as "
    "well. 409: nothing_to_extend where none would.",
    openapi_extra=described(
        "Points",
        scope="adjustments:write",
        body=ExtensionBody,
        examples={"to the end of the year": AN_EXTENSION},
        answers={201: DecisionAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def extend(request: HttpRequest) -> HttpResponse:
    """Extend a member's points."""
    return record_said(request, "adjustments:write", "extension", read_extension)


def _held(outcome: Accepted) -> dict[str, Any]:
    """Write a hold as the decision left it, and all that a decision says besides."""
    moved = next(each.hold for each in outcome.answer.effects if isinstance(each, HoldMoved))
    return queries.hold_document(moved, clock.now()) | answer_document(outcome.answer)
