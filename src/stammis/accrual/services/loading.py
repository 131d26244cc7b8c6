"""The first round trip: locks the standings of all members concerned, in order, and loads what their items need."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stammis.accrual.records import read_event, read_issued, read_record, read_standing, read_state, read_takes
from stammis.accrual.services import corrected
from stammis.accrual.services.asking import Asked, Name
from stammis.core.calendars import instant
from stammis.core.carrying import since_left
from stammis.core.effects import Effect, PurchaseMoved
from stammis.core.events import AnyEvent, Claimed, Purchase
from stammis.core.parcels import Carried
from stammis.core.rules import Rules
from stammis.core.standing import IssuedReward, PurchaseState, Rate, Standing
from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.ledger.services import seals
from stammis.members import services as members
from stammis.programmes import queries as programmes
from stammis.rewards import services as rewards

PURCHASES = 0x5741_6D6D_6973
"""The advisory lock on «this purchase has not arrived»: shared by whoever brings events, alone for whoever defers."""


class Overtaken(Exception):
    """What an item refers to was committed by another transaction after the standings were locked: lock again.

    So is an account whose ties were not known before: those that it shares points with are locked as well then.
    """


class Known(NamedTuple):
    """A receipt with what it led to, as bytes."""

    member: bytes
    seq: int
    status: int
    hash: bytes | None
    body: bytes
    version: int
    record: bytes
    state: bytes | None

    def original(self) -> tuple[Purchase, PurchaseState]:
        """Read the purchase that it led to, and where that stands."""
        event = read_event(self.body)
        purchase = event.purchase if isinstance(event, Claimed) else event
        assert isinstance(purchase, Purchase)
        return purchase, state_of(self.record, self.state)


def state_of(record: bytes, state: bytes | None) -> PurchaseState:
    """Read where a purchase stands: as kept, or, where nothing happened to it since, as its decision left it."""
    if state is not None:
        return read_state(state)
    return next(effect.state for effect in read_record(record).effects if isinstance(effect, PurchaseMoved))


class Waiting(NamedTuple):
    """A return or status that waits for its purchase."""

    id: uuid.UUID
    kind: str
    external_id: str | None
    purchase_id: str
    hash: bytes | None
    event: AnyEvent


@dataclass(slots=True)
class Histories:
    """What acts between members need of the past, by internal id: a guest's purchases, aliases, what a merge brought.

    ``brought`` and ``carried`` are by the merge's id; ``drawn`` by that of the purchase or reward, with the pools that
    gave; ``expired`` as ``Loaded.expired``.
    """

    bought: dict[bytes, list[tuple[Purchase, PurchaseState]]] = field(default_factory=dict)
    aliases: dict[bytes, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    brought: dict[tuple[bytes, str], list[tuple[Effect, ...]]] = field(default_factory=dict)
    carried: dict[tuple[bytes, str], list[Carried]] = field(default_factory=dict)
    drawn: dict[tuple[bytes, str], list[tuple[str, tuple[Effect, ...]]]] = field(default_factory=dict)
    expired: dict[bytes, dict[int, int]] = field(default_factory=dict)

    def left(self, account: bytes, what: Carried) -> None:
        """Let another, with what it brought, have left an account: what was carried there since is parted so."""
        for (taker, _), carried in self.carried.items():
            if taker == account:
                carried[:] = [since_left(each, what) for each in carried]


@dataclass(slots=True)
class Loaded:
    """What is known about a group of items; standings are locked until the transaction ends.

    ``closed_until``: rows are posted at this instant (microseconds since 1970) or later.
    """

    versions: dict[bytes, programmes.Versions]
    closed_until: int
    standings: dict[bytes, Standing]
    identities: dict[Name, bytes]
    receipts: dict[Name, Known]
    waiting: dict[tuple[bytes, str], list[Waiting]]
    waiting_ids: dict[Name, Waiting]
    expired: dict[bytes, dict[int, int]]
    records: dict[bytes, members.Record]
    issued: dict[bytes, dict[str, IssuedReward]] = field(default_factory=dict)
    stock: dict[tuple[bytes, str], int] = field(default_factory=dict)
    histories: Histories = field(default_factory=Histories)
    budgets: dict[rewards.Account, int] = field(default_factory=dict)
    rates: dict[programmes.RateKey, Rate] = field(default_factory=dict)
    corrections: corrected.Corrections = field(default_factory=dict)

    def rules(self, programme: bytes, event: AnyEvent) -> Rules:
        """Give the rules in force at an event."""
        return self.versions[programme].at(instant(event.occurred_at))


BEGIN = """
SELECT pg_advisory_xact_lock_shared($1), set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
"""
BEGIN_ALONE = BEGIN.replace("_shared", "")
# «OFFSET 0» and a lock inside keep PostgreSQL from joining the other way round: a plan that was made while a table was
# empty would else read all of it, once it is not, for every group
LOCK = """
WITH wanted AS MATERIALIZED (
    SELECT k.place, i.member_id
    FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS k (programme_id, kind, value, place),
    LATERAL (SELECT i.member_id FROM members_identity AS i
             WHERE i.programme_id = k.programme_id AND i.kind = k.kind AND i.value = k.value OFFSET 0) AS i
    UNION ALL
    SELECT 0, r.member_id
    FROM unnest($4::uuid[], $5::text[], $6::text[]) AS k (programme_id, kind, external_id),
    LATERAL (SELECT r.member_id FROM activity_receipt AS r
             WHERE r.programme_id = k.programme_id AND r.kind = k.kind AND r.external_id = k.external_id OFFSET 0) AS r
    UNION ALL
    SELECT 0, k.member_id FROM unnest($7::uuid[]) AS k (member_id)
)
SELECT w.place, s.member_id, s.state FROM (SELECT * FROM wanted ORDER BY member_id) AS w,
LATERAL (SELECT s.member_id, s.state FROM accrual_standing AS s WHERE s.member_id = w.member_id FOR UPDATE) AS s
"""
LOCK_FREE = LOCK.replace("FOR UPDATE", "FOR UPDATE SKIP LOCKED")
RECEIPTS = """
SELECT k.place, r.member_id, r.seq, r.status, r.hash, e.body, d.version, d.record, p.state
FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS k (programme_id, kind, external_id, place),
LATERAL (SELECT r.* FROM activity_receipt AS r
         WHERE r.programme_id = k.programme_id AND r.kind = k.kind AND r.external_id = k.external_id OFFSET 0) AS r
