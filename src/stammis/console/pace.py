"""How far long work is, how fast, and how long it will still take: reckoned from when somebody first looked at it."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass

from stammis.console import formats

REMEMBERED = 200
SOONEST_SECONDS = 1.0
_first_seen: OrderedDict[uuid.UUID, tuple[float, int]] = OrderedDict()
"""When work was first looked at here while it went on, and how far it was: its speed is reckoned from there."""


@dataclass(frozen=True)
class Progress:
    """How far work is: so much is done, of how much; the speed, and the time left. ``waiting``: nobody has begun."""

    done: int
    total: int
    rate: float | None
    left: str | None
    waiting: bool


def progress(work: uuid.UUID, done: int, total: int, *, waiting: bool, running: bool) -> Progress:
    """Tell how far work is that has an id; it has a speed once it was looked at twice while it was ``running``."""
    rate = _rate(work, done) if running else None
    if not running:
        _first_seen.pop(work, None)
    left = formats.duration(dt.timedelta(seconds=max(0, total - done) / rate)) if rate and total else None
    return Progress(done, total, rate, left, waiting)


def _rate(work: uuid.UUID, done: int) -> float | None:
    now = time.monotonic()
    began, before = _first_seen.setdefault(work, (now, done))
    while len(_first_seen) > REMEMBERED:
        _first_seen.popitem(last=False)
    if done < before:  # the next piece of work on the same thing
        _first_seen[work] = now, done
        return None
    if now - began < SOONEST_SECONDS or done <= before:
        return None
    return (done - before) / (now - began)
