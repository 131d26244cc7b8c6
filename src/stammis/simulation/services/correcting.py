"""Corrections: planned from two folds of a period, posted as adjustments in chunks, undone as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.outcomes import Accepted, Item, Outcome
from stammis.accrual.services import record
from stammis.core.effects import Posted
from stammis.core.events import Adjustment, Corrected
from stammis.kit import clock
from stammis.kit.errors import Conflict, Invalid
from stammis.members.models import Member
from stammis.programmes.models import Programme, Version
from stammis.simulation.models import Correction, CorrectionLine, Run
from stammis.simulation.righting import Found, Period, changed, put_right
from stammis.simulation.services.asking import BadPeriod, check, course_of
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshotting
from stammis.staff.services import record_audit

CHUNK = 200
"""So many members are posted to in one transaction."""
DIFFERS = "differs_from_ledger"
NOBODY = "no_member"
State = CorrectionLine.State

Progress = Callable[[int, int], None]


class NothingChosen(Invalid):
    """Choose the version that should have decided: a published one, or a document."""

    code = "nothing_chosen"


class AlreadyCorrected(Conflict):
    """Another correction of this period is posted. Undo it first."""

    code = "already_corrected"


class NotPlanned(Conflict):
    """This correction was posted or undone before."""

    code = "not_planned"


class NotPosted(Conflict):
    """This correction is not posted, so there is nothing to undo."""

    code = "not_posted"


def plan(
    programme: Programme,
    *,
    by: str,
    name: str,
    begins_at: dt.datetime,
    ends_at: dt.datetime,
    version: int | None = None,
    document: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Correction:
    """Find what members should have got for the events of a period by another version; nothing is posted.

    The version is a published one's number or a document; it decides from ``begins_at`` until before ``ends_at``.
    Members for whom the present versions do not come to what the ledger holds are listed apart.
    Raises BadPeriod, NothingChosen, BadDocument and OtherProgramme.
    """
    if ends_at <= begins_at:
        raise BadPeriod
    if version is not None:
        published = Version.objects.filter(programme=programme, number=version).first()
        document = published.document if published else None
    if document is None:
        raise NothingChosen
    check(document, programme)
    snapshotting.refresh(programme)
    snapshot = snapshots.open(programme)
    course = course_of(Run(programme=programme))
    period = Period(int(begins_at.timestamp()), int(ends_at.timestamp()))
    found = put_right(course, changed(course, period, document), period, snapshot, progress or (lambda *_: None))
    lines = list(_lines(found))
    correction = Correction(
        programme=programme,
        name=name,
        begins_at=begins_at,
        ends_at=ends_at,
        version=version,
        document=document,
        position=msgspec.to_builtins(snapshot.position),
        totals=_totals(lines),
        planned_by=by,
        planned_at=clock.real_now(),
    )
    with transaction.atomic():
        correction.save(force_insert=True)
        for line in lines:
            line.correction = correction
        CorrectionLine.objects.bulk_create(lines, batch_size=1_000)
        record_audit(by, "correction.plan", subject=name, id=str(correction.id))
    return correction


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
        correction.save()
        record_audit(by, "correction.post", subject=correction.name, id=str(correction.id), scope=str(scope))
    return correction


def begin_undoing(programme: Programme, correction_id: uuid.UUID, *, by: str) -> Correction:
    """Decide that a posted correction is undone as a whole; ``post`` does it. Raises NotPosted."""
    with transaction.atomic():
        correction = Correction.objects.select_for_update().get(programme=programme, id=correction_id)
        if correction.state != Correction.State.POSTED:
            raise NotPosted
        correction.state = Correction.State.UNDOING
        correction.undone_by, correction.undone_at = by, clock.now()
        correction.save()
        record_audit(by, "correction.undo", subject=correction.name, id=str(correction.id))
    return correction


def post(correction_id: uuid.UUID, *, progress: Progress | None = None) -> Correction:
    """Post what is left of a correction that is being posted or undone, and give it as it is then.

    However often it is called or killed, each member gets it once: adjustments go by the ids of correction and member.
    """
    correction = Correction.objects.select_related("programme").get(id=correction_id)
    undoing = correction.state == Correction.State.UNDOING
    if correction.state not in {Correction.State.POSTING, Correction.State.UNDOING}:
        return correction
    waiting = _waiting(correction)
    total = waiting.count()
    done = 0
    while chunk := list(waiting.select_related("member").order_by("member_id", "wallet")[:CHUNK]):
        _post_chunk(correction, chunk, undoing=undoing)
        done += len(chunk)
        if progress:
            progress(done, total)
    after = Correction.State.UNDONE if undoing else Correction.State.POSTED
    Correction.objects.filter(id=correction.id, state=correction.state).update(state=after)
    return Correction.objects.select_related("programme").get(id=correction.id)


def _waiting(correction: Correction) -> Any:
    lines = CorrectionLine.objects.filter(correction=correction)
    if correction.state == Correction.State.UNDOING:
        return lines.filter(state=State.POSTED)
    lines = lines.filter(state=State.PLANNED)
    return lines.filter(amount__gt=0) if correction.scope == Correction.Scope.GAINS else lines


def _post_chunk(correction: Correction, lines: list[CorrectionLine], *, undoing: bool) -> None:
    now = clock.now()
    moving = [line for line in lines if not undoing or line.posted]
    outcomes = record([_item(correction, line, now, undoing=undoing) for line in moving], now=now)
    for line, outcome in zip(moving, outcomes, strict=True):
        _take_over(line, outcome, undoing=undoing)
    for line in lines:
        if undoing and not line.posted:
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


def _item(correction: Correction, line: CorrectionLine, now: dt.datetime, *, undoing: bool) -> Item:
    what = "correction-undo" if undoing else "correction"
    name = f"{what}:{correction.id}:{line.wallet}:{line.member_id.hex}"
    with translation.override(line.member.locale or translation.get_language()):
        said = _("The correction «%(name)s» was undone.") if undoing else _("Correction «%(name)s».")
        reason = said % {"name": correction.name}
    event = Adjustment(
        occurred_at=now,
        id=name,
        member=line.member.reference or "",
        wallet=line.wallet,
        amount=-line.posted if undoing else line.amount,
        reason=reason,
        corrects=() if undoing else tuple(Corrected(*each) for each in line.originals),
    )
    return Item(correction.programme_id, event, ("adjustment", name))


def _overlap(one: Correction, other: Correction) -> bool:
    gone = {Correction.State.DRAFT, Correction.State.UNDONE}
    return other.state not in gone and one.begins_at < other.ends_at and other.begins_at < one.ends_at


@dataclass(slots=True)
class _Share:
    """What a member should have more or less, gathered from the accounts that go on in it."""

    originals: dict[str, list[tuple[str, str, int, int]]] = field(default_factory=lambda: defaultdict(list))
    agrees: bool = True


def _lines(found: Iterable[Found]) -> Iterator[CorrectionLine]:
    """Give the lines of those who were found, by the account in which theirs goes on now."""
    shares: dict[uuid.UUID, _Share] = defaultdict(_Share)
    everything = list(found)
    targets = _targets({uuid.UUID(bytes=each.member) for each in everything})
    for each in everything:
        share = shares[targets[uuid.UUID(bytes=each.member)].id]
        share.agrees = share.agrees and each.agrees
        for wallet, origin in sorted(each.before.keys() | each.after.keys()):
            before, after = each.before[wallet, origin], each.after[wallet, origin]
            if before != after or not each.agrees:
                share.originals[wallet].append((*origin, before, after))
    members = {member.id: member for member in targets.values()}
    for member_id, share in shares.items():
        member = members[member_id]
        because = DIFFERS if not share.agrees else NOBODY if member.reference is None else ""
        for wallet, originals in (share.originals or {"": []}).items():
            amount = sum(after - before for _kind, _id, before, after in originals)
            if amount or because:
                state = State.APART if because else State.PLANNED
                yield CorrectionLine(
                    member=member, wallet=wallet, amount=amount, originals=originals, state=state, because=because
                )


def _targets(members: set[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """Give by account the one in which it goes on: itself, or where it was merged into."""
    known = Member.objects.in_bulk(members)
    while missing := {each.merged_into_id for each in known.values() if each.merged_into_id} - known.keys():
        known |= Member.objects.in_bulk(missing)
    found: dict[uuid.UUID, Member] = {}
    for member in members:
        last = known[member]
        while last.merged_into_id:
            last = known[last.merged_into_id]
        found[member] = last
    return found


def _totals(lines: list[CorrectionLine]) -> dict[str, Any]:
    wallets: dict[str, Counter[str]] = defaultdict(Counter)
    apart = Counter({line.member_id: 1 for line in lines if line.state == State.APART})
    for line in lines:
        if line.state == State.PLANNED:
            which = ("gaining", "gains") if line.amount > 0 else ("losing", "losses")
            wallets[line.wallet][which[0]] += 1
            wallets[line.wallet][which[1]] += line.amount
    blank = {"gaining": 0, "gains": 0, "losing": 0, "losses": 0}
    return {"wallets": {wallet: blank | counts for wallet, counts in wallets.items()}, "apart": len(apart)}
