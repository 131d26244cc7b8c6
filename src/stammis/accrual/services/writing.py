"""The second round trip: everything that was decided, written as columns and committed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass, field

from stammis.accrual.outcomes import Declined, Item
from stammis.accrual.records import Record, encode
from stammis.accrual.services.deciding import Decided, Subject
from stammis.accrual.services.loading import Waiting
from stammis.activity import services as activity
from stammis.core.effects import HoldMoved, Posted, PurchaseMoved, RewardMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Claimed,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    Merged,
    PendingRestored,
    PendingSettled,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.core.standing import Hold, PurchaseState
from stammis.kit import arrays
from stammis.kit.pipeline import Transaction
from stammis.ledger import services as ledger
from stammis.members import services as members
from stammis.rewards import services as rewards

SECOND = 1_000_000
"""Microseconds."""
_WRITTEN = frozenset({Posted, PurchaseMoved, RewardMoved, HoldMoved})
"""Effects with rows of their own."""


@dataclass(slots=True)
class Writing:
    """What a group of decisions has to write; ``now`` is the installation's clock in microseconds since 1970."""

    now: int
    events: list[activity.EventRow] = field(default_factory=list)
    receipts: list[activity.ReceiptRow] = field(default_factory=list)
    deferred: dict[uuid.UUID, activity.DeferredRow] = field(default_factory=dict)
    settled: list[activity.Settled] = field(default_factory=list)
    decisions: list[tuple[bytes, int, int, bytes]] = field(default_factory=list)
    entries: list[ledger.EntryRow] = field(default_factory=list)
    subjects: dict[bytes, Subject] = field(default_factory=dict)
    states: dict[tuple[bytes, str], PurchaseState] = field(default_factory=dict)
    issued: dict[tuple[bytes, str], rewards.IssuedRow] = field(default_factory=dict)
    holds: dict[tuple[bytes, str], Hold] = field(default_factory=dict)
    stock: Counter[tuple[bytes, str]] = field(default_factory=Counter)
    drawn: Counter[rewards.Account] = field(default_factory=Counter)
    records: dict[bytes, members.Record] = field(default_factory=dict)
    identities: list[tuple[bytes, str, str, bytes]] = field(default_factory=list)
    aliases: list[members.Alias] = field(default_factory=list)
    closings: list[members.Closing] = field(default_factory=list)
    parts: list[members.Part] = field(default_factory=list)
    item: Item | None = None
    """What is being decided: its event, if it is kept as it was said, may have been written as JSON already."""

    def add(self, subject: Subject, decided: Decided) -> None:
        """Add an event of a member with its decision."""
        event, decision, seq = decided.event, decided.decision, decided.standing.events
        kind = event.__struct_config__.tag
        assert isinstance(kind, str)
        external_id, purchase_id = ids_of(event)
        gross, currency = None, None
        if isinstance(event, Purchase):
            gross, currency = sum([line.amount for line in event.lines]), event.currency
        at = arrays.microseconds(event.occurred_at)
        self.events.append(
            activity.EventRow(
                subject.id,
                seq,
                subject.programme,
                kind,
                external_id,
                purchase_id,
                at,
                gross,
                currency,
                self._body(event),
            )
        )
        self.decisions.append((subject.id, seq, decided.version, encode(record_of(decided))))
        for effect in decision.effects:
            if type(effect) not in _WRITTEN:
                continue
            if isinstance(effect, Posted):
                self._post(subject, seq, effect, kind, external_id or purchase_id)
            elif isinstance(effect, PurchaseMoved):
                if not isinstance(event, Purchase) or effect.state.state != "completed":
                    self.states[subject.id, effect.purchase] = effect.state
            elif isinstance(effect, RewardMoved):
                self._move_reward(subject, effect, at)
            elif isinstance(effect, HoldMoved):
                self.holds[subject.id, effect.hold.hold] = effect.hold
        self.subjects[subject.id] = subject

    def _body(self, event: AnyEvent) -> bytes:
        item = self.item
        return item.body if item is not None and item.body is not None and item.event is event else encode(event)

    def _post(self, subject: Subject, seq: int, row: Posted, source_kind: str, source_id: str | None) -> None:
        self.entries.append(
            ledger.EntryRow(
                subject.id,
                row.row,
                seq,
                row.reverses,
                row.amount,
                row.running,
                row.left,
                row.at * SECOND,
                None if row.ends_at is None else row.ends_at * SECOND,
                subject.programme,
                row.wallet,
                row.kind,
                source_kind,
                source_id,
                encode(row.lots) if row.lots else None,
                encode(row.awaits) if row.awaits is not None else None,
                row.shortfall or None,
            )
        )

    def _move_reward(self, subject: Subject, effect: RewardMoved, at: int) -> None:
        reward = effect.reward
        key = (subject.id, reward.redemption)
        here = self.issued.get(key)
        self.issued[key] = rewards.IssuedRow(
            subject.id,
            reward.redemption,
            subject.programme,
            reward.reward,
            reward.quantity,
            reward.code,
            reward.wallet,
            reward.amount,
            reward.state,
            reward.purchase,
            here.issued_at if here else at,
            self.now,
            encode(reward),
        )

    def wait(self, programme: bytes, wait: Waiting) -> None:
        """Let a return or a status wait for its purchase."""
        at = arrays.microseconds(wait.event.occurred_at)
        self.deferred[wait.id] = activity.DeferredRow(
            wait.id,
            programme,
            wait.kind,
            wait.external_id,
            wait.purchase_id,
            at,
            self.now,
            wait.hash,
            encode(wait.event),
        )

    def settle(self, wait: Waiting, refusal: Declined | None) -> None:
        """Say what became of something that waited: applied, or refused."""
        code, detail = None, b"{}"
        if refusal is not None:
            code = refusal.code
            detail = encode(refusal.detail | ({"reason": refusal.reason} if refusal.reason else {}))
        here = self.deferred.get(wait.id)
        if here is None:
            self.settled.append(activity.Settled(wait.id, self.now, code, detail))
        else:
            state = activity.APPLIED if refusal is None else activity.REFUSED
            self.deferred[wait.id] = here._replace(state=state, code=code, detail=detail, settled_at=self.now)

    def welcome(
        self, subject: Subject, event: Purchase | Happening | BroughtBalance, now: dt.datetime, *, is_member: bool
    ) -> None:
        """Write the row of a member or guest who comes with an event."""
        contact = event.contact if isinstance(event, Purchase) else None
        self.records[subject.id] = members.Record(
            subject.id,
            subject.programme,
            members.MEMBER if is_member else members.GUEST,
            event.member if is_member else None,
            now,
            email=contact.email if contact and not is_member else None,
            joined_at=event.occurred_at if is_member else None,
        )

    def send(self, transaction: Transaction) -> None:
        """Add all statements, in the order in which every group writes, so that no two wait for each other."""
        members.identify(transaction, self.identities)
        members.save(transaction, list(self.records.values()))
        members.lead(transaction, self.aliases)
        members.close(transaction, self.closings)
        members.take_part(transaction, self.parts)
        activity.receive(transaction, self.receipts)
        activity.record(transaction, self.events, at=self.now)
        self._send_decisions(transaction)
        ledger.post(transaction, self.entries, at=self.now)
        self._send_standings(transaction)
        self._send_states(transaction)
        self._send_holds(transaction)
        rewards.save(transaction, list(self.issued.values()))
        rewards.count(transaction, self.stock)
        rewards.draw(transaction, self.drawn)
        activity.settle(transaction, self.settled)
        activity.defer(transaction, list(self.deferred.values()))

    def _send_decisions(self, transaction: Transaction) -> None:
        if self.decisions:
            ids, seqs, versions, records = zip(*self.decisions, strict=True)
            transaction.send(
                _DECIDE, arrays.uuids(ids), arrays.ints(seqs), arrays.ints(versions), arrays.encoded(records)
            )

    def _send_standings(self, transaction: Transaction) -> None:
        for is_new, sql in ((True, _BEGIN_STANDING), (False, _MOVE_STANDING)):
            rows = [subject for subject in self.subjects.values() if subject.is_new == is_new]
            if rows:
                due = [row.standing.due_at for row in rows]
                transaction.send(
                    sql,
                    arrays.uuids([row.id for row in rows]),
                    arrays.uuids([row.programme for row in rows]),
                    arrays.instants([None if at is None else at * SECOND for at in due]),
                    arrays.encoded([encode(row.standing) for row in rows]),
                )

    def _send_states(self, transaction: Transaction) -> None:
        if self.states:
            transaction.send(
                _MOVE_PURCHASE,
                arrays.uuids([member for member, _ in self.states]),
                arrays.texts([purchase for _, purchase in self.states]),
                arrays.encoded([encode(state) for state in self.states.values()]),
            )

    def _send_holds(self, transaction: Transaction) -> None:
        if self.holds:
            transaction.send(
                _MOVE_HOLD,
                arrays.uuids([member for member, _ in self.holds]),
                arrays.texts([hold for _, hold in self.holds]),
                arrays.encoded([encode(hold) for hold in self.holds.values()]),
            )


