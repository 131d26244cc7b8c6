"""Lanes for large batches: processes of their own, each taking one batch at a time, so that single calls never wait.

A lane waits at a Unix socket that all of them share: whoever is free takes the next batch. One connection carries one
batch; the end of what either side has to say is the end of its stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from django.db import connection

from stammis.accrual.outcomes import Item, Outcome
from stammis.accrual.services import record, record_free
from stammis.api import problems
from stammis.api.access import recognise
from stammis.api.answers import warm
from stammis.api.hot.batch import ITEMS_AT_ONCE, BatchReader, answered, told
from stammis.api.hot.calls import Asked
from stammis.api.hot.recorder import PATIENCE_SECONDS, PAUSE_SECONDS
from stammis.api.problems import Failed, Unavailable
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.kit.patience import LOST, steadily

_CHUNK_BYTES = 1024 * 1024
_STALLED_SECONDS = 30.0
_log = logging.getLogger(__name__)


class Large(msgspec.Struct, array_like=True):
    """A batch on its way to a lane: the caller's key, the body, an Idempotency-Key."""

    key: str
    body: bytes
    idempotency_key: str | None


class Told(msgspec.Struct, array_like=True):
    """A lane's answer: status, body, and the headers of a problem."""

    status: int
    body: bytes
    headers: dict[str, str] = {}


_read_large = msgspec.msgpack.Decoder(Large).decode
_read_told = msgspec.msgpack.Decoder(Told).decode


async def ask_lane(place: str, large: Large) -> Told:
    """Have a batch recorded by whichever lane is free. Raises Unavailable where none answers.

    A lane that dies leaves what it committed: whoever sends the batch again gets the first answers to that.
    """
    reader, writer = await _connected(place)
    try:
        writer.write(msgspec.msgpack.encode(large))
        writer.write_eof()
        return _read_told(await reader.read())
    except (OSError, msgspec.MsgspecError) as error:
        raise Unavailable from error
    finally:
        writer.close()


async def _connected(place: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Reach the lanes, which may just be starting. Raises Unavailable."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await asyncio.open_unix_connection(place, limit=_CHUNK_BYTES)
        except OSError as error:
            if time.monotonic() > deadline:
                raise Unavailable from error
            await asyncio.sleep(PAUSE_SECONDS)


def serve(listener: socket.socket) -> None:
    """Take the next batch, record it and answer; again and again, until ``listener`` is closed."""
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        caller.settimeout(_STALLED_SECONDS)
        with caller, contextlib.suppress(OSError):  # a web process that is gone needs no answer
            caller.sendall(msgspec.msgpack.encode(_told(_received(caller))))


def _received(caller: socket.socket) -> bytes:
    parts = []
    while part := caller.recv(_CHUNK_BYTES):
        parts.append(part)
    return b"".join(parts)


def _told(said: bytes) -> Told:
    try:
        large = _read_large(said)
        return Told(200, _recorded(large))
    except Problem as problem:
        fault = problem
    except LOST:
        connection.close()
        fault = Unavailable()
    except Exception:  # noqa: BLE001 - whatever broke, the caller gets an answer
        _log.exception("a batch failed")
        fault = Failed()
    return Told(fault.status, problems.encode(problems.document_of(fault)), problems.headers_of(fault))


def _recorded(large: Large) -> bytes:
    read = steadily(lambda: BatchReader(_asked(large)).read(), PATIENCE_SECONDS)
    return answered(read, _outcomes([each for each in read if isinstance(each, Item)]))


def _outcomes(items: Sequence[Item]) -> list[msgspec.Raw]:
    """Record items, a piece at a time; those of members whom somebody else holds come with the next piece."""
    found: dict[int, msgspec.Raw] = {}
    ahead: list[int] = []
    for first in range(0, len(items), ITEMS_AT_ONCE):
        ahead += range(len(items))[first : first + ITEMS_AT_ONCE]
        ahead = _record(record_free, items, ahead, found)
    _record(record, items, ahead, found)
    return [found[place] for place in range(len(items))]


def _record(
    act: Callable[..., Sequence[Outcome | None]],
    items: Sequence[Item],
    ahead: Sequence[int],
    found: dict[int, msgspec.Raw],
) -> list[int]:
    """Record the items at these places; give the places of those that were put off."""
    piece = [items[place] for place in ahead]
    outcomes = steadily(lambda: act(piece, now=clock.now()), PATIENCE_SECONDS)  # later pieces arrive later
    steadily(partial(warm, [outcome for outcome in outcomes if outcome is not None]), PATIENCE_SECONDS)
    found.update((place, told(outcome)) for place, outcome in zip(ahead, outcomes, strict=True) if outcome is not None)
    return [place for place in ahead if place not in found]


def _asked(large: Large) -> Asked:
    return Asked(recognise(large.key), large.body, "", large.idempotency_key)
