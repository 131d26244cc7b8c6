"""Posting rows: the only way in which points move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stammis.kit import arrays
from stammis.kit.pipeline import Transaction


class EntryRow(NamedTuple):
    """A row of ``ledger_entry``; ids are the 16 bytes of a UUID, times microseconds since 1970, ``lots`` JSON."""

    member: bytes
    row: int
    seq: int
    reverses: int | None
    amount: int
    running: int
    opened: int | None
    occurred_at: int
    ends_at: int | None
    programme: bytes
    wallet: str
    kind: str
    source_kind: str
    source_id: str | None
    lots: bytes | None
    pending: bytes | None = None
    shortfall: int | None = None


_POST = """
INSERT INTO ledger_entry (member_id, row, seq, reverses, amount, running, opened, occurred_at, ends_at, programme_id,
                          wallet, kind, source_kind, source_id, lots, pending, shortfall, posted_at)
SELECT new.*, $18::timestamptz
FROM unnest($1::uuid[], $2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::int8[], $7::int8[], $8::timestamptz[],
            $9::timestamptz[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
            $16::text[], $17::int8[]) AS new
"""


def post(transaction: Transaction, rows: Sequence[EntryRow], *, at: int) -> None:
    """Add the statement that posts rows at an instant (microseconds since 1970)."""
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    transaction.send(
        _POST,
        arrays.uuids(columns[0]),
        *(arrays.ints(column) for column in columns[1:4]),
        *(arrays.bigints(column) for column in columns[4:7]),
        *(arrays.instants(column) for column in columns[7:9]),
        arrays.uuids(columns[9]),
        *(arrays.texts(column) for column in columns[10:14]),
        *(arrays.encoded(column) for column in columns[14:16]),
        arrays.bigints(columns[16]),
        arrays.one_instant(at),
    )
