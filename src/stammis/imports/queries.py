"""Reads of runs and bad rows, for pages and reports."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db.models import QuerySet

from stammis.imports.models import BadRow, Run
from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme

BAD_COLUMNS = ("line", "field", "code", "message", "row")


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


def bad_table(of: Run) -> Iterator[list[str]]:
    """Give the bad rows of a run as cells under ``BAD_COLUMNS``."""
    for row in bad_rows(of).iterator(chunk_size=1_000):
        yield [str(row.line), row.field, row.code, row.message, row.raw]


def bad_rows(of: Run) -> QuerySet[BadRow]:
    """Give the rows that a run could not take in, in the order in which they were met."""
    return BadRow.objects.filter(run=of).order_by("number")
