"""Recording that outlives a restart of the database: every item is sent again until it is answered."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from stammis.accrual import services as accrual
from stammis.accrual.outcomes import Item, Outcome

PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
_Answer = TypeVar("_Answer")


def record(items: list[Item], now: dt.datetime) -> list[Outcome]:
    """Record items; where the database goes away meanwhile, wait for it and send them again.

    That is safe: an id that was taken in gives its first answer. Raises OperationalError after two minutes.
    """
    return steadily(lambda: accrual.record(items, now=now))


def steadily(act: Callable[[], _Answer]) -> _Answer:
    """Do what may be done twice, until the database has answered. Raises OperationalError after two minutes."""
    until = time.monotonic() + PATIENCE_SECONDS
    pause = _PAUSE_SECONDS
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
