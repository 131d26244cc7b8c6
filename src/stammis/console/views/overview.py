"""The overview: what the programme brings, in numbers that say what they mean."""

from __future__ import annotations

import time
import uuid
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stammis.console import charts, formats, programmes, spreadsheets
from stammis.console.access import may
from stammis.console.drawings import Chart
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.currencies import DECIMALS
from stammis.insight import reports
from stammis.insight.queries import Measure
from stammis.insight.registry import METRICS
from stammis.insight.reports import Overview
from stammis.kit import charts as drawing
from stammis.kit import clock
from stammis.kit.charts import Picture
from stammis.programmes.models import Programme
from stammis.staff.roles import Permission

FRESH_SECONDS = 20.0
SHOWN = (
    "members",
    "active_members",
    "purchases",
    "gross_sales",
    "points_issued",
    "points_redeemed",
    "points_expired",
    "points_outstanding",
)
_reports: dict[uuid.UUID, tuple[float, int, Overview]] = {}


@may(Permission.SEE)
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """Show the numbers of the programme, each with its definition on demand, and its months as charts."""
    programme = programmes.chosen(request)
    if programme is None:
        return redirect("console:first_steps")
    report = _report(programme)
    shown = charts.drawn(programme, report, _decimals(report))
    for chart in shown:
        chart.csv = reverse("console:chart", args=[chart.key, "csv"])
        chart.png = reverse("console:chart", args=[chart.key, "png"])
    context = {
        "programme": programme,
        "numbers": [_number(report.measures[name]) for name in SHOWN],
        "charts": shown,
        "empty": not report.measures["members"].figure.value and not report.measures["purchases"].figure.value,
        "sample": clock.installation().sample,
    }
    return draw(request, "console/overview.html", context)


@may(Permission.SEE)
@require_GET
def chart(request: StaffRequest, key: str, form: str) -> HttpResponse:
    """Give a chart's numbers as CSV, or the chart as PNG."""
    programme = programmes.required(request)
    report = _report(programme)
    found = next((one for one in charts.drawn(programme, report, _decimals(report)) if one.key == key), None)
    if found is None:
        raise Http404
    body, kind = (spreadsheets.table(found), "text/csv; charset=utf-8") if form == "csv" else (_png(found), "image/png")
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{programme.slug}-{key}.{form}"'
    return response


def _report(programme: Programme) -> Overview:
    """Give the numbers as of now; what was counted is shown again for a few seconds, or until the clock is moved."""
    shift = clock.installation().clock_shift_us
    known = _reports.get(programme.id)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS and known[1] == shift:
        return known[2]
    report = reports.overview(programme, clock.now())
    _reports[programme.id] = (time.monotonic(), shift, report)
    return report


def _decimals(report: Overview) -> int:
    return report.measures["points_issued"].decimals


def _number(measure: Measure) -> dict[str, Any]:
    """Give a measure as the overview shows it."""
    metric, figure = measure.metric, measure.figure
    definition = str(metric.definition)
    if measure.window_days:
        definition %= {"days": formats.number(measure.window_days)}
    return {
        "name": metric.title,
        "value": _written(measure),
        "text": f"{definition} {metric.edges}" if metric.edges else definition,
        "n": figure.n if metric.name == "gross_sales" else None,
        "period": charts.period(measure.period.first_day, measure.period.ends),
        "under": _beside(measure),
    }


def _written(measure: Measure) -> str:
    value = measure.figure.value
    if value is None:
        return "–"
    match METRICS[measure.metric.name].unit:
        case "money":
            return formats.money(Decimal(int(value)).scaleb(-DECIMALS[measure.currency]), measure.currency)
        case "points":
            return formats.points(int(value), measure.decimals)
        case "share":
            return formats.percent(float(value), 1)
        case "count":
            return formats.number(int(value))


def _beside(measure: Measure) -> str:
    if measure.window_days:
        return _("bought within %(days)s days") % {"days": formats.number(measure.window_days)}
    return ""


def _png(chart: Chart) -> bytes:
    return drawing.draw(Picture(figure=chart.figure, form="png"))
