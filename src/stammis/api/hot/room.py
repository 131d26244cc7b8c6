"""The room for large bodies: what a process holds of them at once, from the reading to the answer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from stammis.api.hot.messages import MOST_BYTES, SMALL_BYTES, Receive, ignore
from stammis.api.problems import Unavailable

MOST_HELD_BYTES = 8 * MOST_BYTES


class Room:
    """Room for the bodies of large calls that are read, wait or are being recorded."""

    def __init__(self, most: int = MOST_HELD_BYTES) -> None:
        self._left = most

    @contextlib.asynccontextmanager
    async def taken(self, receive: Receive, length: int | None) -> AsyncIterator[None]:
        """Take the room for a body; one that does not say how long it is may become as long as any.

        Raises Unavailable where there is none: what the caller sends is not kept.
        """
        size = _size(length)
        if size > self._left:
            await ignore(receive)
            raise Unavailable
        self._left -= size
        try:
            yield
        finally:
            self._left += size


def _size(length: int | None) -> int:
    size = MOST_BYTES if length is None else min(length, MOST_BYTES)
    return size if size > SMALL_BYTES else 0
