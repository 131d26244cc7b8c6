"""Tables that leave the console: CSV, written line by line, which no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from stammis.console.drawings import Chart

# A spreadsheet would run a cell that begins like this as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """What ``csv`` writes to: each line is handed on at once."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def cells(texts: Iterable[str]) -> list[str]:
    """Give texts as cells; one that would be run as a formula gets an apostrophe before it, numbers do not."""
    return [f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text for text in texts]


def table(chart: Chart) -> bytes:
    """Give a chart's numbers as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(cells([chart.head, *chart.names]))
    for at, label in enumerate(chart.figure.labels):
        writer.writerow([*cells([label]), *(series.values[at] for series in chart.figure.series)])
    return ("\ufeff" + text.getvalue()).encode()


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()
