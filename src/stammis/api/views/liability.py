"""What is owed for points: reckoned by the worker, answered as it was reckoned last."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query

from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import described
from stammis.api.openapi.examples import A_RECKONING, AN_EXPIRY
from stammis.api.scoping import programme_of
from stammis.api.shapes import ExpiryEffectAnswer, LiabilityAnswer, ReckoningAnswer
from stammis.insight.liability.proposals import effect, read_expiry
from stammis.insight.liability.writing import as_json, effect_json
from stammis.insight.queries import liability as reports
from stammis.insight.queries.liability import Kept
from stammis.insight.tasks import ask
from stammis.intake.numbers import ExpiryBody, ReckoningBody
from stammis.intake.reading import decode
from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme


class NoReport(NotFound):
    """There is no report of this day yet. Have it reckoned: POST /api/v1/liability."""

    code = "no_report"


@api.get(
    "liability",
    operation_id="get_liability",
    summary="What is owed for points, and how much of them is never redeemed",
    description="As it was reckoned last: by the night, by somebody in the console, or because it was asked for. Where "
    "there is none at all yet it is handed to the worker, and the answer is 202. A calculation for the accountant.",
    openapi_extra=described(
        "Numbers",
        scope="metrics:read",
        answers={200: LiabilityAnswer, 202: ReckoningAnswer},
        problems=(404, 422),
    ),
)
def get_liability(
    request: HttpRequest,
    *,
    on: Annotated[dt.date | None, Query()] = None,
    programme: str | None = None,
) -> HttpResponse:
    """Give the report that is kept."""
    key = let_in(request, "metrics:read")
    meant = programme_of(key, programme)
    found = reports.kept(meant, on)
    if on is not None and found is None:
        raise NoReport
    if found is None or found.report is None:
        return _waiting(meant, found)
    return reply(as_json(found.report, state=found.state, reckoned_at=found.reckoned_at))


@api.post(
    "liability",
    operation_id="reckon_liability",
    summary="Have what is owed for points reckoned anew",
    description="The worker does it within seconds or minutes; ask for the report with GET.",
    openapi_extra=described(
        "Numbers",
        scope="metrics:read",
        body=ReckoningBody,
        examples={"as of now": A_RECKONING},
        answers={202: ReckoningAnswer},
        problems=(404,),
    ),
)
def reckon_liability(request: HttpRequest) -> HttpResponse:
    """Hand it to the worker."""
    key = let_in(request, "metrics:read")
    body = decode(request.body, ReckoningBody)
    day = ask(programme_of(key, body.programme), body.on)
    return reply({"state": "waiting", "on": day.isoformat(), "message": ""}, 202)


@api.post(
    "liability/expiry",
    operation_id="expiry_effect",
    summary="What another expiry rule would do to what is owed",
    description="For the points that are out and those to come, on the report that was reckoned last. Nothing is "
    "changed. What a sliding rule would do cannot be told from the lots: 422.",
    openapi_extra=described(
        "Numbers",
        scope="metrics:read",
        body=ExpiryBody,
        examples={"half a year": AN_EXPIRY},
        answers={200: ExpiryEffectAnswer, 202: ReckoningAnswer},
        problems=(404,),
    ),
)
def expiry_effect(request: HttpRequest) -> HttpResponse:
    """Reckon it on the book that is kept."""
    key = let_in(request, "metrics:read")
    body = decode(request.body, ExpiryBody)
    meant = programme_of(key, body.programme)
    found = reports.kept(meant)
    if found is None or found.report is None:
        return _waiting(meant, found)
    book = found.report.book
    rule = read_expiry(msgspec.json.encode(body.expiry))
    return reply(effect_json(effect(book, body.wallet or book.wallets[0].id, rule), book.currency))


def _waiting(programme: Programme, found: Kept | None) -> HttpResponse:
    """Say that a report waits or why it failed; where nobody has asked for one yet, hand it to the worker."""
    if found is not None:
        return reply({"state": found.state, "on": found.on.isoformat(), "message": found.message}, 202)
    return reply({"state": "waiting", "on": ask(programme).isoformat(), "message": ""}, 202)
