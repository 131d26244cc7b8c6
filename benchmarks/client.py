"""A small client of the API; its bodies are made beforehand."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.purchases import joining
from benchmarks.scratch import NotMeasured, Served

OK = 200
CREATED = 201
AT_ONCE = 1_000


@dataclass(frozen=True)
class Client:
    """Talks to a running installation with a key."""

    port: int
    key: str

    def batch(self, bodies: Sequence[bytes]) -> list[bytes]:
        """Post batches, one after the other; give the answers. Raises NotMeasured.

        Each has a connection of its own: kept ones stay with the process that took them, and whether two of them
        have met the same process would decide the figure.
        """
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Connection": "close"}
        answers = []
        for body in bodies:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            connection.request("POST", "/api/v1/batch", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != OK:
                raise NotMeasured(f"POST /batch answered {answer.status}: {content[:500].decode(errors='replace')}")
            connection.close()
            answers.append(content)
        return answers

    def join(self, members: int) -> None:
        """Make members known, by number from 0."""
        for first in range(0, members, AT_ONCE):
            check(self.batch([joining(first, min(AT_ONCE, members - first))]))


def check(answers: list[bytes]) -> None:
    """Raises NotMeasured where an item of a batch was not accepted."""
    for answer in answers:
        for item in outcomes(answer):
            if item["status"] not in {OK, CREATED}:
                raise NotMeasured(f"An item of a batch was refused: {json.dumps(item)[:500]}")


def outcomes(answer: bytes) -> list[dict[str, Any]]:
    """The outcomes in the answer to a batch."""
    found = json.loads(answer)
    items: list[dict[str, Any]] = found["outcomes"]
    return items


def side_by_side(clients: Sequence[Client], shares: Sequence[Sequence[bytes]]) -> tuple[float, list[bytes]]:
    """Let each client post its share of batches at the same time; give the seconds and all answers."""
    answers: list[list[bytes]] = [[] for _ in clients]
    failures: list[BaseException] = []

    def post(number: int) -> None:
        try:
            answers[number] = clients[number].batch(shares[number])
        except BaseException as failure:  # noqa: BLE001 - told to the thread that waits
            failures.append(failure)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(clients))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return seconds, [answer for share in answers for answer in share]


def key_of(served: Served, told: str) -> Client:
    """A client with the key that ``stammis key create`` told on its last line."""
    return Client(served.port, told.strip().splitlines()[-1].strip())
