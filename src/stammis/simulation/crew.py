"""The crew: processes that work off the units of a run side by side, each taking the next one when it is done."""

from __future__ import annotations

import selectors
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from stammis.kit import children
from stammis.kit.errors import Conflict
from stammis.simulation.shift import Shift

_ASK_SECONDS = 1.0


class RunBroken(Conflict):
    """A process of the back-test ended before its part was done. The same back-test goes on where it stopped."""

    code = "run_broken"


class RunStopped(Conflict):
    """The back-test was stopped. The same back-test goes on where it stopped."""

    code = "run_stopped"


def work_off(
    folder: Path, names: Sequence[str], processes: int, done: Callable[[str], None], stopping: Callable[[], bool]
) -> None:
    """Let processes work off units, or (with none) this one; ``done`` is told of each, ``stopping`` is asked meanwhile.

    Raises RunBroken where a process ends too early, and RunStopped.
    """
    waiting = list(reversed(names))
    if not processes:
        shift = Shift(folder)
        while waiting:
            if stopping():
                raise RunStopped
            name = waiting.pop()
            shift.do(name)
            done(name)
        return
    crew = [_start(folder) for _ in range(min(processes, len(waiting)))]
    with children.ended(crew) as started, selectors.DefaultSelector() as selector:
        for process in started:
            assert process.stdout is not None
            selector.register(process.stdout, selectors.EVENT_READ, process)
            _hand_out(process, waiting)
        while selector.get_map():
            if stopping():
                raise RunStopped
            for key, _events in selector.select(_ASK_SECONDS):
                process, stream = key.data, key.fileobj
                line: str = stream.readline()  # type: ignore[union-attr] # what was registered above
                if line:
                    done(line.split(maxsplit=1)[0])
                    _hand_out(process, waiting)
                    continue
                selector.unregister(stream)
                if process.wait():
                    raise RunBroken


def _hand_out(process: subprocess.Popen[str], waiting: list[str]) -> None:
    """Give a process its next unit, or let it end. Raises RunBroken where it is gone already."""
    pipe: IO[str] | None = process.stdin
    assert pipe is not None
    if not waiting:
        pipe.close()
        return
    try:
        pipe.write(f"{waiting.pop()}\n")
        pipe.flush()
    except BrokenPipeError as error:
        raise RunBroken from error


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "stammis.simulation.work", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
