"""Processes that work beside this one, and are gone when it has no use for them any more."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

END_SECONDS = 10
"""So long a process may take to end by itself before it is killed."""


@contextmanager
def ended(started: Sequence[subprocess.Popen[str]]) -> Iterator[Sequence[subprocess.Popen[str]]]:
    """Give these processes; end those that are left when the block is, and close what leads to them."""
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None and not pipe.closed:
                    with contextlib.suppress(BrokenPipeError):  # what it was sent last and never read
                        pipe.close()
