"""Writing what happened: each verb adds a statement of columns, because accrual decides and writes for many at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from stammis.activity.models import Deferred
from stammis.kit import arrays
from stammis.kit.pipeline import Transaction

WAITING, APPLIED, REFUSED = (
    state.value for state in (Deferred.State.WAITING, Deferred.State.APPLIED, Deferred.State.REFUSED)
)


class EventRow(NamedTuple):
    """A row of ``activity_event``; ids are the 16 bytes of a UUID, times microseconds since 1970, ``body`` JSON."""

    member: bytes
    seq: int
    programme: bytes
    kind: str
    external_id: str | None
    purchase_id: str | None
    occurred_at: int
    gross_minor: int | None
    currency: str | None
    body: bytes


class ReceiptRow(NamedTuple):
    """A row of ``activity_receipt``."""

    programme: bytes
    kind: str
    external_id: str
    member: bytes
    seq: int
    status: int
    hash: bytes | None


class DeferredRow(NamedTuple):
    """A row of ``activity_deferred``: it begins to wait, or was settled in the same transaction."""

    id: uuid.UUID
    programme: bytes
    kind: str
    external_id: str | None
    purchase_id: str
    occurred_at: int
    arrived_at: int
    hash: bytes | None
    body: bytes
    state: str = WAITING
    code: str | None = None
    detail: bytes = b"{}"
    settled_at: int | None = None


class Settled(NamedTuple):
    """What became of a deferred row: ``code`` says why it was refused, None that it was applied."""

    id: uuid.UUID
    settled_at: int
    code: str | None = None
    detail: bytes = b"{}"


_RECORD = """
INSERT INTO activity_event (member_id, seq, programme_id, kind, external_id, purchase_id, occurred_at, gross_minor,
                            currency, body, recorded_at, arrival)
SELECT new.*, $11::timestamptz, nextval('activity_event_arrival_seq')
FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int8[],
            $9::text[], $10::text[]) AS new
"""
_RECEIVE = """
INSERT INTO activity_receipt (programme_id, kind, external_id, member_id, seq, status, hash)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int4[], $6::int2[], $7::bytea[])
"""
_DEFER = """
INSERT INTO activity_deferred (id, programme_id, kind, external_id, purchase_id, occurred_at, arrived_at, hash, body,
                               state, code, detail, settled_at)
SELECT id, programme_id, kind, external_id, purchase_id, occurred_at, arrived_at, hash, body,
       state, code, detail::jsonb, settled_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
            $8::bytea[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[])
     AS new (id, programme_id, kind, external_id, purchase_id, occurred_at, arrived_at, hash, body,
             state, code, detail, settled_at)
"""
_SETTLE = """
UPDATE activity_deferred AS d
SET state = CASE WHEN s.code IS NULL THEN 'applied' ELSE 'refused' END,
    code = s.code, detail = s.detail::jsonb, settled_at = s.settled_at
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) AS s (id, settled_at, code, detail)
WHERE d.id = s.id AND d.id = ANY($1::uuid[])
"""


def record(transaction: Transaction, rows: Sequence[EventRow], *, at: int) -> None:
    """Add the statement that records events, in the order in which they were decided, at an instant (as in rows).

    Whoever draws on a budget holds it until this is committed: so arrivals rise in the order in which it was drawn on.
    """
    if not rows:
        return
    members, seqs, programmes, kinds, ids, purchases, occurred, gross, currencies, bodies = zip(*rows, strict=True)
    transaction.send(
        _RECORD,
        arrays.uuids(members),
        arrays.ints(seqs),
        arrays.uuids(programmes),
        arrays.texts(kinds),
        arrays.texts(ids),
        arrays.texts(purchases),
        arrays.instants(occurred),
        arrays.bigints(gross),
        arrays.texts(currencies),
        arrays.encoded(bodies),
        arrays.one_instant(at),
    )


def receive(transaction: Transaction, rows: Sequence[ReceiptRow]) -> None:
    """Add the statement that keeps receipts: a unique violation where another transaction took an id meanwhile."""
    if not rows:
        return
    programmes, kinds, ids, members, seqs, statuses, hashes = zip(*sorted(rows, key=_place), strict=True)
    transaction.send(
        _RECEIVE,
        arrays.uuids(programmes),
        arrays.texts(kinds),
        arrays.texts(ids),
        arrays.uuids(members),
        arrays.ints(seqs),
        arrays.smallints(statuses),
        arrays.raws(hashes),
    )


def _place(row: ReceiptRow) -> tuple[bytes, str, str]:
    return row[:3]


def defer(transaction: Transaction, rows: Sequence[DeferredRow]) -> None:
    """Add the statement that lets returns and statuses wait for their purchases."""
    if not rows:
        return
    transaction.send(
        _DEFER,
        arrays.uuids([row.id.bytes for row in rows]),
        arrays.uuids([row.programme for row in rows]),
        arrays.texts([row.kind for row in rows]),
        arrays.texts([row.external_id for row in rows]),
        arrays.texts([row.purchase_id for row in rows]),
        arrays.instants([row.occurred_at for row in rows]),
        arrays.instants([row.arrived_at for row in rows]),
        arrays.raws([row.hash for row in rows]),
        arrays.encoded([row.body for row in rows]),
        arrays.texts([row.state for row in rows]),
        arrays.texts([row.code for row in rows]),
        arrays.encoded([row.detail for row in rows]),
        arrays.instants([row.settled_at for row in rows]),
    )


def settle(transaction: Transaction, rows: Sequence[Settled]) -> None:
    """Add the statement that says what became of what waited."""
    if not rows:
        return
    transaction.send(
        _SETTLE,
        arrays.uuids([row.id.bytes for row in rows]),
        arrays.instants([row.settled_at for row in rows]),
        arrays.texts([row.code for row in rows]),
        arrays.encoded([row.detail for row in rows]),
    )