CROSS JOIN LATERAL (SELECT e.body FROM activity_event AS e
                    WHERE e.member_id = r.member_id AND e.seq = r.seq OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT d.version, d.record FROM accrual_decision AS d
                    WHERE d.member_id = r.member_id AND d.seq = r.seq OFFSET 0) AS d
LEFT JOIN LATERAL (SELECT p.state FROM accrual_purchasestatus AS p
                   WHERE p.member_id = r.member_id AND p.purchase_id = r.external_id OFFSET 0) AS p
    ON r.kind IN ('purchase', 'claimed')
"""
WAITING = """
SELECT w.programme_id, w.id, w.kind, w.external_id, w.purchase_id, w.hash, w.body
FROM unnest($1::uuid[], $2::text[]) AS k (programme_id, purchase_id),
LATERAL (SELECT w.* FROM activity_deferred AS w
         WHERE w.programme_id = k.programme_id AND w.purchase_id = k.purchase_id AND w.state = 'waiting' OFFSET 0) AS w
UNION
SELECT w.programme_id, w.id, w.kind, w.external_id, w.purchase_id, w.hash, w.body
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS k (programme_id, kind, external_id),
LATERAL (SELECT w.* FROM activity_deferred AS w
         WHERE w.programme_id = k.programme_id AND w.kind = k.kind AND w.external_id = k.external_id
             AND w.state = 'waiting' OFFSET 0) AS w
