"""The drawing process (``python -m stammis.kit.drawing``): figures in, Altair specs drawn by vl-convert out.

Both directions carry a length of four bytes before each message; an answer has one more byte in front, ``+`` or ``-``.
It ends when its input ends, that is, with the process that started it.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from typing import Any, BinaryIO

import altair as alt
import msgspec
import vl_convert as vlc

from stammis.kit.charts import Figure, Picture

# Stand-ins that become CSS variables in an SVG, so that one drawing serves the light and the dark theme.
TOKENS = {
    "#010203": "var(--text)",
    "#010204": "var(--muted)",
    "#010205": "var(--line)",
    "#010206": "var(--surface)",
    "#020301": "var(--chart-1)",
    "#020302": "var(--chart-2)",
    "#020303": "var(--chart-3)",
    "#020304": "var(--chart-4)",
    "#020305": "var(--chart-5)",
}
# The same tokens as plain colours of the light theme, for pictures that leave the console.
PLAIN = dict(
    zip(
        TOKENS,
        ("#26231f", "#6b665f", "#e6e3de", "#ffffff", "#3a5fcd", "#d9822b", "#2a9d8f", "#8a5cc2", "#8d8a85"),
        strict=True,
    )
)
TEXT, MUTED, LINE, SURFACE, *SERIES = TOKENS
FONT = "system-ui, sans-serif"
LETTER = 7.2
"""The width of a letter in the broadest fonts that readers have; here text may be measured in a narrower one."""
SPARE = 2.0
"""Room for each letter at the edge, by which a reader's font may be broader than the one that was measured."""
LONGEST = 24
"""More letters than these the axis of lying bars cuts by itself."""
Drawn = alt.LayerChart | alt.FacetChart  # what Altair says of charts in layers


def spec(figure: Figure) -> dict[str, Any]:
    """Give the Vega-Lite spec of a figure."""
    chart = {"bars": _bars, "lines": _lines, "shares": _shares, "levels": _levels}[figure.kind](figure)
    described: dict[str, Any] = (
        chart.properties(width=figure.width, height=figure.height, background="transparent")
        .configure(font=FONT, padding=_padding(figure))
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED,
            labelFontSize=12,
            labelPadding=6,
            gridColor=LINE,
            domainColor=LINE,
            tickColor=LINE,
            ticks=False,
            domain=False,
            title=None,
        )
        .configure_text(font=FONT, fontSize=12, color=TEXT)
        .to_dict()
    )
    return described


def _padding(figure: Figure) -> dict[str, float]:
    """Leave room where text ends at the edge: names at the left of lying bars, and at the right what stands there."""
    right: tuple[str, ...] = ()
    if figure.kind == "lines":
        right = tuple(series.name for series in figure.series)
    elif figure.kind == "levels":
        right = figure.texts[0]
    left = figure.labels if figure.kind == "levels" else ("".join((*figure.signs, "0000")),)
    edges = {"left": left, "right": right}
    return {"top": 2, "bottom": 2} | {
        edge: 2 + SPARE * min(max(map(len, texts), default=0), LONGEST) for edge, texts in edges.items()
    }


def step(figure: Figure) -> int:
    """Give how many labels there are to each that is written, so that none runs into the next."""
    slot, broad = figure.width / max(1, len(figure.labels)), [LETTER * len(label) for label in figure.labels]
    for each in range(1, len(broad)):
        shown = broad[::each]
        if all((one + other) / 2 + LETTER <= each * slot for one, other in pairwise(shown)):
            return each
    return max(1, len(broad))


def rows(figure: Figure) -> list[dict[str, Any]]:
    """Give a figure's values as Vega wants them: a row for each value; what is missing stays missing."""
    return [
        {"at": at, "label": label, "series": series.name, "value": value, "text": f"{label}: {text}", "order": order}
        for order, (series, texts) in enumerate(zip(figure.series, figure.texts, strict=True))
        for at, (label, value, text) in enumerate(zip(figure.labels, series.values, texts, strict=True))
        if value is not None
    ]


def _values(rows: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call] # Altair types its marks, not its data


def _colours(figure: Figure) -> alt.Color:
    names = [series.name for series in figure.series]
    return alt.Color("series:N", scale=alt.Scale(domain=names, range=SERIES[: len(names)]), legend=None)


def _axes(figure: Figure, axis: str = "") -> tuple[alt.X, alt.Y]:
    thinned = f"indexof(domain('x'), datum.value) % {step(figure)} == 0 ? datum.label : ''"
    written = f"format(abs(datum.value), '{axis or figure.format}')"
    if (axis or figure.format).endswith("s"):  # a half would be «500m» otherwise: thousandths
        written = f"(abs(datum.value) < 1 ? format(abs(datum.value), '~g') : {written})"
    before, after = (json.dumps(sign) for sign in figure.signs)
    written = f"(datum.value < 0 ? '\u2212' : '') + {before} + {written} + {after}"
    across = alt.X(
        "label:N",
        sort=list(figure.labels),
        scale=alt.Scale(domain=list(figure.labels), paddingInner=0.35, paddingOuter=0.1),
        axis=alt.Axis(labelAngle=0, grid=False, labelExpr=thinned),
    )
    up = alt.Y("value:Q", scale=alt.Scale(zero=True, nice=4), axis=alt.Axis(labelExpr=written, tickCount=4))
    return across, up


