"""Calls over HTTP as bytes on a connection: a client can fail in the midst of one, and hundreds can call at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

import pytest

Result = TypeVar("Result")
Fault = Literal["", "before send", "half sent", "after send", "after commit"]
"""Where a client fails: it never sends, sends half, goes away unanswered, or loses the answer it was given."""
FAULTS: tuple[Fault, ...] = ("before send", "half sent", "after send", "after commit")
_AGAIN = 503
TRIES = 300
PATIENCE = 120
"""So many seconds an answer may take on a busy machine."""


class Call(NamedTuple):
    """A call under /api/v1."""

    method: str
    path: str
    body: dict[str, Any]


class Answered(NamedTuple):
    """What a call was answered."""

    status: int
    replay: bool
    body: Any


@dataclass(slots=True)
class Client:
    """Somebody with a connection of their own, made anew whenever it is lost."""

    port: int
    authorization: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def call(self, call: Call, fault: Fault = "") -> Answered | None:
        """Call, and fail on the way if told so: then there is no answer."""
        said = self.written(call)
        try:
            await self.connect()
            assert self.writer is not None
            if fault != "before send":
                self.writer.write(said[: len(said) // 2] if fault == "half sent" else said)
                await self.writer.drain()
            if fault in ("before send", "half sent", "after send"):
                await self.close()
                return None
            answered = await asyncio.wait_for(self.read(), PATIENCE)
        except (EOFError, ConnectionError):  # a server may always close a connection
            await self.close()
            return None
        return None if fault == "after commit" else answered

    async def insist(self, call: Call, faults: tuple[Fault, ...] = ()) -> Answered:
        """Call until there is an answer other than «come again», failing as often as told, and again if it is lost."""
        for fault in faults:
            await self.call(call, fault)
        for _ in range(TRIES):
            answered = await self.call(call)
            if answered is not None and answered.status != _AGAIN:
                return answered
            await asyncio.sleep(0.5)
        pytest.fail("no answer, however often it was asked")

    async def connect(self) -> None:
        """Connect, where there is no connection."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def close(self) -> None:
        """Go away, whatever is under way."""
        writer, self.reader, self.writer = self.writer, None, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def written(self, call: Call) -> bytes:
        """Give a call as it goes over the wire."""
        body = json.dumps(call.body).encode()
        head = (
            f"{call.method} /api/v1/{call.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: {self.authorization}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def read(self) -> Answered:
        """Read an answer."""
        assert self.reader is not None
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await self.reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            await self.close()
        return Answered(int(head[0].split()[1]), fields.get("idempotent-replay") == "true", json.loads(body or b"null"))


def play(scene: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Let a scene play to its end, in a thread of its own: a browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(scene())).result()


async def all_at_once(clients: list[Client], calls: list[Call]) -> list[Answered]:
    """Let each client make its call, all at the same moment, over connections that are there already."""
    await asyncio.gather(*(client.connect() for client in clients))
    return await asyncio.gather(*(client.insist(call) for client, call in zip(clients, calls, strict=True)))


async def close_all(clients: list[Client]) -> None:
    """Let all clients go away."""
    await asyncio.gather(*(client.close() for client in clients))
