"""Bringing a snapshot up to date: what came since its position is added; what has many parts is written anew."""

from __future__ import annotations

import datetime as dt
import fcntl
import shutil
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from stammis.kit import clock
from stammis.programmes.models import Programme
from stammis.snapshot import manifest
from stammis.snapshot.columns import BUCKETS, ENTRIES, EVENTS, HEADS, writer
from stammis.snapshot.manifest import FORM, Files, Manifest, Position
from stammis.snapshot.queries import folder_of

MOST_PARTS = 8
"""A bucket with more files of a kind is written anew."""
CHUNK = 1_000
"""So many rows are fetched and written at once, of so many members at a time."""
KEPT = dt.timedelta(hours=1)
"""So long stay files of earlier positions, for those who are reading them."""

Progress = Callable[[int, int], None]
"""Is told how many members are done, of how many."""
_Head = tuple[int, int]
_Row = TypeVar("_Row")


def refresh(programme: Programme, progress: Progress | None = None) -> Position:
    """Add to a programme's snapshot what was committed since its position; give the new one.

    It reads one instant of the database and changes nothing there. Raises NoFolder.
    """
    return _refresh(programme, progress, anew=False)


def rebuild(programme: Programme, progress: Progress | None = None) -> Position:
    """Make a programme's snapshot from nothing; the one before stays until this one is whole. Raises NoFolder."""
    return _refresh(programme, progress, anew=True)


def _refresh(programme: Programme, progress: Progress | None, *, anew: bool) -> Position:
    folder = folder_of(programme.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = clock.now()
    with _alone(folder), _instant():
        source, transactions = _source()
        before = manifest.read(folder)
        if before is None or before.source != source:
            before, anew = None, True
        filling = _Filling(folder, programme.id, {} if anew or before is None else before.buckets, progress)
        filling.fill()
        position = Position(
            at=at,
            transactions=transactions,
            members=filling.members,
            events=filling.events,
            rows=filling.rows,
        )
        retired = _retire(before, filling.buckets)
        manifest.replace(
            folder, Manifest(form=FORM, source=source, position=position, buckets=filling.buckets, retired=retired)
        )
        _sweep(folder)
    return position


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else writes this snapshot."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _instant() -> Iterator[None]:
    """Read everything as it was at one instant; inside another transaction, as that sees it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as db:
                db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _source() -> tuple[str, str]:
    """Tell which database it is, and the instant that this transaction sees."""
    with connection.cursor() as db:
        db.execute(
            "SELECT oid::text || ' ' || (SELECT min(started_at)::text FROM kit_installation),"
            " pg_current_snapshot()::text FROM pg_database WHERE datname = current_database()"
        )
        source, transactions = db.fetchone()
    return source or "", transactions


def _retire(before: Manifest | None, buckets: Mapping[int, Files]) -> dict[str, dt.datetime]:
    """Give the files that the manifest no longer names, as long as somebody may still be reading them."""
    now = clock.real_now()
    if before is None:
        return {}
    kept = {name for files in buckets.values() for name in files.names()}
    retired = {name: at for name, at in before.retired.items() if now - at < KEPT}
    return retired | {name: now for files in before.buckets.values() for name in files.names() if name not in kept}


def _sweep(folder: Path) -> None:
    """Remove files that the manifest does not name: of earlier positions, or of a refresh that came to no end."""
    found = manifest.read(folder)
    assert found is not None
    named = {name for files in found.buckets.values() for name in files.names()} | found.retired.keys()
    for path in folder.glob("*.parquet"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def drop(programme: Programme) -> None:
    """Remove a programme's snapshot."""
    shutil.rmtree(folder_of(programme.id), ignore_errors=True)


@dataclass(slots=True)
class _Filling:
    """A refresh in the making: ``buckets`` as they were at first, and as they are once they are filled."""

    folder: Path
    programme: uuid.UUID
    buckets: dict[int, Files]
    progress: Progress | None
    members: int = 0
    events: int = 0
    rows: int = 0
    _found: dict[int, Files] = field(default_factory=dict)

    def fill(self) -> None:
        """Go through all standings, a bucket after the other, and add what is missing of each."""
        with connection.cursor() as db:
            db.execute("SELECT count(*) FROM accrual_standing WHERE programme_id = %s", [self.programme])
            total = int(db.fetchone()[0])
        with closing(_stream(_STANDINGS, [self.programme])) as standings:
            for bucket, found in groupby(standings, itemgetter(0)):
                now = {member.bytes: (events, rows) for _, member, events, rows in found}
                self._found[bucket] = self._bucket(bucket, now)
                self.members += len(now)
                if self.progress:
                    self.progress(self.members, total)
        self.buckets = self._found

    def _bucket(self, bucket: int, now: dict[bytes, _Head]) -> Files:
        """Bring a bucket up to date; give its files."""
        self.events += sum(events for events, _ in now.values())
        self.rows += sum(rows for _, rows in now.values())
        files = self.buckets.get(bucket)
        then: dict[bytes, _Head] = {} if files is None else _heads(self.folder / files.heads)
        if files is not None and then == now:
            return files
        lost = any(events > now.get(member, (0, 0))[0] for member, (events, _) in then.items())
        if files is None or lost or max(len(files.events), len(files.entries)) >= MOST_PARTS:
            files, then = Files(heads=""), {}
        moved = [(member, *then.get(member, (0, 0))) for member, head in now.items() if head != then.get(member)]
        events = self._write(f"e{bucket:02d}", EVENTS, _events([(member, have) for member, have, _ in moved]))
        entries = self._write(f"l{bucket:02d}", ENTRIES, _entries([(member, have) for member, _, have in moved]))
        heads = self._write(f"h{bucket:02d}", HEADS, iter([[(member, *head) for member, head in now.items()]]))
        return Files(heads=heads[0], events=(*files.events, *events), entries=(*files.entries, *entries))

    def _write(self, stem: str, schema: pa.Schema, chunks: Iterator[Sequence[tuple[Any, ...]]]) -> tuple[str, ...]:
        """Write rows to a file of its own; give its name, or nothing where there are no rows."""
        first = next(chunks, None)
        if first is None:
            return ()
        name = f"{stem}-{uuid.uuid4().hex[:12]}.parquet"
        with writer(self.folder / name, schema) as file:
            file.write_table(_table(first, schema))
            for chunk in chunks:
                file.write_table(_table(chunk, schema))
        return (name,)


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [pa.array(column, each.type) for column, each in zip(columns, schema, strict=True)], schema=schema
    )


