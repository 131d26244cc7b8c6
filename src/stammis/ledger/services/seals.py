"""Seals: each day's rows under a hash that holds the hash of the day before. Who changes a row breaks the chain."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from stammis.kit import arrays
from stammis.kit.pipeline import Rows
from stammis.kit.pipeline import Transaction as Pipeline
from stammis.ledger.models import Closing, Seal

FORM = 1
SEALING = 0x7365_616C  # «seal», as a number: the advisory lock of whoever adds links
DAY = dt.timedelta(days=1)
MARGIN = dt.timedelta(minutes=10)
"""So long after its end a day is closed: what was begun in it has been written by then or is dated anew."""

_CLOSED = "SELECT coalesce((SELECT ends_at FROM ledger_closing), '-infinity')"
_ROWS = {
    1: """
COPY (
    SELECT member_id, row, seq, reverses, amount, running, opened, extract(epoch FROM occurred_at),
           extract(epoch FROM posted_at), extract(epoch FROM ends_at), programme_id, wallet, kind, source_kind,
           source_id, lots, pending, shortfall
    FROM ledger_entry WHERE posted_at >= {first} AND posted_at < {until} ORDER BY member_id, row
) TO STDOUT
"""
}
"""By form: the rows of a stretch of time, as PostgreSQL's text; no name, no address, nothing personal is in them."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that does not hold: which, what is stored, and what its rows say now."""

    number: int
    stored: str
    expected: str


def ask_closed(pipeline: Pipeline) -> int:
    """Add the statement that tells up to when days are closed; read its answer with ``read_closed``."""
    return pipeline.send(_CLOSED)


def read_closed(rows: Rows) -> int:
    """Give up to when days are closed, in microseconds since 1970; far in the past where none is."""
    return arrays.microseconds_of(rows.value(0, 0))


def close(until: dt.datetime) -> None:
    """Close everything before ``until``. The caller keeps all who post out while this transaction lasts."""
    Closing.objects.update_or_create(id=1, defaults={"ends_at": until})


def to_seal(now: dt.datetime) -> dt.datetime | None:
    """Give the end of the latest day that can be closed now, where that is not sealed yet. Days are of UTC."""
    until = _midnight(now - MARGIN)
    latest = Seal.objects.order_by("-number").first()
    return None if latest is not None and latest.ends_at >= until else until


@transaction.atomic
def seal(now: dt.datetime) -> list[Seal]:
    """Seal the closed days that hold rows, one link for each; give the new links, oldest first.

    A link reaches back to the end of the one before it, so that days without rows need none of their own.
    """
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
    closing = Closing.objects.filter(id=1).first()
    latest = Seal.objects.order_by("-number").first()
    if closing is None or (latest is not None and latest.ends_at >= closing.ends_at):
        return []
    links: list[Seal] = []
    for first, until in _days(latest.ends_at if latest else None, closing.ends_at):
        latest = _link(latest, first, until, now)
        links.append(latest)
    return Seal.objects.bulk_create(links)


def _days(first: dt.datetime | None, end: dt.datetime) -> Iterator[tuple[dt.datetime | None, dt.datetime]]:
    """Give the stretches to seal: each ends with a day in which something was posted."""
    with connection.cursor() as db:
        while True:
            db.execute(
                "SELECT min(posted_at) FROM ledger_entry WHERE posted_at >= coalesce(%s::timestamptz, '-infinity')"
                " AND posted_at < %s",
                [first, end],
            )
            (posted,) = db.fetchone()
            if posted is None:
                return
            until = min(_midnight(posted) + DAY, end)
            yield first, until
            first = until


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _link(before: Seal | None, first: dt.datetime | None, until: dt.datetime, now: dt.datetime) -> Seal:
    rows, digest = digest_of(first, until, FORM)
    number = before.number + 1 if before else 1
    return Seal(
        number=number,
        first_at=first,
        ends_at=until,
        rows=rows,
        digest=digest,
        hash=hash_of(before.hash if before else "", number, until, rows, digest),
        form=FORM,
        sealed_at=now,
    )


def hash_of(before: str, number: int, until: dt.datetime, rows: int, digest: str) -> str:
    """Give the hash of a link: SHA-256 over the hash before, the number, the end (UTC), the count and the digest."""
    said = f"{before}\n{number}\n{until.astimezone(dt.UTC).isoformat()}\n{rows}\n{digest}\n"
    return hashlib.sha256(said.encode()).hexdigest()


def digest_of(first: dt.datetime | None, until: dt.datetime, form: int) -> tuple[int, str]:
    """Give how many rows were posted in a stretch of time, and the SHA-256 of their text."""
    sql = _ROWS[form].format(first=f"'{first.isoformat() if first else '-infinity'}'", until=f"'{until.isoformat()}'")
    rows, digest = 0, hashlib.sha256()
    with connection.cursor() as db, db.copy(sql) as copy:
        for block in copy:
            rows += bytes(block).count(b"\n")
            digest.update(block)
    return rows, digest.hexdigest()


def broken() -> Iterator[Broken]:
    """Give the links that do not hold: rows changed since, links changed, links missing."""
    before = ""
    expected_number = 1
    first: dt.datetime | None = None
    for link in Seal.objects.order_by("number").iterator():
        rows, digest = digest_of(link.first_at, link.ends_at, link.form)
        expected = hash_of(before, expected_number, link.ends_at, rows, digest)
        told = (link.number, link.first_at, link.rows, link.digest, link.hash)
        if told != (expected_number, first, rows, digest, expected):
            stored = f"{link.rows} rows, {link.hash}" if link.number == expected_number else f"link {link.number}"
            yield Broken(link.number, stored, f"{rows} rows, {expected}")
        before, expected_number, first = link.hash, link.number + 1, link.ends_at
    closing = Closing.objects.filter(id=1).first()
    if closing is not None and first is not None and first > closing.ends_at:
        yield Broken(
            expected_number - 1, f"sealed until {first.isoformat()}", f"closed until {closing.ends_at.isoformat()}"
        )
