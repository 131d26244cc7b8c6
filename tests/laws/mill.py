"""The mill: a programme in a database of its own, members to whom anything may happen, and what must hold of them."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from msgspec import structs

from stammis.accrual.outcomes import Accepted, Item, MemberFields, Outcome
from stammis.accrual.queries import member_view
from stammis.accrual.records import read_event, read_record, read_standing
from stammis.accrual.services import Difference, pass_days, record, verify
from stammis.core.calendars import instant
from stammis.core.effects import Effect, Posted
from stammis.core.events import AnyEvent, Merged, Received, Transfer, Unmerged
from stammis.core.standing import Standing
from stammis.ledger.models import Entry
from stammis.programmes.models import Programme
from stammis.programmes.services import publish
from tests.laws.books import Books
from tests.laws.notes import BEGIN, MEMBERS, Notes

_NEW = """
SELECT e.member_id, e.seq, e.body, d.record
FROM accrual_standing AS s
JOIN activity_event AS e
  ON e.member_id = s.member_id AND e.seq > coalesce((%(seen)s::jsonb ->> s.member_id::text)::int, 0)
JOIN accrual_decision AS d ON d.member_id = e.member_id AND d.seq = e.seq
WHERE s.programme_id = %(programme)s ORDER BY e.member_id, e.seq
"""
_STANDINGS = """
SELECT s.member_id, s.state, m.reference FROM accrual_standing AS s JOIN members_member AS m ON m.id = s.member_id
WHERE s.programme_id = %s
"""
_SUMS = "SELECT member_id, wallet, sum(amount) FROM ledger_entry WHERE programme_id = %s GROUP BY 1, 2"


ALONE = (MemberFields, Merged, Unmerged)
"""What has its time by the clock, and is told by itself."""


class Said(NamedTuple):
    """Something that was accepted (at once, or it waited): about whom, by the installation's clock."""

    member: str
    item: AnyEvent | MemberFields
    now: dt.datetime
    waited: bool = False


class Published(NamedTuple):
    """Another version of the programme, in force from an instant on."""

    document: dict[str, Any]
    now: dt.datetime


class Mill(Notes):
    """A programme under way.

    ``said`` is what was accepted, in order, with the moments by which all days that were due had passed, and versions.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__()
        self.document = document
        self.programme = published(document)
        self.books: dict[uuid.UUID, Books] = {}
        self.said: list[Said | dt.datetime | Published] = []
        self.waiting: list[tuple[str, AnyEvent | MemberFields]] = []

    def active(self, reference: str, wallet: str) -> int:
        """Give what a member may spend."""
        found = self._living(reference)
        return 0 if found is None else self.books[found[0]].of(wallet).active

    def item(self, event: AnyEvent | MemberFields) -> Item:
        """Make an item; events with an id of their own are known by it."""
        return item(self.programme, event)

    def flush(self) -> list[Outcome]:
        """Record all that waits in one transaction, and enter it in the books."""
        waiting, self.waiting = self.waiting, []
        outcomes = record([self.item(event) for _, event in waiting], now=self.now)
        for (member, event), outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, Accepted):
                self.said.append(Said(member, event, self.now, outcome.status == 202))
            else:
                assert 400 < outcome.status < 500, outcome
        self.enter()
        return outcomes

    def publish(self, version: Published) -> None:
        """Publish another version, which decides what happens from now on."""
        named = {key: value for key, value in version.document.items() if key != "from"}
        publish(named | {"programme": self.programme.slug, "declared_age_days": 800}, by="test", now=version.now)
        self.said.append(version)

    def pass_days(self) -> None:
        """Let everything happen that is due by now: after that nothing may be left of it."""
        self.flush()
        pass_days(self.now)
        self.said.append(self.now)
        self.enter()
        for books in self.books.values():
            books.nothing_due(instant(self.now))
        with connection.cursor() as db:
            db.execute(_SUMS, [self.programme.id])
            sums = {(member, wallet): int(amount) for member, wallet, amount in db.fetchall()}
        for member, books in self.books.items():
            for wallet, book in books.wallets.items():
                assert book.rows == sums.get((member, wallet), 0), "the ledger has the rows that were decided"

    def enter(self) -> None:
        """Enter what is new in the books, and compare them with the standings and the ledger."""
        moved: Counter[str] = Counter()
        seen = msgspec.json.encode({str(member): books.events for member, books in self.books.items()}).decode()
        with connection.cursor() as db:
            db.execute(_NEW, {"seen": seen, "programme": self.programme.id})
            for member, seq, body, kept in db.fetchall():
                books = self.books.setdefault(member, Books())
                assert seq == books.events + 1
                stored = read_record(kept)
                event = read_event(body)
                books.enter(event, stored.effects, stored.steps)
                if isinstance(event, Transfer | Received):
                    moved.update(between_members(stored.effects))
        assert not any(moved.values()), "law 4: what leaves one member arrives at another"
        for member, _, standing in self.standings():
            self.books[member].agree(standing)

    def standings(self) -> list[tuple[uuid.UUID, str, Standing]]:
        """Give all standings, with the members' references."""
        with connection.cursor() as db:
            db.execute(_STANDINGS, [self.programme.id])
            return [(member, reference, read_standing(state)) for member, state, reference in db.fetchall()]

    def standing(self, reference: str) -> Standing:
        """Give a member's standing, or that of the account it goes on in; an empty one where there is no member."""
        found = self._living(reference)
        return Standing() if found is None else found[1]

    def _living(self, reference: str) -> tuple[uuid.UUID, Standing] | None:
        """Give the account that a reference leads to."""
        accounts = {account: standing for account, _, standing in self.standings()}
        found = next((account for account, member, _ in self.standings() if member == reference), None)
        while found is not None and (ties := accounts[found].ties) is not None and ties.merged_into is not None:
            found = uuid.UUID(hex=ties.merged_into)
        return None if found is None else (found, accounts[found])

    def views_agree(self) -> None:
        """See whether what members are shown, with all due days applied, is what the books say."""
        for member, reference, standing in self.standings():
            if standing.ties is not None:
                continue  # the reference leads to another account
            wallets = member_view(self.programme, reference, self.now)["wallets"]
            for wallet, book in self.books[member].wallets.items():
                decimals = wallets[wallet]["decimals"]
                shown = [units(wallets[wallet][part], decimals) for part in ("active", "pending", "held")]
                assert shown == [book.active, sum(lot.left for lot in book.pending.values()), book.held]

    def differences(self) -> list[Difference]:
        """Fold everything again, and give where something else is stored."""
        return verify(self.programme)

    def close(self) -> None:
        """Let nothing fall due any more."""
        with connection.cursor() as db:
            db.execute("UPDATE accrual_standing SET due_at = NULL WHERE programme_id = %s", [self.programme.id])


