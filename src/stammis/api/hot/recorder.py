"""Group commit: whatever arrived while the previous transaction ran is recorded in the next one, by one thread.

A lone call waits for nobody; after a group of several the next one is given a moment to grow, since half of what a
transaction costs is the same for one call and for many. Nothing is answered before its transaction has been committed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from stammis.accrual.outcomes import Item, Outcome
from stammis.accrual.services import record
from stammis.api.answers import warm
from stammis.api.problems import Failed, Unavailable
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.kit.patience import LOST

MOST_ITEMS = 256
MOST_WAITING = 20_000
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.2
CLOCK_SECONDS = 0.05
SEVERAL = 4
MOMENT_SECONDS = 0.003
"""After a group of several calls: so long do those who were just answered have to come again."""

_log = logging.getLogger(__name__)

Prepare = Callable[[dt.datetime], Sequence[Item]]
Result = list[Outcome] | Problem


@dataclass(slots=True, eq=False)
class Call:
    """A call that waits: what makes its items (in the recording thread), and where its outcomes go."""

    prepare: Prepare
    size: int
    future: asyncio.Future[list[Outcome]]
    deadline: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)
    items: Sequence[Item] | None = None
    result: Result | None = None


class Recorder:
    """A thread that records groups of calls, each group in one transaction, on a database connection of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        self._shift = dt.timedelta()
        self._read_at = float("-inf")

    async def record(self, prepare: Prepare, size: int = 1) -> list[Outcome]:
        """Record what ``prepare`` makes, with whatever else is waiting; give an outcome for each item.

        Raises what ``prepare`` raises of our errors, Unavailable while the database is away, Failed.
        """
        if self._queue.qsize() > MOST_WAITING:
            raise Unavailable
        call = Call(prepare, size, self._loop.create_future())
        self._queue.put(call)
        return await call.future

    def stop(self) -> None:
        """Record what is waiting and end the thread."""
        self._queue.put(None)
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        while True:
            group, last = self._take()
            if group:
                self._settle(group)
                self._loop.call_soon_threadsafe(_deliver, group)
            if last:
                connection.close()
                return
            if len(group) >= SEVERAL:
                time.sleep(MOMENT_SECONDS)

    def _take(self) -> tuple[list[Call], bool]:
        """Wait for a call and take what else is there, up to a size; the second value tells that it was the end."""
        first = self._queue.get()
        if first is None:
            return [], True
        group, size = [first], first.size
        while size < MOST_ITEMS:
            try:
                call = self._queue.get_nowait()
            except queue.Empty:
                break
            if call is None:
                return group, True
            group.append(call)
            size += call.size
        return group, False

    def _settle(self, group: list[Call]) -> None:
        """Give each call its result, trying again for as long as a call has patience while the database is away."""
        waiting = group
        while waiting:
            try:
                self._record(waiting)
            except LOST as error:
                connection.close()
                _log.warning("database lost", extra={"error": str(error), "calls": len(waiting)})
                waiting = _patient(waiting)
                time.sleep(PAUSE_SECONDS if waiting else 0)
            except Exception:  # noqa: BLE001 - a call that breaks must not take the others with it
                _log.exception("a group failed")
                if len(waiting) == 1:
                    waiting[0].result = Failed()
                else:
                    for call in waiting:
                        self._settle([call])
                return
            else:
                return

    def _record(self, group: list[Call]) -> None:
        now = self._clock()
        for call in group:
            if call.items is None and call.result is None:
                try:
                    call.items = call.prepare(now)
                except Problem as problem:
                    call.result = problem
        ready = [call for call in group if call.result is None and call.items is not None]
        outcomes = record([item for call in ready for item in call.items or ()], now=now) if ready else []
        at = 0
        for call in ready:
            size = len(call.items or ())
            call.result = outcomes[at : at + size]
            at += size
        warm(outcomes)

    def _clock(self) -> dt.datetime:
        """Give the installation's time; how far its clock is from the machine's is asked every 50 ms."""
        asked = time.monotonic()
        if asked - self._read_at > CLOCK_SECONDS:
            self._shift = clock.now() - clock.real_now()
            self._read_at = asked
        return clock.real_now() + self._shift


def _patient(group: list[Call]) -> list[Call]:
    """Turn away the calls whose time is up, and give the others."""
    now = time.monotonic()
    for call in group:
        if call.result is None and call.deadline <= now:
            call.result = Unavailable()
    return [call for call in group if call.result is None]


def _deliver(group: list[Call]) -> None:
    """Hand the results over, in the event loop."""
    for call in group:
        if call.future.done():
            continue
        if isinstance(call.result, Problem):
            call.future.set_exception(call.result)
        elif call.result is not None:
            call.future.set_result(call.result)
        else:
            call.future.set_exception(Failed())
