"""Corrections in words: which earlier events are put right, with what they gave and what they should have given."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from stammis.core.corrections import Corrected
from stammis.core.effects import Step
from stammis.core.events import Adjustment
from stammis.core.programme import Programme
from stammis.programmes.sentences import words

RIGHTED = "righted"
"""Because of what corrections changed of a purchase."""
SHOWN = 5
"""So many events are named; of more, how many there are."""


def corrected(event: Adjustment, programme: Programme) -> str:
    """Name the events that an adjustment puts right, in the active language."""
    said = [_one(each, event.wallet, programme) for each in event.corrects[:SHOWN]]
    more = len(event.corrects) - SHOWN
    if more > 0:
        said.append(_("%(number)s more") % {"number": words.number(more)})
    return words.both(said)


def righted(step: Step, facts: dict[str, str]) -> str | None:
    """Say what a correction changed of what a purchase's return or completion moves; None for other steps."""
    if step.because != RIGHTED:
        return None
    returns = "stays" in step.saw
    if step.points > 0:
        if returns:
            return _("%(points)s fewer, because a correction had taken them already.") % facts
        return _("%(points)s: what a correction had given.") % facts
    if returns:
        return _("%(points)s taken back: what a correction had given for what came back.") % facts
    return _("%(points)s fewer, because a correction had taken them already.") % facts


def _one(each: Corrected, wallet: str, programme: Programme) -> str:
    found = words.wallet_of(programme, wallet)
    facts = {
        "id": each.id,
        "before": words.number(words.smallest(each.before, found)),
        "after": words.points(words.smallest(each.after, found), found),
    }
    if each.kind == "purchase":
        return _("purchase %(id)s (%(after)s instead of %(before)s)") % facts
    if each.kind == "day":
        facts["id"] = words.day(dt.date.fromisoformat(each.id))
        return _("what %(id)s brought (%(after)s instead of %(before)s)") % facts
    return _("event %(id)s (%(after)s instead of %(before)s)") % facts
