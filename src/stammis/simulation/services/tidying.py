"""What becomes of old runs and corrections: so many are kept, and what is still asked for; other files go."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from stammis.kit import clock
from stammis.kit.errors import Conflict
from stammis.programmes.drafts import OPEN
from stammis.programmes.models import Draft, Programme
from stammis.simulation.folders import alone
from stammis.simulation.models import Correction, Run
from stammis.simulation.queries.costs import run_of
from stammis.simulation.results import folder_of
from stammis.simulation.righting import folder_of as folder_of_correction
from stammis.snapshot import queries as snapshots

ORPHANED = dt.timedelta(days=1)
"""What belongs to nothing, or was not written to its end, is removed when nothing has happened in it for so long."""
_UNFINISHED = ("*.part", "*.sort")
"""Named so is what is being written, or what a killed process left behind."""
_RESUMED = {Correction.State.PLANNING, Correction.State.CANCELLED, Correction.State.FAILED}
"""The planning of a correction that is one of these can be gone on with."""
_OVER = {Correction.State.CANCELLED, Correction.State.FAILED, Correction.State.DROPPED, Correction.State.UNDONE}
"""Of a correction that is one of these nothing is posted, and nothing will be unless it is planned anew."""


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
    runs beside which they lie. Corrections all stay in the list; of those that were put away, undone or not planned to
    the end only as many of the newest keep their files. What a killed process left half written goes after a day.
    """
    most = settings.BACKTESTS_KEPT if most is None else most
    runs = list(Run.objects.filter(programme=programme).order_by("-id").defer("document", "summary"))
    kept = _kept(programme, runs, most)
    gone = [run for run in runs if run.id not in kept]
    for run in gone:
        remove(run)
    _clear(programme, most)
    for name, rows in (("simulations", Run.objects.all()), ("corrections", Correction.objects.all())):
        _sweep(snapshots.data_folder() / name, rows)
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


def _clear(programme: Programme, most: int) -> None:
    """Remove the files of corrections that nobody needs, and the histories of those that are planned."""
    over = 0
    for found in Correction.objects.filter(programme=programme).order_by("-id").only("id", "state"):
        over += found.state in _OVER
        folder = folder_of_correction(found.id)
        if found.state in _OVER and over > most:
            _remove_deserted(found, folder, folder)
        elif found.state not in _RESUMED:
            _remove_deserted(found, folder, folder / "snapshot")


def _remove_deserted(found: Correction, folder: Path, path: Path) -> None:
    """Remove files of a correction, unless somebody works on it or has just begun to."""
    if not path.exists():
        return
    with suppress(Conflict), alone(folder, Conflict):
        if Correction.objects.filter(id=found.id, state=found.state).exists():
            shutil.rmtree(path, ignore_errors=True)


def _sweep(place: Path, rows: QuerySet[Run] | QuerySet[Correction]) -> None:
    """Remove folders that belong to none of these rows, and what is half written in the others, if it is old."""
    before = (clock.real_now() - ORPHANED).timestamp()
    found = {path.name: path for path in place.glob("*-*") if path.is_dir() and _id(path.name)}
    known = {str(each) for each in rows.filter(id__in=map(_id, found)).values_list("id", flat=True)}
    for name, path in found.items():
        if name not in known and path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
            continue
        for pattern in _UNFINISHED:
            for left in (*path.glob(pattern), *path.glob(f"told-*/{pattern}")):
                if _touched(left) < before:
                    _remove(left)


def _touched(path: Path) -> float:
    """Give when something was last written in a file or folder (epoch seconds); now, where it is just renamed."""
    try:
        return max(each.stat().st_mtime for each in (path, *path.rglob("*")))
    except FileNotFoundError:
        return clock.real_now().timestamp()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
