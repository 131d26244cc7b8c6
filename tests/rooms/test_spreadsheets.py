"""Tables that leave the house: no cell is a formula, and they are written while they are sent."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from hypothesis import example, given
from hypothesis import strategies as st

from stammis.kit.spreadsheets import FORMULA, MARK, Download, cells, lines


def test_a_cell_that_would_be_run_gets_an_apostrophe_and_a_number_does_not() -> None:
    texts = ["=1+1", "+358401", "-2", "-2.50", "-1e-05", "-2+3", "--5", "@sum", "\t=1", "\r=1", "anna", ""]
    assert cells(texts) == [
        *("'=1+1", "+358401", "-2", "-2.50", "-1e-05", "'-2+3", "'--5", "'@sum", "'\t=1", "'\r=1", "anna", "")
    ]


@given(st.lists(st.lists(st.text(alphabet="=+-@\t\r\n,;\"'ae1.", max_size=5), min_size=2, max_size=2)))
@example([["+1", "-1e1"], ["+a", "-1.e"]])
def test_whatever_is_written_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    written = "".join(lines(["a", "b"], rows)).removeprefix(MARK)
    _, *read = csv.reader(io.StringIO(written, newline=""))
    assert len(read) == len(rows)
    for cell, said in zip(chain.from_iterable(read), chain.from_iterable(rows), strict=True):
        is_formula = said.startswith(FORMULA) and not re.fullmatch(r"[+-](1+|1+\.1+)(e[+-]?1+)?", said)
        assert cell == ("'" + said if is_formula else said)


def told(seen: list[int]) -> Iterator[list[str]]:
    for number in range(3):
        seen.append(number)
        yield [str(number), "x" * 50_000]


def test_an_asynchronous_server_gets_piece_after_piece_and_no_warning() -> None:
    seen: list[int] = []

    async def read() -> list[tuple[int, bytes]]:
        return [(len(seen), piece) async for piece in Download("name", ["a", "b"], told(seen))]

    with warnings.catch_warnings(), ThreadPoolExecutor(1) as threads:  # this thread may have a browser's loop
        warnings.simplefilter("error")
        pieces = threads.submit(lambda: asyncio.run(read())).result()
    assert [at for at, _ in pieces] == [2, 3]  # the first piece goes before the last row is asked for
    assert b"".join(piece for _, piece in pieces) == b"".join(Download("name", ["a", "b"], told([])))
