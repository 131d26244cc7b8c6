"""What the snapshot's files hold: their columns, and how members are spread over them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

BUCKETS = 64
"""Members are spread over so many files, by the last byte of their internal id."""

_INSTANT = pa.timestamp("us")
_MEMBER = pa.binary(16)
_WORD = pa.dictionary(pa.int32(), pa.string())

EVENTS = pa.schema(
    [
        ("member_id", _MEMBER),
        ("seq", pa.int32()),
        ("kind", _WORD),
        ("occurred_at", _INSTANT),
        ("recorded_at", _INSTANT),
        ("arrival", pa.int64()),
        ("external_id", pa.string()),
        ("purchase_id", pa.string()),
        ("gross_minor", pa.int64()),
        ("currency", _WORD),
        ("body", pa.binary()),
        ("version", pa.int32()),
        ("current", pa.int32()),
        ("grants", pa.binary()),
    ]
)
"""Events in the order of a member's ``seq``; ``version``, ``current`` and ``grants`` (JSON) are of their decisions.

Instants are in UTC."""

ENTRIES = pa.schema(
    [
        ("member_id", _MEMBER),
        ("row", pa.int32()),
        ("seq", pa.int32()),
        ("reverses", pa.int32()),
        ("amount", pa.int64()),
        ("running", pa.int64()),
        ("opened", pa.int64()),
        ("occurred_at", _INSTANT),
        ("posted_at", _INSTANT),
        ("ends_at", _INSTANT),
        ("wallet", _WORD),
        ("kind", _WORD),
        ("source_kind", _WORD),
        ("source_id", pa.string()),
        ("lots", pa.string()),
        ("pending", pa.string()),
        ("shortfall", pa.int64()),
    ]
)
"""Rows of the ledger in the order of a member's ``row``; columns as in the table ``ledger_entry``."""

HEADS = pa.schema([("member_id", _MEMBER), ("events", pa.int32()), ("rows", pa.int32())])
"""How many events and rows of each member are in the files."""


def bucket_of(member: bytes) -> int:
    """Give the bucket of a member, by the 16 bytes of the internal id."""
    return member[-1] % BUCKETS


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Begin a file of these columns: packed so that it is quickly read, with dictionaries for what repeats itself."""
    repeated = [each.name for each in schema if each.type in {_MEMBER, _WORD}]
    return pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=repeated)
