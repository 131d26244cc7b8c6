"""Large batches have processes of their own: answered as small ones are, in nobody's way, safe when killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from stammis.accrual.services import verify
from stammis.accrual.services.loading import PURCHASES
from stammis.activity.models import Event
from stammis.api.hot.messages import SMALL_BYTES
from stammis.config.postgres.home import short_temp
from stammis.ledger.models import Entry
from tests.doors.api.conftest import serving
from tests.doors.api.installation import Caller, Installation, url_of
from tests.doors.api.programmes import programme, purchase
from tests.processes import end, until

ITEMS = 600
MEMBERS = 50
KILLED = 5
HELD = """
select s.member_id from accrual_standing s join members_identity i using (member_id)
join programmes_programme p on p.id = i.programme_id where i.value = 'm7' and p.slug = %s for update of s
"""


@dataclass
class Lanes:
    """The process of the lanes, and an installation that knows of them."""

    installation: Installation
    process: subprocess.Popen[bytes]
    place: Path

    def pids(self) -> list[int]:
        """The lanes themselves."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def tell(self, what: signal.Signals) -> None:
        """Sends a signal to each lane."""
        for pid in self.pids():
            os.kill(pid, what)


@pytest.fixture(scope="module")
def lanes(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lanes]:
    with tempfile.TemporaryDirectory(dir=short_temp()) as private, pytest.MonkeyPatch.context() as patch:
        place = f"{private}/batches"
        patch.setenv("STAMMIS_BATCHES", place)
        with serving(template, django_db_blocker, tmp_path_factory.mktemp("web")) as made:
            environment = {**os.environ, "DATABASE_URL": url_of(made.address), "STAMMIS_WORKERS": "2"}
            command = [sys.executable, "-P", "-m", "stammis.config.batches", str(os.getpid()), place]
            ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored here is ignored there
            try:
                started = Lanes(made, subprocess.Popen(command, env=environment), Path(place))
            finally:
                signal.signal(signal.SIGINT, ours)
            try:
                until(lambda: len(started.pids()) == 2)
                yield started
            finally:
                end(started.process)


def batch(name: str, items: int = ITEMS) -> dict[str, Any]:
    """So many purchases of several members; from 500 on it is large."""
    made = [
        {"kind": "purchase", **purchase(f"{name}-{number}", "7.00", member=f"m{number % MEMBERS}")}
        for number in range(items)
    ]
    return {"items": made}


def post(caller: Caller, body: dict[str, Any]) -> httpx.Response:
    """Posts a batch."""
    return caller.http.post("/api/v1/batch", json=body)


