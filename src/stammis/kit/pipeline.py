"""Statements that travel together: prepared, in PostgreSQL's binary form, one round trip for many (pipeline mode)."""

from __future__ import annotations

import asyncio
import itertools
import select
import weakref
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

import psycopg
from django.db import connection as default_connection
from psycopg import errors, pq

from stammis.kit.arrays import Param

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from psycopg.pq.abc import PGconn, PGresult

_BINARY = pq.Format.BINARY
_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_SAVEPOINT = "stammis_pipeline"
Statement = tuple[str, Sequence[Param]]
_names = itertools.count()
_prepared: weakref.WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]] = weakref.WeakKeyDictionary()


class Rows:
    """The rows of one answer: bytes as PostgreSQL sends them, read with the functions of ``stammis.kit.arrays``."""

    __slots__ = ("_get", "count")

    def __init__(self, result: PGresult) -> None:
        self.count = result.ntuples
        self._get = result.get_value

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.count))

    def value(self, row: int, column: int) -> bytes:
        """Give a value that is not NULL."""
        value = self._get(row, column)
        assert value is not None
        return value

    def maybe(self, row: int, column: int) -> bytes | None:
        """Give a value, or None for NULL."""
        return self._get(row, column)

    def text(self, row: int, column: int) -> str:
        """Give a text that is not NULL."""
        return self.value(row, column).decode()

    def number(self, row: int, column: int) -> int:
        """Give a whole number that is not NULL."""
        return int.from_bytes(self.value(row, column), "big", signed=True)


class Transaction:
    """A transaction whose statements travel together: ``sync`` sends what was added, ``commit`` that and the end.

    ``with Transaction() as transaction:`` rolls back what was not committed. It uses Django's connection of this
    thread, or the one that is given; inside ``transaction.atomic`` it is a savepoint. A statement is prepared once for
    a connection and known by its text. Journeys (see ``travel``) call ``begin``, ``end`` and ``undo`` themselves.
    """

    def __init__(self, connection: BaseDatabaseWrapper | None = None) -> None:
        self._connection = default_connection if connection is None else connection
        if self._connection.connection is None:
            self._connection.ensure_connection()
        opened = self._connection.connection
        self._known = _prepared.setdefault(opened, {})
        self._pgconn: PGconn = opened.pgconn
        self._nested = self._connection.in_atomic_block
        self._open = self._ending = False
        self._preamble = 0
        self._waiting: list[Statement] = []

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        if self.undo():
            self.sync()

    def begin(self) -> None:
        """Put the beginning before whatever is added."""
        idle = self._pgconn.transaction_status == pq.TransactionStatus.IDLE
        begin = ["BEGIN"] if idle else []  # Django begins an atomic block at its first statement only
        self._waiting = [(sql, ()) for sql in [*begin, *([f"SAVEPOINT {_SAVEPOINT}"] if self._nested else [])]]
        self._preamble = len(self._waiting)
        self._open = True

    def end(self) -> None:
        """Add the end of the transaction: once it has been sent, what was written stays."""
        self._waiting.append((f"RELEASE SAVEPOINT {_SAVEPOINT}" if self._nested else "COMMIT", ()))
        self._ending = True

    def undo(self) -> bool:
        """Forget what was added and add the rollback instead; tell whether there is anything to send."""
        was_open, self._open = self._open, False
        if not was_open or self._pgconn.status != pq.ConnStatus.OK:
            return False
        if self._pgconn.transaction_status == pq.TransactionStatus.IDLE:
            return False
        undo = (
            [f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}", f"RELEASE SAVEPOINT {_SAVEPOINT}"] if self._nested else ["ROLLBACK"]
        )
        self._waiting = [(sql, ()) for sql in undo]
        self._preamble = 0
        return True

    def send(self, sql: str, *params: Param) -> int:
        """Add a statement with parameters $1, $2, …; give the place of its answer among those of the next ``sync``."""
        self._waiting.append((sql, params))
        return len(self._waiting) - self._preamble - 1

    def sync(self) -> list[Rows]:
        """Send what was added and give the answers in order. Raises Django's database errors."""
        with self._connection.wrap_database_errors:
            parcel = self._packed()
            try:
                parcel.put(self._pgconn)
                results = _exchange(self._pgconn)
                self._pgconn.exit_pipeline_mode()
            except BaseException:  # answers may still be under way, so nobody can use this connection again
                self._connection.close()
                raise
            return self._unpacked(parcel, results)

    async def sync_in_loop(self) -> list[Rows]:
        """Do the same in an event loop, which goes on meanwhile; Django is left to notice a connection that broke."""
        with self._connection.wrap_database_errors:
            parcel = self._packed()
            try:
                parcel.put(self._pgconn)
                results = await _exchange_in_loop(self._pgconn)
                self._pgconn.exit_pipeline_mode()
            except BaseException:  # as above; Django closes connections only outside of event loops
                self._pgconn.finish()
                raise
            return self._unpacked(parcel, results)

    def commit(self) -> list[Rows]:
        """Send what was added and the end of the transaction; what was written stays if this returns."""
        self.end()
        return self.sync()

    def _packed(self) -> _Parcel:
        parcel = _Parcel(self._waiting, self._known, self._preamble)
        self._waiting, self._preamble = [], 0
        return parcel

    def _unpacked(self, parcel: _Parcel, results: list[PGresult]) -> list[Rows]:
        rows = parcel.rows(results)
        if self._ending:
            self._open = False
        return rows


