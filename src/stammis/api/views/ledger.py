"""The ledger as the outside reads it: a member's rows, and the timeline."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.openapi.describing import described, path_id
from stammis.api.openapi.examples import MEMBER_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import LedgerAnswer, TimelineAnswer
from stammis.kit import clock
from stammis.ledger import queries as ledger
from stammis.members import queries as members

_MEMBER = path_id("m", "The caller's id of the member.", MEMBER_ID)


@api.get(
    "members/{ref:m}/ledger",
    operation_id="get_ledger",
    summary="Every movement of a member's points, newest first",
    openapi_extra=described(
        "Members", scope="ledger:read", answers={200: LedgerAnswer}, problems=(404, 422), parameters=[_MEMBER]
    ),
)
def get_ledger(
    request: HttpRequest, m: str, cursor: str | None = None, limit: int = 50, programme: str | None = None
) -> HttpResponse:
    """Give a page of rows."""
    key = let_in(request, "ledger:read")
    member = members.find(programme_of(key, programme).id, m)
    page = ledger.entries(member.id, cursor, limited(limit))
    return reply({"items": queries.rows_view(member.id, page.rows, clock.now()), "next": page.after})


@api.get(
    "members/{ref:m}/timeline",
    operation_id="get_timeline",
    summary="Everything that happened to a member, newest first",
    description="types: purchase, status, return, event, redemption, redemption_cancelled, adjustment, "
    "hold, hold_captured, hold_released, extension, pending, pending_restored, member, day; "
    "several with commas between them.",
    openapi_extra=described(
        "Members", scope="ledger:read", answers={200: TimelineAnswer}, problems=(404, 422), parameters=[_MEMBER]
    ),
)
def get_timeline(
    request: HttpRequest,
    m: str,
    *,
    types: str = "",
    cursor: str | None = None,
    limit: int = 50,
    programme: str | None = None,
) -> HttpResponse:
    """Give a page of what happened."""
    key = let_in(request, "ledger:read")
    member = members.find(programme_of(key, programme).id, m)
    wanted = [each.strip() for each in types.split(",") if each.strip()]
    page = queries.timeline(member.id, wanted, cursor, limited(limit))
    shown = [{name: value for name, value in each.items() if name != "event"} for each in page.rows]
    return reply({"items": shown, "next": page.after})
