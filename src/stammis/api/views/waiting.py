"""What came before its purchase."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from stammis.activity import queries as activity
from stammis.activity.models import Deferred
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.openapi.describing import described
from stammis.api.scoping import programme_of
from stammis.api.shapes import DeferredAnswer


@api.get(
    "deferred",
    operation_id="list_deferred",
    summary="Returns and statuses that came before their purchase",
    description="Newest first. Waiting ones are applied when the purchase arrives; refused ones say why.",
    openapi_extra=described("Points", scope="purchases:read", answers={200: DeferredAnswer}, problems=(404, 422)),
)
def list_deferred(
    request: HttpRequest,
    state: Literal["waiting", "applied", "refused"] | None = None,
    cursor: str | None = None,
    limit: int = 50,
    programme: str | None = None,
) -> HttpResponse:
    """Give a page of what waits, or waited."""
    key = let_in(request, "purchases:read")
    found = activity.deferred(programme_of(key, programme).id, state, cursor, limited(limit))
    return reply({"items": [_waiting(each) for each in found.rows], "next": found.after})


def _waiting(each: Deferred) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "id": each.external_id,
        "purchase": each.purchase_id,
        "state": each.state,
        "occurred_at": each.occurred_at,
        "arrived_at": each.arrived_at,
        "settled_at": each.settled_at,
        "code": each.code,
        "detail": each.detail,
    }
