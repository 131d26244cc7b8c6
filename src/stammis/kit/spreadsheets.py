"""Tables that leave the house as CSV: written line by line, and no spreadsheet takes a cell of theirs for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"
"""By this at its beginning spreadsheets know that a file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins like this."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
_PIECE = 1 << 16
"""About so many characters are written at once."""


class Echo:
    """What ``csv`` writes to: each line is handed on at once."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def cells(texts: Iterable[str]) -> list[str]:
    """Give texts as cells; one that would be run as a formula gets an apostrophe before it, numbers do not."""
    return [f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text for text in texts]


def lines(head: Iterable[str], rows: Iterable[Iterable[str]], *, mark: bool = True) -> Iterator[str]:
    """Write a table in pieces of many lines; ``mark`` says at its beginning that it is UTF-8."""
    writer = csv.writer(Echo())
    kept, size = [MARK] if mark else [], 0
    for row in chain([head], rows):
        line: str = writer.writerow(cells(row))
        kept.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(kept)
            kept, size = [], 0
    yield "".join(kept)


class Download(StreamingHttpResponse):
    """A table that is written while it is sent, whichever kind of server asks for it."""

    def __init__(self, name: str, head: Iterable[str], rows: Iterable[Iterable[str]], *, mark: bool = True) -> None:
        super().__init__(lines(head, rows, mark=mark), content_type=CSV)
        self["Content-Disposition"] = f'attachment; filename="{name}.csv"'

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give piece after piece; each is written where the request was answered, so that it may ask the database."""
        pieces = iter(self)
        while piece := await sync_to_async(lambda: next(pieces, b""))():
            yield piece
