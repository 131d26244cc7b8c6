"""Charts, drawn by a process of their own."""

import os
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from stammis.kit import charts
from stammis.kit.charts import ChartFailed, Figure, Picture, Series, draw


def figure(kind: str = "bars", **more: object) -> Figure:
    values = (3.0, 1.0, None)
    texts = ("three", "one", "")
    known: dict[str, Any] = {
        "kind": kind,
        "labels": ("Jan", "Feb", "Mar"),
        "series": (Series("Sold", values), Series("Returned", values)),
        "texts": (texts, texts),
    }
    return Figure(**known | more)


@pytest.mark.parametrize("kind", ["bars", "lines", "shares", "levels"])
def test_a_chart_is_drawn_in_the_colours_of_the_theme_and_tells_its_values(kind: str) -> None:
    drawn = draw(Picture(figure=figure(kind))).decode()
    assert drawn.startswith("<svg")
    assert "var(--chart-1)" in drawn
    assert "<title>Jan: three</title>" in drawn
    assert "Mar: " not in drawn
    assert "#0" not in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(("most", "labels"), [(2_000.0, ["0", "500", "1k", "1.5k", "2k"]), (2.0, ["0", "0.5", "1"])])
def test_an_axis_is_labelled_in_numbers_that_everybody_reads(most: float, labels: list[str]) -> None:
    sold = Series("Sold", (most, most / 2, None))
    drawn = draw(Picture(figure=figure(series=(sold,), texts=(("all", "half", ""),)))).decode()
    found = re.findall(r">([0-9.km]+)</text>", drawn)
    assert [label for label in labels if label not in found] == []
    assert not any(label.endswith("m") for label in found)


def test_a_picture_to_take_away_is_a_png() -> None:
    assert draw(Picture(figure=figure(), form="png")).startswith(b"\x89PNG")


def test_the_web_process_never_loads_what_draws() -> None:
    draw(Picture(figure=figure()))
    assert not {"altair", "vl_convert"} & sys.modules.keys()


def test_a_drawing_process_that_was_killed_is_replaced() -> None:
    draw(Picture(figure=figure(width=411)))
    process = charts._draughtsman._process  # noqa: SLF001 - the process that the test kills
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert draw(Picture(figure=figure(width=412))).startswith(b"<svg")
    assert_is_closed(process)


def assert_is_closed(process: subprocess.Popen[bytes]) -> None:
    """Nothing of a process is left: it was waited for, and its pipes were closed, not left to the collector."""
    assert process.returncode is not None
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdin.closed
    assert process.stdout.closed


def test_nothing_is_left_of_a_drawing_process_that_ended_by_itself() -> None:
    draw(Picture(figure=figure(width=421)))
    process = charts._draughtsman._process  # noqa: SLF001 - the process that the test ends
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    assert draw(Picture(figure=figure(width=422))).startswith(b"<svg")
    assert_is_closed(process)


def test_a_drawing_process_that_no_longer_listens_is_replaced() -> None:
    deaf = "import os, time; os.close(0); print(end='!', flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"!"
        charts._draughtsman.end()  # noqa: SLF001 - the one that listens
        charts._draughtsman._process = process  # noqa: SLF001 - as if it had been started for it
        assert draw(Picture(figure=figure(width=431))).startswith(b"<svg")
        assert_is_closed(process)
    finally:
        process.kill()
        process.wait()


def test_a_figure_that_cannot_be_drawn_is_told_and_the_next_one_is_drawn() -> None:
    with pytest.raises(ChartFailed):
        draw(Picture(figure=figure(kind="pie")))
    assert draw(Picture(figure=figure(width=413))).startswith(b"<svg")
