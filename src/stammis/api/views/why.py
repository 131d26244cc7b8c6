"""Why: of a row, an event, a purchase, and of what a member had at a moment."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.api.door import api, let_in, reply
from stammis.api.languages import spoken
from stammis.api.openapi.describing import described, path_id
from stammis.api.openapi.examples import EVENT_ID, MEMBER_ID, PURCHASE_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import EventWhyAnswer, MomentAnswer, PurchaseWhyAnswer, WhyAnswer
from stammis.intake.bodies import YEARS, Time
from stammis.intake.codes import fault
from stammis.kit import clock
from stammis.kit.errors import Invalid
from stammis.ledger import queries as ledger
from stammis.ledger.queries import UnknownRow

_LANG = "lang: en, fi, sv or pl; without it, by Accept-Language."


@api.get(
    "ledger/{ref:row}/why",
    operation_id="why",
    summary="Why a row was posted, in sentences",
    description=f"The parts add up to the row. {_LANG}",
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
    entry = ledger.row(row)
    if key.programme_id is not None and key.programme_id != entry.programme_id:
        raise UnknownRow
    return reply(queries.why(row, spoken(lang), now=clock.now()))


@api.get(
    "purchases/{ref:id}/why",
    operation_id="why_purchase",
    summary="Why a purchase is worth what it is: every rule, and what returns took of it",
    description="Every rule that was tried, what it looked at, the value it saw, what it gave, and which limit cut it;"
    f" of the purchase and of all that happened to it. The parts add up to the rows. {_LANG}",
    openapi_extra=described(
        "Purchases",
        scope="ledger:read",
        answers={200: PurchaseWhyAnswer},
        problems=(404, 422),
        parameters=[path_id("id", "The purchase.", PURCHASE_ID)],
    ),
)
def why_purchase(request: HttpRequest, id: str, lang: str | None = None, programme: str | None = None) -> HttpResponse:
    """Explain a purchase."""
    key = let_in(request, "ledger:read")
    return reply(queries.why_purchase(programme_of(key, programme), id, spoken(lang)))


@api.get(
    "events/{ref:id}/why",
    operation_id="why_event",
    summary="Why an event was worth what it was: every rule, and what it saw",
    description=f"The parts add up to the rows. {_LANG}",
    openapi_extra=described(
        "Points",
        scope="ledger:read",
        answers={200: EventWhyAnswer},
        problems=(404, 422),
        parameters=[path_id("id", "The event.", EVENT_ID)],
    ),
)
def why_event(request: HttpRequest, id: str, lang: str | None = None, programme: str | None = None) -> HttpResponse:
    """Explain an event."""
    key = let_in(request, "ledger:read")
    return reply(queries.why_event(programme_of(key, programme), id, spoken(lang)))


@api.get(
    "members/{ref:m}/why",
    operation_id="why_member",
    summary="What a member had at a moment, and why",
    description="The rows so far, the lots that were left, what had expired, each level and the change that brought it,"
    f" by what had happened until `at`; without it, until now. {_LANG}",
    openapi_extra=described(
        "Members",
        scope="ledger:read",
        answers={200: MomentAnswer},
        problems=(404, 422),
        parameters=[path_id("m", "The caller's id of the member.", MEMBER_ID)],
    ),
)
def why_member(
    request: HttpRequest, m: str, at: str | None = None, lang: str | None = None, programme: str | None = None
) -> HttpResponse:
    """Explain a moment."""
    key = let_in(request, "ledger:read")
    meant = clock.now() if at is None else _moment(at)
    return reply(queries.why_moment(programme_of(key, programme), m, meant, spoken(lang)))


def _moment(at: str) -> dt.datetime:
    try:
        moment: dt.datetime = msgspec.convert(at, Time)
    except msgspec.ValidationError:
        raise Invalid(errors=[fault("/?at", "bad_time")]) from None
    if moment.year not in YEARS:
        raise Invalid(errors=[fault("/?at", "out_of_range")])
    return moment
