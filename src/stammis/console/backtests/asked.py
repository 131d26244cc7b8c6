"""What a back-test asks, and how far it is, in the reader's words."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.simulation.models import Run

REMEMBERED = 200
SOONEST_SECONDS = 1.0
_first_seen: OrderedDict[uuid.UUID, tuple[float, int]] = OrderedDict()
"""When a run was first looked at here while it ran, and how far it was: its speed is reckoned from there."""


@dataclass(frozen=True)
class Asked:
    """A run as lists and its page show it."""

    run: Run
    title: str
    period: str
    people: str
    opening: str
    supposes: str

    @property
    def short(self) -> str:
        """All of it but the title, in a line."""
        return " · ".join(part for part in (self.period, self.people, self.opening, self.supposes) if part)


@dataclass(frozen=True)
class Progress:
    """How far a run is: members of both sides folded, of how many; the speed, and the time left."""

    done: int
    total: int
    rate: float | None
    left: str | None
    waiting: bool


def asked(run: Run) -> Asked:
    """Describe what a run asks."""
    return Asked(run, title(run), period(run), people(run), opening(run), supposes(run))


def title(run: Run) -> str:
    """Name a run: as it was called, else by what it is."""
    if run.exact:
        return _("Proof: the ledger folded again")
    return run.name or (_("Published, without %(rule)s") % {"rule": run.without} if run.without else _("As published"))


def period(run: Run) -> str:
    """Say which days count."""
    last = run.ends_on - dt.timedelta(days=1) if run.ends_on else None
    if run.begins_on and last:
        return f"{formats.day(run.begins_on)} – {formats.day(last)}"
    if run.begins_on:
        return _("since %(day)s") % {"day": formats.day(run.begins_on)}
    return _("up to %(day)s") % {"day": formats.day(last)} if last else _("all history")


def people(run: Run) -> str:
    """Say whom it is about."""
    whom = _("members with the label %(label)s") % {"label": run.label} if run.label else _("all members")
    if run.sample is None:
        return whom
    return _("a sample of %(count)s, of %(whom)s") % {"count": formats.number(run.sample), "whom": whom}


def opening(run: Run) -> str:
    """Say with what everybody begins."""
    if run.opening == Run.Opening.EMPTY or run.begins_on is None:
        return _("beginning without points")
    return _("beginning with the points they had")


def supposes(run: Run) -> str:
    """Say whether something is supposed beside the results; nothing where it is not."""
    curve, response = run.redemption == Run.Redemption.CURVE, run.response_low is not None
    if curve and response:
        return _("supposing redemption by a curve and a response of sales")
    if curve:
        return _("supposing redemption by a curve")
    return _("supposing a response of sales") if response else ""


def progress(run: Run) -> Progress:
    """Tell how far a run is, with the run beside it that has to be done first."""
    beside = run.compared_with
    done, total = run.done, run.total
    if beside is not None:
        total = 2 * max(run.total, beside.total)
        done = run.done + (beside.total if beside.state == Run.State.DONE else beside.done)
    rate = _rate(run, done)
    left = formats.duration(dt.timedelta(seconds=(total - done) / rate)) if rate and total else None
    return Progress(done, total, rate, left, run.state == Run.State.QUEUED)


def _rate(run: Run, done: int) -> float | None:
    if run.state != Run.State.RUNNING:
        _first_seen.pop(run.id, None)
        return None
    now = time.monotonic()
    began, before = _first_seen.setdefault(run.id, (now, done))
    while len(_first_seen) > REMEMBERED:
        _first_seen.popitem(last=False)
    if now - began < SOONEST_SECONDS or done <= before:
        return None
    return (done - before) / (now - began)
