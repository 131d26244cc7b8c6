"""Planning a correction: asked for once, folded unit by unit, gone on with after a kill; nothing is posted."""

from __future__ import annotations

import datetime as dt
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from stammis.kit import clock
from stammis.kit.errors import Conflict, Invalid, why_ended
from stammis.kit.patience import steadily
from stammis.kit.telling import kept
from stammis.programmes.models import Programme, Version
from stammis.simulation import course as courses
from stammis.simulation.course import Course
from stammis.simulation.folders import alone, deserted, link
from stammis.simulation.models import Correction, CorrectionLine, Run
from stammis.simulation.origins import Period
from stammis.simulation.righting import Found, Righting, changed, folder_of, read_unit, write_unit
from stammis.simulation.services.asking import BadPeriod, check, course_of
from stammis.simulation.services.endings import ENDING_SECONDS, ended
from stammis.simulation.services.sharing import shared_out, totals_of
from stammis.simulation.services.tidying import tidy
from stammis.snapshot import manifest
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshotting
from stammis.snapshot.reading import Snapshot
from stammis.staff.services import record_audit

State = Correction.State
OPEN = (State.PLANNING, State.CANCELLED, State.FAILED)
"""Not planned to the end: the same question goes on with one of these."""
WORKING = (State.PLANNING, State.POSTING, State.UNDOING)
COURSES = "was", "should"
"""The folders of the versions as they were and as they should have been."""
_TELL_SECONDS = 0.5

Progress = Callable[[int, int], None]
"""Is told how many members are done, of how many."""


class NothingChosen(Invalid):
    """Choose the version that should have decided: a published one, or a document."""

    code = "nothing_chosen"


class SameVersion(Invalid):
    """This is the version that ran."""

    code = "same_version"


class NotInForce(Invalid):
    """This version decided nothing in that period."""

    code = "not_in_force"


class NoPeriod(Invalid):
    """Name the version that ran wrong, or when the period begins and ends."""

    code = "no_period"


class NotPlanned(Conflict):
    """This correction is not planned yet, or was posted, undone or put away before."""

    code = "not_planned"


class CorrectionBusy(Conflict):
    """Somebody else is just working on this correction."""

    code = "correction_busy"


class CorrectionStopped(Conflict):
    """The planning was stopped. The same correction goes on where it stopped."""

    code = "correction_stopped"


def begin_correction(
    programme: Programme,
    *,
    by: str,
    name: str,
    begins_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    wrong: int | None = None,
    version: int | None = None,
    document: dict[str, Any] | None = None,
) -> Correction:
    """Ask what members should have got for the events of a period by another version; ``plan`` finds it out.

    ``wrong`` is the version that ran: the period is the part of ``begins_at`` to ``ends_at`` (not included) in which it
    decided. What should have decided is a published version's number or a document. The same question that was
    interrupted is given again.
    Raises NoPeriod, BadPeriod, NotInForce, NothingChosen, SameVersion, BadDocument and OtherProgramme.
    """
    if wrong is not None and wrong == version:
        raise SameVersion
    begins_at, ends_at = _period(programme, begins_at, ends_at, wrong)
    if version is not None:
        published = Version.objects.filter(programme=programme, number=version).first()
        document = published.document if published else None
    if document is None:
        raise NothingChosen
    check(document, programme)
    asked = {
        "programme": programme,
        "name": name,
        "begins_at": begins_at,
        "ends_at": ends_at,
        "wrong": wrong,
        "version": version,
        "document": document,
    }
    with transaction.atomic():
        known = Correction.objects.select_for_update().filter(**asked, state__in=OPEN).order_by("-id").first()
        if known is not None:
            _wait(known)
            return known
        now = clock.real_now()
        made = Correction.objects.create(**asked, planned_by=by, planned_at=now, asked_at=now)
        record_audit(by, "correction.plan", subject=name, id=str(made.id))
    return made


