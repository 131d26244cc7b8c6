"""What a file holds, whatever its format: named columns, good rows, and rows that cannot be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from stammis.core.wording import Worded, as_worded, together
from stammis.kit.errors import Invalid

LONGEST_RAW = 500
"""So much of a bad row is kept for the report."""


class BadFile(Invalid):
    """This file cannot be read as a table."""

    code = "bad_file"


def in_full(error: BadFile) -> Worded:
    """What is wrong with a file and with each of its columns, in one text."""
    return together(as_worded(error.text), *(as_worded(each["message"]) for each in error.errors))


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its line in the file (from 1) and its texts by column; an empty cell is absent."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a row: the line, the column (empty: the row as a whole), a stable code and a sentence.

    ``cells`` is what can still be guessed of its cells.
    """

    line: int
    field: str
    code: str
    message: Worded
    raw: str = ""
    cells: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A table in a file; ``rows`` may be read once. ``position()`` out of ``size`` (bytes or rows) have been read."""

    columns: tuple[str, ...]
    rows: Iterator[Row | Bad]
    size: int
    close: Callable[[], None]
    reached: list[int] = dataclasses.field(default_factory=lambda: [0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def position(self) -> int:
        """How much of ``size`` has been read."""
        return self.reached[0]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of file may have: by name, or any name that begins with one of ``families``."""

    known: tuple[str, ...]
    needed: tuple[str, ...] = ()
    families: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return name in self.known or any(name.startswith(family) and name != family for family in self.families)


def check_columns(columns: list[str], allowed: Columns) -> None:
    """Refuses a head with columns that are unknown, double or missing. Raises BadFile with every one of them."""
    errors = []
    for number, name in enumerate(columns, start=1):
        place = f"/columns/{number}"
        if not name:
            errors.append(_fault(place, "empty_column", Worded("Column %(number)s has no name.", number=number)))
        elif not allowed.has(name):
            errors.append(_fault(place, "unknown_column", _unknown(name, allowed.known)))
        elif name in columns[: number - 1]:
            errors.append(_fault(place, "double_column", Worded("There are two columns «%(name)s».", name=name)))
    errors += [
        _fault("/columns", "missing_column", Worded("The column «%(name)s» is needed.", name=name))
        for name in allowed.needed
        if name not in columns
    ]
    if errors:
        raise BadFile(Worded("The first line of the file must name its columns."), errors=errors)


def _fault(pointer: str, code: str, message: Worded) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}


def _unknown(name: str, known: tuple[str, ...]) -> Worded:
    nearest = get_close_matches(name, known, n=1)
    said = Worded("There is no column «%(name)s».", name=name[:50])
    if nearest:
        return together(said, Worded("Did you mean «%(name)s»?", name=nearest[0]))
    return together(said, Worded("There are: %(names)s.", names=", ".join(known)))
