"""The ledger as the outside reads it: a member's rows, the timeline, and why a row was posted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from stammis.api.answers import row_document
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.openapi.describing import described, path_id
from stammis.api.openapi.examples import MEMBER_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import LedgerAnswer
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
    return reply({"items": [row_document(entry) for entry in page.rows], "next": page.after})
