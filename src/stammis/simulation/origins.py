"""Origins: the events that give points which are put right, and what the ledger holds of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from stammis.accrual.records import read_event
from stammis.core.calendars import instant
from stammis.core.events import (
    AnyEvent,
    Claimed,
    DayPassed,
    Happening,
    Purchase,
    Received,
    Return,
    StatusChanged,
    Transfer,
)
from stammis.snapshot.reading import Row, Snapshot, Stored

Origin = tuple[str, str]
"""The kind and id of an event that gave points: a purchase, an event, or (by its local day) a day."""
Given = Counter[tuple[str, Origin]]
"""Points by wallet and origin."""
_GIVING = frozenset({"earn", "return"})
_SHARED = frozenset({"transfer_in", "transfer_out"})


class Period(msgspec.Struct, frozen=True):
    """The instants (epoch seconds) from which on events are put right, and from which on not any more."""

    begins_at: int
    ends_at: int

    def has(self, at: int) -> bool:
        """Tell whether an instant lies in it."""
        return self.begins_at <= at < self.ends_at


class Told:
    """Which events of the history lie in the period, and who is concerned by them."""

    def __init__(self, snapshot: Snapshot, period: Period, zone: str) -> None:
        self.period = period
        self._zone = ZoneInfo(zone)
        first, end = (dt.datetime.fromtimestamp(at, dt.UTC).replace(tzinfo=None) for at in structs.astuple(period))
        with snapshot.sql() as db:
            rows = db.execute(
                "SELECT member_id, kind, external_id, purchase_id, body FROM events"
                " WHERE occurred_at >= ? AND occurred_at < ? AND kind IN ('purchase', 'event', 'day', 'claimed')",
                [first, end],
            ).fetchall()
            self.members = frozenset(row[0] for row in rows)
            self.purchases = frozenset(_bought(*row[1:]) for row in rows if row[1] in {"purchase", "claimed"})
            self._causes: dict[str, Origin] = {row[2]: ("event", row[2]) for row in rows if row[1] == "event"}
            self._causes |= {each: ("purchase", each) for each in self.purchases}
            returns = db.execute("SELECT external_id, purchase_id FROM events WHERE kind = 'return'").fetchall()
            self._causes |= {each: ("purchase", bought) for each, bought in returns if bought in self.purchases}

    def concerns(self, event: AnyEvent) -> bool:
        """Tell whether what an event gives is put right."""
        return any(self.origin(event, kind) is not None for kind in ("earn", "transfer_in"))

    def origin(self, event: AnyEvent, kind: str) -> Origin | None:
        """Give what a row of an event is counted with; None: it is none of those that are put right."""
        if kind in _SHARED:
            shared = isinstance(event, Transfer | Received) and event.purpose in {"share", "back"}
            return self._causes.get(event.id) if shared else None  # type: ignore[union-attr] # those have one
        if kind not in _GIVING:
            return None
        match event:
            case Purchase():
                found, about = ("purchase", event.id), event.id
            case Claimed():
                found, about = ("purchase", event.purchase.id), event.purchase.id
            case Return() | StatusChanged():
                found, about = ("purchase", event.purchase), event.purchase
            case Happening():
                return ("event", event.id) if self.period.has(instant(event.occurred_at)) else None
            case DayPassed():
                at = instant(event.occurred_at)
                local = dt.datetime.fromtimestamp(at, self._zone).date().isoformat()
                return ("day", local) if self.period.has(at) else None
            case _:
                return None
        return found if about in self.purchases else None


def _bought(kind: str, external_id: str | None, purchase_id: str | None, body: bytes) -> str:
    if purchase_id or (kind == "purchase" and external_id):
        return purchase_id or external_id or ""
    event = read_event(body)
    return event.purchase.id if isinstance(event, Claimed) else ""


def ledger(snapshot: Snapshot, bucket: int, members: frozenset[bytes], told: Told) -> Iterator[tuple[bytes, Given]]:
    """Give what the ledger holds of the events that are put right, by member."""
    rows: dict[bytes, list[Row]] = {
        member: [row for row in found if row.kind in _GIVING or row.kind in _SHARED]
        for member, found in snapshot.entries(bucket, members)
    }
    for member, events in snapshot.histories(bucket, members):
        yield member, _held(rows.get(member, ()), events, told)


def _held(rows: Iterable[Row], events: Iterable[Stored], told: Told) -> Given:
    given = Given()
    kept = list(rows)
    wanted = {row.seq for row in kept}
    bodies = {each.seq: read_event(each.body) for each in events if each.seq in wanted}
    for row in kept:
        origin = told.origin(bodies[row.seq], row.kind)
        if origin is not None:
            given[row.wallet, origin] += row.amount
    return given