def _bars(figure: Figure) -> Drawn:
    across, up = _axes(figure)
    chart = alt.Chart(_values(rows(figure))).encode(x=across, y=up, description="text:N")
    bars = chart.mark_bar(cornerRadiusEnd=2).encode(color=_colours(figure))
    if len(figure.series) > 1:
        names = [series.name for series in figure.series]
        bars = bars.encode(xOffset=alt.XOffset("series:N", sort=names, scale=alt.Scale(paddingInner=0.1)))
    return alt.layer(bars)


def _lines(figure: Figure) -> Drawn:
    """Lines with a name at their right end instead of a legend."""
    values = rows(figure)
    across, up = _axes(figure)
    across = across.scale(domain=list(figure.labels), type="point", padding=0.3)
    chart = alt.Chart(_values(values)).encode(x=across, y=up, color=_colours(figure))
    lines = chart.mark_line(strokeWidth=2, aria=False)
    points = chart.mark_point(filled=True, size=36, opacity=1).encode(description="text:N")
    names = (
        alt.Chart(_values(_ends(figure, values)))
        .mark_text(align="left", dx=8, aria=False)
        .encode(x=across, y=alt.Y("beside:Q"), text="series:N", color=alt.value(TEXT))
    )
    return alt.layer(lines, points, names)


def _ends(figure: Figure, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the last row of each series, with where its name stands: so far from the next that both can be read."""
    last = [[row for row in values if row["series"] == series.name][-1:] for series in figure.series]
    ends = sorted((row for found in last for row in found), key=lambda row: row["value"])
    gap = max((row["value"] for row in values), default=0) * 15 / figure.height
    lowest = float("-inf")
    for row in ends:
        row["beside"] = max(row["value"], lowest + gap)
        lowest = row["beside"]
    return ends


def _shares(figure: Figure) -> Drawn:
    across, up = _axes(figure, ".0%")
    up = up.scale(domain=[0, 1]).stack(True)
    chart = alt.Chart(_values(rows(figure))).encode(
        x=across, y=up, color=_colours(figure), order="order:Q", description="text:N"
    )
    return alt.layer(chart.mark_bar(stroke=SURFACE, strokeWidth=1))


def _levels(figure: Figure) -> Drawn:
    values = rows(figure)
    for row in values:
        row["short"] = row["text"].removeprefix(f"{row['label']}: ")
    most = max((row["value"] for row in values), default=1) or 1
    chart = alt.Chart(_values(values)).encode(
        x=alt.X("value:Q", scale=alt.Scale(domain=[0, most * 1.25]), axis=None),
        y=alt.Y(
            "label:N",
            sort=list(figure.labels),
            scale=alt.Scale(paddingInner=0.4),
            axis=alt.Axis(labelColor=TEXT, labelLimit=LETTER * LONGEST, grid=False),
        ),
    )
    bars = chart.mark_bar(cornerRadiusEnd=2, color=SERIES[0]).encode(description="text:N")
    return alt.layer(bars, chart.mark_text(align="left", dx=6, aria=False).encode(text="short:N"))


def _locale(figure: Figure) -> dict[str, Any]:
    decimal, thousands = figure.locale
    return {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}


def svg(figure: Figure) -> str:
    """Draw a figure for a page: colours become CSS variables, each mark's description becomes its tooltip."""
    drawn: str = vlc.vegalite_to_svg(spec(figure), format_locale=_locale(figure))
    drawn = re.sub(r' (?:role|aria-roledescription|aria-hidden|pointer-events|style|class)="[^"]*"', "", drawn)
    drawn = re.sub(r'<path aria-label="([^"]*)"([^>]*?)(?:/>|></path>)', r"<path\2><title>\1</title></path>", drawn)
    drawn = re.sub(r' aria-label="[^"]*"', "", drawn)
    drawn = drawn.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    for stand_in, variable in TOKENS.items():
        drawn = drawn.replace(stand_in, variable)
    return drawn


def png(figure: Figure) -> bytes:
    """Draw a figure for a mail or a download, twice as sharp as a page, on white."""
    text = msgspec.json.encode({**spec(figure), "background": SURFACE}).decode()
    for stand_in, colour in PLAIN.items():
        text = text.replace(stand_in, colour)
    drawn: bytes = vlc.vegalite_to_png(text, scale=2, format_locale=_locale(figure))
    return drawn


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer picture after picture until the input ends."""
    while size := source.read(4):
        message = source.read(int.from_bytes(size, "big"))
        try:
            picture = msgspec.json.decode(message, type=Picture)
            drawn = svg(picture.figure).encode() if picture.form == "svg" else png(picture.figure)
            status = b"+"
        except Exception as error:  # noqa: BLE001 - the next picture may be a good one; the asker hears of this one
            status, drawn = b"-", repr(error).encode()
        target.write(status + len(drawn).to_bytes(4, "big") + drawn)
        target.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
