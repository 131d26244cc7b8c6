"""Something that is done beside a test: in a thread and on a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


@contextmanager
def beside(act: Callable[[], Result]) -> Iterator[Future[Result]]:
    """Has something done while the block goes on; waits for its end, and raises what it raised."""

    def do() -> Result:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        doing = thread.submit(do)
        yield doing
    doing.result()