ORDER BY id
"""
LOST = """(e.kind = 'expire' OR
    (e.kind IN ('adjust', 'restore') AND e.pending IS NOT NULL AND e.reverses IS NOT NULL))"""
"""Which rows let points end that no return may take again, or bring such back: see ``core.lots.lost``."""
_EXPIRED = f"""
SELECT e.member_id, e.lots, (-sign(e.amount))::int4
FROM (SELECT DISTINCT r.member_id
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (programme_id, kind, external_id),
      LATERAL (SELECT r.member_id FROM activity_receipt AS r WHERE r.programme_id = k.programme_id
                   AND r.kind = k.kind AND r.external_id = k.external_id OFFSET 0) AS r) AS m,
LATERAL (SELECT e.* FROM ledger_entry AS e WHERE e.member_id = m.member_id AND {LOST} OFFSET 0) AS e
"""  # noqa: S608 - nothing of a caller's
_ISSUED = """
SELECT i.member_id, i.body FROM unnest($1::uuid[], $2::text[]) AS k (programme_id, code),
LATERAL (SELECT i.member_id, i.body FROM rewards_issued AS i
         WHERE i.programme_id = k.programme_id AND i.code = k.code OFFSET 0) AS i
UNION
SELECT i.member_id, i.body FROM unnest($3::uuid[], $4::text[]) AS k (member_id, redemption),
LATERAL (SELECT i.member_id, i.body FROM rewards_issued AS i
         WHERE i.member_id = k.member_id AND i.redemption = k.redemption OFFSET 0) AS i
