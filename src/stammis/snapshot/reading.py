"""Reading a snapshot: member by member in bounded memory, or with SQL. It needs no database and no framework."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, pairwise, starmap
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stammis.snapshot.columns import ENTRIES, EVENTS
from stammis.snapshot.manifest import Manifest, Position

BATCH = 1_024
"""So many rows are in memory at once, of each file of a bucket."""
_MEMORY = "512MB"
_member = itemgetter(0)
_order = itemgetter(0, 1)


class Stored(NamedTuple):
    """An event as it was recorded; instants are microseconds since 1970, ``body`` and ``grants`` are JSON.

    Of a file they are views of what was read of it, which stays in memory as long as one of them does.
    """

    member: bytes
    seq: int
    kind: str
    occurred_at: int
    purchase_id: str | None
    gross_minor: int | None
    body: bytes | memoryview
    version: int
    grants: bytes | memoryview | None


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


_stored = partial(tuple.__new__, Stored)
_row = partial(tuple.__new__, Row)
"""As ``_make``, without a call of Python for each of them."""


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
        return _by_member(self.paths("events", bucket), Stored._fields, _stored, members)

    def entries(self, bucket: int, members: Collection[bytes] | None = None) -> Iterator[tuple[bytes, Iterator[Row]]]:
        """Give a bucket's members in the order of their ids, each with its ledger rows; as ``histories``."""
        return _by_member(self.paths("entries", bucket), Row._fields, _row, members)

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
    wanted = None if members is None else frozenset(members)
    files = [_batches(path, columns) for path in paths]
    if len(files) == 1:
        yield from _members(files[0], make, wanted)
        return
    rows = heapq.merge(*(chain.from_iterable(rows for _, rows in batches) for batches in files), key=_order)
    for member, found in groupby(rows, _member):
        if wanted is None or member in wanted:
            yield member, map(make, found)


_Batch = tuple[list[bytes], list[tuple[Any, ...]]]


def _members(
    batches: Iterator[_Batch], make: Callable[[tuple[Any, ...]], Any], wanted: frozenset[bytes] | None
) -> Iterator[tuple[bytes, Iterator[Any]]]:
    """Give the members of one file, which are in the order of their ids, each with its rows: found, not looked for."""
    last, held = b"", list[tuple[Any, ...]]()
    for members, rows in batches:
        begins, count = 0, len(rows)
        while begins < count:
            member = members[begins]
            ends = bisect_right(members, member, begins)
            if member == last:
                held += rows[begins:ends]
            else:
                if held and (wanted is None or last in wanted):
                    yield last, map(make, held)
                last, held = member, rows[begins:ends]
            begins = ends
    if held and (wanted is None or last in wanted):
        yield last, map(make, held)


def _batches(path: Path, columns: Sequence[str]) -> Iterator[_Batch]:
    """Give the rows of a file as tuples, a batch after the other, and whose they are."""
    names = ["member_id", *columns[1:]]
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(BATCH, columns=names, use_threads=False):
            values = [_values(batch.column(name)) for name in names]
            yield values[0], list(zip(*values, strict=True))


def _values(column: Any) -> list[Any]:
    """Give a column as Python values; instants as microseconds. They are read from where they lie, not one by one."""
    count = len(column)
    if not count or column.null_count == count:
        return [None] * count
    if pa.types.is_timestamp(column.type):
        column = column.view(pa.int64())
    found = _lying(column)
    if found is None:
        nulls: list[Any] = column.to_pylist()
        return nulls
    if column.null_count:
        for place in _values(pc.indices_nonzero(column.is_null())):
            found[place] = None
    return found


def _lying(column: Any) -> list[Any] | None:
    """Give the values as they lie in memory, whatever stands for those that are not there; None where they do not."""
    count, kind = len(column), column.type
    if column.null_count and not (pa.types.is_integer(kind) or pa.types.is_binary(kind)):
        return None
    if pa.types.is_dictionary(kind):
        words = column.dictionary.to_pylist()
        return list(map(words.__getitem__, _values(column.indices)))
    code = _CODES.get(kind.id)
    if code is not None:
        numbers = memoryview(column.buffers()[1]).cast(code)[column.offset : column.offset + count]
        return list(numbers)
    if pa.types.is_fixed_size_binary(kind):
        width, first = kind.byte_width, column.offset
        raw = memoryview(column.buffers()[1])[first * width : (first + count) * width].tobytes()
        return _cut(raw, range(0, (count + 1) * width, width))
    if pa.types.is_binary(kind):
        ends = memoryview(column.buffers()[1]).cast("i")[column.offset : column.offset + count + 1].tolist()
        return _cut(memoryview(column.buffers()[2]).cast("B"), ends)
    return None


def _cut(raw: bytes | memoryview, ends: Sequence[int]) -> list[Any]:
    """Give the pieces between one end and the next: of a view they are views, and nothing is copied."""
    return list(map(raw.__getitem__, starmap(slice, pairwise(ends))))


_CODES: dict[int, Literal["i", "q", "Q"]] = {pa.int32().id: "i", pa.int64().id: "q", pa.uint64().id: "Q"}
