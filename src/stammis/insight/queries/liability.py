"""Reports of what is owed for points, as they were reckoned last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import msgspec

from stammis.insight.liability.report import Report
from stammis.insight.models import LiabilityReport
from stammis.programmes.models import Programme


@dataclass(frozen=True)
class Kept:
    """A report that is kept: the day, how far it is, and what was reckoned last, if anything."""

    on: dt.date
    state: str
    report: Report | None
    reckoned_at: dt.datetime | None
    message: str


def kept(programme: Programme, on: dt.date | None = None) -> Kept | None:
    """Give the report of a day; without one, the latest day that has one, else the latest that is asked for."""
    rows = LiabilityReport.objects.filter(programme=programme)
    if on is not None:
        return _read(rows.filter(on=on).first())
    done = rows.filter(body__isnull=False).order_by("-on").first()
    return _read(done or rows.order_by("-on").first())


def waiting(programme: Programme) -> bool:
    """Whether a report is being reckoned, or waits to be."""
    return LiabilityReport.objects.filter(programme=programme, state=LiabilityReport.State.WAITING).exists()


def days(programme: Programme) -> list[dt.date]:
    """Give the days whose reports are kept, the latest first."""
    rows = LiabilityReport.objects.filter(programme=programme, body__isnull=False)
    return list(rows.order_by("-on").values_list("on", flat=True))


def _read(row: LiabilityReport | None) -> Kept | None:
    if row is None:
        return None
    report = None if row.body is None else msgspec.json.decode(row.body, type=Report)
    return Kept(row.on, row.state, report, row.reckoned_at, row.message)
