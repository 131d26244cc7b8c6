"""What a back-test gives to take away: tables, charts; and why a member would have had more or less."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from stammis.console import pace, programmes
from stammis.console.access import may
from stammis.console.backtests import figures
from stammis.console.backtests.report import NOBODY, Report
from stammis.console.frame import draw
from stammis.console.moments import laid, one_page
from stammis.console.requests import StaffRequest
from stammis.console.spreadsheets import table
from stammis.kit import charts as drawing
from stammis.kit.charts import Picture
from stammis.members.models import Member
from stammis.simulation import queries, tasks
from stammis.simulation.models import Explanation, Run
from stammis.simulation.queries import Moment
from stammis.staff.roles import Permission

_TOLD = "told-"
"""The id of what asks whether it is found out begins so; its end is the heading that it stands under."""
KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "png": "image/png"}


@may(Permission.SEE)
@require_GET
def export(request: StaffRequest, run_id: uuid.UUID, key: str, form: str) -> HttpResponse:
    """Give a table of a back-test as CSV or Parquet."""
    if form not in {"csv", "parquet"}:
        raise Http404
    run, other = _sides(request, run_id)
    kind: Literal["csv", "parquet"] = "parquet" if form == "parquet" else "csv"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        queries.export(run, key, kind, file, other)
        return _download(file.read_bytes(), f"back-test-{run.id.hex[-8:]}-{key}", kind)


@may(Permission.SEE)
@require_GET
def chart(request: StaffRequest, run_id: uuid.UUID, key: str, form: str) -> HttpResponse:
    """Give a chart's numbers as CSV, or the chart as PNG."""
    run, other = _sides(request, run_id)
    report = Report(run, other, queries.compared(run, other))
    found = next((one for one in figures.drawn(report) if one.key == key), None)
    if found is None or form not in {"csv", "png"}:
        raise Http404
    body = drawing.draw(Picture(figure=found.figure, form="png")) if form == "png" else table(found)
    return _download(body, f"back-test-{run.id.hex[-8:]}-{key}", form)


@may(Permission.SEE)
@require_GET
def why(request: StaffRequest, run_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Tell why a member would have had more or less: the events that came to something else, and both sides.

    Where many share a budget or points it is found out by the worker; the page asks again by itself.
    """
    run, other = _sides(request, run_id)
    member = get_object_or_404(Member, programme_id=run.programme_id, id=member_id)
    polled = request.htmx.target if request.htmx else ""
    on_page = not request.htmx or polled == f"{_TOLD}h1"
    context: dict[str, Any] = {"run": run, "member": member, "heading": "h1" if on_page else "h2"}
    asked = queries.under_way(run, member.id, other)  # a page that asks each second costs no more than this
    told = None if asked else queries.why(run, member.id, other)
    if told is None:
        context |= _waiting(asked or tasks.ask_why(run, member, other), other)
        waits = polled and polled.startswith(_TOLD) and not context["failed"]
        template = "console/backtests/why_progress.html" if waits else "console/backtests/why_waiting.html"
    else:
        waits, template = "", "console/backtests/why.html"
        report = Report(run, other, queries.compared(run, other))
        shown = one_page(told.moments, request.GET.get("cursor"))
        context |= {"report": report, "page": shown, "moments": _moments(report, shown.rows)}
        context |= {"differing": len(told.moments), "alike": told.alike}
    answer = draw(request, template, context)
    if polled and polled.startswith(_TOLD) and not waits:  # the answer takes the place of all that waited for it
        answer["HX-Retarget"] = answer["HX-Reselect"] = "article.why"
        answer["HX-Reswap"] = "outerHTML"
    return answer


def _moments(report: Report, moments: Sequence[Moment]) -> list[dict[str, Any]]:
    return laid(
        moments,
        (report.sides.today, report.sides.tried),
        unit=report.unit,
        decimals={wallet.id: wallet.decimals for wallet in report.found.wallets},
        level=lambda tiers, level: (report.tiers(tiers), report.level(tiers, level or NOBODY)),
    )


def _waiting(asked: Explanation, other: Run) -> dict[str, Any]:
    """Say how far the worker is with what takes long to find out."""
    state, states = asked.state, Explanation.State
    work = uuid.UUID(int=asked.run_id.int ^ asked.member_id.int ^ other.id.int)
    waiting, running = state == states.QUEUED, state == states.RUNNING
    progress = pace.progress(work, asked.done, asked.total, waiting=waiting, running=running)
    return {"other": other, "asked": asked, "failed": state == states.FAILED, "progress": progress}


def _sides(request: StaffRequest, run_id: uuid.UUID) -> tuple[Run, Run]:
    """Give the run and the one beside it, which the address may name."""
    programme = programmes.required(request)
    run = queries.run(programme, run_id)
    named = request.GET.get("with", "")
    other = queries.run(programme, _uuid(named)) if named else run.compared_with
    if other is None:
        raise Http404
    return run, other


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


def _download(body: bytes, name: str, form: str) -> HttpResponse:
    response = HttpResponse(body, content_type=KINDS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
