"""Taking a file in: its rows are read one by one and recorded a thousand at a time, bad ones listed with the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from stammis.accrual.outcomes import Declined, Item
from stammis.accrual.sentences import refused
from stammis.accrual.services import record
from stammis.imports.files import Bad, Columns, Row, open_sheet
from stammis.imports.models import Run
from stammis.imports.services import runs
from stammis.kit.patience import steadily
from stammis.programmes.models import Programme

CHUNK = 1_000
CHUNK_ROWS = 20_000


class Read(NamedTuple):
    """What one row, or several together, say: an item, or what is wrong with them.

    ``line`` is where they begin, ``shown`` what the list of bad rows names them by.
    """

    said: Item | list[Bad]
    line: int
    shown: str
    rows: int = 1


Reader = Callable[[Iterator[Row | Bad]], Iterator[Read]]
Clock = Callable[[], dt.datetime]


def _as_it_is(item: Item, _now: dt.datetime) -> Item:
    return item


def take_in(
    path: Path,
    columns: Columns,
    programme: Programme,
    kind: Run.Kind,
    read: Reader,
    *,
    by: str,
    clock: Clock,
    progress: runs.Progress | None,
    dated: Callable[[Item, dt.datetime], Item] = _as_it_is,
) -> Run:
    """Take a CSV or Parquet file in and give its run; ``dated`` gives items their time. Raises BadFile."""
    with open_sheet(path, columns) as sheet:
        run = runs.begin(programme, kind, path.name, by, size=sheet.size)
        standing = runs.Standing(run, sheet.size)
        chunk: list[tuple[Read, Item]] = []
        rows = 0

        def record_piece() -> bool:
            """Record the piece and keep how far the file is; tell whether the run is wanted to stop."""
            now = clock()
            _record([(each, dated(item, now)) for each, item in chunk], standing, now)
            standing.position = sheet.position()
            stopping = steadily(standing.keep)
            if progress is not None:
                progress(standing)
            return stopping

        for each in read(sheet.rows):
            if isinstance(each.said, Item):
                chunk.append((each, each.said))
                rows += each.rows
            else:
                standing.bad += each.said
                standing.refused += 1
            if len(chunk) >= CHUNK or rows >= CHUNK_ROWS or len(standing.bad) >= CHUNK:
                if record_piece():
                    return runs.stop(run)
                chunk.clear()
                rows = 0
        record_piece()
    return runs.finish(run)


def _record(chunk: list[tuple[Read, Item]], standing: runs.Standing, now: dt.datetime) -> None:
    items = [item for _, item in chunk]
    outcomes = steadily(lambda: record(items, now=now)) if chunk else []  # an id that is in gives its first answer
    for (each, _), outcome in zip(chunk, outcomes, strict=True):
        if isinstance(outcome, Declined):
            standing.refused += 1
            message = refused(outcome.code, outcome.reason, outcome.detail)
            standing.bad.append(Bad(each.line, "", outcome.code, message, each.shown))
        elif outcome.replay:
            standing.repeated += 1
        else:
            standing.accepted += 1
