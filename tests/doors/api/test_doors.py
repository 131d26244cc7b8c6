"""Who is let in, what is said to those who are not, and how every error looks."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from stammis.api.hot.messages import MOST_BYTES, read_body_in_time
from stammis.api.hot.room import MOST_HELD_BYTES
from stammis.api.problems import TooSlow
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase
from tests.processes import SECONDS, until

BIG = 32 * 1024 * 1024 + 1


@pytest.fixture(scope="module")
def caller(installation: Installation) -> Caller:
    return installation.caller(installation.publish(programme()))


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"], document["code"]) == (status, status, code), document
    assert document["title"]
    assert document["detail"]
    return document


@pytest.mark.parametrize(("method", "path"), [("POST", "purchases"), ("GET", "rewards"), ("POST", "batch")])
@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer wrong", "Basic YTpi"])
def test_without_a_valid_key_nobody_is_let_in(
    installation: Installation, method: str, path: str, said: str | None
) -> None:
    headers = {} if said is None else {"Authorization": said}
    answer = httpx.request(method, f"{installation.url}/api/v1/{path}", headers=headers, timeout=SECONDS)
    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_may_do_what_its_scopes_say_and_no_more(installation: Installation, caller: Caller) -> None:
    reader = installation.caller(caller.programme, ("rewards:read",))
    assert reader.send("GET", "rewards").status_code == 200
    said = problem(reader.send("POST", "purchases", purchase("p", "1.00")), 403, "missing_scope")
    assert said["scope"] == "purchases:write"
    problem(reader.send("PUT", "members/anna", {}), 403, "missing_scope")
    outcomes = reader.did("POST", "batch", {"items": [{"kind": "purchase", **purchase("p", "1.00")}]})["outcomes"]
    assert [each["status"] for each in outcomes] == [403]


def test_a_key_bound_to_a_programme_knows_no_other(installation: Installation, caller: Caller) -> None:
    other = installation.publish(programme())
    problem(caller.send("POST", "purchases", purchase("p", "1.00", programme=other)), 403, "other_programme")
    free = installation.caller(other, bound=False)
    problem(free.send("POST", "purchases", purchase("p", "1.00")), 422, "programme_required")
    problem(free.send("POST", "purchases", purchase("p", "1.00", programme="none")), 404, "unknown_programme")
    assert free.send("POST", "purchases", purchase("p", "1.00", programme=other)).status_code == 201
    problem(free.send("GET", "rewards"), 422, "programme_required")
    assert free.send("GET", f"rewards?programme={other}").status_code == 200


def test_a_limit_counts_all_calls_of_a_key(installation: Installation, caller: Caller) -> None:
    limited = installation.caller(caller.programme, rate_per_minute=5)
    calls = [("POST", "purchases", purchase("limit", "1.00")), ("GET", "rewards", None)]
    answers = [limited.send(*calls[number % 2]) for number in range(14)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 4  # a minute may end in between
    problem(refused[0], 429, "too_many_requests")
    assert 1 <= int(refused[0].headers["retry-after"]) <= 60


def test_an_address_where_nothing_is_and_a_method_that_nobody_answers(caller: Caller) -> None:
    problem(caller.send("GET", "nothing"), 404, "not_found")
    problem(caller.send("GET", "purchases/unknown"), 404, "unknown_purchase")
    problem(caller.send("GET", "members/nobody"), 404, "unknown_member")
    for method, path, allowed in (
        ("GET", "purchases", "POST"),
        ("DELETE", "purchases/1/status", "PUT"),
        ("POST", "rewards", "GET"),
    ):
        answer = caller.send(method, path)
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["purchases", "batch", "adjustments"])
def test_a_body_over_32_mib_is_refused_while_it_is_read(caller: Caller, path: str) -> None:
    answer = caller.http.post(f"/api/v1/{path}", content=b" " * BIG, headers={"content-type": "application/json"})
    problem(answer, 413, "body_too_large")

    def in_pieces() -> Iterator[bytes]:
        for _ in range(33):
            yield b" " * 2**20

    answer = caller.http.post(
        f"/api/v1/{path}",
        content=in_pieces(),
        headers={"content-type": "application/json"},
    )
    problem(answer, 413, "body_too_large")
    assert caller.send("GET", "rewards").status_code == 200


@pytest.mark.parametrize("path", ["purchases", "adjustments"])
def test_who_sends_all_before_reading_anything_still_sees_the_answer(
    installation: Installation, caller: Caller, path: str
) -> None:
    head = (
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: {caller.http.headers['authorization']}\r\nContent-Length: {BIG}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", installation.port), timeout=SECONDS) as connection:
        connection.sendall(head.encode() + b" " * BIG)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        said = json.loads(answer.read())
    assert (answer.status, said["status"], said["code"]) == (413, 413, "body_too_large")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert said["title"] == "Content Too Large"


@pytest.mark.parametrize(
    ("call", "key", "status"),
    [
        ("POST /api/v1/purchases?dry_run=maybe", None, 422),
        ("POST /api/v1/purchases", "stammis_nobodys", 401),
        ("POST /api/v1/purchases/%FF/returns", None, 404),
        ("GET /api/v1/events", None, 405),
        ("POST /api/v1/batch", "stammis_nobodys", 401),
        ("POST /api/v1/adjustments", "stammis_nobodys", 401),
    ],
)
def test_a_connection_goes_on_after_a_call_that_was_refused_whatever_it_said(
    installation: Installation, caller: Caller, call: str, key: str | None, status: int
) -> None:
    known = caller.http.headers["authorization"]
    authorization = f"Bearer {key}" if key else known
    head = (
        f"{call} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: {authorization}\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    )
    next_one = f"GET /api/v1/rewards HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {known}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", installation.port), timeout=SECONDS) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n", "no answer comes before what was said is read"
        connection.sendall(b"null")
        assert answered(connection) == status
        connection.sendall(next_one.encode())
        assert answered(connection) == 200


def answered(connection: socket.socket) -> int:
    """Reads an answer off a connection and gives its status."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status


