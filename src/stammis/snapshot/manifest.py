"""The manifest: which files make up a snapshot, and the position of the database that they stand for.

It is replaced as a whole. Whatever happens while files are written, the manifest that is there names complete ones.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import msgspec

FORM = 2
"""The form of the files; others are made anew."""
FILE = "manifest.json"


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What of the database a snapshot holds: all that was committed at one instant.

    Attributes:
        at: the installation's clock just before that instant.
        transactions: PostgreSQL's own name of the instant (``pg_current_snapshot``).
        members, events, rows: how many standings, events (each with its decision) and ledger rows there are.
    """

    at: dt.datetime
    transactions: str
    members: int = 0
    events: int = 0
    rows: int = 0


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one bucket: later ones hold what came later; ``heads`` says how far they go, by member."""

    heads: str
    events: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Give all of them."""
        return (self.heads, *self.events, *self.entries)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of one programme: its position, and its files by bucket.

    ``source`` tells one database from another; ``retired`` are files of earlier positions, with the time since which
    nobody begins to read them.
    """

    form: int
    source: str
    position: Position
    buckets: dict[int, Files] = {}
    retired: dict[str, dt.datetime] = {}


def read(folder: Path) -> Manifest | None:
    """Read a folder's manifest; None where there is none of this form."""
    try:
        found = msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest, strict=False)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return found if found.form == FORM else None


def replace(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before, once all that it names is on the disk."""
    part = folder / f"{FILE}.part"
    with part.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / FILE)
