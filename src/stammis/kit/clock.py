"""The installation's clock: real time, or a clock of its own that was begun at some instant and runs on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from stammis.kit.errors import Conflict
from stammis.kit.models import Installation


class ClockRefused(Conflict):
    """This installation runs on real time; its clock cannot be moved."""

    code = "real_time"


class ClockBackwards(Conflict):
    """The clock only moves forward."""

    code = "clock_backwards"


def real_now() -> dt.datetime:
    """Give the machine's time, in UTC."""
    return dt.datetime.now(dt.UTC)


def installation() -> Installation:
    """Give the installation's row, made at the first call."""
    row = Installation.objects.filter(id=1).first()
    return row or Installation.objects.get_or_create(id=1, defaults={"started_at": real_now()})[0]


def mark_sample(*, loading: bool) -> None:
    """Note that the installation holds the sample company, and whether it is still ``loading``.

    While it is, no day passes by itself: what of the history comes after it would be late.
    """
    row = installation()
    row.sample, row.loading = True, loading
    row.save(update_fields=["sample", "loading"])


def now() -> dt.datetime:
    """Give the installation's time, in UTC. One query: ask once for a request or a batch."""
    return real_now() + dt.timedelta(microseconds=installation().clock_shift_us)


@transaction.atomic
def begin(at: dt.datetime) -> None:
    """Give a new installation a clock of its own that begins at ``at``; afterwards the same call changes nothing."""
    installation()
    row = Installation.objects.select_for_update().get(id=1)
    if not row.own_clock:
        row.own_clock = True
        row.clock_shift_us = _shift(at)
        row.save(update_fields=["own_clock", "clock_shift_us"])


@transaction.atomic
def move(to: dt.datetime) -> None:
    """Move the installation's own clock forward to ``to``.

    Raises ClockRefused on real time and ClockBackwards where ``to`` lies before its present time.
    """
    row = Installation.objects.select_for_update().get(id=installation().id)
    if not row.own_clock:
        raise ClockRefused
    if _shift(to) < row.clock_shift_us:
        raise ClockBackwards
    row.clock_shift_us = _shift(to)
    row.save(update_fields=["clock_shift_us"])


def _shift(at: dt.datetime) -> int:
    return round((at - real_now()) / dt.timedelta(microseconds=1))
