"""Ports for the servers of tests: each worker of a run has its own, and no connection takes one in between."""

import itertools
import os
import re
import socket

FIRST, ALL = 20_000, 12_000
"""Below the ports that the system gives to connections and to whoever asks for any (from 32768 on)."""
EACH = ALL // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
_numbers = itertools.count(os.getpid())


def free_port() -> int:
    """Gives a port on which nothing listens, another one each time."""
    for number in itertools.islice(_numbers, EACH):
        port = FIRST + _worker * EACH + number % EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port is taken")
