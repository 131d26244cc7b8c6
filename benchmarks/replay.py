"""The yardstick of everything that is loaded: the very rows just written, written again by nothing but set-based SQL.

The rows are read back as PostgreSQL's own binary arrays, a set for each batch of 1,000 purchases, and kept in files.
A replay sends those bytes as they are, so that its client costs next to nothing: ``insert … select from unnest`` into
bare tables with the same keys, standings by ``update … from unnest``, a transaction and a round trip for each batch.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psycopg
from psycopg import pq

BATCH = 1_000
BARE = "bare"
# A standing is kept only as it is now. As it was after an earlier event is taken to be shorter, in proportion to the
# member's events, but no shorter than so many characters.
SHORTEST_STANDING = 200

# The rows that belong to an event of the batch: each table, and how its rows find their batch.
BY_EVENT = {
    "activity_event": "join batched b on b.member_id = t.member_id and b.seq = t.seq",
    "activity_receipt": "join batched b on b.member_id = t.member_id and b.seq = t.seq",
    "accrual_decision": "join batched b on b.member_id = t.member_id and b.seq = t.seq",
    "ledger_entry": "join batched b on b.member_id = t.member_id and b.seq = t.seq",
    "rewards_issued": """
        join activity_event e on e.member_id = t.member_id and e.kind = 'redemption' and e.external_id = t.redemption
        join batched b on b.member_id = e.member_id and b.seq = e.seq
    """,
}
# The rows of members whose first event is in the batch.
BY_MEMBER = {
    "members_member": "join batched b on b.member_id = t.id and b.seq = 1",
    "members_identity": "join batched b on b.member_id = t.member_id and b.seq = 1",
    "members_word": "join batched b on b.member_id = t.member_id and b.seq = 1",
    "accrual_standing": "join batched b on b.member_id = t.member_id and b.seq = 1",
}
STANDING = "accrual_standing"

BATCHED = """
create temporary table batched as
select member_id, seq, kind, writer, (sum((kind = 'purchase')::int) over w - (kind = 'purchase')::int) / {size} as batch
from (
    select member_id, seq, kind, ctid, (hashtext(member_id::text) & 2147483647) %% {writers} as writer
    from activity_event where %s = '%%' or external_id like %s
) events
window w as (partition by writer order by ctid rows unbounded preceding)
"""
UPDATED = """
select b.writer, b.batch, array_agg(b.member_id), array_agg(s.due_at),
    array_agg(left(s.state, greatest({shortest}, (length(s.state) * b.seq / newest.seq)::int)))
from (select writer, batch, member_id, max(seq)::bigint as seq from batched group by 1, 2, 3) b
join accrual_standing s using (member_id)
join (select member_id, max(seq) as seq from activity_event group by 1) newest using (member_id)
group by 1, 2 order by 1, 2
"""
UPDATE = b"""
update bare.accrual_standing s set due_at = u.due_at, state = u.state
from unnest($1::uuid[], $2::timestamptz[], $3::text[]) as u(member_id, due_at, state) where s.member_id = u.member_id
"""
COLUMNS = """
select attname, format_type(atttypid, atttypmod), attndims > 0 or format_type(atttypid, null) like '%%[]'
from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
"""
KEYS = """
select pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass(%s) and contype in ('p', 'u')
"""


@dataclass(frozen=True)
class Recording:
    """Rows read back for a replay, in files by writer and statement, and what they amount to."""

    folder: Path
    statements: dict[str, bytes]
    writers: int
    purchases: int
    rows: int
    bytes: int

    def weight(self) -> str:
        """Rows written and bytes sent for a purchase."""
        return f"{self.rows / self.purchases:.1f} rows, {self.bytes / self.purchases:,.0f} bytes per purchase"

    def spool(self, writer: int, statement: str) -> Path:
        """The file with a statement's arrays, batch after batch."""
        return self.folder / f"{writer}-{statement}"


def record(dsn: str, folder: Path, *, writers: int = 1, ids: str = "%", size: int = BATCH) -> Recording:
    """Read back the rows of the events whose ids are like ``ids`` (%: all), in the order in which they were written.

    What ``folder`` holds of an earlier recording is removed.
    """
    for file in folder.iterdir():
        file.unlink()
    with psycopg.connect(dsn) as connection:
        connection.execute("set local work_mem = '256MB'")
        connection.execute(BATCHED.format(size=int(size), writers=int(writers)).encode(), (ids, ids))
        connection.execute("create index on batched (member_id, seq)")
        connection.execute("analyze batched")
        purchases = _number(connection, "select count(*) from batched where kind = 'purchase'")
        queries, statements = {}, {}
        for table, belongs in (BY_MEMBER | BY_EVENT).items():
            queries[table], statements[table] = _copying(connection, table, belongs)
        queries["standings"] = UPDATED.format(shortest=SHORTEST_STANDING)
        statements["standings"] = UPDATE
        recording = Recording(folder, statements, writers, purchases, 0, 0)
        rows = sum(
            _number(connection, f"select count(*) from {table} t {belongs}")  # noqa: S608 - our own names
            for table, belongs in (BY_MEMBER | BY_EVENT).items()
        )
        rows += _number(connection, "select count(*) from (select distinct writer, batch, member_id from batched) u")
        total = sum(_spool(connection, recording, name, query) for name, query in queries.items())
    return Recording(folder, statements, writers, purchases, rows, total)


def by_two(dsn: str, folder: Path, *, ids: str = "%", size: int = BATCH, known: bool = False) -> str:
    """Replay with two writers at once, each with its half of the members: how many purchases a second that gives."""
    recording = record(dsn, folder, writers=2, ids=ids, size=size)
    lay_bare(dsn, known=known)
    return f"{recording.purchases / replay(dsn, recording):,.0f} purchases/s"


