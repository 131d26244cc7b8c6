"""What a back-test asks, and how far it is, in the reader's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stammis.console import formats, pace
from stammis.console.pace import Progress
from stammis.simulation.models import Run


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


def asked(run: Run) -> Asked:
    """Describe what a run asks."""
    return Asked(run, title(run), period(run), people(run), opening(run), supposes(run))


def title(run: Run) -> str:
    """Name a run: as it was called, else by what it is."""
    if run.exact:
        return _("Proof: the ledger folded again")
    return run.name or (
        _("Published, without «%(rule)s»") % {"rule": run.without} if run.without else _("As published")
    )


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
    state = run.state
    return pace.progress(run.id, done, total, waiting=state == Run.State.QUEUED, running=state == Run.State.RUNNING)
