"""Reckoning reports and keeping them. It takes seconds, so that the worker or the command line does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec

from stammis.insight.liability.reading import BeforeBeginning, read_book
from stammis.insight.liability.report import Report, reported
from stammis.insight.models import LiabilityReport
from stammis.kit import clock
from stammis.kit.errors import Invalid, why_ended
from stammis.kit.telling import kept
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshot

KEPT = 60
"""So many reports of a programme are kept, those asked for last."""
Progress = Callable[[int, int], None]


class NotYet(Invalid):
    """This day has not come yet."""

    code = "not_yet"


def liability(programme: Programme, on: dt.date | None = None, progress: Progress | None = None) -> Report:
    """Reckon what is owed for points at the end of a local day (without one: now), and keep it.

    The snapshot is brought up to date first; ``progress`` is told of its members. Raises NotYet, and what the snapshot
    and the book raise.
    """
    day = wanted_day(programme, on)
    snapshot.refresh(programme, progress)
    opened = snapshots.open(programme)
    report = reported(read_book(programme, opened, day))
    LiabilityReport.objects.update_or_create(
        programme=programme,
        on=day,
        defaults={
            "state": LiabilityReport.State.DONE,
            "reckoned_at": opened.position.at,
            "body": msgspec.json.encode(report).decode(),
            "message": "",
        },
        create_defaults={
            "state": LiabilityReport.State.DONE,
            "asked_at": clock.real_now(),
            "reckoned_at": opened.position.at,
            "body": msgspec.json.encode(report).decode(),
        },
    )
    _forget(programme)
    return report


def wanted_day(programme: Programme, on: dt.date | None) -> dt.date:
    """Give the day that is meant: today, where none is named. Raises NotYet and BeforeBeginning."""
    zone = ZoneInfo(programme.zone)
    day = on or clock.now().astimezone(zone).date()
    if day > clock.now().astimezone(zone).date():
        raise NotYet
    starts = programmes.versions(programme.id).starts
    if not starts or day < dt.datetime.fromtimestamp(starts[0][0], zone).date():
        raise BeforeBeginning
    return day


def want(programme: Programme, on: dt.date) -> bool:
    """Note that a report is wanted; say whether nobody had noted it before. What was reckoned stays until then."""
    found, made = LiabilityReport.objects.get_or_create(
        programme=programme, on=on, defaults={"asked_at": clock.real_now()}
    )
    if made:
        return True
    return bool(
        LiabilityReport.objects.filter(programme=programme, on=found.on)
        .exclude(state=LiabilityReport.State.WAITING)
        .update(state=LiabilityReport.State.WAITING, asked_at=clock.real_now(), **kept())
    )


def fail(programme: Programme, on: dt.date, error: Exception) -> None:
    """Note why a report could not be reckoned."""
    LiabilityReport.objects.filter(programme=programme, on=on).update(
        state=LiabilityReport.State.FAILED, **kept(why_ended(error))
    )


def _forget(programme: Programme) -> None:
    kept = LiabilityReport.objects.filter(programme=programme).order_by("-asked_at").values_list("on", flat=True)
    LiabilityReport.objects.filter(programme=programme).exclude(on__in=list(kept[:KEPT])).delete()
