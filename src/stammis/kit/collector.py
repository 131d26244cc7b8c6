"""Python's collector of cyclic garbage, in processes that record events.

It walks everything that a group of events holds, again and again, and finds nothing: the values of the engine form no
cycles. Left as it is, it takes a quarter of the time.
"""

from __future__ import annotations

import gc

YOUNG = 100_000
"""So many new objects before the young ones are looked through; Python's own is 700."""
MIDDLE, OLD = 20, 50


def calm() -> None:
    """Take all objects there are for permanent, and look through new ones seldom; once a process is set up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
