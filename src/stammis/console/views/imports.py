"""Imports: the files that were read in, how far they are, and the rows that could not be taken."""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from stammis.console import programmes
from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.spreadsheets import Echo, cells
from stammis.imports import queries
from stammis.imports.models import Run
from stammis.kit import clock
from stammis.kit.pages import page
from stammis.staff.roles import Permission

COLUMNS = ("line", "field", "code", "message", "raw")


@may(Permission.RUN)
@require_GET
def imports(request: StaffRequest) -> HttpResponse:
    """List the runs, newest first."""
    programme = programmes.required(request)
    listed = page(queries.runs(programme), order=("-id",), cursor=request.GET.get("cursor") or None, limit=30)
    return draw(request, "console/imports/list.html", {"page": listed, "programme": programme})


@may(Permission.RUN)
@require_GET
def run(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show a run: how far it is and how fast, and its bad rows. While it runs the page asks again by itself."""
    shown = queries.run(programmes.required(request), run_id)
    bad_rows = page(queries.bad_rows(shown), order=("number",), cursor=request.GET.get("cursor") or None)
    taken = (shown.finished_at or clock.real_now()) - shown.started_at
    done = shown.accepted + shown.repeated + shown.refused
    context = {
        "run": shown,
        "page": bad_rows,
        "done": done,
        "rate": done / taken.total_seconds() if taken > dt.timedelta(seconds=1) else None,
        "running": shown.state == Run.State.RUNNING,
    }
    alone = bool(request.htmx) and request.htmx.target == "progress"
    return draw(request, "console/imports/progress.html" if alone else "console/imports/run.html", context)


@may(Permission.RUN)
@require_GET
def bad_rows(request: StaffRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Give all bad rows of a run as CSV."""
    shown = queries.run(programmes.required(request), run_id)
    response = StreamingHttpResponse(_lines(shown), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bad-rows-{shown.id.hex[-8:]}.csv"'
    return response


def _lines(run: Run) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in queries.bad_rows(run).iterator(chunk_size=1_000):
        yield writer.writerow(cells([str(row.line), row.field, row.code, row.message, row.raw]))