_DECIDE = """
INSERT INTO accrual_decision (member_id, seq, version, record)
SELECT * FROM unnest($1::uuid[], $2::int4[], $3::int4[], $4::text[])
"""
_BEGIN_STANDING = """
INSERT INTO accrual_standing (member_id, programme_id, due_at, state)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[])
"""
_MOVE_STANDING = f"""{_BEGIN_STANDING}
ON CONFLICT (member_id) DO UPDATE SET due_at = excluded.due_at, state = excluded.state
"""
_MOVE_PURCHASE = """
INSERT INTO accrual_purchasestatus (member_id, purchase_id, state)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (member_id, purchase_id) DO UPDATE SET state = excluded.state
"""
_MOVE_HOLD = """
INSERT INTO accrual_hold (member_id, hold, state)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (member_id, hold) DO UPDATE SET state = excluded.state
"""


def ids_of(event: AnyEvent) -> tuple[str | None, str | None]:
    """Give the caller's id of an event, and the id of the purchase that it refers to."""
    match event:
        case Purchase() | Happening() | Redemption() | Adjustment() | HoldPlaced() | Extension() | PendingSettled():
            return event.id, None
        case PendingRestored():
            return event.taken, None
        case Transfer() | Received() | Exchange() | BroughtBalance() | Merged():
            return event.id, None
        case Unmerged():
            return event.merge, None
        case Claimed():
            return None, event.purchase.id
        case HoldCaptured() | HoldReleased():
            return event.hold, None
        case Return():
            return event.id, event.purchase
        case StatusChanged():
            return None, event.purchase
        case RedemptionCancelled():
            return event.redemption, None
        case _:
            return None, None


def record_of(decided: Decided) -> Record:
    """Give what is kept of a decision."""
    decision = decided.decision
    return Record(
        decision.effects,
        decision.steps,
        decided.wallets,
        decided.tiers,
        decision.amounts,
        decision.refund,
        decided.grants,
        decided.current,
    )
