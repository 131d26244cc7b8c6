"""Charts, drawn by a process of their own."""

import os
import re
import signal
import subprocess
import sys
from itertools import pairwise
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


LETTER = 7.2
"""As broad as a letter of DejaVu Sans at 12 px, which is broader than the fonts of most readers."""


def months(count: int) -> dict[str, Any]:
    sold = Series("Sold", tuple(float(each) for each in range(count)))
    return {
        "labels": tuple(f"May ’{each}" for each in range(10, 10 + count)),
        "series": (sold,),
        "texts": (("some",) * count,),
    }


@pytest.mark.parametrize("width", [560, 300])
@pytest.mark.parametrize("count", [2, 7, 13, 40])
def test_labels_never_run_into_each_other(width: int, count: int) -> None:
    drawn = draw(Picture(figure=figure(width=width, **months(count)))).decode()
    found = [float(x) for x in re.findall(r"translate\(([0-9.]+),[0-9.]+\)\"[^>]*>May ’", drawn)]
    assert len(found) >= min(count, 4)
    assert min(later - earlier for earlier, later in pairwise(found)) > LETTER * len("May ’10")


def test_text_at_the_edge_has_room_in_a_broad_font_too() -> None:
    drawn = draw(Picture(figure=figure("levels", labels=("better off", "alike", "worse off")))).decode()
    left = re.search(r"<g [^>]*translate\(([0-9.]+),", drawn)
    assert left is not None
    assert float(left[1]) > LETTER * len("better off")
    names = tuple(Series(name, (1.0, 2.0, 3.0)) for name in ("Expected", "At most"))
    drawn = draw(Picture(figure=figure("lines", series=names))).decode()
    whole, left = re.search(r'width="([0-9.]+)"', drawn), re.search(r"<g [^>]*translate\(([0-9.]+),", drawn)
    begins = re.search(r"translate\(([0-9.]+),[0-9.]+\)\"[^>]*>Expected<", drawn)
    assert whole is not None
    assert left is not None
    assert begins is not None
    assert float(whole[1]) - float(left[1]) - float(begins[1]) > LETTER * len("Expected")


def test_an_axis_writes_money_with_its_sign() -> None:
    lost = Series("Lost", (2_000.0, -2_000.0, None))
    drawn = draw(Picture(figure=figure(series=(lost,), texts=(("", "", ""),), signs=("$", "")))).decode()
    assert ">$2k</text>" in drawn
    assert ">\u2212$2k</text>" in drawn
    drawn = draw(Picture(figure=figure(series=(lost,), texts=(("", "", ""),), signs=("", "\u00a0€")))).decode()
    assert ">2k\u00a0€</text>" in drawn


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
