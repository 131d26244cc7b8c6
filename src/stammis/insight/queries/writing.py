"""Measures as the API answers them and as a terminal shows them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from stammis.core.amounts import amount_text
from stammis.core.currencies import DECIMALS
from stammis.insight.queries.measuring import NO_CUSTOMERS, NO_VALUE, NOBODY_BOUGHT_TWICE, Measure, Slice

SHARE_DECIMALS = 6
REASONS: dict[str, Promise] = {
    NO_CUSTOMERS: gettext_lazy("nobody bought"),
    NOBODY_BOUGHT_TWICE: gettext_lazy("nobody has bought twice yet"),
    NO_VALUE: gettext_lazy("the programme declares no value of a point"),
}
"""Why something cannot be told, for people, by the code that programs read."""


def as_json(measure: Measure) -> dict[str, Any]:
    """A measure as plain values: money and points as decimal text or whole numbers, shares as numbers from 0 to 1."""
    metric, period, figure = measure.metric, measure.period, measure.figure
    zone = ZoneInfo(period.zone)
    answer: dict[str, Any] = {
        "name": metric.name,
        **_figure(measure, figure),
        "unit": metric.unit,
        "period": {
            "from": period.begins.astimezone(zone).isoformat() if period.begins else None,
            "to": period.ends.astimezone(zone).isoformat(),
            "zone": period.zone,
        },
        "definition": definition(measure),
        "version": metric.version,
        "complete": period.complete,
    }
    if metric.unit == "money":
        answer["currency"] = measure.currency
    if metric.unit == "points":
        answer |= {"wallet": measure.wallet, "decimals": measure.decimals}
    if measure.window_days is not None:
        answer["window_days"] = measure.window_days
    if measure.by is not None:
        answer["by"] = measure.by
        answer["slices"] = [
            {measure.by: each.label, **_figure(measure, each), "complete": each.complete} for each in measure.slices
        ]
    return answer


def definition(measure: Measure) -> str:
    """What the metric says, with the window that was used."""
    days = "?" if measure.window_days is None else str(measure.window_days)
    text = str(measure.metric.definition)
    return text % {"days": days} if measure.metric.name == "active_members" else text


def as_text(measure: Measure, figure: Slice) -> str:
    """A figure for a terminal: 4596039.58 USD, 12.4 %, 155848."""
    if figure.value is None:
        return f"– ({REASONS.get(figure.reason or '', figure.reason)})"
    match measure.metric.unit:
        case "share":
            low, high = figure.interval or (0.0, 1.0)
            return f"{100 * float(figure.value):.1f} % ({100 * low:.1f}…{100 * high:.1f} %, n {figure.n})"
        case "money":
            return f"{written(measure, figure.numerator)} {measure.currency}"
        case _:
            return str(written(measure, figure.numerator))


def written(measure: Measure, number: int) -> int | str:
    """A whole number as it is read: money as decimal text, counts and points (in smallest units) as they are."""
    if measure.metric.unit == "money":
        return amount_text(number, DECIMALS[measure.currency])
    return number


def _figure(measure: Measure, figure: Slice) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "value": round(float(figure.value), SHARE_DECIMALS)
        if isinstance(figure.value, Fraction)
        else None
        if figure.value is None
        else written(measure, figure.value),
        "numerator": written(measure, figure.numerator),
        "denominator": figure.denominator,
        "n": figure.n,
        "interval": [round(end, SHARE_DECIMALS) for end in figure.interval] if figure.interval else None,
    }
    if figure.reason is not None:
        shown["reason"] = figure.reason
    if figure.few:
        shown["few"] = True
    return shown
