"""Reading a snapshot: member by member in bounded memory, or with SQL. It needs no database and no framework."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stammis.snapshot.columns import ENTRIES, EVENTS
from stammis.snapshot.manifest import Manifest, Position

BATCH = 1_024
"""So many rows are in memory at once, of each file of a bucket."""
_MEMORY = "512MB"
_member = itemgetter(0)
_order = itemgetter(0, 1)


class Stored(NamedTuple):
    """An event as it was recorded; instants are microseconds since 1970, ``body`` and ``grants`` are JSON."""

    member: bytes
    seq: int
    kind: str
    occurred_at: int
    purchase_id: str | None
    gross_minor: int | None
    body: bytes
    version: int
    grants: bytes | None


class Row(NamedTuple):
    """A row of the ledger; instants are microseconds since 1970, ``lots`` and ``pending`` are JSON."""

    member: bytes
    row: int
    seq: int
    wallet: str
    kind: str
    amount: int
    running: int
    occurred_at: int
    ends_at: int | None
    opened: int | None
    lots: str | None
    reverses: int | None
    pending: str | None
    shortfall: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The history of one programme, as it was at ``position``."""

    folder: Path
    manifest: Manifest

    @property
    def position(self) -> Position:
        """What of the database it holds."""
        return self.manifest.position

    @property
    def buckets(self) -> tuple[int, ...]:
        """The buckets in which there are members."""
        return tuple(sorted(self.manifest.buckets))

    def paths(self, what: str, bucket: int | None = None) -> list[Path]:
        """Give the files of ``events``, ``entries`` or ``heads``, of one bucket or of all."""
        wanted = self.buckets if bucket is None else (bucket,) if bucket in self.manifest.buckets else ()
        found: list[Path] = []
        for each in wanted:
            files = self.manifest.buckets[each]
            names = {"events": files.events, "entries": files.entries, "heads": (files.heads,)}[what]
            found += [self.folder / name for name in names]
        return found

    def members(self, bucket: int) -> frozenset[bytes]:
        """Give the internal ids of a bucket's members."""
        paths = self.paths("heads", bucket)
        return frozenset(member for path in paths for member in pq.read_table(path).column("member_id").to_pylist())

    def histories(
        self, bucket: int, members: Collection[bytes] | None = None
    ) -> Iterator[tuple[bytes, Iterator[Stored]]]:
        """Give a bucket's members in the order of their ids, each with its events in the order of their arrival.

        ``members`` names those that are wanted, else all. Read one member's events before asking for the next.
        """
        return _by_member(self.paths("events", bucket), Stored._fields, Stored._make, members)

    def entries(self, bucket: int, members: Collection[bytes] | None = None) -> Iterator[tuple[bytes, Iterator[Row]]]:
        """Give a bucket's members in the order of their ids, each with its ledger rows; as ``histories``."""
        return _by_member(self.paths("entries", bucket), Row._fields, Row._make, members)

    def sql(self) -> duckdb.DuckDBPyConnection:
        """Give a DuckDB connection with the views ``events`` and ``entries`` (see ``stammis.snapshot.columns``).

        ``member_id`` is a blob of 16 bytes; instants are TIMESTAMP in UTC. Close it.
        """
        db = connect()
        for name, schema in (("events", EVENTS), ("entries", ENTRIES)):
            paths = [str(path) for path in self.paths(name)]
            if paths:
                db.from_parquet(paths).create_view(name)
            else:
                db.from_arrow(schema.empty_table()).create(name)
        return db


def connect() -> duckdb.DuckDBPyConnection:
    """Open a DuckDB in memory that fetches nothing from elsewhere."""
    return duckdb.connect(
        config={
            "memory_limit": _MEMORY,
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def _by_member(
    paths: Sequence[Path],
    columns: Sequence[str],
    make: Callable[[tuple[Any, ...]], Any],
    members: Collection[bytes] | None,
) -> Iterator[tuple[bytes, Iterator[Any]]]:
    files = [_rows(path, columns) for path in paths]
    rows = files[0] if len(files) == 1 else heapq.merge(*files, key=_order)
    wanted = None if members is None else frozenset(members)
    for member, found in groupby(rows, _member):
        if wanted is None or member in wanted:
            yield member, map(make, found)


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a file as tuples, a batch after the other."""
    names = ["member_id", *columns[1:]]
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(BATCH, columns=names, use_threads=False):
            yield from zip(*(_values(batch.column(name)) for name in names), strict=True)


def _values(column: Any) -> list[Any]:
    """Give a column as Python values; instants as microseconds. Whole numbers are read from where they lie."""
    count, kind = len(column), column.type
    if column.null_count == count:
        return [None] * count
    if pa.types.is_dictionary(kind):
        words = column.dictionary.to_pylist()
        return [None if place is None else words[place] for place in _values(column.indices)]
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    code = _CODES.get(column.type.id)
    if code is not None and not column.null_count:
        numbers = memoryview(column.buffers()[1]).cast(code)[column.offset : column.offset + count]
        return list(numbers)
    found: list[Any] = column.to_pylist()
    return found


_CODES: dict[int, Literal["i", "q"]] = {pa.int32().id: "i", pa.int64().id: "q"}
