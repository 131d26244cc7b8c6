"""Reading the ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import msgspec

from stammis.kit.errors import NotFound
from stammis.kit.pages import Page, page
from stammis.ledger.models import Entry

TAKING = ("spend", "return", "expire", "hold", "transfer_out")
"""Kinds of rows that open no lot."""

_read_awaits = msgspec.json.Decoder(tuple[int | None, str | None, int, str | None, str | None]).decode
_read_lots = msgspec.json.Decoder(list[tuple[int, int, int | None]]).decode


class UnknownRow(NotFound):
    """There is no ledger row with this id."""

    code = "unknown_row"


def row_id(member_id: uuid.UUID, row: int) -> str:
    """Give a row's id for the outside: it carries its member."""
    return f"{rows_of(member_id.bytes)}{row}"


def rows_of(account: bytes) -> str:
    """Give what the ids of all rows of an account begin with, by its internal id."""
    return f"{account.hex()}-"


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


def row_view(entry: Entry, status: str = "posted") -> dict[str, Any]:
    """Give a row in the contract's form, with the status that it has now."""
    said: dict[str, Any] = {
        "id": row_id(entry.member_id, entry.row),
        "wallet": entry.wallet,
        "amount": entry.amount,
        "kind": entry.kind,
        "status": status,
        "occurred_at": entry.occurred_at,
        "posted_at": entry.posted_at,
        "source": {"kind": entry.source_kind, "id": entry.source_id},
        "lots": [{"row": row_id(entry.member_id, row), "amount": amount} for row, amount in lots_of(entry)],
        "running": entry.running,
    }
    if entry.ends_at is not None:
        said["ends_at"] = entry.ends_at
    if entry.pending is not None:
        said |= _awaited(entry)
    if entry.shortfall is not None:
        said["shortfall"] = entry.shortfall
    if entry.reverses is not None:
        said["reverses"] = row_id(entry.member_id, entry.reverses)
    return said


def _awaited(entry: Entry) -> dict[str, Any]:
    """Say what pending points wait for: an instant, an event, or a status of their purchase."""
    active_at, event, _since, _purchase, status = _read_awaits(entry.pending or "[]")
    if active_at is not None:
        return {"active_at": dt.datetime.fromtimestamp(active_at, dt.UTC)}
    return {"awaits": {"event": event} if event is not None else {"status": status}}


def lots_of(entry: Entry) -> list[tuple[int, int]]:
    """Give the lots that a row took from or gave back to: the row that opened each, and the points."""
    return [(row, amount) for row, amount, _ends_at in _read_lots(entry.lots)] if entry.lots else []
