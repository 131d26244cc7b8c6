"""The past: members as they stood at an earlier instant, folded again from their events, for what is tried as of then.

What had happened by then counts, in the order of its arrival, by the versions and with the grants that were recorded.
Facts about a member have no time of their own: those count that were told by then, those that arrived before something
that counts, and the first. Stocks and budgets, and with whom points are shared, are as they are now.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import structs

from stammis.accrual.records import encode, read_event, read_record
from stammis.accrual.services import corrected
from stammis.accrual.services.asking import Asked
from stammis.accrual.services.deciding import Decided, days_of, expired_by
from stammis.accrual.services.loading import Loaded
from stammis.accrual.services.refolding import Refold
from stammis.core.calendars import instant
from stammis.core.effects import Posted
from stammis.core.events import AnyEvent, BroughtBalance, DayPassed, MemberChanged
from stammis.kit import arrays
from stammis.kit.pipeline import Transaction

MOST_EVENTS = 20_000
"""So many events are folded again for one call; what lies behind more is refused as ``as_of_past``."""

_EVENTS = """
SELECT e.member_id, e.programme_id, e.seq, e.body, d.version, d.record
FROM (SELECT DISTINCT unnest($1::uuid[]) AS member_id) AS k,
LATERAL (SELECT e.* FROM activity_event AS e
         WHERE e.member_id = k.member_id AND (e.occurred_at <= $2 OR e.kind = 'member') OFFSET 0) AS e,
LATERAL (SELECT d.version, d.record FROM accrual_decision AS d
         WHERE d.member_id = e.member_id AND d.seq = e.seq OFFSET 0) AS d
ORDER BY e.member_id, e.seq LIMIT $3
"""


class Stored(NamedTuple):
    """An event as it was recorded: its number, itself, the version that decided it, and its decision as JSON."""

    seq: int
    event: AnyEvent
    version: int
    record: bytes | str


def counting(events: Sequence[Stored], at: int) -> Iterator[Stored]:
    """Give the events that count as of an instant (epoch seconds), in the order of their arrival."""
    happened = [instant(stored.event.occurred_at) <= at for stored in events]
    last = max((place for place, by_then in enumerate(happened) if by_then), default=-1)
    first = True
    for place, stored in enumerate(events):
        if isinstance(stored.event, MemberChanged):
            if first or place <= last:
                yield stored
            first = False
        elif happened[place]:
            yield stored


def fold(refold: Refold, events: Iterable[Stored], at: int) -> Iterator[tuple[int | None, Decided]]:
    """Fold events that count as of an instant, and the days that passed: each decision, with its number if it has one.

    Rows keep the numbers under which they were posted, as long as nothing else was left out of what they depend on.
    """
    for stored in events:
        if not isinstance(stored.event, MemberChanged | BroughtBalance | DayPassed):
            yield from _pass_days(refold, instant(stored.event.occurred_at))
        record = read_record(stored.record)
        posted = next((effect.row for effect in record.effects if isinstance(effect, Posted)), None)
        if posted is not None and posted - 1 > refold.standing.rows:
            refold.standing = structs.replace(refold.standing, rows=posted - 1)
        yield stored.seq, refold.step(stored.event, stored.version, record.current, record.grants)
    yield from _pass_days(refold, at)


def _pass_days(refold: Refold, until: int) -> Iterator[tuple[None, Decided]]:
    """Let fall due what nothing recorded lets fall due, as events were left out."""
    days, refold.standing = days_of(refold.standing, until, refold.versions)
    refold.expired = expired_by(days, refold.expired)
    for day in days:
        yield None, day


@dataclass(slots=True)
class History:
    """What was recorded of a member, up to an instant: the programme, and the events in the order of their arrival."""

    programme: bytes
    events: list[Stored] = field(default_factory=list)


def recorded(transaction: Transaction, loaded: Loaded, as_of: dt.datetime, now: dt.datetime) -> dict[bytes, History]:
    """Load the history of those whose standing as of an instant may not be the present one.

    Nothing where there are more events than are folded again: who has later ones is refused then.
    """
    at = instant(as_of)
    back = [member for member, standing in loaded.standings.items() if as_of < now or standing.latest_at > at]
    if not back:
        return {}
    until, most = arrays.one_instant(arrays.microseconds(as_of)), arrays.one_int(MOST_EVENTS + 1)
    asked = transaction.send(_EVENTS, arrays.uuids(back), until, most)
    rows = transaction.sync()[asked]
    found: dict[bytes, History] = {}
    for row in rows if rows.count <= MOST_EVENTS else ():
        event = read_event(rows.value(row, 3))
        stored = Stored(rows.number(row, 2), event, rows.number(row, 4), rows.value(row, 5))
        found.setdefault(rows.value(row, 0), History(rows.value(row, 1))).events.append(stored)
    return found


def go_back(loaded: Loaded, asked: Asked, found: dict[bytes, History], as_of: dt.datetime) -> None:
    """Put what was loaded back to how it stood as of an instant: standings, and where purchases and rewards stand.

    What had not happened by then is not there.
    """
    at = instant(as_of)
    loaded.corrections = corrected.until(loaded.corrections, at)
    refolds: dict[bytes, Refold] = {}
    for member, history in found.items():
        refold = refolds[member] = Refold(loaded.versions[history.programme])
        deque(fold(refold, counting(history.events, at), at), maxlen=0)
        now = loaded.standings[member]
        rows = max(refold.standing.rows, now.rows)  # no new row gets the number of one there is
        loaded.standings[member] = structs.replace(refold.standing, rows=rows, ties=now.ties)
        loaded.expired[member] = refold.expired
        loaded.issued[member] = dict(refold.issued)
    for name in asked.origins:
        known = loaded.receipts.get(name)
        if known is None or known.member not in refolds:
            continue
        refold, (_, kind, value) = refolds[known.member], name
        if kind == "redemption" and value not in refold.issued:
            del loaded.receipts[name]
        elif kind == "purchase":
            if value in refold.purchases:
                loaded.receipts[name] = known._replace(state=encode(refold.purchases[value][1]))
            else:
                del loaded.receipts[name]
