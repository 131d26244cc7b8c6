"""A figure made ready for a page: drawn broad and narrow, its numbers as a table, addresses to take it away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.kit import charts
from stammis.kit.charts import ChartFailed, Figure, Picture

NARROW = 300


@dataclass(frozen=True)
class Row:
    """A label and its values, as text."""

    label: str
    texts: Sequence[str]


@dataclass
class Chart:
    """What ``console/parts/chart.html`` shows; ``months`` are those that its labels shorten, if they are months."""

    key: str
    title: str
    head: str
    figure: Figure
    months: Sequence[dt.date] = ()
    text: str = ""
    under: str = ""
    csv: str = ""
    png: str = ""
    broad: SafeString = field(init=False)
    narrow: SafeString = field(init=False)

    def __post_init__(self) -> None:
        """Draw it; without a picture its table stands alone."""
        self.figure = msgspec.structs.replace(self.figure, locale=formats.signs())
        slim = msgspec.structs.replace(self.figure, width=NARROW)
        try:
            self.broad, self.narrow = (_svg(figure) for figure in (self.figure, slim))
        except ChartFailed:
            self.broad = self.narrow = SafeString("")

    @property
    def failed(self) -> str:
        """What to say where there is no picture."""
        return _("The chart could not be drawn. Its numbers are below.")

    @property
    def names(self) -> list[str]:
        """The names of the series."""
        return [series.name for series in self.figure.series]

    @property
    def legend(self) -> list[str]:
        """The names that need colours beside them: lines carry theirs themselves."""
        return self.names if len(self.names) > 1 and self.figure.kind != "lines" else []

    @property
    def rows(self) -> list[Row]:
        """The numbers, a row for each label; months by their full names."""
        labels = [formats.month(each) for each in self.months] or self.figure.labels
        return [Row(label, [texts[at] or "–" for texts in self.figure.texts]) for at, label in enumerate(labels)]


def short(months: Sequence[dt.date]) -> tuple[str, ...]:
    """Name months on an axis; with the year where it is not plain from the one before."""
    return tuple(
        f"{formats.month(each, 'MMM')} ’{each:%y}" if place == 0 or each.month == 1 else formats.month(each, "MMM")
        for place, each in enumerate(months)
    )


def _svg(figure: Figure) -> SafeString:
    return SafeString(charts.draw(Picture(figure=figure)).decode())
