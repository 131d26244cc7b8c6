"""Imports: the files that were read in, how far they are, and the rows that could not be taken."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.console import formats, programmes
from stammis.console.access import may
from stammis.console.forms.imports import ImportForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.imports import queries
from stammis.imports.models import Run
from stammis.imports.services import ask_to_stop
from stammis.imports.tasks import read_file
from stammis.kit import clock
from stammis.kit.pages import page
from stammis.kit.spreadsheets import Download
from stammis.programmes.models import Programme
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    """List the runs, newest first; take a file and hand it to the worker."""
    programme = programmes.required(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        _hand_over(form.cleaned_data["file"], form.cleaned_data["kind"], programme, request.user.email)
        said = _("«%(name)s» is handed over. It stands in the list as soon as it is being read.")
        messages.success(request, said % {"name": form.cleaned_data["file"].name})
        return redirect("console:imports")
    listed = page(queries.runs(programme), order=("-id",), cursor=request.GET.get("cursor") or None, limit=30)
    return draw(request, "console/imports/list.html", {"page": listed, "form": form})


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
        "left": _left(shown, taken),
        "running": shown.state == Run.State.RUNNING,
    }
    alone = bool(request.htmx) and request.htmx.target == "progress"
    return draw(request, "console/imports/progress.html" if alone else "console/imports/run.html", context)


@may(Permission.RUN)
@require_POST
def stop(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Let a run stop after the piece that is being read, and lead back to it."""
    shown = queries.run(programmes.required(request), run_id)
    if shown.size:  # one that began in an older release does not look whether it shall stop
        ask_to_stop(shown)
        record_audit(request.user.email, "imports.stop", subject=shown.file_name)
    return redirect("console:run", shown.id)


@may(Permission.RUN)
@require_GET
def bad_rows(request: StaffRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Give all bad rows of a run as CSV."""
    shown = queries.run(programmes.required(request), run_id)
    return Download(f"bad-rows-{shown.id.hex[-8:]}", queries.BAD_COLUMNS, queries.bad_table(shown))


def _left(run: Run, taken: dt.timedelta) -> str | None:
    """Say how long what is being read will still take at the speed so far; None where nobody can tell."""
    position = sum(run.positions)
    if run.state != Run.State.RUNNING or not 0 < position <= run.size:
        return None
    return formats.duration(taken * ((run.size - position) / position))


def _hand_over(file: UploadedFile[bytes], kind: str, programme: Programme, by: str) -> None:
    """Keep the file until the worker has read it."""
    kept = Path(tempfile.mkdtemp(prefix="stammis-import-")) / Path(file.name or "file").name
    with kept.open("wb") as target:
        for part in file.chunks():
            target.write(part)
    record_audit(by, "imports.start", subject=kept.name, kind=kind)
    read_file.defer(kind=kind, path=str(kept), programme_id=str(programme.id), by=by)
