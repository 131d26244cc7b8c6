"""A chart's numbers as a file that no spreadsheet takes for formulas."""

from __future__ import annotations

from collections.abc import Iterator

from stammis.console.drawings import Chart
from stammis.kit.spreadsheets import lines


def table(chart: Chart) -> bytes:
    """Give a chart's numbers as CSV."""
    return "".join(lines([chart.head, *chart.names], _rows(chart))).encode()


def _rows(chart: Chart) -> Iterator[list[str]]:
    labels = [f"{each:%Y-%m}" for each in chart.months] or chart.figure.labels
    for at, label in enumerate(labels):
        yield [label, *(_plain(series.values[at]) for series in chart.figure.series)]


def _plain(value: float | None) -> str:
    """Write a number; a whole one without a point, as a spreadsheet counts it."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(value)
