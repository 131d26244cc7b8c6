"""Reads of runs and bad rows, for pages and reports."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from stammis.imports.models import BadRow, Run
from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme


class UnknownRun(NotFound):
    """There is no import with this id."""

    code = "unknown_import"


def runs(programme: Programme) -> QuerySet[Run]:
    """Give the runs of a programme, newest first."""
    return Run.objects.filter(programme=programme).order_by("-id")


def run(programme: Programme, run_id: uuid.UUID) -> Run:
    """Give a run. Raises UnknownRun."""
    found = Run.objects.filter(programme=programme, id=run_id).first()
    if found is None:
        raise UnknownRun
    return found


def bad_rows(of: Run) -> QuerySet[BadRow]:
    """Give the rows that a run could not take in, in the order in which they were met."""
    return BadRow.objects.filter(run=of).order_by("number")
