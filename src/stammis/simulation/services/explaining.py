"""Why a member would have had more or less, where many have to be folded for the answer: asked once, and kept."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from functools import partial

from django.db.models import QuerySet

from stammis.kit import clock
from stammis.kit.errors import why_ended
from stammis.kit.patience import steadily
from stammis.kit.telling import kept
from stammis.members.models import Member
from stammis.simulation import queries
from stammis.simulation.models import Explanation, Run
from stammis.simulation.queries import telling
from stammis.simulation.results import folder_of
from stammis.simulation.services.endings import ENDING_SECONDS
from stammis.simulation.shift import Shift

State = Explanation.State
_SAY_SECONDS = 0.5


def ask_why(run: Run, member: Member, other: Run) -> tuple[Explanation, bool]:
    """Ask why a member would have had more or less in a run than in another; tell whether the worker has to be told.

    The same question is asked once; one that failed is given back as it is, and is a new one the next time.
    """
    found, new = Explanation.objects.get_or_create(
        member=member, run=run, other=other, defaults={"asked_at": clock.real_now()}
    )
    if found.state == State.FAILED:
        Explanation.objects.filter(pk=found.pk).delete()
    elif found.state == State.DONE:  # what was written down is gone, or has another form by now
        found.state, found.asked_at, found.done, found.total = State.QUEUED, clock.real_now(), 0, 0
        found.save()
        new = True
    return found, new


def explain(member_id: uuid.UUID, run: Run, other: Run) -> None:
    """Work out what ``queries.why`` has to know of a member who shares points or budgets, and write it down.

    Of those whose lot changes most it is written down as well, as far as they were folded anyway: that is who is asked
    about next. Raises as ``queries.why`` does.
    """
    asked = Explanation.objects.filter(member_id=member_id, run=run, other=other)
    asked.update(state=State.RUNNING, done=0, total=0, **kept())
    try:
        sides = telling.sides_of(member_id, run, other)
        also = [change.member.bytes for change in queries.compared(run, other).largest]
        members = list(dict.fromkeys([member_id.bytes, *also]))
        _fold(members, dict(zip((other, run), sides, strict=True)), asked)
    except Exception as error:
        steadily(partial(asked.update, state=State.FAILED, **kept(why_ended(error))), ENDING_SECONDS)
        raise
    asked.update(state=State.DONE)


def _fold(members: Sequence[bytes], sides: dict[Run, Shift], asked: QuerySet[Explanation]) -> None:
    """Write down of each side what is not there yet, and say meanwhile how far it is."""
    missing = {
        run: shift.events_of(members[0])
        for run, shift in sides.items()
        if shift.together(members[0]) and telling.kept(folder_of(run), members[0]) is None
    }
    asked.update(total=sum(missing.values()))
    behind, said_at = 0, 0.0

    def ticks(number: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _SAY_SECONDS:
            said_at = time.monotonic()
            asked.update(done=behind + number)

    for run, events in missing.items():
        telling.keep(folder_of(run), sides[run].tell(members, ticks))
        behind += events
