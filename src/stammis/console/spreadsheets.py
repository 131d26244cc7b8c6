"""A chart's numbers as a file that no spreadsheet takes for formulas."""

from __future__ import annotations

from collections.abc import Iterator

from stammis.console.drawings import Chart
from stammis.kit.spreadsheets import lines


def table(chart: Chart) -> bytes:
    """Give a chart's numbers as CSV."""
    return "".join(lines([chart.head, *chart.names], _rows(chart))).encode()


def _rows(chart: Chart) -> Iterator[list[str]]:
    for at, label in enumerate(chart.figure.labels):
        yield [label, *("" if (value := series.values[at]) is None else str(value) for series in chart.figure.series)]
