"""Comparisons that are kept beside the runs they are about: what is done does not change any more."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import msgspec

from stammis.simulation.models import Run
from stammis.simulation.queries.assuming import Assumed, assumed
from stammis.simulation.queries.comparing import Comparison, NotComparable, compare
from stammis.simulation.results import folder_of

_Kept = TypeVar("_Kept")
FORM = 5
"""The form of the kept files; others are reckoned anew."""


def compared(run: Run, other: Run | None = None) -> Comparison:
    """Put a run beside another, or beside the run of what is published, as ``compare`` does, and keep what came of it.

    Raises NotComparable and Outdated.
    """
    other = other or run.compared_with
    if other is None:
        raise NotComparable
    return _kept(run, f"compared-{FORM}-{other.id}.json", Comparison, lambda: compare(run, other))


def supposed(run: Run, other: Run | None = None) -> Assumed:
    """Give what a run supposes beside another, as ``assumed`` does, and keep it. Raises as ``compared`` does."""
    found = compared(run, other)
    return _kept(run, f"supposed-{FORM}-{found.other}.json", Assumed, lambda: assumed(run, found))


def _kept(run: Run, name: str, kind: type[_Kept], reckon: Callable[[], _Kept]) -> _Kept:
    """Read what was reckoned before, or reckon it and write it down."""
    file = folder_of(run) / name
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.MsgspecError):
        pass
    found = reckon()
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(msgspec.json.encode(found))
    part.replace(file)
    return found
