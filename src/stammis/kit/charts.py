"""Charts as SVG. They are drawn by a process of their own, so that 125 MB stay out of the web process."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import select
import subprocess
import sys
import threading
from collections import OrderedDict
from typing import Literal

import msgspec

SECONDS = 30.0
REMEMBERED = 200


class Series(msgspec.Struct, frozen=True):
    """One line, or one colour of bars: its name and a value for each label; None where there is nothing to draw."""

    name: str
    values: tuple[float | None, ...]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart shows. ``texts`` are the values as a reader would write them, series by series, for hovering.

    Kinds: ``bars`` side by side, ``lines``, ``shares`` (bars that add up to 1), ``levels`` (lying bars).
    ``format`` is how the axis writes a number (d3), ``locale`` its decimal and grouping signs, ``signs`` what stands
    before and after it: those of a currency.
    """

    kind: Literal["bars", "lines", "shares", "levels"]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    texts: tuple[tuple[str, ...], ...]
    format: str = "~s"
    locale: tuple[str, str] = (".", ",")
    signs: tuple[str, str] = ("", "")
    width: int = 560
    height: int = 220


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What to draw, and as what: SVG for a page (its colours are CSS variables) or PNG for a mail or a download."""

    figure: Figure
    form: Literal["svg", "png"] = "svg"


class ChartFailed(RuntimeError):
    """The drawing process gave no picture; the numbers are still there."""


class _Draughtsman:
    """The drawing process: started at the first picture, started anew when it is gone, ended with this process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def draw(self, picture: bytes) -> bytes:
        """Send one picture's description, wait for the picture; a process that died meanwhile gets a second chance."""
        with self._lock:
            for attempt in (1, 2):
                process = self._running()
                try:
                    return _ask(process, picture)
                except (OSError, EOFError) as error:
                    self.end()
                    if attempt == 2:  # noqa: PLR2004 - the second chance
                        raise ChartFailed from error
        raise AssertionError

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()  # one that has ended by itself still has its pipes here
            command = [sys.executable, "-P", "-m", "stammis.kit.drawing"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError), process:  # closing the pipe sends what did not get through before
                process.kill()


_draughtsman = _Draughtsman()
atexit.register(_draughtsman.end)
_drawn: OrderedDict[str, bytes] = OrderedDict()


def draw(picture: Picture) -> bytes:
    """Give the picture, drawn now or remembered from the last time. Raises ChartFailed."""
    described = msgspec.json.encode(picture)
    key = hashlib.sha256(described).hexdigest()
    if key in _drawn:
        _drawn.move_to_end(key)
        return _drawn[key]
    drawn = _draughtsman.draw(described)
    _drawn[key] = drawn
    while len(_drawn) > REMEMBERED:
        _drawn.popitem(last=False)
    return drawn


def warm_up() -> None:
    """Start the drawing process without waiting for it, so that the first chart finds it ready."""
    if not _drawn and _draughtsman._lock.acquire(blocking=False):  # noqa: SLF001 - the two are one thing
        try:
            _draughtsman._running()  # noqa: SLF001 - the same
        finally:
            _draughtsman._lock.release()  # noqa: SLF001 - the same


def _ask(process: subprocess.Popen[bytes], message: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(message).to_bytes(4, "big") + message)
    process.stdin.flush()
    source = process.stdout.fileno()
    status, size = _read(source, 1), int.from_bytes(_read(source, 4), "big")
    answer = _read(source, size)
    if status != b"+":
        raise ChartFailed(answer.decode())
    return answer


def _read(source: int, size: int) -> bytes:
    read = b""
    while len(read) < size:
        if not select.select([source], [], [], SECONDS)[0]:
            raise EOFError
        some = os.read(source, min(size - len(read), 1 << 16))
        if not some:
            raise EOFError
        read += some
    return read