def published(document: dict[str, Any]) -> Programme:
    """Publish a document under a name of its own."""
    named = document | {"programme": f"law-{uuid.uuid4().hex[:12]}", "from": "2025-01-01", "declared_age_days": 800}
    return publish(named, by="test", now=BEGIN).programme


def item(programme: Programme, event: AnyEvent | MemberFields) -> Item:
    """Make an item; events with an id of their own are known by it."""
    if isinstance(event, MemberFields):
        return Item(programme.id, event)
    external_id = getattr(event, "id", None)
    kind = "merge" if isinstance(event, Merged) else str(event.__struct_config__.tag)
    key = (kind, external_id) if external_id else None
    return Item(programme.id, event, key, sha256(msgspec.json.encode(event)).digest())


def units(text: str | int, decimals: int) -> int:
    """Give the smallest units of an amount as it is shown."""
    return round(float(text) * 10**decimals) if isinstance(text, str) else text


def between_members(effects: Iterable[Effect]) -> Counter[str]:
    """Give what came (above zero) or went, by wallet."""
    found: Counter[str] = Counter()
    for effect in effects:
        if isinstance(effect, Posted) and effect.kind in ("transfer_in", "transfer_out"):
            found[effect.wallet] += effect.amount
    return found


def families(said: Iterable[Said | dt.datetime | Published]) -> dict[str, str]:
    """Give for each member one who stands for all that points went to and came from."""
    found = {member: member for member in MEMBERS}
    for each in said:
        if isinstance(each, Said) and isinstance(each.item, Transfer | Merged):
            towards = each.item.to if isinstance(each.item, Transfer) else each.item.into
            one, other = found[each.item.member], found[towards]
            found = {member: one if family == other else family for member, family in found.items()}
    return found


def mixed(said: Sequence[Said], family: dict[str, str], chance: random.Random) -> list[Said]:
    """Give the same sayings in another order, each family's in their own."""
    queues: dict[str, list[Said]] = {}
    for each in said:
        queues.setdefault(family[each.member], []).append(each)
    found = []
    while queues:
        member = chance.choice(sorted(queues))
        found.append(queues[member].pop(0))
        if not queues[member]:
            del queues[member]
    return found


def told_again(mill: Mill, chance: random.Random) -> Mill:
    """Tell the same to another programme of the same document, its members mixed otherwise, in other groups."""
    other, family = Mill(mill.document), families(mill.said)
    segment: list[Said] = []
    for each in [*mill.said, mill.now]:
        if isinstance(each, Said):
            segment.append(each)
            continue
        if isinstance(each, Published):  # days passed before
            other.publish(each)
            continue
        _tell(other, mixed(segment, family, chance), each, chance)
        segment = []
    return other


def _tell(other: Mill, said: list[Said], now: dt.datetime, chance: random.Random) -> None:
    while said:
        size = 1 if isinstance(said[0].item, ALONE) else chance.randint(1, 9)
        group, said = said[:size], said[size:]
        facts = [place for place, each in enumerate(group) if place and isinstance(each.item, ALONE)]
        if facts:
            group, said = group[: facts[0]], [*group[facts[0] :], *said]
        other.waiting = [(each.member, each.item) for each in group]
        other.now = group[0].now if isinstance(group[0].item, ALONE) else now
        outcomes = record([other.item(event) for _, event in other.waiting], now=other.now)
        other.waiting = []
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    pass_days(now)


Ledger = dict[str, tuple[list[tuple[Any, ...]], Standing]]


def ledger_of(mill: Mill) -> Ledger:
    """Give each member's rows but for ids and ``posted_at``, and the standing."""
    found: Ledger = {}
    standings = mill.standings()
    names = {member: reference for member, reference, _ in standings}
    for member, reference, standing in standings:
        rows = Entry.objects.filter(member_id=member).order_by("row")
        ties = standing.ties
        if ties is not None and ties.merged_into is not None:
            ties = structs.replace(ties, merged_into=names[uuid.UUID(hex=ties.merged_into)])
        kept = rows.values_list("row", "wallet", "kind", "amount", "running", "ends_at", "opened", "lots", "reverses")
        found[reference] = (list(kept), structs.replace(standing, due_at=None, ties=ties))
    return found
