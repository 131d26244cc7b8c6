"""Processes of a server, recognised by the folder they work in: a number alone may be somebody else by now."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")


def end_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """Give what a child does first so that it gets ``with_signal`` when its parent dies, even by kill -9.

    Only Linux can do this; elsewhere there is nothing to do first (None). Valid for children of the main thread.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return prepare


def end_with_my_parent(with_signal: signal.Signals) -> None:
    """Let this process get ``with_signal`` when the one that started it dies; Linux only, elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal))


def is_alive(pid: int) -> bool:
    """Whether any process has this number, a dead one that nobody has reaped included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def working_in(folder: Path) -> list[int]:
    """The processes whose working directory is ``folder``, as those of a server are; empty where there is no /proc."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found


def send(pids: list[int], what: signal.Signals) -> None:
    """Send a signal to all that still exist."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, what)


def postmaster(cluster: Path) -> int | None:
    """The number in the cluster's ``postmaster.pid``, whoever has it now."""
    try:
        first = (cluster / "postmaster.pid").read_text().split("\n", 1)[0].strip()
    except OSError:
        return None
    return abs(int(first)) if first.lstrip("-").isdigit() else None
