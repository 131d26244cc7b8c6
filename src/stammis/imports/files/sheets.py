"""What a file holds, whatever its format: named columns, good rows, and rows that cannot be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from django.utils.translation import gettext_noop

from stammis.kit.errors import Invalid

LONGEST_RAW = 500
"""So much of a bad row is kept for the report."""


class BadFile(Invalid):
    """This file cannot be read as a table."""

    code = "bad_file"


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
    message: str
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
            errors.append({"pointer": place, "code": "empty_column", "message": f"Column {number} has no name."})
        elif not allowed.has(name):
            errors.append({"pointer": place, "code": "unknown_column", "message": _unknown(name, allowed.known)})
        elif name in columns[: number - 1]:
            errors.append({"pointer": place, "code": "double_column", "message": f"There are two columns «{name}»."})
    errors += [
        {"pointer": "/columns", "code": "missing_column", "message": f"The column «{name}» is needed."}
        for name in allowed.needed
        if name not in columns
    ]
    if errors:
        raise BadFile(gettext_noop("The first line of the file must name its columns."), errors=errors)


def _unknown(name: str, known: tuple[str, ...]) -> str:
    nearest = get_close_matches(name, known, n=1)
    hint = f" Did you mean «{nearest[0]}»?" if nearest else f" There are: {', '.join(known)}."
    return f"There is no column «{name[:50]}».{hint}"
