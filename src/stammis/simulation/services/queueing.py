"""Putting a run in the row of those that wait for the worker."""

from __future__ import annotations

from stammis.kit.telling import kept
from stammis.simulation.models import Run


def queue(run: Run) -> bool:
    """Let a run that is not done wait for its turn, also one that was stopped or broke; tell whether it does now."""
    waiting = Run.objects.filter(id=run.id).exclude(state=Run.State.DONE)
    return waiting.update(state=Run.State.QUEUED, stopping=False, finished_at=None, **kept()) == 1
