"""The ASGI application: the calls that move points are answered here, everything else by Django."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote

from stammis.accrual.outcomes import Accepted, Item, Outcome
from stammis.accrual.queries import why_answer
from stammis.api import problems
from stammis.api.access import check_scope, plain_key, recognise, spend
from stammis.api.answers import outcome_document
from stammis.api.hot import desk
from stammis.api.hot.batch import record_batch
from stammis.api.hot.calls import BATCH, EVENTS, PURCHASES, RETURNS, STATUS, Asked, Operation
from stammis.api.hot.lanes import Large, ask_lane
from stammis.api.hot.messages import (
    SMALL_BYTES,
    Gone,
    Headers,
    Receive,
    Scope,
    Send,
    answer,
    answer_document,
    answer_problem,
    answer_told,
    check_content_type,
    read_body,
    read_body_in_time,
    read_headers,
)
from stammis.api.hot.preview import Preview, preview_of
from stammis.api.hot.recorder import Recorder
from stammis.api.hot.room import Room
from stammis.api.paths import read_id
from stammis.api.problems import Failed, MethodNotAllowed
from stammis.kit.errors import Problem
from stammis.staff.models import ApiKey
from stammis.staff.services import remembered_key

ROOT = "/api/v1/"

ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)
_FIXED = {f"{ROOT}purchases": PURCHASES, f"{ROOT}events": EVENTS, f"{ROOT}batch": BATCH}
_OF_A_PURCHASE = {"returns": RETURNS, "status": STATUS}
_PARTS = 3
_REFUSED = 400
_KEPT = 202
_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


class Application:
    """Stammis as an ASGI application."""

    def __init__(self, django: ASGI, *, lanes: str = "") -> None:
        """Take Django's application, and the socket of the lanes; without one, batches are recorded in this process."""
        self._django = django
        self._lanes = lanes
        self._recorder: Recorder | None = None
        self._asking: dict[str, asyncio.Future[ApiKey]] = {}
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path: str = scope["path"]
        if not path.startswith(ROOT):
            await self._django(scope, receive, send)
            return
        try:
            found = _route(scope)
            if found is not None:
                await self._serve(*found, scope, receive, send)
                return
            receive = await _counted(scope, receive)
        except Gone:
            return
        except Problem as problem:
            await answer_problem(send, problem, closing=not read_headers(scope).is_small)
        except Exception:  # noqa: BLE001 - whatever broke, the caller gets an answer
            _log.exception("a call failed", extra={"path": path})
            await answer_problem(send, Failed(), closing=not read_headers(scope).is_small)
        else:
            # Ids may hold any character: Django gets the address as it was written and takes its parts apart itself.
            await self._django({**scope, "path": _written(scope)}, receive, send)

    async def _serve(self, operation: Operation, parts: list[str], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call: who asks, may they, what do they say, what is it worth.

        A small body is read first: the server closes a connection on which an answer comes before all is read.
        """
        headers = read_headers(scope)
        body = await read_body(receive, headers.length) if headers.is_small else None
        if scope["method"] != operation.method:
            raise MethodNotAllowed(headers={"Allow": operation.method})
        key = await self._key(headers)
        if operation.scope is not None:
            check_scope(key, operation.scope)
        check_content_type(headers.content_type)
        preview = preview_of(scope["query_string"])
        if operation.reader is None:
            async with self._room.taken(receive, headers.length if body is None else 0):
                if body is None:
                    body = await read_body_in_time(receive, headers.length)
                asked = Asked(key, body, "", headers.idempotency_key)
                await self._batch(asked, preview, plain_key(headers.authorization), send)
            return
        if body is None:
            body = await read_body(receive, headers.length)
        prepare = operation.reader(Asked(key, body, "".join(map(read_id, parts)), headers.idempotency_key))
        if preview is None:
            recorder = self._recorder or self._begin()
            outcome = (await recorder.record(prepare))[0]
        else:
            outcome = (await desk.ask(preview.prepared, prepare))[0]
        status, document, replay = outcome_document(outcome)
        if preview is not None and preview.lang and isinstance(outcome, Accepted) and status != _KEPT:
            document["why"] = await desk.ask(why_answer, outcome.answer, preview.lang)
        if status >= _REFUSED:
            await answer_document(send, document)
        else:
            await answer(send, status, problems.encode(document), replay=replay)

    async def _batch(self, asked: Asked, preview: Preview | None, plain: str, send: Send) -> None:
        """Answer a batch; a large one is recorded in a lane, where there are any."""
        if preview is None and self._lanes and len(asked.body) > SMALL_BYTES:
            told = await ask_lane(self._lanes, Large(plain, asked.body, asked.idempotency_key))
            await answer_told(send, told.status, told.body, told.headers)
            return
        await answer(send, 200, await record_batch(asked, self._recording(preview)))

    def _recording(self, preview: Preview | None) -> Callable[[Sequence[Item]], Awaitable[list[Outcome]]]:
        """Give the function that decides items: for good, or as a dry run."""
        if preview is not None:
            return lambda items: desk.ask(preview.outcomes, items)
        recorder = self._recorder or self._begin()
        return lambda items: recorder.record(lambda _now: items, len(items))

    async def _key(self, headers: Headers) -> ApiKey:
        """Give the caller's key. Raises Unauthorized, TooMany, Unavailable."""
        plain = plain_key(headers.authorization)
        key = remembered_key(plain) or await self._recognised(plain)
        if key.rate_per_minute is not None:
            await desk.ask(spend, key)
        return key

    async def _recognised(self, plain: str) -> ApiKey:
        """Ask the database for a key, once for all calls that come with it meanwhile: they would else queue there."""
        asking = self._asking.get(plain)
        if asking is None:
            asking = self._asking[plain] = asyncio.ensure_future(desk.ask(recognise, plain))
            asking.add_done_callback(lambda _: self._asking.pop(plain))
        return await asyncio.shield(asking)

    def _begin(self) -> Recorder:
        self._recorder = Recorder(asyncio.get_running_loop())
        return self._recorder

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin with the server and end with it: what is waiting is still recorded."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._recorder is not None:
                    await asyncio.to_thread(self._recorder.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _counted(scope: Scope, receive: Receive) -> Receive:
    """Read a body that Django will be given, counting. Raises Unauthorized, TooLarge, NotJson and Gone."""
    if scope["method"] not in _WITH_BODY:
        return receive
    headers = read_headers(scope)
    if not headers.is_small:
        await desk.ask(recognise, plain_key(headers.authorization))  # a stranger's large body is not taken in
    body = await read_body(receive, headers.length)
    if body:
        check_content_type(headers.content_type)
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_read() -> MutableMapping[str, Any]:
        return unread.pop() if unread else await receive()

    return receive_read


def _route(scope: Scope) -> tuple[Operation, list[str]] | None:
    """Find the operation that answers an address, and the ids in it as they were written; None: Django's."""
    fixed = _FIXED.get(scope["path"])
    if fixed is not None:
        return fixed, []
    parts = _written(scope).removeprefix(ROOT).split("/")
    if len(parts) != _PARTS or parts[0] != "purchases" or parts[2] not in _OF_A_PURCHASE:
        return None
    return _OF_A_PURCHASE[parts[2]], [parts[1]]


def _written(scope: Scope) -> str:
    """Give the address as it was written, its ids still percent-encoded."""
    raw: bytes | None = scope.get("raw_path")
    return raw.partition(b"?")[0].decode("ascii", "replace") if raw else quote(scope["path"])
