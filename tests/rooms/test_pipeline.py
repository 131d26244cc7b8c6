"""Statements that travel together, and columns as arrays."""

import datetime as dt
import time
import uuid
from collections.abc import Sequence

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from tests.rooms.beside import beside

MANY = settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def asked(sql: str, *params: arrays.Param) -> Rows:
    with Transaction() as one:
        place = one.send(sql, *params)
        return one.commit()[place]


def column(kind: str, param: arrays.Param) -> list[str | None]:
    """What PostgreSQL read out of a column, in its own words."""
    rows = asked(f"SELECT value::text FROM unnest($1::{kind}[]) AS c (value)", param)  # noqa: S608 - the test's own type
    return [None if (value := rows.maybe(row, 0)) is None else value.decode() for row in rows]


def shown(values: Sequence[object]) -> list[str | None]:
    return [None if value is None else str(value) for value in values]


@pytest.mark.django_db
@MANY
@given(st.lists(st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_texts_arrive_as_they_were(values: list[str | None]) -> None:
    assert column("text", arrays.texts(values)) == values
    ready = [None if value is None else value.encode() for value in values]
    assert column("text", arrays.encoded(ready)) == values


@pytest.mark.django_db
@MANY
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_big_numbers_arrive_as_they_were(values: list[int | None]) -> None:
    assert column("int8", arrays.bigints(values)) == shown(values)


@pytest.mark.django_db
@MANY
@given(st.lists(st.none() | st.integers(-(2**15), 2**15 - 1)))
def test_small_numbers_arrive_as_they_were(values: list[int | None]) -> None:
    assert column("int4", arrays.ints(values)) == column("int2", arrays.smallints(values)) == shown(values)


@pytest.mark.django_db
@MANY
@given(st.lists(st.uuids()), st.lists(st.none() | st.binary()))
def test_ids_and_bytes_arrive_as_they_were(ids: list[uuid.UUID], raws: list[bytes | None]) -> None:
    assert column("uuid", arrays.uuids([each.bytes for each in ids])) == shown(ids)
    assert column("bytea", arrays.raws(raws)) == [None if raw is None else f"\\x{raw.hex()}" for raw in raws]


@pytest.mark.django_db
@MANY
@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001 - bounds are naive
def test_moments_come_back_to_the_microsecond(moment: dt.datetime) -> None:
    at = arrays.microseconds(moment)
    rows = asked(
        "SELECT $1::timestamptz, c.v FROM unnest($2::timestamptz[]) AS c (v)",
        arrays.one_instant(at),
        arrays.instants([at, None]),
    )
    assert [arrays.read_instant(rows.value(0, place)) for place in (0, 1)] == [moment, moment]
    assert rows.maybe(1, 1) is None
    assert EPOCH + dt.timedelta(microseconds=at) == moment


@pytest.mark.django_db
def test_an_error_undoes_all_and_leaves_a_usable_connection() -> None:
    with Transaction() as broken:
        broken.send("CREATE TEMPORARY TABLE seen (n int)")
        broken.send("SELECT 1 / $1::int8", arrays.one_int(0))
        broken.send("SELECT 2")
        with pytest.raises(DataError, match="division by zero"):
            broken.sync()
    assert asked("SELECT to_regclass('pg_temp.seen') IS NULL").value(0, 0) == b"\1"


@pytest.mark.django_db
def test_within_a_transaction_it_is_a_savepoint() -> None:
    with transaction.atomic():
        with connection.cursor() as db:
            db.execute("CREATE TEMPORARY TABLE seen (n int PRIMARY KEY)")
        insert = "INSERT INTO seen SELECT unnest($1::int4[])"
        with Transaction() as kept:
            kept.send(insert, arrays.ints([1]))
            kept.commit()
        with Transaction() as forgotten:
            forgotten.send(insert, arrays.ints([2]))
            forgotten.sync()
        with Transaction() as refused:
            refused.send(insert, arrays.ints([3, 1]))
            with pytest.raises(IntegrityError):
                refused.sync()
        with connection.cursor() as db:
            db.execute("SELECT array_agg(n) FROM seen")
            assert db.fetchone() == ([1],)


@pytest.mark.django_db
def test_more_than_a_socket_holds_goes_both_ways_at_once() -> None:
    text = "x" * 3_000_000
    with Transaction() as large:
        for _ in range(10):
            large.send("SELECT $1::text", arrays.one_text(text))
        answers = large.commit()
    assert [len(rows.value(0, 0)) for rows in answers[:10]] == [len(text)] * 10


@pytest.mark.usefixtures("own_database")
def test_a_connection_that_is_ended_is_told_plainly_and_the_next_one_works() -> None:
    with Transaction() as cut:
        pid = cut.send("SELECT pg_backend_pid()")
        number = cut.sync()[pid].number(0, 0)

        def end() -> None:
            time.sleep(0.3)
            with connection.cursor() as db:
                db.execute("SELECT pg_terminate_backend(%s)", [number])

        with beside(end):
            cut.send("SELECT pg_sleep(20)")
            cut.send("SELECT 1")
            with pytest.raises(OperationalError):
                cut.commit()
    assert asked("SELECT 1::int8").number(0, 0) == 1
