"""Processes that tests start: waited for with a patience that knows the machine's load, and ended whatever they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

SECONDS = 120
QUIET_SECONDS = 0.1  # what the yardstick takes on a quiet machine


def until(what: Callable[[], bool], seconds: float = SECONDS) -> float:
    """Waits for something to become so, and gives how long it took."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, "it never came to pass"
        time.sleep(0.05)
    return time.monotonic() - begun


def slowness() -> float:
    """How many times longer things take here and now than on a quiet machine; at least 1.

    A test that promises a time multiplies it by this: what it promises is the product's, not the machine's.
    """
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import decimal, json, subprocess"], check=True)
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return max(1.0, (time.monotonic() - begun) / QUIET_SECONDS, waiting)


def end(
    process: subprocess.Popen[bytes] | subprocess.Popen[str], seconds: float = SECONDS, how: int = signal.SIGTERM
) -> int:
    """Asks a process to end, kills it if it does not, and gives its status; it is waited for in either case."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return process.wait()
