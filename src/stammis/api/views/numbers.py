"""Metrics."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query

from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import described
from stammis.api.scoping import programme_of
from stammis.api.shapes import MetricAnswer
from stammis.insight.queries import as_json, measure
from stammis.kit import clock


@api.get(
    "metrics/{name}",
    operation_id="get_metric",
    summary="A metric for a period, with its definition",
    description="Without dates it is all history; the day «to» is not included any more.",
    openapi_extra=described("Numbers", scope="metrics:read", answers={200: MetricAnswer}, problems=(404, 422)),
)
def get_metric(
    request: HttpRequest,
    name: str,
    *,
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    end: Annotated[dt.date | None, Query(alias="to")] = None,
    by: str | None = None,
    wallet: str | None = None,
    programme: str | None = None,
) -> HttpResponse:
    """Measure it now."""
    key = let_in(request, "metrics:read")
    meant = programme_of(key, programme)
    return reply(as_json(measure(name, meant, now=clock.now(), first=first, end=end, by=by, wallet=wallet)))