def test_where_many_large_batches_come_at_once_the_next_is_asked_to_come_again(
    installation: Installation, caller: Caller
) -> None:
    head = (
        "POST /api/v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: {caller.http.headers['authorization']}\r\nContent-Length: {BIG - 1}\r\n\r\n"
    )
    items = [{"kind": "purchase", **purchase(f"held-{number}", "1.00")} for number in range(500)]
    with contextlib.ExitStack() as held:

        def hold() -> None:
            connection = held.enter_context(socket.create_connection(("127.0.0.1", installation.port), timeout=SECONDS))
            connection.sendall(head.encode() + b" ")  # the rest does not come

        more = iter(range(MOST_HELD_BYTES // MOST_BYTES))

        def is_full() -> bool:
            next(more)  # a few in the place of some that were refused themselves, as a loaded machine may do
            hold()
            return caller.send("POST", "batch", {"items": items}).status_code == httpx.codes.SERVICE_UNAVAILABLE

        for _ in range(MOST_HELD_BYTES // MOST_BYTES):
            hold()
        until(is_full)
        refused = caller.send("POST", "batch", {"items": items})
        problem(refused, 503, "unavailable")
        assert refused.headers["retry-after"] == "2"
        assert caller.send("POST", "batch", {"items": items[:5]}).status_code == 200  # a small one needs no room
    until(lambda: caller.send("POST", "batch", {"items": items}).status_code == 200)


def test_a_large_body_that_does_not_come_to_an_end_is_given_up() -> None:
    async def part() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    with ThreadPoolExecutor(1) as threads:  # this thread may have a browser's loop
        read = threads.submit(lambda: asyncio.run(read_body_in_time(part, None, seconds=0.1)))
        with pytest.raises(TooSlow):
            read.result(SECONDS)


@pytest.mark.parametrize("path", ["members/anna", "metrics/purchases", "nothing"])
def test_a_host_that_is_not_ours_is_refused_in_the_form_of_all_errors(caller: Caller, path: str) -> None:
    problem(caller.send("GET", path, headers={"Host": "elsewhere.example"}), 400, "unknown_host")


def test_a_strangers_large_body_is_not_taken_in(installation: Installation) -> None:
    for path in ("purchases", "adjustments"):
        answer = httpx.post(f"{installation.url}/api/v1/{path}", content=b" " * 2**20, timeout=SECONDS)
        problem(answer, 401, "unauthorized")


def test_what_is_no_json_is_refused(caller: Caller) -> None:
    for path in ("purchases", "adjustments"):
        answer = caller.http.post(f"/api/v1/{path}", content=b"id=1", headers={"content-type": "text/plain"})
        problem(answer, 415, "not_json")
        answer = caller.http.post(f"/api/v1/{path}", content=b"{", headers={"content-type": "application/json"})
        said = problem(answer, 422, "invalid")
        assert said["errors"] == [{"pointer": "", "code": "bad_json", "message": said["errors"][0]["message"]}]


def test_ids_may_hold_any_character(caller: Caller) -> None:
    for member in ("a/b", "ä ö", "100%", "%2F", "?", "#1", ".", "日本", "x" * 200):
        quoted = "".join(f"%{byte:02X}" for byte in member.encode())
        record = caller.did("PUT", f"members/{quoted}", {"name": "N"})
        assert record["member"] == member
        order = f"order {member}"[:200]
        caller.did("POST", "purchases", purchase(order, "2.00", member=member))
        quoted_order = "".join(f"%{byte:02X}" for byte in order.encode())
        caller.did("POST", f"purchases/{quoted_order}/returns", {**BACK, "id": f"r {member}"[:200]})
        assert caller.did("GET", f"purchases/{quoted_order}")["id"] == order
        assert caller.balance(quoted) == 0


BACK = {"occurred_at": "2026-03-02T12:00:00Z", "lines": [{"line": "1"}]}


def test_health_tells_the_database_and_the_clock(installation: Installation) -> None:
    answer = httpx.get(f"{installation.url}/health", timeout=SECONDS)
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"
    assert answer.json()["clock"]["own"] is True
    assert answer.json()["clock"]["now"].startswith("2026-04-01")
    assert httpx.get(f"{installation.url}/ready", timeout=SECONDS).json()["status"] == "ready"


def test_the_reference_page_shows_every_call_and_fetches_nothing(installation: Installation) -> None:
    page = httpx.get(f"{installation.url}/api/v1/docs", timeout=SECONDS)
    assert page.status_code == 200
    document = httpx.get(f"{installation.url}/api/v1/openapi.json", timeout=SECONDS).json()
    for operations in document["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page.text
    assert "//" not in page.text.replace("http://json-schema.org", "")
