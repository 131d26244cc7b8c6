"""CSV with commas, semicolons or tabs: with or without a byte order mark, CR LF or LF, quotes where they are needed.

Bytes that are no UTF-8, NUL, wrong numbers of cells, cells or lines without an end: such a row is bad, and the reading
goes on with the line after it. A stray quote costs its own line, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from stammis.core.wording import Worded
from stammis.imports.files.sheets import LONGEST_RAW, Bad, BadFile, Columns, Row, Sheet, check_columns

LONGEST_LINE = 1 << 20
LONGEST_CELL = 1 << 16
LONGEST_ROW = 1 << 22
DELIMITERS = ",;\t"
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CUT = "\ud800"
"""Marks the beginning of a line that is too long; no bytes of a file are read as it."""


class _Lines:
    """The lines of a file as text; a row that turns out to be bad can give back the lines after its first."""

    def __init__(self, file: BinaryIO, reached: list[int]) -> None:
        self.file = file
        self.reached = reached
        self.number = 0
        self.again: deque[str] = deque()
        self.row: list[str] = []
        self.first = 1
        self.letters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.row.append(line)
        self.letters += len(line)
        if self.letters > LONGEST_ROW:
            raise csv.Error("row too long")
        return line

    def begin(self) -> None:
        """Notes that a new row begins with the next line."""
        self.row, self.first, self.letters = [], self.number + 1, 0

    def give_back(self) -> None:
        """Takes only the row's first line as read; the others are read again as rows of their own."""
        self.again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1
        del self.row[1:]

    def _read(self) -> str:
        line = self.file.readline(LONGEST_LINE)
        self.reached[0] += len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := self.file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                self.reached[0] += len(rest)
            self.reached[0] += len(rest)
            return _CUT + line[:LONGEST_RAW].decode("utf-8", "replace") + "\n"
        return line.decode("utf-8", "surrogateescape")


def read(file: BinaryIO, size: int, allowed: Columns) -> Sheet:
    """Read a CSV file; its first line names the columns. Raises BadFile."""
    reached = [0]
    begins = file.read(3)
    if begins.startswith(_OTHER_BOMS):
        raise BadFile(Worded("This file is in UTF-16; save it as UTF-8."))
    if begins == _BOM:
        reached[0] = len(_BOM)
    else:
        file.seek(0)
    lines = _Lines(file, reached)
    head = next(lines, "").strip("\r\n")
    if not head.strip():
        raise BadFile(Worded("This file is empty."))
    if any("\udc80" <= letter <= "\udcff" or letter == "\0" for letter in head):
        raise BadFile(Worded("The first line of this file is no text in UTF-8."))
    if "\r" in head:
        raise BadFile(Worded("The lines of this file end in CR alone; save it with lines that end in LF or CR LF."))
    if head.startswith(_CUT):
        raise BadFile(_too_long())
    delimiter = max(DELIMITERS, key=head.count)
    try:
        columns = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter))]
    except csv.Error as error:
        raise BadFile(Worded("The first line of this file cannot be read: %(words)s.", words=str(error))) from error
    check_columns(columns, allowed)
    return Sheet(tuple(columns), _rows(lines, columns, delimiter), size, file.close, reached)


def _rows(lines: _Lines, columns: list[str], delimiter: str) -> Iterator[Row | Bad]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = len(columns)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield _guessed(_unreadable(lines, str(error)), columns, delimiter)
            continue
        if not cells:
            continue
        if (bad := _bad_text(lines)) is not None:
            lines.give_back()
            yield _guessed(bad, columns, delimiter)
        elif len(cells) != width:
            message = Worded("This row has %(number)s cells, the head %(width)s.", number=len(cells), width=width)
            lines.give_back()
            yield _guessed(Bad(lines.first, "", "wrong_columns", message, _raw(lines)), columns, delimiter)
        else:
            yield Row(lines.first, {name: cell for name, cell in zip(columns, cells, strict=True) if cell})


def _guessed(bad: Bad, columns: list[str], delimiter: str) -> Bad:
    """Adds the cells that a bad row seems to have, so that it is known what else it spoils."""
    cells = [cell.strip().strip('"') for cell in bad.raw.partition("\n")[0].split(delimiter)]
    return replace(bad, cells={name: cell for name, cell in zip(columns, cells, strict=False) if cell})


def _unreadable(lines: _Lines, error: str) -> Bad:
    if (bad := _bad_text(lines)) is not None:
        return bad
    if "field larger" in error or "too long" in error:
        message = Worded("A cell has more than %(most)s characters.", most=LONGEST_CELL)
        return Bad(lines.first, "", "too_long", message, _raw(lines))
    if "new-line" in error:
        return Bad(
            lines.first, "", "bad_line", Worded("This line holds a carriage return outside quotes."), _raw(lines)
        )
    return Bad(
        lines.first,
        "",
        "bad_quotes",
        Worded("A quote is opened and not closed, or closed too early."),
        _raw(lines),
    )


def _bad_text(lines: _Lines) -> Bad | None:
    text = lines.row[0] if len(lines.row) == 1 else "".join(lines.row)
    if text.isascii() and "\0" not in text:
        return None
    if text.startswith(_CUT):
        return Bad(lines.first, "", "too_long", _too_long(), _raw(lines))
    if "\0" in text:
        return Bad(lines.first, "", "nul_character", Worded("This row holds the character NUL."), _raw(lines))
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        return Bad(lines.first, "", "bad_utf8", Worded("This row is no text in UTF-8."), _raw(lines))
    return None


def _too_long() -> Worded:
    return Worded("This line has more than %(most)s bytes.", most=LONGEST_LINE)


def _raw(lines: _Lines) -> str:
    text = "".join(lines.row).removeprefix(_CUT)[:LONGEST_RAW].rstrip("\r\n")
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
