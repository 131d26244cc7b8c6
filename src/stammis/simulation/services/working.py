"""Working a run off: its own copy of the history, its units, the pass in which budgets are shared, and the end."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from stammis.kit import clock
from stammis.kit.errors import Conflict, why_ended
from stammis.kit.patience import steadily
from stammis.kit.telling import kept
from stammis.simulation import course as courses
from stammis.simulation import population, results, settling
from stammis.simulation.course import Course
from stammis.simulation.crew import RunStopped, work_off
from stammis.simulation.folders import alone, deserted, link
from stammis.simulation.models import Run
from stammis.simulation.results import folder_of
from stammis.simulation.services.asking import course_of
from stammis.simulation.services.endings import ENDING_SECONDS, ended
from stammis.simulation.services.tidying import tidy
from stammis.snapshot import manifest
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshotting
from stammis.snapshot.columns import BUCKETS
from stammis.snapshot.reading import Snapshot

PROCESSES = 2
FEW = 100
"""So few members are folded without other processes, which take a moment to begin."""
FEWEST, SIZE = 8, 300
"""A run has at least so many units, of about so many members where there are more."""
NEW = dt.timedelta(hours=1)
"""So long a history to which nothing was added counts as the present one, though days have passed in it."""
MERGED = "m"
"""Units with this initial hold who shares budgets; they replace what the others say of them."""

_ASK_SECONDS = 0.5

Progress = Callable[[int, int], None]
"""Is told how many members are folded, of how many."""


class RunBusy(Conflict):
    """Somebody else is just working on this back-test."""

    code = "run_busy"


def work(run_id: uuid.UUID, *, processes: int = PROCESSES, progress: Progress | None = None) -> Run:
    """Work a run off, or what is left of it, and the run it is compared with; give it as it is then.

    Units that are finished are not done again, so that a run that was killed comes to the same result. A run of other
    rules gets a run of what is published beside it, over the same history; one there is already is used again.
    Raises RunBusy, RunStopped, RunBroken, DatabaseLost and NoFolder.
    """
    run = Run.objects.select_related("programme").get(id=run_id)
    with alone(folder_of(run), RunBusy), _under_way(run):
        snapshot = _own_history(run)
        if run.document is not None or run.without:
            _compare(run, snapshot, processes, progress)
        _fold(run, snapshot, processes, progress)
    steadily(lambda: tidy(run.programme), ENDING_SECONDS)
    return Run.objects.select_related("programme").get(id=run.id)


def cancel(run: Run) -> None:
    """Let a run stop within a second or so; what is finished of it stays, and ``work`` goes on there."""
    Run.objects.filter(id=run.id, state__in=[Run.State.QUEUED, Run.State.RUNNING]).update(stopping=True)
    Run.objects.filter(id=run.id, state=Run.State.QUEUED).update(state=Run.State.CANCELLED)


def orphans() -> list[Run]:
    """Give the runs that are said to be under way though nobody works on them. Raises NoFolder.

    Whoever did was killed, or lost the database for so long that it could not say how it ended.
    """
    under_way = Run.objects.filter(state=Run.State.RUNNING).order_by("id").defer("document", "summary")
    return [run for run in under_way if deserted(folder_of(run))]


@contextmanager
def _under_way(run: Run) -> Iterator[None]:
    """Say that a run is under way, and how it ended where it is not done. Raises DatabaseLost where that is why."""

    def failed(error: Exception) -> None:
        _end(run, Run.State.FAILED, why_ended(error))

    with ended(RunStopped, lambda: _end(run, Run.State.CANCELLED), failed):
        Run.objects.filter(id=run.id).update(state=Run.State.RUNNING, stopping=False, finished_at=None, **kept())
        yield


def _end(run: Run, state: Run.State, why: str = "") -> None:
    Run.objects.filter(id=run.id).update(state=state, finished_at=clock.real_now(), **kept(why))


@contextmanager
def _after_others(run: Run, stopping: Callable[[], bool]) -> Iterator[None]:
    """Keep everybody else from working on a run; wait for who does. Raises RunStopped where that is to stop."""
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(alone(folder_of(run), RunBusy))
                break
            except RunBusy:
                if stopping():
                    raise RunStopped from None
                time.sleep(_ASK_SECONDS)
        yield


def _own_history(run: Run) -> Snapshot:
    """Give the history as it was when the run began; for a new one, as it is now."""
    place = folder_of(run) / "snapshot"
    found = manifest.read(place)
    if found is not None:
        return Snapshot(place, found)
    snapshotting.refresh(run.programme)
    snapshot = snapshots.open(run.programme)
    return link(_same_history(run, snapshot) or snapshot, place)


def _same_history(run: Run, snapshot: Snapshot) -> Snapshot | None:
    """Give the history of a recent run of what is published, if nothing has come since: that run can be used again."""
    since = snapshot.position.at - NEW
    runs = Run.objects.filter(
        programme=run.programme, state=Run.State.DONE, document__isnull=True, without="", exact=False
    )
    for known in runs.order_by("-id")[:5]:
        place = folder_of(known) / "snapshot"
        found = manifest.read(place)
        if found and found.buckets == snapshot.manifest.buckets and since <= found.position.at <= snapshot.position.at:
            return Snapshot(place, found)
    return None


def _compare(run: Run, snapshot: Snapshot, processes: int, progress: Progress | None) -> None:
    """Work off the run of what is published over the same history, if there is none yet."""
    today = Run(
        programme=run.programme,
        begins_on=run.begins_on,
        ends_on=run.ends_on,
        opening=run.opening,
        label=run.label,
        sample=run.sample,
        begun_by=run.begun_by,
        begun_at=clock.real_now(),
    )
    today.fingerprint = results.fingerprint(today, course_of(today))
    position = _position(snapshot)
    known = Run.objects.filter(programme=run.programme, fingerprint=today.fingerprint, position=position)
    found = known.filter(state=Run.State.DONE).first() or known.order_by("-id").first()
    if found is None:
        today.position = position
        today.save(force_insert=True)
        found = today
    Run.objects.filter(id=run.id).update(compared_with=found)
    if found.state != Run.State.DONE:
        with _after_others(found, lambda: _stops([run.id])):  # another back-test may just need the same
            found.refresh_from_db(fields=["state"])
            if found.state == Run.State.DONE:
                return
            if manifest.read(folder_of(found) / "snapshot") is None:
                link(snapshot, folder_of(found) / "snapshot")
            with _under_way(found):
                _fold(found, snapshot, processes, progress, watched=run)


def _position(snapshot: Snapshot) -> object:
    return msgspec.to_builtins(snapshot.position)


def _fold(
    run: Run, snapshot: Snapshot, processes: int, progress: Progress | None, *, watched: Run | None = None
) -> None:
    """Fold all units that are not finished, share the budgets that did not suffice, and keep what came of it."""
    folder = folder_of(run)
    course, sizes = _prepared(run, snapshot)
    finished = {name for name in sizes if (folder / name / "outcome").exists()}
    behind, total = sum(sizes[name] for name in finished), sum(sizes.values())
    Run.objects.filter(id=run.id).update(position=_position(snapshot), total=total, done=behind)

    def done(name: str) -> None:
        nonlocal behind
        behind += sizes.get(name, 0)
        Run.objects.filter(id=run.id).update(done=behind)
        if progress:
            progress(behind, total)

    def stopping() -> bool:
        return _stops([run.id] if watched is None else [run.id, watched.id])

    waiting = sorted(sizes.keys() - finished, key=lambda name: -sizes[name])
    work_off(folder, waiting, processes if total > FEW else 0, done, stopping)
    _share_budgets(folder, course, done, stopping)
    summary = msgspec.to_builtins(results.summary(folder, course))
    Run.objects.filter(id=run.id).update(
        state=Run.State.DONE, summary=summary, done=total, finished_at=clock.real_now()
    )


def _stops(runs: list[uuid.UUID]) -> bool:
    """Whether somebody wants one of these runs to stop."""
    return Run.objects.filter(id__in=runs, stopping=True).exists()


def _prepared(run: Run, snapshot: Snapshot) -> tuple[Course, dict[str, int]]:
    """Write down what the processes need, and give the course and the units with how many members each has."""
    folder = folder_of(run)
    _forget_older(folder)
    course = course_of(run)
    at = int(snapshot.position.at.timestamp())
    until = at if course.ends_at is None else min(at, course.ends_at - 1)
    course = msgspec.structs.replace(course, until=None if course.exact else until)
    ties = population.circles(snapshot)
    chosen = _chosen(run, snapshot, ties)
    chained = frozenset(ties) if chosen is None else frozenset(ties) & chosen
    if chosen is not None:
        whole = population.everybody(snapshot) if not run.label else population.labelled(snapshot, run.label)
        if run.sample is not None:
            course = msgspec.structs.replace(course, share=(max(1, len(chosen)), max(1, len(whole))))
        _write_ids(folder / "population", chosen)
    _write_ids(folder / "chained", chained)
    courses.write(folder, course)
    if course.changes_at is not None:
        settling.write(folder, settling.settled(snapshot))
    sizes = _portions({bucket: _alone_in(snapshot.members(bucket) - chained, chosen) for bucket in snapshot.buckets})
    if chained:
        sizes["c0"] = len(chained)
        _write_ids(folder / "c0.members", chained)
    return course, sizes


def _forget_older(folder: Path) -> None:
    """Remove what a run of another release has left: it is folded from its snapshot again."""
    if not (folder / courses.FILE).exists() or courses.kept(folder) is not None:
        return
    for each in folder.iterdir():
        if each.is_file():
            each.unlink()
        elif each.name != "snapshot":
            shutil.rmtree(each)


def _alone_in(members: frozenset[bytes], chosen: frozenset[bytes] | None) -> int:
    return len(members if chosen is None else members & chosen)


def _portions(members: dict[int, int]) -> dict[str, int]:
    """Put neighbouring buckets together into units that are neither tiny nor few; give how many members each has."""
    units = max(FEWEST, min(BUCKETS, sum(members.values()) // SIZE))
    step = -(-BUCKETS // units)
    found: dict[str, int] = {}
    for first in range(0, BUCKETS, step):
        last = min(first + step, BUCKETS) - 1
        size = sum(members.get(bucket, 0) for bucket in range(first, last + 1))
        if size:
            found[f"b{first:02d}-{last:02d}"] = size
    return found


def _chosen(run: Run, snapshot: Snapshot, ties: dict[bytes, bytes]) -> frozenset[bytes] | None:
    """Give whom the run is about; None: everybody."""
    if not run.label and run.sample is None:
        return None
    members = population.labelled(snapshot, run.label) if run.label else population.everybody(snapshot)
    return members if run.sample is None else population.sampled(members, ties, run.sample)


def _write_ids(path: Path, members: frozenset[bytes]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(b"".join(sorted(members)))
    part.replace(path)


def _share_budgets(folder: Path, course: Course, done: Callable[[str], None], stopping: Callable[[], bool]) -> None:
    """Fold who drew on a budget that did not suffice again, in the order of arrival, in one process."""
    unit = f"{MERGED}0"
    if (folder / unit / "outcome").exists():
        return
    if not results.exhausted(folder, course):
        return
    _write_ids(folder / f"{unit}.members", results.drawers(folder))
    work_off(folder, [unit], 0, done, stopping)
