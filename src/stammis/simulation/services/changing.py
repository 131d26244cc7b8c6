"""What posting a correction changes of each event, and what is left of that to be undone."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from stammis.accrual.queries import corrected as known
from stammis.core.corrections import PURCHASE, Corrected, Undone
from stammis.simulation.models import Correction, CorrectionLine
from stammis.simulation.services.sharing import accounts_now

Asked = dict[tuple[uuid.UUID, str], tuple[tuple[Corrected, ...], Undone | None]]
"""By member and wallet the events, with what they gave and should have given, and the correction that is undone."""


def name_of(correction: Correction, line: CorrectionLine, *, undoing: bool) -> str:
    """Give the id of the adjustment by which a line is posted, or undone."""
    what = "correction-undo" if undoing else "correction"
    return f"{what}:{correction.id}:{line.wallet}:{line.member_id.hex}"


def corrected(correction: Correction, lines: Iterable[CorrectionLine]) -> Asked:
    """Give what is to be posted: of points given too much those first that are still pending."""
    chosen = list(lines)
    accounts = {line.member_id for line in chosen if line.member.merged_into_id is None}
    pending = known.pending_of(accounts, correction.programme.zone)
    return {
        (line.member_id, line.wallet): (
            tuple(
                Corrected(kind, id, before, after, tuple(pending.get((line.member_id, line.wallet, (kind, id)), ())))
                for kind, id, before, after in line.originals
            ),
            None,
        )
        for line in chosen
    }


def undone(correction: Correction, lines: Iterable[CorrectionLine]) -> Asked:
    """Give what is to be undone, and by which rows it was done: what returns have made even since is so already.

    A line that was undone before the work was killed is among them again, with what was to be undone then.
    """
    posted = [line for line in lines if line.posted]
    names = {name_of(correction, line, undoing=undoing) for line in posted for undoing in (False, True)}
    accounts = known.posted_to(correction.programme_id, names)
    corrections = known.corrections_of({line.member_id for line in posted} | set(accounts.values()))
    purchases = {each[1] for line in posted for each in line.originals if each[0] == PURCHASE}
    evened = known.made_even(correction.programme_id, purchases)
    asked: Asked = {}
    goes_on = accounts_now({line.member_id for line in posted})
    for line in posted:
        name, undo = (name_of(correction, line, undoing=undoing) for undoing in (False, True))
        there = {line.member_id, accounts[name]}
        posts = [each for account in there for each in corrections.get(account, ())]
        stands = Counter[str]()
        for each in posts:
            if each.event.wallet == line.wallet and each.event.id != undo:
                for event, change in zip(each.event.corrects, each.changes, strict=True):
                    stands[event.id] += change if event.kind == PURCHASE else 0
        for purchase in purchases:
            stands[purchase] -= sum(evened.get((purchase, account, line.wallet), 0) for account in there)
        own = next(each for each in posts if each.event.id == name)
        if left := tuple(_left(own, stands)):
            here = goes_on[line.member_id].id == accounts[name]  # rows of another account have other numbers
            rows = (own.row, own.lots) if here else ()
            asked[line.member_id, line.wallet] = left, Undone(name, *rows)
    return asked


def _left(own: known.Posted, stands: Mapping[str, int]) -> Iterator[Corrected]:
    """Give what is left to be undone of a correction, the other way round."""
    for event, change in zip(own.event.corrects, own.changes, strict=True):
        left = change if event.kind != PURCHASE else _between(change, stands[event.id])
        if left:
            gave = event.before * left // change
            yield Corrected(event.kind, event.id, gave + left, gave)


def _between(change: int, stands: int) -> int:
    """Give what stands of a change, at most all of it."""
    return max(change, min(0, stands)) if change < 0 else min(change, max(0, stands))
