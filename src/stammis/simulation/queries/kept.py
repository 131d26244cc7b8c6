"""Comparisons that are kept beside the runs they are about: what is done does not change any more."""

from __future__ import annotations

import os

import msgspec

from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison, NotComparable, compare
from stammis.simulation.results import folder_of

FORM = 2
"""The form of the kept files; others are reckoned anew."""


def compared(run: Run, other: Run | None = None) -> Comparison:
    """Put a run beside another, or beside the run of what is published, as ``compare`` does, and keep what came of it.

    Raises NotComparable and Outdated.
    """
    other = other or run.compared_with
    if other is None:
        raise NotComparable
    file = folder_of(run) / f"compared-{FORM}-{other.id}.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Comparison)
    except (FileNotFoundError, msgspec.MsgspecError):
        pass
    found = compare(run, other)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(msgspec.json.encode(found))
    part.replace(file)
    return found