def _heads(path: Path) -> dict[bytes, _Head]:
    columns = [column.to_pylist() for column in pq.read_table(path).columns]
    return {member: (events, rows) for member, events, rows in zip(*columns, strict=True)}


_STANDINGS = f"""
SELECT get_byte(uuid_send(member_id), 15) %% {BUCKETS} AS bucket, member_id,
       coalesce((state::json ->> 'events')::int, 0), coalesce((state::json ->> 'rows')::int, 0)
FROM accrual_standing WHERE programme_id = %s ORDER BY bucket, member_id
"""  # noqa: S608 - a number of our own
_EVENTS = """
SELECT uuid_send(e.member_id), e.seq, e.kind, (extract(epoch FROM e.occurred_at) * 1000000)::int8,
       (extract(epoch FROM e.recorded_at) * 1000000)::int8, e.arrival, e.external_id, e.purchase_id, e.gross_minor,
       e.currency,
       convert_to(e.body, 'UTF8'), d.version, substring(right(d.record, 12) FROM ',(\\d+)\\]$')::int,
       CASE WHEN strpos(d.record, '"codes":') > 0 OR strpos(d.record, '"budgets":') > 0
                 OR strpos(d.record, '"rate":') > 0 OR strpos(d.record, '"stock":') > 0
                 OR strpos(d.record, '"changes":') > 0
            THEN convert_to(d.record, 'UTF8') END
FROM unnest(%s::uuid[], %s::int[]) AS k (member_id, have)
JOIN activity_event AS e ON e.member_id = k.member_id AND e.seq > k.have
JOIN accrual_decision AS d ON d.member_id = e.member_id AND d.seq = e.seq
ORDER BY e.member_id, e.seq
"""
_ENTRIES = """
SELECT uuid_send(e.member_id), e.row, e.seq, e.reverses, e.amount, e.running, e.opened,
       (extract(epoch FROM e.occurred_at) * 1000000)::int8, (extract(epoch FROM e.posted_at) * 1000000)::int8,
       (extract(epoch FROM e.ends_at) * 1000000)::int8, e.wallet, e.kind, e.source_kind, e.source_id, e.lots,
       e.pending, e.shortfall
FROM unnest(%s::uuid[], %s::int[]) AS k (member_id, have)
JOIN ledger_entry AS e ON e.member_id = k.member_id AND e.row > k.have
ORDER BY e.member_id, e.row
"""


class _Kept(msgspec.Struct, array_like=True):
    """A decision's record of which only the grants are read."""

    effects: msgspec.Raw
    steps: msgspec.Raw
    wallets: msgspec.Raw
    tiers: msgspec.Raw
    amounts: msgspec.Raw = msgspec.Raw()
    refund: msgspec.Raw = msgspec.Raw()
    grants: msgspec.Raw = msgspec.Raw()
    current: msgspec.Raw = msgspec.Raw()


_read_kept = msgspec.json.Decoder(_Kept).decode


def _events(moved: Sequence[tuple[bytes, int]]) -> Iterator[list[tuple[Any, ...]]]:
    for rows in _fetch(_EVENTS, moved):
        yield [(*row[:-1], None if row[-1] is None else _grants(row[-1])) for row in rows]


def _grants(record: bytes) -> bytes | None:
    grants = bytes(_read_kept(record).grants)
    return None if grants in {b"", b"null"} else grants


def _entries(moved: Sequence[tuple[bytes, int]]) -> Iterator[list[tuple[Any, ...]]]:
    return _fetch(_ENTRIES, moved)


def _fetch(sql: str, moved: Sequence[tuple[bytes, int]]) -> Iterator[list[tuple[Any, ...]]]:
    """Fetch what members have beyond what is there, in the order of their ids."""
    for members in _portions(iter(sorted(moved))):
        ids = [uuid.UUID(bytes=member) for member, _ in members]
        with closing(_stream(sql, [ids, [have for _, have in members]])) as rows:
            yield from _portions(rows)


def _portions(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _stream(sql: str, params: Sequence[Any]) -> Generator[tuple[Any, ...], None, None]:
    """Read rows in portions, by a cursor of the server."""
    with connection.connection.cursor(name=f"stammis_{uuid.uuid4().hex}", binary=True) as cursor:
        cursor.itersize = CHUNK
        cursor.execute(sql, params)
        yield from cursor
