"""Pending points, holds, longer lives and shortfalls, as sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from stammis.core.calendars import moment
from stammis.core.effects import Step
from stammis.core.events import AnyEvent, HoldCaptured, HoldPlaced, HoldReleased, PendingRestored, Scalar
from stammis.core.parcels import Awaits
from stammis.core.programme import Programme
from stammis.core.wording import wording
from stammis.programmes.sentences import words


def waits(awaits: Awaits, programme: Programme) -> str:
    """Say what the points of a row waited for when it was posted."""
    if awaits.active_at is not None:
        return _("Pending until %(day)s.") % {"day": words.day(_day(awaits.active_at, programme))}
    if awaits.event is not None:
        return _("Pending until the event «%(event)s».") % {"event": awaits.event}
    return _("Pending until the purchase is «%(status)s».") % {"status": awaits.status or ""}


def short(shortfall: int, wallet: str, programme: Programme) -> str:
    """Say what a reversal should have taken besides, and could not."""
    return _("%(points)s more were spent already and are not taken.") % {
        "points": _points(shortfall, wallet, programme)
    }


def reason(event: AnyEvent, kind: str) -> str | None:
    """Say why a row was posted that belongs to a hold; None for other events."""
    match event:
        case HoldPlaced():
            return _("they were put aside")
        case HoldCaptured():
            return _("what was put aside is free again") if kind == "release" else _("what was put aside was spent")
        case HoldReleased():
            return _("what was put aside is free again")
        case PendingRestored():
            return _("what had been taken away while it was pending is back")
        case _:
            return _("what was put aside is free again: its time is over") if kind == "release" else None


def applied(step: Step, programme: Programme) -> str | None:
    """Say what a step about lots did; None for other steps."""
    points = {"points": _points(abs(step.points), step.wallet or "", programme)}
    moved = {"points": _points(_whole(step.saw, "points"), step.wallet or "", programme)}
    match step.because:
        case "hold":
            return _("%(points)s are put aside, those first that expire first.") % points
        case "release":
            return _("%(points)s are free again.") % points
        case "activated":
            return _("%(points)s that were pending are active now.") % moved
        case "carried":
            return _("Levels, caps and conditions count here what they counted in the other account.")
        case "carried_back":
            return _("Levels, caps and conditions no longer count here what the other account had brought.")
        case "extended":
            last = _day(_whole(step.saw, "until") - 1, programme)
            return _("%(points)s are usable until %(day)s now.") % (moved | {"day": words.day(last)})
        case _:
            return None


def not_taken(step: Step, programme: Programme) -> str:
    """Say what a reversal left, as the wallet declares."""
    points = {"points": _points(_whole(step.saw, "shortfall"), step.wallet or "", programme)}
    if step.saw.get("policy") == "pending_only":
        return _("%(points)s stay: only pending points go back.") % points
    return _("%(points)s could not be taken back: they were spent already.") % points


REFUSALS = {
    "hold_closed": wording("This hold was captured or released before, or its time is over."),
    "hold_refused": wording("The purchase names a hold that cannot pay for it."),
    "more_than_held": wording("More would be taken than was put aside."),
    "not_cancelled": wording("This act took nothing away: there is nothing to bring back."),
    "not_pending": wording("These points are not pending: they are active, or were taken back, or have ended."),
    "nothing_to_extend": wording("There are no points that would last longer by it."),
    "unknown_act": wording("There is no such act."),
    "unknown_hold": wording("There is no hold with this id."),
}
"""By code, why an act with holds or lives of points is refused."""


def _day(at: int, programme: Programme) -> dt.date:
    return moment(at).astimezone(ZoneInfo(programme.timezone)).date()


def _points(amount: int, wallet: str, programme: Programme) -> str:
    found = words.wallet_of(programme, wallet)
    return words.points(words.smallest(amount, found), found)


def _whole(saw: Mapping[str, Scalar], name: str) -> int:
    value = saw.get(name)
    return value if isinstance(value, int) else 0
