"""Answers: to what was decided just now, and once more to what was accepted before."""

from __future__ import annotations

import uuid
from functools import lru_cache

from msgspec import structs

from stammis.accrual.outcomes import Accepted, Answer, Declined, Outcome
from stammis.accrual.records import read_event, read_record
from stammis.accrual.services.deciding import Decided, Subject
from stammis.accrual.services.loading import Known
from stammis.core.events import AnyEvent

WAITS = 202


@lru_cache
def _uuid(value: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=value)


def answer(subject: Subject, reference: str | None, decided: Decided) -> Answer:
    """Give the answer to an event that was decided."""
    decision = decided.decision
    return Answer(
        _uuid(subject.programme),
        reference,
        subject.id,
        decided.standing.events,
        decided.version,
        decided.event,
        decision.effects,
        decision.steps,
        decision.amounts,
        decision.refund,
        decided.wallets,
        decided.tiers,
    )


def together(first: Accepted, more: list[Accepted]) -> Accepted:
    """Give one answer to an act of several events: all that they did, and how the member stands after it."""
    effects = tuple(effect for each in more for effect in each.answer.effects)
    steps = tuple(step for each in more for step in each.answer.steps)
    return Accepted(first.status, structs.replace(first.answer, effects=effects, steps=steps))


def waiting(programme: bytes, event: AnyEvent) -> Answer:
    """Give the answer to what waits for its purchase: nothing yet."""
    return Answer(uuid.UUID(bytes=programme), None, None, 0, 0, event)


def again(first: Accepted, first_hash: bytes | None, digest: bytes | None) -> Outcome:
    """Give the first answer once more, or the conflict of another body under the same id."""
    if first_hash is not None and digest is not None and first_hash != digest:
        return Declined(409, "id_reused")
    return Accepted(first.status, first.answer, replay=True)


def stored(programme: bytes, known: Known) -> Accepted:
    """Give the first answer to what was accepted before, from what was stored with it."""
    event = read_event(known.body)
    if known.status == WAITS:
        return Accepted(WAITS, waiting(programme, event))
    record = read_record(known.record)
    return Accepted(
        known.status,
        Answer(
            uuid.UUID(bytes=programme),
            getattr(event, "member", None),
            known.member,
            known.seq,
            known.version,
            event,
            record.effects,
            record.steps,
            record.amounts,
            record.refund,
            record.wallets,
            record.tiers,
        ),
    )
