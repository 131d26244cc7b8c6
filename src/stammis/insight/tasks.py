"""What the worker does for insight: reckons reports, when they are asked for and every night."""

from __future__ import annotations

import datetime as dt
import uuid

from procrastinate.contrib.django import app

from stammis.insight import services
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes.models import Programme


@app.task(name="insight.reckon_liability", lock="insight.reckon_liability")
def reckon_liability(programme_id: str, on: str) -> None:
    """Reckon what is owed for points at the end of a day (ISO)."""
    programme = Programme.objects.get(id=uuid.UUID(programme_id))
    day = dt.date.fromisoformat(on)
    try:
        services.liability(programme, day)
    except Problem as problem:
        services.fail(programme, day, problem)
    except Exception as error:
        services.fail(programme, day, error)
        raise


@app.periodic(cron="25 3 * * *")
@app.task(name="insight.reckon_nightly", queueing_lock="insight.reckon_nightly")
def reckon_nightly(timestamp: int) -> None:  # noqa: ARG001 - the queue says for which night, the clock what day it is here
    """Have the report of each programme reckoned anew, for the day that it is on the installation's clock."""
    if not clock.installation().loading:
        for programme in Programme.objects.order_by("slug"):
            ask(programme)


def ask(programme: Programme, on: dt.date | None = None) -> dt.date:
    """Have a report reckoned by the worker, unless it is waiting for that already; give its day. Raises NotYet."""
    day = services.wanted_day(programme, on)
    if services.want(programme, day):
        reckon_liability.defer(programme_id=str(programme.id), on=day.isoformat())
    return day
