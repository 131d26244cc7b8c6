"""What becomes of old runs: so many are kept, and whatever is still asked for; the files of the others go."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from pathlib import Path

from django.conf import settings

from stammis.kit import clock
from stammis.programmes.drafts import OPEN
from stammis.programmes.models import Draft, Programme
from stammis.simulation.models import Run
from stammis.simulation.queries.costs import run_of
from stammis.simulation.results import folder_of
from stammis.snapshot import queries as snapshots

ORPHANED = dt.timedelta(days=1)
"""A folder that belongs to no run is removed when nothing has happened in it for so long."""


def pin(run: Run, *, pinned: bool = True) -> None:
    """Let a run stay until somebody removes it, or let it go with the others."""
    Run.objects.filter(id=run.id).update(pinned=pinned)


def remove(run: Run) -> None:
    """Remove a run with all its files."""
    shutil.rmtree(folder_of(run), ignore_errors=True)
    Run.objects.filter(id=run.id).delete()


def tidy(programme: Programme, most: int | None = None) -> int:
    """Remove what nobody asks for any more; give how many runs that were. Raises NoFolder.

    Kept are the newest ``most`` (by the settings: ``STAMMIS_BACKTESTS_KEPT``), whatever is pinned or has not ended,
    the newest run of each open draft, the newest proof and the newest run of what is published; and of all these the
    runs beside which they lie.
    """
    runs = list(Run.objects.filter(programme=programme).order_by("-id").defer("document", "summary"))
    kept = _kept(programme, runs, settings.BACKTESTS_KEPT if most is None else most)
    gone = [run for run in runs if run.id not in kept]
    for run in gone:
        remove(run)
    _sweep(snapshots.data_folder() / "simulations")
    return len(gone)


def _kept(programme: Programme, runs: list[Run], most: int) -> set[uuid.UUID]:
    """Give the ids of the runs that stay."""
    asked = [run for run in runs if not run.exact and (run.compared_with_id or run.state != Run.State.DONE)]
    proofs = [run for run in runs if run.exact]
    published = [run for run in runs if not run.exact and run not in asked]
    kept = {run.id for run in (*asked[:most], *proofs[:1], *published[:1])}
    kept |= {run.id for run in runs if run.pinned or run.state in {Run.State.QUEUED, Run.State.RUNNING}}
    for draft in Draft.objects.filter(programme=programme, state__in=OPEN):
        told = run_of(programme, draft.document)
        if told is not None:
            kept.add(told.id)
    return kept | {run.compared_with_id for run in runs if run.id in kept and run.compared_with_id}


def _sweep(place: Path) -> None:
    """Remove folders that belong to no run and in which nothing has happened for long."""
    before = (clock.real_now() - ORPHANED).timestamp()
    found = {path.name: path for path in place.glob("*-*") if path.is_dir() and path.stat().st_mtime < before}
    known = {str(run) for run in Run.objects.filter(id__in=filter(None, map(_id, found))).values_list("id", flat=True)}
    for name, path in found.items():
        if _id(name) and name not in known:
            shutil.rmtree(path, ignore_errors=True)


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
