"""Patience with the database: what may be done twice is done again until a database that was restarted answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection

PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised where the database went away, among other things."""
_Answer = TypeVar("_Answer")


def steadily(act: Callable[[], _Answer], seconds: float | None = None) -> _Answer:
    """Do what may be done twice, until the database has answered.

    Raises one of ``LOST`` after so many seconds, else after two minutes.
    """
    until = time.monotonic() + (PATIENCE_SECONDS if seconds is None else seconds)
    pause = _PAUSE_SECONDS
    while True:
        try:
            return act()
        except LOST:
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)


def lost(error: Exception) -> bool:
    """Tell whether an error came because the database went away, not because of something that it refused."""
    return isinstance(error, LOST) and not connection.is_usable()