def plan(correction_id: uuid.UUID, *, progress: Progress | None = None) -> Correction:
    """Find out what is left to find out for a correction, and give it as it is then; nothing is posted.

    Members for whom the present versions do not come to what the ledger holds are listed apart. Units that are done are
    not done again, so that a planning that was killed comes to the same lines, once.
    Raises CorrectionBusy, CorrectionStopped, DatabaseLost and NoFolder.
    """
    correction = _read(correction_id)
    if correction.state != State.PLANNING:
        return correction
    folder = folder_of(correction.id)
    with alone(folder, CorrectionBusy):
        with ended(
            CorrectionStopped, lambda: _end(correction, State.CANCELLED), lambda error: _fail(correction, error)
        ):
            snapshot = _own_history(correction, folder)
            _keep(correction, snapshot, *_fold(correction, folder, snapshot, progress))
        shutil.rmtree(folder / "snapshot", ignore_errors=True)
    steadily(lambda: tidy(correction.programme), ENDING_SECONDS)
    return _read(correction_id)


def stop_correction(programme: Programme, correction_id: uuid.UUID, *, by: str) -> Correction:
    """Let the planning stop within a second or so; what is found out stays. Raises NotPlanned where it is over."""
    with transaction.atomic():
        correction = locked(programme, correction_id)
        if correction.state != State.PLANNING:
            raise NotPlanned
        if deserted(folder_of(correction.id)):
            correction.state = State.CANCELLED
        correction.stopping = True
        correction.save(update_fields=["state", "stopping"])
        record_audit(by, "correction.stop", subject=correction.name, id=str(correction.id))
    return correction


def resume_correction(programme: Programme, correction_id: uuid.UUID, *, by: str) -> Correction:
    """Let a correction that was interrupted wait for whoever goes on with it. Raises NotPlanned where none was."""
    with transaction.atomic():
        correction = locked(programme, correction_id)
        if correction.state not in {*OPEN, *WORKING}:
            raise NotPlanned
        _wait(correction)
        record_audit(by, "correction.resume", subject=correction.name, id=str(correction.id))
    return correction


def drop_correction(programme: Programme, correction_id: uuid.UUID, *, by: str) -> Correction:
    """Decide that nothing of a planned correction is posted; it stays in the list. Raises NotPlanned."""
    with transaction.atomic():
        correction = locked(programme, correction_id)
        if correction.state not in {State.DRAFT, State.CANCELLED, State.FAILED}:
            raise NotPlanned
        correction.state = State.DROPPED
        correction.save(update_fields=["state"])
        record_audit(by, "correction.drop", subject=correction.name, id=str(correction.id))
    shutil.rmtree(folder_of(correction.id) / "snapshot", ignore_errors=True)
    return correction


def unattended(correction: Correction) -> bool:
    """Tell whether nobody works on a correction just now."""
    return deserted(folder_of(correction.id))


def locked(programme: Programme, correction_id: uuid.UUID) -> Correction:
    """Give a correction that nobody else changes until the transaction ends."""
    return Correction.objects.select_for_update().get(programme=programme, id=correction_id)


def telling(correction: Correction, progress: Progress | None) -> Progress:
    """Give what writes down, twice a second, how far the work is. It raises CorrectionStopped where that is wanted."""
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if progress:
            progress(done, total)
        if time.monotonic() - told_at < _TELL_SECONDS:
            return
        told_at = time.monotonic()
        Correction.objects.filter(id=correction.id).update(done=done, total=total)
        if Correction.objects.filter(id=correction.id, stopping=True, state=State.PLANNING).exists():
            raise CorrectionStopped

    return tell


def _read(correction_id: uuid.UUID) -> Correction:
    return Correction.objects.select_related("programme").get(id=correction_id)


def _wait(correction: Correction) -> None:
    if correction.state in OPEN:
        correction.state = State.PLANNING
    correction.stopping, correction.asked_at = False, clock.real_now()
    correction.message, correction.wording = "", None
    correction.save(update_fields=["state", "stopping", "message", "wording", "asked_at"])


def _end(correction: Correction, state: State, why: str = "") -> None:
    rows = Correction.objects.filter(id=correction.id, state=State.PLANNING)
    rows.update(state=state, stopping=False, **kept(why))


def _fail(correction: Correction, error: Exception) -> None:
    _end(correction, State.FAILED, why_ended(error))