def test_a_large_batch_is_answered_item_by_item_and_again_the_same(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    body = batch("b")
    body["items"][3]["lines"][0]["amount"] = "-7.00"
    first = post(caller, body)
    assert len(first.request.content) > SMALL_BYTES
    told = first.json()["outcomes"]
    assert [outcome["status"] for outcome in told] == [201] * 3 + [422] + [201] * (ITEMS - 4)
    assert told[3]["problem"]["errors"][0]["pointer"] == "/lines/0/amount"
    again = post(caller, body).json()["outcomes"]
    assert [outcome.get("replay") for outcome in again] == [True] * 3 + [None] + [True] * (ITEMS - 4)
    assert [outcome.get("answer") for outcome in again] == [outcome.get("answer") for outcome in told]


def test_what_is_no_batch_is_refused_with_its_place(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    refused = post(caller, {"items": [], "words": "x" * SMALL_BYTES})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "invalid"


def test_nobody_waits_for_a_large_batch(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    lanes.tell(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as beside:
        large = beside.submit(post, caller, batch("large"))
        alone = caller.http.post("/api/v1/purchases", json=purchase("alone", "5.00"))
        small = post(caller, batch("small", items=5))
        assert (alone.status_code, small.status_code) == (201, 200)
        assert not wait([large], timeout=2).done, "it was recorded where others are answered"
        lanes.tell(signal.SIGCONT)
        assert large.result().status_code == 200


def test_a_member_whom_somebody_holds_holds_up_no_other_of_a_batch(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    assert post(caller, batch("before", items=MEMBERS)).status_code == 200
    body = batch("held")
    for number, item in enumerate(body["items"]):
        item["lines"][0]["amount"] = f"{number + 1}.00"
    with psycopg.connect(lanes.installation.address) as database, ThreadPoolExecutor(1) as beside:
        database.execute(HELD, [caller.programme])
        waiting = beside.submit(post, caller, body)
        recorded = "select count(*) from activity_receipt where external_id like 'held-%'"
        of_others = ITEMS - ITEMS // MEMBERS
        until(lambda: database.execute(recorded).fetchone() == (of_others,))
        assert not waiting.done()
        database.rollback()
        told = waiting.result().json()["outcomes"]
    earned = [outcome["answer"]["effects"][0]["amount"] for outcome in told]
    assert earned == [number + 1 for number in range(ITEMS)]
    rows = [each["answer"]["effects"][0]["row"].rsplit("-", 1)[-1] for each in told[7::MEMBERS]]
    assert rows == sorted(rows, key=int), "the order of a member's purchases is kept"


def test_a_batch_that_both_lanes_get_at_once_counts_once(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    for again in range(3):
        body = batch(f"twice-{again}")
        with ThreadPoolExecutor(2) as clients:
            both = [answer.json()["outcomes"] for answer in clients.map(post, [caller] * 2, [body] * 2)]
        for first, other in zip(*both, strict=True):
            assert (first["status"], other["status"]) == (201, 201)
            assert first["answer"] == other["answer"]
            assert first["replay"] != other["replay"]
    connection.close()
    assert Event.objects.filter(kind="purchase", external_id__startswith="twice-").count() == 3 * ITEMS
    assert not list(verify())


def test_a_lane_that_is_told_to_end_finishes_its_batch(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    before = set(lanes.pids())
    with psycopg.connect(lanes.installation.address) as database, ThreadPoolExecutor(1) as beside:
        database.execute("select pg_advisory_xact_lock(%s)", [PURCHASES])  # whoever records has to wait for it
        large = beside.submit(post, caller, batch("large"))
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        until(lambda: database.execute(waiting).fetchone() is not None)
        for pid in before:
            os.kill(pid, signal.SIGTERM)
        until(lambda: len(set(lanes.pids()) & before) == 1)  # the idle one is gone
        database.rollback()
        assert large.result().status_code == 200
    until(lambda: len(set(lanes.pids()) - before) == 2)


def test_a_lane_that_breaks_is_replaced_and_takes_nothing_along(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    before = set(lanes.pids())

    def are_replaced() -> bool:
        now = set(lanes.pids())
        for pid in before & now:  # again and again: one that is just starting may miss it
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)  # nobody expects it: it breaks off whatever a lane is doing
        return len(now - before) == 2

    until(are_replaced)
    assert lanes.place.exists()
    assert post(caller, batch("afterwards")).status_code == 200
    assert lanes.process.poll() is None


def test_killed_lanes_lose_nothing_and_double_nothing(lanes: Lanes) -> None:
    caller = lanes.installation.caller(lanes.installation.publish(programme()))
    is_over, is_sent_again = threading.Event(), threading.Event()

    def kill() -> None:
        killed = 0
        while killed < KILLED or not is_sent_again.is_set():
            if is_over.wait(0.4):
                return
            lanes.tell(signal.SIGKILL)
            killed += 1
            until(lambda: len(lanes.pids()) == 2)

    def insist(number: int) -> int:
        tries = 0
        while True:
            tries += 1
            try:
                answer = post(caller, batch(f"killed-{number}"))
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                return tries
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"]
            is_sent_again.set()
            time.sleep(0.1)

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(4) as clients:
        try:
            tries = list(clients.map(insist, range(12)))
        finally:
            is_over.set()
    killer.join()
    connection.close()
    assert max(tries) > 1, "no lane was killed while it worked"
    assert Event.objects.filter(kind="purchase", external_id__startswith="killed-").count() == 12 * ITEMS
    assert Entry.objects.filter(kind="earn", amount=7, source_id__startswith="killed-").count() == 12 * ITEMS
    assert not list(verify())