"""


def begin(transaction: Transaction, *, alone: bool = False) -> None:
    """Add the statement with which every transaction here begins; it keeps PostgreSQL to the keys.

    ``alone`` keeps everybody else's events out until the transaction ends.
    """
    transaction.send(BEGIN_ALONE if alone else BEGIN, arrays.one_int(PURCHASES))


def load(transaction: Transaction, asked: Asked, *, alone: bool, waits: bool = True) -> Loaded:
    """Lock and load, in one round trip; unless it ``waits``, without those that another transaction holds.

    Raises Overtaken.
    """
    begin(transaction, alone=alone)
    identities, receipts, origins = list(asked.identities), list(asked.receipts | asked.origins), list(asked.origins)
    lock = LOCK if waits else LOCK_FREE
    locked = transaction.send(lock, *columns(identities), *columns(origins), arrays.uuids(list(asked.tied)))
    received = transaction.send(RECEIPTS, *columns(receipts)) if receipts else None
    early = transaction.send(WAITING, *_pairs(asked.arriving), *columns(asked.returns))
    stamps = transaction.send(programmes.STAMPS, arrays.uuids(list(asked.programmes)))
    closed = seals.ask_closed(transaction)
    expired = transaction.send(_EXPIRED, *columns(origins)) if origins else None
    righted = corrected.ask(transaction, origins, asked.tied) if origins else None
    rows = members.ask(transaction, identities) if asked.changed else None
    answers = transaction.sync()

    standings, found = _read_standings(answers[locked], identities)
    known = {} if received is None else _read_receipts(answers[received], receipts)
    if waits and any(name in known and known[name].member not in standings for name in origins):
        raise Overtaken
    if tied := ties_of(standings.values()) - standings.keys() - asked.tied:
        asked.tied |= tied
        raise Overtaken
    waiting = _read_waiting(answers[early])
    return Loaded(
        versions=read_versions(answers[stamps]),
        closed_until=seals.read_closed(answers[closed]),
        standings=standings,
        identities=found,
        receipts=known,
        waiting=waiting,
        waiting_ids={
            (programme, wait.kind, wait.external_id): wait
            for (programme, _), waits_ in waiting.items()
            for wait in waits_
            if wait.external_id is not None
        },
        expired={} if expired is None else read_expired(answers[expired]),
        records={} if rows is None else members.records(answers[rows]),
        corrections={} if righted is None else corrected.read(answers[righted]),
    )


def ties_of(standings: Iterable[Standing]) -> set[bytes]:
    """Give the accounts that these share their points with, or go on in."""
    found: set[bytes] = set()
    for standing in standings:
        ties = standing.ties
        if ties is not None:
            found.update(bytes.fromhex(each.account) for each in ties.pools)
            if ties.merged_into is not None:
                found.add(bytes.fromhex(ties.merged_into))
    return found


def ask_issued(transaction: Transaction, codes: Sequence[tuple[bytes, str]], ids: Sequence[tuple[bytes, str]]) -> int:
    """Add the statement that loads issued rewards: by (programme, code) and by (member, redemption)."""
    return transaction.send(_ISSUED, *_pairs(codes), *_pairs(ids))


def read_issued_rows(rows: Rows) -> dict[bytes, dict[str, IssuedReward]]:
    """Read the answer to ``ask_issued``: by member, then by redemption."""
    found: dict[bytes, dict[str, IssuedReward]] = {}
    for row in rows:
        reward = read_issued(rows.value(row, 1))
        found.setdefault(rows.value(row, 0), {})[reward.redemption] = reward
    return found


def read_versions(rows: Rows) -> dict[bytes, programmes.Versions]:
    """Read the answer to ``STAMPS``."""
    return {
        rows.value(row, 0): programmes.versions(
            arrays.read_uuid(rows.value(row, 0)),
            (rows.number(row, 1), arrays.microseconds(arrays.read_instant(rows.value(row, 2)))),
        )
        for row in rows
    }


def columns(names: Sequence[Name]) -> tuple[arrays.Param, arrays.Param, arrays.Param]:
    """Give names as the three columns of a statement."""
    programme_ids, kinds, values = zip(*names, strict=True) if names else ((), (), ())
    return arrays.uuids(programme_ids), arrays.texts(kinds), arrays.texts(values)


def _pairs(pairs: Sequence[tuple[bytes, str]]) -> tuple[arrays.Param, arrays.Param]:
    return arrays.uuids([first for first, _ in pairs]), arrays.texts([second for _, second in pairs])


def _read_standings(rows: Rows, asked: Sequence[Name]) -> tuple[dict[bytes, Standing], dict[Name, bytes]]:
    standings: dict[bytes, Standing] = {}
    identities: dict[Name, bytes] = {}
    for row in rows:
        member = rows.value(row, 1)
        place = rows.number(row, 0)
        if place:
            identities[asked[place - 1]] = member
        if member not in standings:
            standings[member] = read_standing(rows.value(row, 2))
    return standings, identities


def _read_receipts(rows: Rows, asked: Sequence[Name]) -> dict[Name, Known]:
    return {
        asked[rows.number(row, 0) - 1]: Known(
            member=rows.value(row, 1),
            seq=rows.number(row, 2),
            status=rows.number(row, 3),
            hash=rows.maybe(row, 4),
            body=rows.value(row, 5),
            version=rows.number(row, 6),
            record=rows.value(row, 7),
            state=rows.maybe(row, 8),
        )
        for row in rows
    }


def _read_waiting(rows: Rows) -> dict[tuple[bytes, str], list[Waiting]]:
    found: dict[tuple[bytes, str], list[Waiting]] = {}
    for row in rows:
        external_id = rows.maybe(row, 3)
        wait = Waiting(
            id=arrays.read_uuid(rows.value(row, 1)),
            kind=rows.text(row, 2),
            external_id=None if external_id is None else external_id.decode(),
            purchase_id=rows.text(row, 4),
            hash=rows.maybe(row, 5),
            event=read_event(rows.value(row, 6)),
        )
        found.setdefault((rows.value(row, 0), wait.purchase_id), []).append(wait)
    return found


def read_expired(rows: Rows) -> dict[bytes, dict[int, int]]:
    """Read members with the lots that expired: by member and by the row that opened it, how much of a lot did."""
    found: dict[bytes, dict[int, int]] = {}
    for row in rows:
        lots = found.setdefault(rows.value(row, 0), {})
        sign = rows.number(row, 2)
        for take in read_takes(rows.value(row, 1)):
            lots[take.row] = lots.get(take.row, 0) + sign * take.amount
    return found
