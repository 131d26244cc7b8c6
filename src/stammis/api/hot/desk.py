"""A few threads beside the event loop for what asks the database and is no group: keys, limits, previews, batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from stammis.api.problems import Unavailable

THREADS = 2

Result = TypeVar("Result")
Given = ParamSpec("Given")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")


async def ask(question: Callable[Given, Result], *args: Given.args, **named: Given.kwargs) -> Result:
    """Call a function that may ask the database, in a thread. Raises Unavailable while the database is away."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: _asked(question, *args, **named))


def _asked(question: Callable[Given, Result], *args: Given.args, **named: Given.kwargs) -> Result:
    close_old_connections()
    try:
        return question(*args, **named)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable from error
