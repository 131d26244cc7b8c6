"""What a change would have cost over the last days: the back-test beside a plan."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from stammis.programmes.models import Programme
from stammis.simulation.models import Run
from stammis.simulation.services.asking import begin

DAYS = 90
"""So many days before today a plan is tried on."""


def begin_cost(programme: Programme, document: dict[str, Any], *, name: str, by: str, now: dt.datetime) -> Run:
    """Ask what a document would have meant over the last ``DAYS`` days, up to ``now``. Raises as ``begin`` does."""
    first = now.astimezone(ZoneInfo(programme.zone)).date() - dt.timedelta(days=DAYS)
    return begin(programme, by=by, document=document, first=first, name=name)
