"""Runs, and what they came to in short."""

from __future__ import annotations

import uuid

import msgspec
from django.db.models import QuerySet

from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme
from stammis.simulation.models import Run
from stammis.simulation.results import Summary


class UnknownRun(NotFound):
    """There is no back-test with this id."""

    code = "unknown_run"


def runs(programme: Programme) -> QuerySet[Run]:
    """Give the runs of a programme, newest first."""
    return Run.objects.filter(programme=programme).order_by("-id")


def run(programme: Programme, run_id: uuid.UUID) -> Run:
    """Give a run. Raises UnknownRun."""
    found = Run.objects.filter(programme=programme, id=run_id).select_related("programme", "compared_with").first()
    if found is None:
        raise UnknownRun
    return found


def summary_of(run: Run) -> Summary | None:
    """Give what a run came to in short; None as long as it is not done."""
    return None if run.summary is None else msgspec.convert(run.summary, Summary)
