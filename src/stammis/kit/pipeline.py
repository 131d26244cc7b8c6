"""Statements that travel together: prepared, in PostgreSQL's binary form, one round trip for many (pipeline mode)."""

from __future__ import annotations

import itertools
import select
import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import psycopg
from django.db import connection as default_connection
from psycopg import errors, pq

from stammis.kit.arrays import Param

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_BINARY = pq.Format.BINARY
_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_SAVEPOINT = "stammis_pipeline"
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
    thread; inside ``transaction.atomic`` it is a savepoint. A statement is prepared once for a connection and known
    by its text.
    """

    def __init__(self) -> None:
        default_connection.ensure_connection()
        connection = default_connection.connection
        self._known = _prepared.setdefault(connection, {})
        self._pgconn: PGconn = connection.pgconn
        self._nested = default_connection.in_atomic_block
        self._open = False
        self._preamble = 0
        self._waiting: list[tuple[str, Sequence[Param]]] = []

    def __enter__(self) -> Self:
        idle = self._pgconn.transaction_status == pq.TransactionStatus.IDLE
        begin = ["BEGIN"] if idle else []  # Django begins an atomic block at its first statement only
        self._waiting = [(sql, ()) for sql in [*begin, *([f"SAVEPOINT {_SAVEPOINT}"] if self._nested else [])]]
        self._preamble = len(self._waiting)
        self._open = True
        return self

    def __exit__(self, *_: object) -> None:
        if not self._open or self._pgconn.status != pq.ConnStatus.OK:
            return
        begun = self._pgconn.transaction_status != pq.TransactionStatus.IDLE
        if begun:
            undo = (
                [f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}", f"RELEASE SAVEPOINT {_SAVEPOINT}"]
                if self._nested
                else ["ROLLBACK"]
            )
            self._waiting = [(sql, ()) for sql in undo]
            self._sync()
        self._open = False

    def send(self, sql: str, *params: Param) -> int:
        """Add a statement with parameters $1, $2, …; give the place of its answer among those of the next ``sync``."""
        self._waiting.append((sql, params))
        return len(self._waiting) - self._preamble - 1

    def sync(self) -> list[Rows]:
        """Send what was added and give the answers in order. Raises Django's database errors."""
        return self._sync()

    def commit(self) -> list[Rows]:
        """Send what was added and the end of the transaction; what was written stays if this returns."""
        self._waiting.append((f"RELEASE SAVEPOINT {_SAVEPOINT}" if self._nested else "COMMIT", ()))
        answers = self._sync()
        self._open = False
        return answers

    def _sync(self) -> list[Rows]:
        waiting, self._waiting = self._waiting, []
        skipped, self._preamble = self._preamble, 0
        with default_connection.wrap_database_errors:
            return [Rows(result) for result in self._run(waiting)[skipped:]]

    def _run(self, waiting: list[tuple[str, Sequence[Param]]]) -> list[PGresult]:
        pgconn = self._pgconn
        prepares: list[str | None] = []  # for each answer: the statement that it prepares, or None
        fresh: dict[str, bytes] = {}
        pgconn.enter_pipeline_mode()
        try:
            for sql, params in waiting:
                name = self._known.get(sql) or fresh.get(sql)
                if name is None:
                    name = fresh[sql] = b"stammis_%d" % next(_names)
                    pgconn.send_prepare(name, sql.encode(), [param.oid for param in params])
                    prepares.append(sql)
                values = [param.value for param in params]
                pgconn.send_query_prepared(name, values, [_BINARY] * len(values), result_format=_BINARY)
                prepares.append(None)
            pgconn.pipeline_sync()
            results = _exchange(pgconn)
            pgconn.exit_pipeline_mode()
        except BaseException:  # answers may still be under way, so nobody can use this connection again
            default_connection.close()
            raise
        for result, prepared in zip(results, prepares, strict=True):
            if prepared is not None and result.status in _OK:
                self._known[prepared] = fresh[prepared]
        failed = next((result for result in results if result.status not in _OK), None)
        if failed is not None:
            raise errors.error_from_result(failed, encoding="utf-8")
        return [result for result, prepared in zip(results, prepares, strict=True) if prepared is None]


def _lost(results: list[PGresult]) -> psycopg.OperationalError:
    """Say why the connection ended, as far as the server said it."""
    said = [result for result in results if result.status not in _OK]
    error = errors.error_from_result(said[-1], encoding="utf-8") if said else None
    return error if isinstance(error, psycopg.OperationalError) else psycopg.OperationalError("the connection is lost")


def _exchange(pgconn: PGconn) -> list[PGresult]:
    """Send and receive at once, so that neither side waits for the other, until all answers are there."""
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    results: list[PGresult] = []
    unsent = pgconn.flush()
    while True:
        poll.modify(pgconn.socket, select.POLLIN | select.POLLOUT if unsent else select.POLLIN)
        poll.poll()
        pgconn.consume_input()
        unsent = unsent and pgconn.flush()
        ended = False
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is None:  # the end of one statement's answer, or, twice, of all there is
                if ended:
                    break
                ended = True
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results
            ended = False
            results.append(result)
        if pgconn.status != pq.ConnStatus.OK:
            raise _lost(results)
