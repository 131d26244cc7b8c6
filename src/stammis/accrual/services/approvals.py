"""Approvals: points by hand above their asker's limit, posted once somebody else agrees."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from stammis.accrual.models import Approval
from stammis.accrual.outcomes import Accepted, Outcome
from stammis.accrual.services.verbs import adjust, settle_pending
from stammis.kit.errors import Conflict
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.staff.services import record_audit


class OwnApproval(Conflict):
    """Nobody approves what they asked for themselves."""

    code = "own_approval"


class NotWaiting(Conflict):
    """This was approved or refused before."""

    code = "not_waiting"


@transaction.atomic
def ask_approval(
    programme: Programme,
    member: Member,
    *,
    id: str,
    wallet: str,
    amount: int,
    reason: str,
    by: str,
    now: dt.datetime,
    act: Approval.Act = Approval.Act.ADJUST,
    row: int | None = None,
) -> Approval:
    """Let points by hand wait for a second person; asked again with the same id they wait once.

    ``row`` brought the pending points that are to be released or cancelled.
    """
    asked, new = Approval.objects.get_or_create(
        member=member,
        external_id=id,
        defaults={
            "programme": programme,
            "act": act,
            "row": row,
            "wallet": wallet,
            "amount": amount,
            "reason": reason,
            "asked_by": by,
            "asked_at": now,
        },
    )
    if new:
        facts = {"id": id, "act": act.value, "wallet": wallet, "amount": amount, "reason": reason}
        record_audit(by, "points.ask_approval", subject=member.reference or "", **facts)
    return asked


@transaction.atomic
def approve(programme: Programme, member: Member, id: str, *, by: str, now: dt.datetime) -> Outcome:
    """Post what somebody else asked for; what is refused goes on waiting. Raises OwnApproval and NotWaiting."""
    asked = _waiting(programme, member, id, by)
    outcome = _do(programme, member, asked, now)
    if isinstance(outcome, Accepted):
        _decide(asked, Approval.State.APPROVED, by, now)
    return outcome


@transaction.atomic
def refuse_approval(programme: Programme, member: Member, id: str, *, by: str, now: dt.datetime) -> None:
    """Refuse what somebody else asked for; who asked may take it back too. Raises NotWaiting."""
    asked = _waiting(programme, member, id, None)
    _decide(asked, Approval.State.REFUSED, by, now)


def _do(programme: Programme, member: Member, asked: Approval, now: dt.datetime) -> Outcome:
    reference, id, reason = member.reference or "", asked.external_id, asked.reason
    if asked.row is None:
        return adjust(programme.id, reference, id=id, wallet=asked.wallet, amount=asked.amount, reason=reason, now=now)
    released = asked.act == Approval.Act.RELEASE
    return settle_pending(
        programme.id, member.id, asked.row, id=id, member=reference, released=released, reason=reason, now=now
    )


def _waiting(programme: Programme, member: Member, id: str, by: str | None) -> Approval:
    asked = Approval.objects.select_for_update().filter(programme=programme, member=member, external_id=id).first()
    if asked is None or asked.state != Approval.State.WAITING:
        raise NotWaiting
    if by is not None and asked.asked_by == by:
        raise OwnApproval
    return asked


def _decide(asked: Approval, state: Approval.State, by: str, now: dt.datetime) -> None:
    Approval.objects.filter(member_id=asked.member_id, external_id=asked.external_id).update(
        state=state, decided_by=None if by == asked.asked_by else by, decided_at=now
    )
    facts = {"id": asked.external_id, "wallet": asked.wallet, "amount": asked.amount, "asked_by": asked.asked_by}
    what = "points.approve" if state == Approval.State.APPROVED else "points.refuse"
    record_audit(by, what, subject=asked.member.reference or "", **facts)