class _Parcel:
    """Statements on their way, and how their answers are read."""

    def __init__(self, waiting: Sequence[Statement], known: dict[str, bytes], skipped: int) -> None:
        self._waiting = waiting
        self._known = known
        self._skipped = skipped
        self._fresh: dict[str, bytes] = {}
        self._prepares: list[str | None] = []  # for each answer: the statement that it prepares, or None

    def put(self, pgconn: PGconn) -> None:
        """Hand the statements to libpq, which does not send them yet."""
        pgconn.enter_pipeline_mode()
        for sql, params in self._waiting:
            name = self._known.get(sql) or self._fresh.get(sql)
            if name is None:
                name = self._fresh[sql] = b"stammis_%d" % next(_names)
                pgconn.send_prepare(name, sql.encode(), [param.oid for param in params])
                self._prepares.append(sql)
            values = [param.value for param in params]
            pgconn.send_query_prepared(name, values, [_BINARY] * len(values), result_format=_BINARY)
            self._prepares.append(None)
        pgconn.pipeline_sync()

    def rows(self, results: list[PGresult]) -> list[Rows]:
        """Read the answers. Raises the first error among them."""
        for result, prepared in zip(results, self._prepares, strict=True):
            if prepared is not None and result.status in _OK:
                self._known[prepared] = self._fresh[prepared]
        failed = next((result for result in results if result.status not in _OK), None)
        if failed is not None:
            raise errors.error_from_result(failed, encoding="utf-8")
        answers = [result for result, prepared in zip(results, self._prepares, strict=True) if prepared is None]
        return [Rows(result) for result in answers[self._skipped :]]


Travelled = TypeVar("Travelled")
Journey = Generator[Transaction, list[Rows], Travelled]
"""What is done between round trips: it yields a transaction whose statements shall travel, and gets their answers."""


def travel(journey: Journey[Travelled]) -> Travelled:
    """Take a journey to its end; this thread waits for the answers."""
    try:
        transaction = next(journey)
        while True:
            try:
                rows = transaction.sync()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the journey decides
                transaction = journey.throw(error)
            else:
                transaction = journey.send(rows)
    except StopIteration as end:
        arrived: Travelled = end.value
        return arrived


async def travel_in_loop(journey: Journey[Travelled]) -> Travelled:
    """Take a journey to its end in an event loop, which goes on while answers are awaited.

    Raises SynchronousOnlyOperation, with nothing written, where the journey asks something by Django's own means.
    """
    try:
        transaction = next(journey)
        while True:
            try:
                rows = await transaction.sync_in_loop()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the journey decides
                transaction = journey.throw(error)
            else:
                transaction = journey.send(rows)
    except StopIteration as end:
        arrived: Travelled = end.value
        return arrived


def _lost(results: list[PGresult]) -> psycopg.OperationalError:
    """Say why the connection ended, as far as the server said it."""
    said = [result for result in results if result.status not in _OK]
    error = errors.error_from_result(said[-1], encoding="utf-8") if said else None
    return error if isinstance(error, psycopg.OperationalError) else psycopg.OperationalError("the connection is lost")


class _Exchange:
    """Sending and receiving at once, so that neither side waits for the other, until all answers are there."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._ended = False
        self.results: list[PGresult] = []
        self.unsent = bool(pgconn.flush())

    def turn(self) -> bool:
        """Receive what has come and send what the socket takes; tell whether that was all. Raises where it is lost."""
        pgconn = self._pgconn
        pgconn.consume_input()
        self.unsent = self.unsent and bool(pgconn.flush())
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is None:  # the end of one statement's answer, or, twice, of all there is
                if self._ended:
                    break
                self._ended = True
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return True
            self._ended = False
            self.results.append(result)
        self._ended = False
        if pgconn.status != pq.ConnStatus.OK:
            raise _lost(self.results)
        return False


def _exchange(pgconn: PGconn) -> list[PGresult]:
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    exchange = _Exchange(pgconn)
    while True:
        poll.modify(pgconn.socket, select.POLLIN | select.POLLOUT if exchange.unsent else select.POLLIN)
        poll.poll()
        if exchange.turn():
            return exchange.results


async def _exchange_in_loop(pgconn: PGconn) -> list[PGresult]:
    loop, socket = asyncio.get_running_loop(), pgconn.socket
    arrived: asyncio.Future[None] = loop.create_future()
    exchange = _Exchange(pgconn)
    writes = exchange.unsent

    def turn() -> None:
        if arrived.done():
            return
        try:
            if exchange.turn():
                arrived.set_result(None)
            elif writes and not exchange.unsent:
                loop.remove_writer(socket)
        except psycopg.Error as error:
            arrived.set_exception(error)

    loop.add_reader(socket, turn)
    if writes:
        loop.add_writer(socket, turn)
    try:
        await arrived
    finally:
        loop.remove_reader(socket)
        loop.remove_writer(socket)
    return exchange.results
