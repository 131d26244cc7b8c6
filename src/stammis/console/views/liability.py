"""The liability: what is owed for points, as it was reckoned last."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from stammis.console import explaining, owing, programmes, supposing
from stammis.console.access import may
from stammis.console.forms.owing import ExpiryForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.insight.liability.proposals import effect
from stammis.insight.liability.report import Report, WalletReport
from stammis.insight.liability.writing import Table, tables
from stammis.insight.queries import liability as reports
from stammis.insight.tasks import ask
from stammis.kit import charts as drawing
from stammis.kit.charts import Picture
from stammis.programmes.models import Programme
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

PARQUET = "application/vnd.apache.parquet"


@may(Permission.SEE)
@require_GET
def liability(request: StaffRequest) -> HttpResponse:
    """Show the report that is kept; while it is being reckoned the page asks by itself whether it is done."""
    programme = programmes.required(request)
    kept = reports.kept(programme)
    context: dict[str, Any] = {"programme": programme, "kept": kept, "waiting": reports.waiting(programme)}
    if kept is not None and kept.report is not None:
        context |= _shown(request, kept.report)
    return draw(request, "console/liability/liability.html", context)


@may(Permission.SEE)
@require_GET
def waiting(request: StaffRequest) -> HttpResponse:
    """Say that it is being reckoned still; once it is done the page loads itself again."""
    if reports.waiting(programmes.required(request)):
        return draw(request, "console/liability/waiting.html")
    return HttpResponse(headers={"HX-Refresh": "true"})


@may(Permission.SEE)
@require_POST
def reckon(request: StaffRequest) -> HttpResponse:
    """Have the report reckoned as of now."""
    programme = programmes.required(request)
    ask(programme)
    record_audit(request.user.email, "liability.reckon", subject=programme.slug)
    return redirect("console:liability")


@may(Permission.SEE)
@require_GET
def table(request: StaffRequest, name: str, form: str) -> HttpResponse:
    """Give a table of the report as CSV or Parquet."""
    programme = programmes.required(request)
    found = tables(_report(programme)).get(name)
    if found is None:
        raise Http404
    return _file(found, f"{programme.slug}-{name}", form)


@may(Permission.SEE)
@require_GET
def chart(request: StaffRequest, key: str) -> HttpResponse:
    """Give a chart as PNG."""
    programme = programmes.required(request)
    report = _report(programme)
    shown = owing.charts(report, _wallet(request, report))
    found = next((each for each in shown if each.key == key), None)
    if found is None:
        raise Http404
    response = HttpResponse(drawing.draw(Picture(figure=found.figure, form="png")), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{programme.slug}-{key}.png"'
    return response


_FILES = {"owed": "roll-forward", "cash": "cash-need", "expiring": "expiring", "checks": "checks"}


def _shown(request: StaffRequest, report: Report) -> dict[str, Any]:
    wallet = _wallet(request, report)
    asked = "kind" in request.GET
    form = ExpiryForm(request.GET if asked else None, initial={"kind": "days", "number": 365})
    shown = owing.charts(report, wallet)
    for each in shown:
        each.csv = reverse("console:liability_table", args=[_FILES[each.key], "csv"])
        each.png = reverse("console:liability_chart", args=[each.key]) + f"?wallet={wallet.wallet}"
    return {
        "report": report,
        "wallet": wallet,
        "numbers": owing.numbers(report, wallet),
        "sentences": explaining.checked(wallet),
        "charts": shown,
        "rolled": owing.rolled(report),
        "points": owing.points(wallet),
        "cohorts": owing.cohorts(report, wallet),
        "alerts": owing.alerts(report),
        "between": explaining.between(report, wallet),
        "columns": explaining.COLUMNS,
        "form": form,
        "today": supposing.today(report, wallet),
        "effect": supposing.shown(report, wallet, effect(report.book, wallet.wallet, form.rule()))
        if asked and form.is_valid()
        else None,
    }


def _report(programme: Programme) -> Report:
    kept = reports.kept(programme)
    if kept is None or kept.report is None:
        raise Http404
    return kept.report


def _wallet(request: StaffRequest, report: Report) -> WalletReport:
    asked = request.GET.get("wallet")
    return next((each for each in report.wallets if each.wallet == asked), report.wallets[0])


def _file(found: Table, name: str, form: str) -> HttpResponse:
    body: str | bytes = found.as_csv() if form == "csv" else found.as_parquet()
    response = HttpResponse(body, content_type="text/csv; charset=utf-8" if form == "csv" else PARQUET)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
