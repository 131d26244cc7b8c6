"""The lanes in which large batches are recorded: ``python -m stammis.config.batches SUPERVISOR SOCKET``.

One process loads everything and then divides itself, so that the lanes share what they have loaded.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

import structlog

from stammis.config import environment, logs
from stammis.config.installation import set_up
from stammis.config.postgres import processes

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # whenever it comes, this process ends in order
logs.configure()
set_up()

from stammis.api.hot import lanes  # noqa: E402 - Django's tables must be known first
from stammis.kit import collector  # noqa: E402 - the same

BACKLOG = 256
log = structlog.get_logger(__name__)
PAUSE_SECONDS = 0.5
PARTING_SECONDS, PARTING_TRIES = 0.5, 25


class Lanes:
    """As many lanes as there are web processes; one that dies is replaced."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._pids: set[int] = set()
        self._is_stopping = False

    def run(self, count: int) -> None:
        """Keep ``count`` lanes going until SIGTERM; each finishes its batch then."""
        signal.signal(signal.SIGTERM, self._stop)
        for _ in range(count):
            self._begin()
        while self._pids:
            ended, _ = os.wait()
            self._pids.discard(ended)
            if not self._is_stopping:
                time.sleep(PAUSE_SECONDS)
                self._begin()

    def _begin(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        if not self._is_stopping:
            pid = os.fork()
            if pid == 0:
                self._be_lane()
            self._pids.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def _be_lane(self) -> None:
        try:
            processes.end_with_my_parent(signal.SIGTERM)
            signal.signal(signal.SIGTERM, lambda *_: self._listener.close())
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            lanes.serve(self._listener)
        except BaseException:
            log.exception("lane_broken")
        finally:
            os._exit(0)  # what this process has inherited is its parent's to tidy up

    def _stop(self, *_: object) -> None:
        self._is_stopping = True
        processes.send(list(self._pids), signal.SIGTERM)


def main(supervisor: int, place: Path) -> None:
    """Serve until SIGTERM at a socket that only this user can reach: its folder is private."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        place.unlink(missing_ok=True)
        listener.bind(str(place))
        listener.listen(BACKLOG)
        collector.calm()
        try:
            Lanes(listener).run(environment.workers())
        finally:
            place.unlink(missing_ok=True)
            if _is_gone(supervisor):  # it was killed and can tidy up no more
                with contextlib.suppress(OSError):
                    place.parent.rmdir()


def _is_gone(parent: int) -> bool:
    """Whether the parent has ended: the signal that says so may come a moment before that can be seen."""
    for _ in range(PARTING_TRIES):
        if os.getppid() != parent:
            return True
        time.sleep(PARTING_SECONDS / PARTING_TRIES)
    return False


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