def lay_bare(dsn: str, *, known: bool = False) -> None:
    """Make the bare tables anew: the same columns, storage and keys, no other index, no trigger, no check.

    With ``known`` the members' standings are there already.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"drop schema if exists {BARE} cascade".encode())
        connection.execute(f"create schema {BARE}".encode())
        for table in BY_MEMBER | BY_EVENT:
            options = connection.execute(
                "select array_to_string(reloptions, ', ') from pg_class where oid = to_regclass(%s)", (table,)
            ).fetchone()
            stored = f"with ({options[0]})" if options and options[0] else ""
            connection.execute(f"create table {BARE}.{table} (like {table} including storage) {stored}".encode())
            for (key,) in connection.execute(KEYS, (table,)).fetchall():
                connection.execute(f"alter table {BARE}.{table} add {key}".encode())
        if known:
            connection.execute(f"insert into {BARE}.{STANDING} select * from {STANDING}".encode())  # noqa: S608 - the same
            connection.execute(f"vacuum analyze {BARE}.{STANDING}".encode())


def replay(dsn: str, recording: Recording) -> float:
    """Write the recorded rows into the bare tables, all writers at once; give the seconds it took."""
    start = threading.Barrier(recording.writers + 1)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                _write(connection.pgconn, recording, number, start)
        except BaseException as failure:  # noqa: BLE001 - told to the thread that waits
            failures.append(failure)
            start.abort()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(recording.writers)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return seconds


def _write(raw: pq.abc.PGconn, recording: Recording, number: int, start: threading.Barrier) -> None:
    """Prepare the statements, wait for the others, then send batch after batch, each in one round trip."""
    for name, statement in recording.statements.items():
        _check(raw.prepare(name.encode(), statement), raw)
    raw.enter_pipeline_mode()
    start.wait()
    for batch in _batches(recording, number):
        raw.send_query_params(b"begin", None)
        for name, arrays in batch.items():
            raw.send_query_prepared(name.encode(), arrays, [pq.Format.BINARY] * len(arrays))
        raw.send_query_params(b"commit", None)
        raw.pipeline_sync()
        while (result := raw.get_result()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if result is not None:
                _check(result, raw)
    raw.exit_pipeline_mode()


def _check(result: pq.abc.PGresult, raw: pq.abc.PGconn) -> None:
    if result.status not in {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}:
        raise psycopg.DatabaseError(raw.get_error_message())


def _batches(recording: Recording, writer: int) -> Iterator[dict[str, list[bytes | None]]]:
    """Give a writer's batches: for each statement that has rows in it, its arrays."""
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(recording.spool(writer, name).open("rb"))
            for name in recording.statements
            if recording.spool(writer, name).exists()
        }
        ahead = {name: _next(file) for name, file in files.items()}
        while waiting := [part[0] for part in ahead.values() if part]:
            batch = {}
            for name, part in ahead.items():
                if part and part[0] == min(waiting):
                    batch[name] = part[1]
                    ahead[name] = _next(files[name])
            yield batch


def _next(file: BinaryIO) -> tuple[int, list[bytes | None]] | None:
    try:
        part: tuple[int, list[bytes | None]] = pickle.load(file)  # noqa: S301 - written by this process a moment ago
    except EOFError:
        return None
    return part


def _spool(connection: psycopg.Connection, recording: Recording, name: str, query: str) -> int:
    """Fetch a statement's arrays batch by batch, as the server sends them, into its files; give their bytes."""
    total = 0
    with ExitStack() as stack:
        files: dict[int, BinaryIO] = {}
        raw = connection.pgconn
        _check(raw.exec_params(f"declare arrays cursor for {query}".encode(), None), raw)
        while (found := raw.exec_params(b"fetch 1 from arrays", None, result_format=pq.Format.BINARY)).ntuples:
            _check(found, raw)
            values = [found.get_value(0, column) for column in range(found.nfields)]
            writer, number = (int.from_bytes(value or b"", "big") for value in values[:2])
            if writer not in files:
                files[writer] = stack.enter_context(recording.spool(writer, name).open("wb"))
            pickle.dump((number, values[2:]), files[writer])
            total += sum(len(value) for value in values[2:] if value)
        _check(found, raw)
        _check(raw.exec_params(b"close arrays", None), raw)
    return total


def _copying(connection: psycopg.Connection, table: str, belongs: str) -> tuple[str, bytes]:
    """The query that gives a table's columns as arrays, and the statement that inserts them."""
    columns = connection.execute(COLUMNS, (table,)).fetchall()
    # Arrays of arrays would be flattened: such columns travel as text.
    gathered = ", ".join(
        f"array_agg(t.{name}{'::text' if is_array else ''} order by t.ctid)" for name, _, is_array in columns
    )
    rows = f"from {table} t {belongs} group by 1, 2 order by 1, 2"
    query = f"select b.writer, b.batch, {gathered} {rows}"
    names = ", ".join(name for name, _, _ in columns)
    given = ", ".join(f"{name}::{kind}" if is_array else name for name, kind, is_array in columns)
    arrays = ", ".join(
        f"${number}::{'text' if is_array else kind}[]" for number, (_, kind, is_array) in enumerate(columns, 1)
    )
    rows = f"select {given} from unnest({arrays}) as u({names})"  # noqa: S608 - our own names
    statement = f"insert into {BARE}.{table} ({names}) {rows}"
    return query, statement.encode()


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
