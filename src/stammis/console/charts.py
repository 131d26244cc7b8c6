"""The charts of the overview, by month: what each shows, in the reader's words and signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.drawings import Chart, short
from stammis.core.currencies import DECIMALS
from stammis.insight.registry import METRICS
from stammis.insight.reports import Month, Overview
from stammis.kit.charts import Figure, Series
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words

KEYS = ("sales", "points", "customers", "levels")
Number = int | Fraction
Written = Callable[[Number], str]


def drawn(programme: Programme, report: Overview, decimals: int) -> list[Chart]:
    """Give all charts for which there is something to draw; ``decimals`` are those of the programme's first wallet."""
    charts = []
    if report.months:
        charts += [_sales(programme, report.months), _points(report.months, decimals), _customers(report.months)]
    if report.levels:
        charts.append(_levels(report))
    return charts


def _sales(programme: Programme, months: Sequence[Month]) -> Chart:
    places = DECIMALS[programme.currency]

    def written(value: Number) -> str:
        return formats.money(Decimal(int(value)).scaleb(-places), programme.currency)

    series, texts = _column(months, "gross_sales", _("Gross sales"), 10**places, written)
    figure = Figure(
        kind="bars",
        labels=short(_days(months)),
        series=(series,),
        texts=(texts,),
        signs=formats.money_signs(programme.currency),
    )
    return Chart(
        key="sales",
        title=_("Gross sales by month"),
        head=_("Month"),
        months=_days(months),
        figure=figure,
        text=str(METRICS["gross_sales"].definition),
        under=_unfinished(months),
    )


def _points(months: Sequence[Month], decimals: int) -> Chart:
    def written(value: Number) -> str:
        return formats.points(int(value), decimals)

    asked = (("points_issued", _("Issued")), ("points_redeemed", _("Redeemed")), ("points_expired", _("Expired")))
    columns = [_column(months, name, title, 10**decimals, written) for name, title in asked]
    series, texts = zip(*columns, strict=True)
    return Chart(
        key="points",
        title=_("Points by month"),
        head=_("Month"),
        months=_days(months),
        figure=Figure(kind="lines", labels=short(_days(months)), series=series, texts=texts),
        text=" ".join(str(METRICS[name].definition) for name, _title in asked),
        under=_unfinished(months),
    )


def _customers(months: Sequence[Month]) -> Chart:
    def written(value: Number) -> str:
        return formats.percent(float(value), 1)

    asked = (("returning_customers", _("Returning")), ("new_customers", _("New")))
    columns = [_column(months, name, title, 1, written) for name, title in asked]
    series, texts = zip(*columns, strict=True)
    return Chart(
        key="customers",
        title=_("New and returning customers"),
        head=_("Month"),
        months=_days(months),
        figure=Figure(kind="shares", labels=short(_days(months)), series=series, texts=texts),
        text=f"{METRICS['new_customers'].definition} {METRICS['new_customers'].edges}",
        under=_unfinished(months),
    )


def _levels(report: Overview) -> Chart:
    whole = sum(level.members for level in report.levels) or 1
    counts = tuple(float(level.members) for level in report.levels)
    texts = tuple(
        f"{formats.number(level.members)} ({formats.percent(level.members / whole, 1)})" for level in report.levels
    )
    labels = tuple(words.name(level.name) or _("none") for level in report.levels)
    return Chart(
        key="levels",
        title=_("Members by level"),
        head=words.name(report.level_set) or _("Level"),
        figure=Figure(
            kind="levels",
            labels=labels,
            series=(Series(_("Members"), counts),),
            texts=(texts,),
            height=44 * len(labels),
        ),
        text=_("The level that each member holds now."),
    )


def _days(months: Sequence[Month]) -> tuple[dt.date, ...]:
    return tuple(month.first_day for month in months)


def _column(
    months: Sequence[Month], name: str, title: str, units: int, written: Written
) -> tuple[Series, tuple[str, ...]]:
    """Give a metric's values for the months that have ended, and how each is written."""
    values = [month.figures[name].value if month.complete else None for month in months]
    return (
        Series(title, tuple(None if value is None else float(value / units) for value in values)),
        tuple("" if value is None else written(value) for value in values),
    )


def _unfinished(months: Sequence[Month]) -> str:
    open_months = [formats.month(month.first_day) for month in months if not month.complete]
    if not open_months:
        return ""
    return _("%(month)s is not over, and not drawn.") % {"month": open_months[-1]}


def period(first: dt.date | None, ends: dt.datetime) -> str:
    """Say which stretch of time a figure is about."""
    last = formats.moment(ends)
    return _("Up to %(end)s.") % {"end": last} if first is None else f"{formats.day(first)} – {last}"
