"""Parquet: cells become the text that a CSV file would hold; numbers must be exact in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stammis.core.wording import Worded
from stammis.imports.files.sheets import Bad, BadFile, Columns, Row, Sheet, check_columns

ROWS_AT_A_TIME = 4096


def read(path: Path, allowed: Columns) -> Sheet:
    """Read a Parquet file; line 1 is its first row. Raises BadFile."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(Worded("This Parquet file cannot be read: %(words)s", words=str(error))) from error
    columns = [name.strip().lower() for name in file.schema_arrow.names]
    reached = [0]
    sheet = Sheet(tuple(columns), _rows(file, columns, reached), file.metadata.num_rows, file.close, reached)
    try:
        check_columns(columns, allowed)
    except BadFile:
        sheet.close()
        raise
    return sheet


def _rows(file: pq.ParquetFile, columns: list[str], reached: list[int]) -> Iterator[Row | Bad]:
    for batch in file.iter_batches(ROWS_AT_A_TIME, use_threads=False):
        for values in zip(*(_values(column) for column in batch.columns), strict=True):
            reached[0] += 1
            yield _row(reached[0], columns, values)


def _values(column: pa.Array) -> list[Any]:
    """The cells of a column; times as whole microseconds beside their zone, since finer ones have no Python form."""
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        values: list[Any] = micros.to_pylist()
        return values
    plain: list[Any] = column.to_pylist()
    return plain


def _row(line: int, columns: list[str], values: tuple[Any, ...]) -> Row | Bad:
    cells: dict[str, str] = {}
    for name, value in zip(columns, values, strict=True):
        text = _text(value)
        if text is None:
            message = Worded("A cell of the kind %(name)s cannot be read.", name=type(value).__name__)
            return Bad(line, name, "wrong_type", message, cells=cells)
        if "\0" in text:
            return Bad(line, name, "nul_character", Worded("This cell holds the character NUL."), cells=cells)
        if text:
            cells[name] = text
    return Row(line, cells)


def _text(value: Any) -> str | None:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            # The shortest text that reads back as the same number: what was meant where it was written.
            return repr(int(value)) if value.is_integer() else repr(value)
        case Decimal():
            return format(value.normalize() if value == value.to_integral_value() else value, "f")
        case dt.datetime() | dt.date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return None
