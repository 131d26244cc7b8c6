"""A member's story: everything that happened, newest first, with what it moved."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, assert_never

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from stammis.accrual.models import Decision
from stammis.accrual.records import Record, read_event, read_record
from stammis.accrual.sentences.between import told
from stammis.activity.models import Event
from stammis.core.effects import Posted, TierMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Claimed,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LevelGiven,
    MemberChanged,
    Merged,
    OfLots,
    PendingRestored,
    PendingSettled,
    PoolChanged,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.kit.errors import Invalid
from stammis.kit.pages import Page, page
from stammis.ledger.queries import row_id
from stammis.members import queries as members
from stammis.programmes.sentences import words


class UnknownType(Invalid):
    """There is no such type of event."""

    code = "unknown_type"


def timeline(
    member_id: uuid.UUID,
    types: Collection[str] = (),
    cursor: str | None = None,
    limit: int = 50,
    language: str | None = None,
) -> Page[dict[str, Any]]:
    """Give what happened to a member, newest first, of these types or of all. Raises BadCursor and UnknownType."""
    merged = list(members.merged_into(member_id))
    events = Event.objects.filter(member_id__in=[member_id, *merged])
    if types:
        unknown = set(types) - set(Event.Kind.values)
        if unknown:
            raise UnknownType(
                gettext_noop("There are no events of type «%(name)s». Types: %(known)s."),
                values={"name": min(unknown), "known": ", ".join(Event.Kind.values)},
            )
        events = events.filter(kind__in=types)
    found = page(events, order=("-occurred_at", "-seq", "member_id"), cursor=cursor, limit=limit)
    records = records_of(found.rows)
    with translation.override(language or translation.get_language() or words.ENGLISH):
        said = [_said(row, read_record(records[row.member_id, row.seq])) for row in found.rows]
    return Page(said, after=found.after, before=found.before)


def records_of(events: Sequence[Event]) -> dict[tuple[uuid.UUID, int], str]:
    """Give the decisions of some events, as they are stored, by member and number."""
    wanted = {(event.member_id, event.seq) for event in events}
    found = Decision.objects.filter(
        member_id__in={member for member, _ in wanted}, seq__in={seq for _, seq in wanted}
    ).values_list("member_id", "seq", "record")
    return {(member, seq): record for member, seq, record in found if (member, seq) in wanted}


def _said(row: Event, record: Record) -> dict[str, Any]:
    event = read_event(row.body)
    return {
        "type": row.kind,
        "id": row.external_id,
        "purchase": row.purchase_id,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
        "sentence": sentence_of(event),
        "rows": [row_id(row.member_id, effect.row) for effect in record.effects if isinstance(effect, Posted)],
        "tiers": [
            {"set": effect.set, "before": effect.before, "after": effect.after}
            for effect in record.effects
            if isinstance(effect, TierMoved)
        ],
        "event": event,
    }


def sentence_of(event: AnyEvent) -> str:
    """Say what happened, in the active language."""
    match event:
        case Purchase():
            total = words.minor_money(sum(line.amount for line in event.lines), event.currency)
            return _("Purchase %(id)s for %(total)s.") % {"id": event.id, "total": total}
        case StatusChanged():
            return _("Purchase %(id)s is «%(status)s».") % {"id": event.purchase, "status": event.status}
        case Return():
            return _("Return %(id)s of purchase %(purchase)s.") % {"id": event.id, "purchase": event.purchase}
        case Happening():
            return _("«%(event)s».") % {"event": event.type}
        case Redemption():
            return _("Took the reward «%(reward)s».") % {"reward": event.reward}
        case RedemptionCancelled():
            return _("Gave a reward back.")
        case Adjustment():
            return _("Points by hand: %(reason)s") % {"reason": event.reason}
        case LevelGiven():
            return _("Level by hand: %(reason)s") % {"reason": event.reason}
        case HoldPlaced() | HoldCaptured() | HoldReleased() | Extension() | PendingSettled() | PendingRestored():
            return _of_lots(event)
        case MemberChanged():
            return _("The member's record changed.")
        case (
            Transfer() | Received() | Exchange() | BroughtBalance() | PoolChanged() | Merged() | Unmerged() | Claimed()
        ):
            return told(event)
        case _:
            return _("Something fell due: points or a level reached their day.")


def _of_lots(event: OfLots) -> str:
    match event:
        case HoldPlaced():
            return _("Points put aside: %(hold)s.") % {"hold": event.id}
        case HoldCaptured():
            return _("Points put aside were spent: %(hold)s.") % {"hold": event.hold}
        case HoldReleased():
            return _("Points put aside are free again: %(hold)s.") % {"hold": event.hold}
        case Extension():
            facts = {"day": words.day(event.last_day), "reason": event.reason}
            return _("Points last until %(day)s: %(reason)s") % facts
        case PendingSettled():
            if event.released:
                return _("Pending points were let go by hand: %(reason)s") % {"reason": event.reason}
            return _("Pending points were taken away by hand: %(reason)s") % {"reason": event.reason}
        case PendingRestored():
            return _("Pending points that were taken away are back.")
        case _:
            assert_never(event)
