"""The ledger as the outside reads it: a member's rows, the timeline, and why a row was posted."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.openapi.describing import described, path_id
from stammis.api.openapi.examples import MEMBER_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import LedgerAnswer, TimelineAnswer, WhyAnswer
from stammis.intake.codes import fault
from stammis.kit.errors import Invalid
from stammis.ledger import queries as ledger
from stammis.ledger.queries import UnknownRow
from stammis.members import queries as members

LANGUAGES = [code for code, _name in settings.LANGUAGES]
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
    return reply({"items": [ledger.row_view(entry) for entry in page.rows], "next": page.after})


@api.get(
    "members/{ref:m}/timeline",
    operation_id="get_timeline",
    summary="Everything that happened to a member, newest first",
    description="types: purchase, status, return, event, redemption, redemption_cancelled, adjustment, member, day; "
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


@api.get(
    "ledger/{ref:row}/why",
    operation_id="why",
    summary="Why a row was posted, in sentences",
    description="The parts add up to the row. lang: en, fi, sv or pl; without it, by Accept-Language.",
    openapi_extra=described(
        "Members",
        scope="ledger:read",
        answers={200: WhyAnswer},
        problems=(404, 422),
        parameters=[path_id("row", "The row.", "0199c2f07a5b7c3e8d21f4a60b9e7c11-3")],
    ),
)
def why(request: HttpRequest, row: str, lang: str | None = None) -> HttpResponse:
    """Explain a row."""
    key = let_in(request, "ledger:read")
    if lang is not None and lang not in LANGUAGES:
        raise Invalid(errors=[fault("/?lang", "bad_form", f"Write one of: {', '.join(LANGUAGES)}.")])
    entry = ledger.row(row)
    if key.programme_id is not None and key.programme_id != entry.programme_id:
        raise UnknownRow
    return reply(queries.why(row, lang))
