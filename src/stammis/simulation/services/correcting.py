"""Posting corrections: as adjustments, in chunks, gone on with after a kill; and undoing them as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.outcomes import Accepted, Item, Outcome
from stammis.accrual.services import record
from stammis.core.corrections import Corrected, Undone
from stammis.core.effects import Posted
from stammis.core.events import Adjustment
from stammis.kit import clock
from stammis.kit.errors import Conflict, why_ended
from stammis.kit.telling import kept
from stammis.programmes.models import Programme
from stammis.simulation.folders import alone
from stammis.simulation.models import Correction, CorrectionLine
from stammis.simulation.queries.corrections import outdated
from stammis.simulation.righting import folder_of
from stammis.simulation.services.changing import corrected, name_of, undone
from stammis.simulation.services.endings import ended
from stammis.simulation.services.planning import (
    CorrectionBusy,
    CorrectionStopped,
    NotPlanned,
    Progress,
    locked,
    telling,
)
from stammis.staff.services import record_audit

CHUNK = 200
"""So many members are posted to in one transaction."""
CAME_BACK = "came_back_since"
"""Why nothing is posted to a member whose purchases came back, or changed, since it was planned."""
State = CorrectionLine.State
_STANDING = {Correction.State.POSTING, Correction.State.POSTED, Correction.State.UNDOING}
"""Of one that is in one of these something is posted."""


class AlreadyCorrected(Conflict):
    """Another correction of this period is posted. Undo it first."""

    code = "already_corrected"


class NotPosted(Conflict):
    """This correction is not posted, so there is nothing to undo."""

    code = "not_posted"


def begin_posting(
    programme: Programme, correction_id: uuid.UUID, *, by: str, scope: Correction.Scope = Correction.Scope.ALL
) -> Correction:
    """Decide that a planned correction is posted, to all or only where the member gains; ``post`` does it.

    Raises NotPlanned and AlreadyCorrected.
    """
    with transaction.atomic():
        others = {each.id: each for each in Correction.objects.select_for_update().filter(programme=programme)}
        correction = others.pop(correction_id)
        if correction.state != Correction.State.DRAFT:
            raise NotPlanned
        if any(_overlap(correction, each) for each in others.values()):
            raise AlreadyCorrected
        correction.state, correction.scope = Correction.State.POSTING, scope
        correction.posted_by, correction.posted_at = by, clock.now()
        _begin(correction)
        correction.save()
        record_audit(by, "correction.post", subject=correction.name, id=str(correction.id), scope=str(scope))
    return correction


def begin_undoing(programme: Programme, correction_id: uuid.UUID, *, by: str) -> Correction:
    """Decide that a posted correction is undone as a whole; ``post`` does it. Raises NotPosted."""
    with transaction.atomic():
        correction = locked(programme, correction_id)
        if correction.state != Correction.State.POSTED:
            raise NotPosted
        correction.state = Correction.State.UNDOING
        correction.undone_by, correction.undone_at = by, clock.now()
        _begin(correction)
        correction.save()
        record_audit(by, "correction.undo", subject=correction.name, id=str(correction.id))
    return correction


def _begin(correction: Correction) -> None:
    correction.done, correction.total, correction.message = 0, 0, ""
    correction.wording = None
    correction.asked_at = clock.real_now()


def post(correction_id: uuid.UUID, *, progress: Progress | None = None) -> Correction:
    """Post what is left of a correction that is being posted or undone, and give it as it is then.

    However often it is called or killed, each member gets it once: adjustments go by the ids of correction and member.
    Raises CorrectionBusy, DatabaseLost and NoFolder.
    """
    correction = Correction.objects.select_related("programme").get(id=correction_id)
    if correction.state not in {Correction.State.POSTING, Correction.State.UNDOING}:
        return correction
    with alone(folder_of(correction.id), CorrectionBusy):
        correction.refresh_from_db(fields=["state"])
        with ended(CorrectionStopped, lambda: None, lambda error: _fail(correction, error)):
            _post(correction, telling(correction, progress))
    return Correction.objects.select_related("programme").get(id=correction.id)


def _fail(correction: Correction, error: Exception) -> None:
    Correction.objects.filter(id=correction.id).update(**kept(why_ended(error)))


def _post(correction: Correction, tell: Progress) -> None:
    undoing = correction.state == Correction.State.UNDOING
    waiting = _waiting(correction)
    total = _concerned(correction).count()
    done = total - waiting.count()
    while chunk := list(waiting.select_related("member").order_by("member_id", "wallet")[:CHUNK]):
        _post_chunk(correction, chunk, undoing=undoing)
        done += len(chunk)
        tell(done, total)
    after = Correction.State.UNDONE if undoing else Correction.State.POSTED
    rows = Correction.objects.filter(id=correction.id, state=correction.state)
    rows.update(state=after, done=done, total=total, **kept())


def _concerned(correction: Correction) -> Any:
    """Give the lines that are posted, or undone, by the present work: those that are done and those that wait."""
    lines = CorrectionLine.objects.filter(correction=correction)
    if correction.state == Correction.State.UNDOING:
        return lines.filter(state__in=[State.POSTED, State.UNDONE])
    lines = lines.exclude(state=State.APART)
    return lines.filter(amount__gt=0) if correction.scope == Correction.Scope.GAINS else lines


def _waiting(correction: Correction) -> Any:
    left = State.POSTED if correction.state == Correction.State.UNDOING else State.PLANNED
    return _concerned(correction).filter(state=left)


def _post_chunk(correction: Correction, lines: list[CorrectionLine], *, undoing: bool) -> None:
    now = clock.now()
    if not undoing:
        late = outdated(correction, lines)
        for line in lines:
            if (line.member_id, line.wallet) in late:
                line.state, line.because = State.REFUSED, CAME_BACK
    asked = undone(correction, lines) if undoing else corrected(correction, lines)
    moving = [line for line in lines if line.state != State.REFUSED and (line.member_id, line.wallet) in asked]
    items = [_item(correction, line, asked[line.member_id, line.wallet], now, undoing=undoing) for line in moving]
    for line, outcome in zip(moving, record(items, now=now), strict=True):
        _take_over(line, outcome, undoing=undoing)
    for line in lines:
        if undoing and line not in moving:
            line.state = State.UNDONE
    CorrectionLine.objects.bulk_update(lines, ["state", "because", "posted", "undone"])


def _take_over(line: CorrectionLine, outcome: Outcome, *, undoing: bool) -> None:
    if not isinstance(outcome, Accepted):
        line.state, line.because = State.REFUSED, outcome.code
        return
    moved = sum(each.amount for each in outcome.answer.effects if isinstance(each, Posted) and each.kind == "adjust")
    if undoing:
        line.state, line.undone = State.UNDONE, moved
    else:
        line.state, line.posted = State.POSTED, moved


def _item(
    correction: Correction,
    line: CorrectionLine,
    asked: tuple[tuple[Corrected, ...], Undone | None],
    now: dt.datetime,
    *,
    undoing: bool,
) -> Item:
    name = name_of(correction, line, undoing=undoing)
    corrects, undoes = asked
    with translation.override(line.member.locale or translation.get_language()):
        said = _("The correction «%(name)s» was undone.") if undoing else _("Correction «%(name)s».")
        reason = said % {"name": correction.name}
    event = Adjustment(
        occurred_at=now,
        id=name,
        member=line.member.reference or "",
        wallet=line.wallet,
        amount=sum(each.after - each.before for each in corrects),
        reason=reason,
        corrects=corrects,
        undoes=undoes,
    )
    return Item(correction.programme_id, event, ("adjustment", name))


def _overlap(one: Correction, other: Correction) -> bool:
    return other.state in _STANDING and one.begins_at < other.ends_at and other.begins_at < one.ends_at
