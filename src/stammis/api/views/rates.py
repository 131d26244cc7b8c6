"""Rates of currencies."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.api.door import api, let_in
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, described
from stammis.api.openapi.examples import A_RATE
from stammis.api.scoping import programme_of
from stammis.api.shapes import RateAnswer
from stammis.intake.bodies import RateBody
from stammis.intake.reading import decode
from stammis.kit import clock
from stammis.programmes.services import set_rate

_CURRENCY = {
    "name": "currency",
    "in": "path",
    "required": True,
    "description": "The currency (ISO 4217), not the programme's own.",
    "schema": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "example": "ZAR",
}


@api.put(
    "rates/{currency}",
    operation_id="put_rate",
    summary="Say what a currency is worth from a day on",
    description="The latest rate on or before a purchase's day holds for it; without one it is refused with no_rate. "
    "A rate said before for the same day is replaced; what was decided keeps the rate that decided it.",
    openapi_extra=described(
        "Purchases",
        scope="rates:write",
        body=RateBody,
        examples={"rands for a euro": A_RATE},
        answers={200: RateAnswer},
        problems=(404,),
        parameters=[_CURRENCY, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def put_rate(request: HttpRequest, currency: str) -> HttpResponse:
    """Set a rate."""
    key = let_in(request, "rates:write")
    body = decode(request.body, RateBody)
    programme = programme_of(key, body.programme)

    def write() -> tuple[int, dict[str, Any]]:
        rate = set_rate(programme, currency, body.on, body.rate, by=key.name, now=clock.now())
        return 200, {"currency": rate.currency, "on": rate.on, "rate": rate.rate}

    return once(request, key, hashlib.sha256(request.body).digest(), write, conflicts=False)
