"""Workers killed and connections cut under many clients: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from stammis.accrual.services import verify
from stammis.activity.models import Event, Receipt
from stammis.ledger.models import Entry
from tests.doors.api.conftest import serving
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase
from tests.processes import SECONDS

CLIENTS = 16
DISTURBED_SECONDS = 8.0
ENOUGH = 60
MEMBERS = 20


@pytest.fixture
def two_workers(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    with serving(template, django_db_blocker, tmp_path_factory.mktemp("web"), workers=2) as made:
        yield made


def workers(server: int) -> list[int]:
    """The processes that answer: children of the one that was started."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(child) for child in children]


def insist(caller: Caller, number: int, until: float, acknowledged: dict[str, int]) -> None:
    """Sends purchases, each until it is answered with yes, every third twice; for a while, and until there are some."""
    chance = random.Random(number)
    with httpx.Client(base_url=caller.http.base_url, headers=caller.http.headers, timeout=10) as http:
        count = 0
        while time.monotonic() < until or len(acknowledged) < ENOUGH:
            count += 1
            pounds = chance.randrange(1, 50)
            body = purchase(f"c{number}-{count}", f"{pounds}.00", member=f"m{chance.randrange(MEMBERS)}")
            for again in range(2 if count % 3 == 0 else 1):
                if persuade(http, body, patience=SECONDS) and not again:
                    acknowledged[body["id"]] = pounds


def persuade(http: httpx.Client, body: object, patience: float) -> bool:
    """Sends a purchase until it is accepted; whatever else comes back must be «later»."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            answer = http.post("/api/v1/purchases", json=body)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code == 201:
            return True
        assert answer.status_code == 503, answer.text
        time.sleep(0.1)
    raise TimeoutError


def run_clients(caller: Caller, disturb: threading.Thread) -> dict[str, int]:
    """Lets 16 clients insist for a while, and gives what they were told is in."""
    acknowledged: dict[str, int] = {}
    until = time.monotonic() + DISTURBED_SECONDS
    clients = [threading.Thread(target=insist, args=(caller, number, until, acknowledged)) for number in range(CLIENTS)]
    for thread in (*clients, disturb):
        thread.start()
    for thread in (*clients, disturb):
        thread.join(2 * SECONDS)
        assert not thread.is_alive()
    return acknowledged


def check_books(acknowledged: dict[str, int]) -> None:
    """Everything acknowledged is there once, with its points, and the proof finds no difference."""
    connection.close()  # it may have been cut with the others
    assert len(acknowledged) >= ENOUGH
    bought = Event.objects.filter(kind="purchase")
    assert set(acknowledged) == set(bought.values_list("external_id", flat=True))
    assert bought.count() == Receipt.objects.filter(kind="purchase").count() == len(acknowledged)
    earned = dict(Entry.objects.filter(kind="earn").values_list("source_id", "amount"))
    assert earned == acknowledged
    assert not list(verify())


def test_a_killed_worker_loses_nothing_and_doubles_nothing(two_workers: Installation) -> None:
    caller = two_workers.caller(two_workers.publish(programme()))
    assert two_workers.server is not None
    server = two_workers.server.pid

    def kill_workers() -> None:
        for worker in workers(server):
            time.sleep(DISTURBED_SECONDS / 3)
            os.kill(worker, signal.SIGKILL)

    check_books(run_clients(caller, threading.Thread(target=kill_workers)))


def test_lost_connections_are_made_again_and_nothing_is_lost(two_workers: Installation) -> None:
    caller = two_workers.caller(two_workers.publish(programme()))
    # Autovacuum may be at work in the database as well; only a superuser may end it, and it is nobody's connection.
    ended = (
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and backend_type = 'client backend'"
    )

    def cut_connections() -> None:
        with psycopg.connect(two_workers.address, dbname="postgres", autocommit=True) as server:
            name = psycopg.conninfo.conninfo_to_dict(two_workers.address)["dbname"]
            for _ in range(4):
                time.sleep(DISTURBED_SECONDS / 6)
                server.execute(ended, [name])

    check_books(run_clients(caller, threading.Thread(target=cut_connections)))
