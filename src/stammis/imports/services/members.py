"""Members out of a file: one row each; what a row gives is merged into what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from stammis.accrual.outcomes import Item, MemberFields
from stammis.core.wording import as_worded
from stammis.imports.files import Bad, Columns, Row
from stammis.imports.models import Run
from stammis.imports.services import runs
from stammis.imports.services.taking import Read, take_in
from stammis.intake.bodies import MemberItem
from stammis.intake.reading import decode, facts
from stammis.kit.errors import Invalid
from stammis.programmes.models import Programme

ATTRIBUTE, CONSENT = "attribute.", "consent."
COLUMNS = Columns(
    ("member", "email", "phone", "name", "birthday", "locale", "joined_at", "labels"),
    needed=("member",),
    families=(ATTRIBUTE, CONSENT),
)
"""``labels`` are divided by ``|``; ``attribute.city`` and ``consent.mail`` are facts by name."""

_PLAIN = ("member", "email", "phone", "name", "birthday", "locale", "joined_at")
_YES_OR_NO = {"true": True, "false": False}


def import_members(
    path: Path,
    programme: Programme,
    *,
    by: str,
    clock: Callable[[], dt.datetime],
    progress: runs.Progress | None = None,
) -> Run:
    """Take members in from a CSV or Parquet file; bad rows are listed with the run. Raises BadFile.

    An empty cell leaves what is known as it is. The same file may be read again, also after it was asked to stop.
    """

    def read(rows: Iterator[Row | Bad]) -> Iterator[Read]:
        for row in rows:
            said = [row] if isinstance(row, Bad) else _read(row, programme)
            yield Read(said, row.line, row.cells.get("member", ""))

    return take_in(path, COLUMNS, programme, Run.Kind.MEMBERS, read, by=by, clock=clock, progress=progress)


def body(row: Row) -> dict[str, Any]:
    """Give a row as the body that the API takes."""
    said: dict[str, Any] = {"kind": "member"} | {name: row.cells[name] for name in _PLAIN if name in row.cells}
    if "labels" in row.cells:
        said["labels"] = [label.strip() for label in row.cells["labels"].split("|") if label.strip()]
    for family, field in ((ATTRIBUTE, "attributes"), (CONSENT, "consents")):
        named = {name.removeprefix(family): cell for name, cell in row.cells.items() if name.startswith(family)}
        if named:
            said[field] = {name: _YES_OR_NO.get(cell.lower(), cell) for name, cell in named.items()}
    return said


def _read(row: Row, programme: Programme) -> Item | list[Bad]:
    try:
        read = decode(msgspec.json.encode(body(row)), MemberItem)
    except Invalid as error:
        shown = row.cells.get("member", "")
        return [
            Bad(row.line, _column(each["pointer"]), each["code"], as_worded(each["message"]), shown)
            for each in error.errors
        ]
    return Item(programme.id, MemberFields(read.member, facts(read)))


def _column(pointer: str) -> str:
    """Name the column that a place in the body comes from."""
    first, _slash, rest = pointer.removeprefix("/").partition("/")
    match first:
        case "attributes":
            return f"{ATTRIBUTE}{rest}"
        case "consents":
            return f"{CONSENT}{rest}"
        case _:
            return first
