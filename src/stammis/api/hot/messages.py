"""ASGI messages: a request's headers and body in, an answer out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from stammis.api import problems
from stammis.api.problems import NotJson, TooLarge, TooSlow
from stammis.kit.errors import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SMALL_BYTES = 64 * 1024
"""What is no longer needs no counting, and a batch that is no longer shares its transaction with single calls."""
MOST_BYTES = 32 * 1024 * 1024
MOST_SECONDS = 300.0
MOST_IGNORED_BYTES = 2 * MOST_BYTES
MOST_IGNORED_SECONDS = 10.0
_JSON = b"application/json"
_PROBLEM = 400


class Gone(Exception):
    """The caller hung up."""


@dataclass(slots=True)
class Headers:
    """The headers that the calls here look at. A body comes with a ``length``, or ``chunked``."""

    authorization: str | None = None
    content_type: bytes = b""
    length: int | None = None
    chunked: bool = False
    idempotency_key: str | None = None

    @property
    def is_small(self) -> bool:
        """Whether the body is small, or there is none: it is read before anything is asked about it."""
        return not self.chunked and (self.length is None or self.length <= SMALL_BYTES)


def read_headers(scope: Scope) -> Headers:
    """Pick the headers that matter out of a request."""
    found = Headers()
    for name, value in scope["headers"]:
        if name == b"authorization":
            found.authorization = value.decode("latin-1")
        elif name == b"content-type":
            found.content_type = value
        elif name == b"content-length" and value.isdigit():
            found.length = int(value)
        elif name == b"transfer-encoding":
            found.chunked = True
        elif name == b"idempotency-key":
            found.idempotency_key = value.decode("latin-1")
    return found


def check_content_type(content_type: bytes) -> None:
    """Raise NotJson where a body is said to be something else."""
    if content_type and content_type != _JSON:
        kind = content_type.partition(b";")[0].strip().lower()
        if kind != _JSON and not kind.endswith(b"+json"):
            raise NotJson


async def read_body(receive: Receive, length: int | None) -> bytes:
    """Read a body, counting: no more than 32 MiB is ever held. Raises TooLarge, and Gone where the caller hung up."""
    if length is not None and length > MOST_BYTES:
        if length <= MOST_IGNORED_BYTES:
            await ignore(receive)
        raise TooLarge
    message = await receive()
    first: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body", False) and len(first) <= MOST_BYTES:
        return first
    parts, size = [first], len(first)
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            await ignore(receive)
            raise TooLarge
        parts.append(part)
    if message["type"] == "http.disconnect":
        raise Gone
    if size > MOST_BYTES:
        raise TooLarge
    return b"".join(parts)


async def read_body_in_time(receive: Receive, length: int | None, seconds: float = MOST_SECONDS) -> bytes:
    """Read a body that may be large. Raises what ``read_body`` raises, and TooSlow."""
    try:
        async with asyncio.timeout(seconds):
            return await read_body(receive, length)
    except TimeoutError:
        raise TooSlow from None


async def ignore(receive: Receive) -> None:
    """Read on without keeping anything: who is still sending when the connection closes never sees the answer."""
    size, more = 0, True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(MOST_IGNORED_SECONDS):
            while more and size <= MOST_IGNORED_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                more = message["type"] == "http.request" and message.get("more_body", False)


async def answer(send: Send, status: int, body: bytes, *, replay: bool = False) -> None:
    """Send a JSON answer; ``replay`` marks one that was given before."""
    headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
    if replay:
        headers.append((b"idempotent-replay", b"true"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_problem(send: Send, problem: Problem, *, closing: bool = False) -> None:
    """Send one of our errors as problem+json; ``closing`` where the rest of the body may not have been read.

    The server cannot use a connection again on which it has not read all, and the caller should know that.
    """
    headers = problems.headers_of(problem)
    if closing:
        headers["Connection"] = "close"
    await answer_document(send, problems.document_of(problem), headers)


async def answer_document(send: Send, document: dict[str, Any], more: dict[str, str] | None = None) -> None:
    """Send a problem's document."""
    await answer_told(send, document["status"], problems.encode(document), more or {})


async def answer_told(send: Send, status: int, body: bytes, more: dict[str, str]) -> None:
    """Send an answer that is written already: JSON, or a problem with the headers that belong to it."""
    kind = _JSON if status < _PROBLEM else problems.CONTENT_TYPE.encode()
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode(), value.encode()) for name, value in more.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
