"""The proof: every standing folded again from its events, every balance from its rows. Differences are reported."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from django.db import connection, transaction

from stammis.accrual.services.comparing import Comparison, Difference
from stammis.ledger.services import seals
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.rewards import queries as rewards

Drawn = Counter[tuple[str, str, int]]
"""By budget, store and period, what was drawn."""
Progress = Callable[[int, int], None]
"""Is told how many members are done, of how many."""


def verify(programme: Programme | None = None, progress: Progress | None = None) -> list[Difference]:
    """Fold every member's events again, with the versions and grants that decided them, and compare all that is stored.

    Of all programmes together the chain of seals over the ledger's days is compared as well. It reads one snapshot
    beside whatever else goes on, in bounded memory, and changes nothing.
    """
    found: list[Difference] = []
    with _snapshot():
        scope = [programme] if programme else list(Programme.objects.order_by("slug"))
        total = sum(_count_members(each.id) for each in scope)
        done = 0
        for each in scope:
            drawn: Drawn = Counter()
            for differences in _members(each, drawn):
                found += differences
                done += 1
                if progress and done % 100 == 0:
                    progress(done, total)
            found += [*_shared(each), *_budgets(each, drawn)]
        if programme is None:
            found += [
                Difference(None, "seal", f"link {link.number}", link.stored, link.expected) for link in seals.broken()
            ]
        if progress:
            progress(total, total)
    return found


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as it was at one instant; inside another transaction, as that sees it."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as db:
        if not nested:
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _count_members(programme_id: uuid.UUID) -> int:
    with connection.cursor() as db:
        db.execute("SELECT count(*) FROM accrual_standing WHERE programme_id = %s", [programme_id])
        return int(db.fetchone()[0])


_STANDINGS = "SELECT member_id, state FROM accrual_standing WHERE programme_id = %s ORDER BY member_id"
_EVENTS = """
SELECT e.member_id, e.seq, e.body, d.version, d.record
FROM activity_event AS e LEFT JOIN accrual_decision AS d USING (member_id, seq)
WHERE e.programme_id = %s ORDER BY e.member_id, e.seq
"""
_ENTRIES = """
SELECT member_id, row, seq, wallet, kind, amount, running, extract(epoch FROM occurred_at)::bigint,
       extract(epoch FROM ends_at)::bigint, opened, lots, reverses, pending, shortfall
FROM ledger_entry WHERE programme_id = %s ORDER BY member_id, row
"""
_STATES = """
SELECT s.member_id, p.purchase_id, p.state FROM accrual_standing AS s JOIN accrual_purchasestatus AS p USING (member_id)
WHERE s.programme_id = %s ORDER BY s.member_id
"""
_ISSUED = "SELECT member_id, redemption, body, state FROM rewards_issued WHERE programme_id = %s ORDER BY member_id"
_HOLDS = """
SELECT s.member_id, h.hold, h.state FROM accrual_standing AS s JOIN accrual_hold AS h USING (member_id)
WHERE s.programme_id = %s ORDER BY s.member_id
"""


class _Stream:
    """Rows ordered by member, read in portions; ``of`` gives those of one member after the other."""

    def __init__(self, sql: str, programme_id: uuid.UUID) -> None:
        self._cursor = connection.connection.cursor(name=f"stammis_{uuid.uuid4().hex}")
        self._cursor.itersize = 2_000
        self._cursor.execute(sql, [programme_id])
        self._rows = iter(self._cursor)
        self.next: tuple[Any, ...] | None = next(self._rows, None)

    def of(self, member: uuid.UUID) -> Iterator[tuple[Any, ...]]:
        """Give the member's rows; those of members passed over belong to nobody who has a standing."""
        while self.next is not None and self.next[0] <= member:
            row, self.next = self.next, next(self._rows, None)
            if row[0] == member:
                yield row

    def close(self) -> None:
        """End the reading."""
        self._cursor.close()


def _members(programme: Programme, drawn: Drawn) -> Iterator[list[Difference]]:
    """Give the differences of one member after the other, in the order of their ids; add up what they drew."""
    versions = programmes.versions(programme.id)
    with ExitStack() as stack:
        standings, *others = (
            stack.enter_context(closing(_Stream(sql, programme.id)))
            for sql in (_STANDINGS, _EVENTS, _ENTRIES, _STATES, _ISSUED, _HOLDS)
        )
        while standings.next is not None:
            member = standings.next[0]
            events, entries, states, issued, holds = (stream.of(member) for stream in others)
            comparison = Comparison(member, versions)
            comparison.fold(events, entries)
            comparison.end(next(standings.of(member))[1], states, issued, holds)
            drawn.update(comparison.drawn)
            yield comparison.found


def _budgets(programme: Programme, drawn: Drawn) -> Iterator[Difference]:
    """Give the budgets whose counters do not say what all members drew."""
    stored = rewards.drawn_by_budget(programme.id)
    for account in sorted(stored.keys() | drawn.keys()):
        if stored.get(account, 0) != drawn.get(account, 0):
            where = " ".join(str(part) for part in account if part)
            yield Difference(None, "budget", where, str(stored.get(account, 0)), str(drawn.get(account, 0)))


_LOST = {
    "stock": """
        SELECT NULL, coalesce(s.reward, i.reward), s.issued::text, i.issued::text
        FROM (SELECT reward, issued FROM rewards_stock WHERE programme_id = %(programme)s) AS s
        FULL JOIN (SELECT reward, sum(quantity) FILTER (WHERE state <> 'cancelled') AS issued
                   FROM rewards_issued WHERE programme_id = %(programme)s GROUP BY reward) AS i USING (reward)
        WHERE coalesce(s.issued, 0) <> coalesce(i.issued, 0)
    """,
    "receipt": """
        SELECT r.member_id, r.kind || ' ' || r.external_id, 'event ' || r.seq, 'no such event'
        FROM activity_receipt AS r LEFT JOIN activity_event AS e USING (member_id, seq)
        WHERE r.programme_id = %(programme)s AND e.member_id IS NULL
    """,
    "transfer": """
        SELECT NULL, 'transfers ' || coalesce(source_id, '') || ' of ' || wallet, sum(amount)::text, '0'
        FROM ledger_entry WHERE programme_id = %(programme)s AND source_kind IN ('transfer', 'received')
        GROUP BY source_id, wallet HAVING sum(amount) <> 0
    """,
    "standing": """
        SELECT DISTINCT e.member_id, '', 'none', 'one' FROM activity_event AS e
        LEFT JOIN accrual_standing AS s USING (member_id)
        WHERE e.programme_id = %(programme)s AND s.member_id IS NULL
    """,
    "decision": """
        SELECT d.member_id, 'event ' || d.seq, 'a decision', 'no such event' FROM accrual_decision AS d
        JOIN accrual_standing AS s USING (member_id) LEFT JOIN activity_event AS e USING (member_id, seq)
        WHERE s.programme_id = %(programme)s AND e.member_id IS NULL
    """,
}
"""What no member's own history shows: by what differs, the query that finds it."""


def _shared(programme: Programme) -> Iterator[Difference]:
    for what, sql in _LOST.items():
        with connection.cursor() as db:
            db.execute(sql, {"programme": programme.id})
            for member, where, stored, expected in db.fetchall():
                yield Difference(member, what, where, stored or "none", expected or "none")
