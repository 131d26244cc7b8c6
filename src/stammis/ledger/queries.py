"""Reading the ledger."""

from __future__ import annotations

import uuid

from stammis.kit.errors import NotFound
from stammis.kit.pages import Page, page
from stammis.ledger.models import Entry


class UnknownRow(NotFound):
    """There is no ledger row with this id."""

    code = "unknown_row"


def row_id(member_id: uuid.UUID, row: int) -> str:
    """Give a row's id for the outside: it carries its member."""
    return f"{member_id.hex}-{row}"


def read_row_id(text: str) -> tuple[uuid.UUID, int]:
    """Read what ``row_id`` wrote. Raises UnknownRow."""
    member, _, row = text.partition("-")
    if len(member) != 32 or not row.isdecimal() or len(row) > 9 or not row.isascii():  # noqa: PLR2004 - a UUID in hex
        raise UnknownRow
    try:
        return uuid.UUID(hex=member), int(row)
    except ValueError as error:
        raise UnknownRow from error


def row(text: str) -> Entry:
    """Give the row with this id. Raises UnknownRow."""
    member_id, number = read_row_id(text)
    found = Entry.objects.filter(member_id=member_id, row=number).first()
    if found is None:
        raise UnknownRow
    return found


def entries(member_id: uuid.UUID, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
    """Give a member's rows, newest first. Raises BadCursor."""
    return page(Entry.objects.filter(member_id=member_id), order=("-row",), cursor=cursor, limit=limit)