def _period(
    programme: Programme, begins_at: dt.datetime | None, ends_at: dt.datetime | None, wrong: int | None
) -> tuple[dt.datetime, dt.datetime]:
    """Give the period: where a version is said to have run wrong, the part in which it decided."""
    if begins_at and ends_at and ends_at <= begins_at:
        raise BadPeriod
    if wrong is not None:
        stretch = in_force(programme).get(wrong)
        if stretch is None:
            raise NotInForce
        begins_at = max(begins_at or stretch[0], stretch[0])
        ends_at = min(ends_at or stretch[1], stretch[1])
        if ends_at <= begins_at:
            raise NotInForce
    if begins_at is None or ends_at is None:
        raise NoPeriod
    return begins_at, ends_at


def in_force(programme: Programme) -> dict[int, tuple[dt.datetime, dt.datetime]]:
    """Give by number when each version that decided anything did: from, and until before; the last one until now."""
    now = clock.now()
    found = Version.objects.filter(programme=programme, starts_at__lt=now).order_by("starts_at", "number")
    starts = list(found.values_list("number", "starts_at"))
    ends = [starts_at for _, starts_at in starts[1:]] + [now]
    return {number: (begin, end) for (number, begin), end in zip(starts, ends, strict=True) if begin < end}


def _own_history(correction: Correction, folder: Path) -> Snapshot:
    """Give the history as it was when the planning began; for a new one, as it is now."""
    place = folder / "snapshot"
    known = manifest.read(place)
    begun = [folder / name for name in COURSES if (folder / name / courses.FILE).exists()]
    if known is None or any(courses.kept(each) is None for each in begun):
        _forget(folder)  # it is of another history, or was decided by another release
    if known is not None:
        return Snapshot(place, known)
    snapshotting.refresh(correction.programme)
    return link(snapshots.open(correction.programme), place)


def _forget(folder: Path) -> None:
    """Remove what is found out so far, all but the history; what tells that it is of another release goes last."""
    for unit in folder.glob("*.json"):
        unit.unlink()
    for name in COURSES:
        shutil.rmtree(folder / name, ignore_errors=True)


def _courses(correction: Correction, folder: Path, period: Period) -> tuple[Course, Course]:
    """Give the versions as they were and as they should have been, the same again after a kill."""
    found: list[Course] = []
    for name in COURSES:
        place = folder / name
        if not (place / courses.FILE).exists():
            made = changed(found[0], period, correction.document) if found else course_of(_today(correction))
            place.mkdir(mode=0o700, exist_ok=True)
            courses.write(place, made)
        found.append(courses.read(place))
    return found[0], found[1]


def _today(correction: Correction) -> Run:
    return Run(programme=correction.programme)


def _fold(
    correction: Correction, folder: Path, snapshot: Snapshot, progress: Progress | None
) -> tuple[list[Found], int]:
    """Fold all units that are not done; give what was found in all of them, and how many members were looked at."""
    period = Period(int(correction.begins_at.timestamp()), int(correction.ends_at.timestamp()))
    righting = Righting(_courses(correction, folder, period), period, snapshot)
    total, behind = sum(righting.sizes.values()), 0
    tell = telling(correction, progress)
    found: list[Found] = []
    for unit, size in righting.sizes.items():
        known = read_unit(folder, unit)
        if known is None:
            known = righting.do(unit, _from(behind, total, tell))
            write_unit(folder, unit, known)
        behind += size
        found += known
        tell(behind, total)
    return found, total


def _from(behind: int, total: int, tell: Progress) -> Callable[[int], None]:
    """Give what tells how far a unit is, after so many members that are done."""
    return lambda done: tell(behind + done, total)


def _keep(correction: Correction, snapshot: Snapshot, found: list[Found], looked_at: int) -> None:
    """Write the lines down, all or none."""
    lines = list(shared_out(found))
    with transaction.atomic():
        now = locked(correction.programme, correction.id)
        if now.state != State.PLANNING:
            return
        for line in lines:
            line.correction = now
        CorrectionLine.objects.bulk_create(lines, batch_size=1_000)
        now.state, now.stopping = State.DRAFT, False
        now.message, now.wording = "", None
        now.done = now.total = looked_at
        now.position = msgspec.to_builtins(snapshot.position)
        now.totals = totals_of(lines) | {"members": looked_at}
        now.planned_at = clock.real_now()
        now.save()
