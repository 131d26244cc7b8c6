"""Corrections: what an adjustment tells of the events that it puts right, and of the correction that it undoes."""

from __future__ import annotations

from msgspec import Struct

PURCHASE = "purchase"
"""The kind of what is put right that may come back."""


class Corrected(Struct, frozen=True, array_like=True, gc=False):
    """An earlier event whose points a correction puts right: what it gave, and what it should have given.

    ``kind`` is purchase, event or day (then ``id`` is the local day); points are in the wallet's smallest unit.
    ``rows`` are those of its points that were pending.
    """

    kind: str
    id: str
    before: int
    after: int
    rows: tuple[int, ...] = ()


class Undone(Struct, frozen=True, array_like=True, gc=False):
    """The correction that is undone: its adjustment's id, and the row by which it gave or took active points.

    ``lots`` are those that the row took from, each by row, amount and end. Without ``row`` there is nothing to go by.
    """

    id: str
    row: int = 0
    lots: tuple[tuple[int, int, int | None], ...] = ()
