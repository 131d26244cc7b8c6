"""The worker that begins: what others left unfinished waits again, and nothing that they left keeps it from working."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from stammis.config.worker import ALIVE_LOCK, requeue

pytestmark = pytest.mark.usefixtures("own_database")


def job(status: str, queueing_lock: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (task_name, queue_name, status, queueing_lock)"
            " values ('some.thing', 'default', %s, %s) returning id",
            [status, queueing_lock],
        )
        (made,) = cursor.fetchone()
    return int(made)


def left() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.values_list("id", "status"))


def test_what_a_killed_worker_was_doing_waits_again() -> None:
    doing = [job("doing"), job("doing"), job("doing", "one at a time")]
    waiting, failed = job("todo", "another"), job("failed")
    assert requeue() == 3
    assert left() == {**dict.fromkeys((*doing, waiting), "todo"), failed: "failed"}


def test_of_jobs_of_which_only_one_may_wait_one_waits() -> None:
    job("doing", "asked again")
    asked_again = job("todo", "asked again")
    job("doing", "taken up twice")
    taken_up = job("doing", "taken up twice")
    assert requeue() == 1
    assert left() == {asked_again: "todo", taken_up: "todo"}


def test_the_jobs_of_a_worker_that_lives_are_left_to_it() -> None:
    mine, waiting = job("doing", "asked again"), job("todo", "asked again")
    said = connection.settings_dict
    address = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "password": said["PASSWORD"]}
    with psycopg.connect(dbname=said["NAME"], **{name: value for name, value in address.items() if value}) as other:
        other.execute("select pg_advisory_lock_shared(%s)", [ALIVE_LOCK])
        assert requeue() == 0
        assert left() == {mine: "doing", waiting: "todo"}
