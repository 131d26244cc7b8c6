"""Processes that tests start: waited for with patience, and ended whatever they do."""

import signal
import subprocess
import time
from collections.abc import Callable

SECONDS = 120


def until(what: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Waits for something to become so."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, "it never came to pass"
        time.sleep(0.05)


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
