"""Rows that an event names, where rows may have other numbers: pending points, and what a correction moved."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import structs

from stammis.accrual.services.deciding import Decided
from stammis.accrual.services.waits import brought_back
from stammis.accrual.services.writing import ids_of
from stammis.core.calendars import instant
from stammis.core.corrections import Undone
from stammis.core.effects import Posted
from stammis.core.events import Adjustment, AnyEvent, OfPending, PendingRestored, PendingSettled
from stammis.simulation.accounts import Account
from stammis.snapshot.reading import Snapshot

FILE = "settled"
Cause = tuple[str, int, str]
"""Of an event its kind, its instant (epoch seconds) and its id or that of its purchase."""


class Pending(NamedTuple):
    """A row of the ledger that brought pending points: what it came of, its wallet, and which of such rows it is."""

    cause: Cause
    wallet: str
    place: int


Settled = dict[bytes, dict[int, Pending]]
"""By member whose pending points somebody settled, and by row."""

_ROWS = """
SELECT e.member_id, e.row, e.wallet, v.kind, floor(epoch(v.occurred_at))::BIGINT,
    coalesce(v.external_id, v.purchase_id, '')
FROM entries AS e JOIN events AS v ON v.member_id = e.member_id AND v.seq = e.seq
WHERE e.kind = 'earn' AND e.pending IS NOT NULL
    AND e.member_id IN (SELECT member_id FROM events WHERE kind = 'pending'
        OR (kind = 'adjustment' AND contains(decode(body), '"corrects":')))
ORDER BY e.member_id, e.row
"""
_UNDONE = """
SELECT DISTINCT member_id FROM events WHERE kind = 'adjustment' AND contains(decode(body), '"undoes":')
"""


def settled(snapshot: Snapshot) -> Settled:
    """Look up the pending rows of all whose points somebody let go or took away, by hand or by a correction.

    Those of whom a correction was undone are among them, with none where they had none.
    """
    found: Settled = {}
    times: dict[tuple[bytes, Cause, str], int] = {}
    with snapshot.sql() as db:
        for member, row, wallet, kind, at, named in db.execute(_ROWS).fetchall():
            cause = kind, at, named
            place = times[member, cause, wallet] = times.get((member, cause, wallet), -1) + 1
            found.setdefault(member, {})[row] = Pending(cause, wallet, place)
        for (member,) in db.execute(_UNDONE).fetchall():
            found.setdefault(member, {})
    return found


def cause_of(event: AnyEvent) -> Cause:
    """Give what an event is known by in every fold."""
    named = next(filter(None, ids_of(event)), "")
    return str(event.__struct_config__.tag), instant(event.occurred_at), named


def here(
    event: OfPending | Adjustment, account: Account, rows: dict[int, Pending] | None, begins_at: float
) -> OfPending | Adjustment:
    """Give an event about rows as it is in a fold: with the numbers that they have here, and what was taken.

    A row that came of something before the stretch (from ``begins_at`` on, epoch seconds) has the number that it has in
    the ledger; one that is not here has number 0, which there never is.
    """
    if isinstance(event, PendingRestored):
        return brought_back(event, account.taken[event.taken])
    if rows is None or account.told is None:
        return event
    if isinstance(event, PendingSettled):
        return structs.replace(event, row=_row_here(event.row, account.told, rows, begins_at))
    corrects = tuple(
        structs.replace(each, rows=tuple(_row_here(row, account.told, rows, begins_at) for row in each.rows))
        for each in event.corrects
    )
    return structs.replace(event, corrects=corrects, undoes=_undone_here(event.undoes, account.told))


def _undone_here(undoes: Undone | None, told: Iterable[Decided]) -> Undone | None:
    """Give what is undone with the row and the lots of the correction in this fold, or as it was before the stretch."""
    posting = next((each for each in told if undoes is not None and undoes.id in ids_of(each.event)), None)
    if undoes is None or not undoes.row or posting is None:
        return undoes
    moved = (each for each in posting.decision.effects if isinstance(each, Posted) and each.awaits is None)
    row = next((each for each in moved if each.kind == "adjust"), None)
    if row is None:
        return Undone(undoes.id)
    return Undone(undoes.id, row.row, tuple((take.row, take.amount, take.ends_at) for take in row.lots))


def _row_here(row: int, decided: list[Decided], rows: dict[int, Pending], begins_at: float) -> int:
    known = rows.get(row)
    if known is None:
        return row
    told = [step for step in decided if cause_of(step.event) == known.cause]
    if not told and known.cause[1] < begins_at:
        return row
    numbers = [each.row for each in _pending(told) if each.wallet == known.wallet]
    return numbers[min(known.place, len(numbers) - 1)] if numbers else 0


def _pending(told: Iterable[Decided]) -> Iterable[Posted]:
    for step in told:
        for effect in step.decision.effects:
            if isinstance(effect, Posted) and effect.kind == "earn" and effect.awaits is not None:
                yield effect


def write(folder: Path, found: Settled) -> None:
    """Keep what was looked up in a run's folder, where there is any."""
    if found:
        (folder / FILE).write_bytes(msgspec.msgpack.encode(found))


def read(folder: Path) -> Settled:
    """Read what was kept."""
    return msgspec.msgpack.decode((folder / FILE).read_bytes(), type=Settled) if (folder / FILE).exists() else {}
