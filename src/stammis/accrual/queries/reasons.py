"""Why a row was posted: its event, the steps of its decision, and both in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from stammis.accrual import sentences
from stammis.accrual.models import Decision
from stammis.accrual.records import Record, read_event, read_record
from stammis.activity.models import Event
from stammis.activity.queries import receipt
from stammis.core.effects import Decision as Decided
from stammis.core.effects import Posted, Step
from stammis.core.events import AnyEvent, Purchase, StatusChanged
from stammis.core.explain import full_steps
from stammis.core.programme import Programme as Document
from stammis.core.spread import spread
from stammis.ledger import queries as ledger
from stammis.ledger.models import Entry
from stammis.programmes import queries as programmes

RULED = ("earn", "return")
"""Kinds of rows that rules make; every other row has one step of its own."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A row with the event behind it, the version that decided (0: none was in force), and the reasons in words."""

    entry: Entry
    event: AnyEvent
    version: int
    document: Document
    why: sentences.Why


def explain(entry: Entry, language: str | None = None) -> Explained:
    """Explain a row; without a language in the active one. The parts add up to the row."""
    stored = Event.objects.get(member_id=entry.member_id, seq=entry.seq)
    decision = Decision.objects.get(member_id=entry.member_id, seq=entry.seq)
    event, record = read_event(stored.body), read_record(decision.record)
    rules = programmes.versions(entry.programme_id).number(decision.version)
    whole = Decided(effects=record.effects, steps=record.steps, amounts=record.amounts, refund=record.refund)
    steps = _steps_of(entry, record, full_steps(event, whole, rules, _completed(event, entry.programme_id)))
    row = sentences.Row(_posted(entry, record).kind, entry.amount, entry.wallet, entry.occurred_at)
    why = sentences.why(row, event, steps, rules.programme, language=language)
    return Explained(entry, event, decision.version, rules.programme, why)


def why(row_id: str, language: str | None = None) -> dict[str, Any]:
    """Explain the row with this id, in the contract's form. Raises UnknownRow."""
    explained = explain(ledger.row(row_id), language)
    return {
        "row": ledger.row_view(explained.entry),
        "sentence": explained.why.sentence,
        "parts": [
            {"rule": part.rule, "amount": part.amount, "sentence": part.sentence} for part in explained.why.parts
        ],
        "not_applied": [
            {"rule": part.rule, "because": part.because, "sentence": part.sentence}
            for part in explained.why.not_applied
        ],
        "version": explained.version,
    }


def _posted(entry: Entry, record: Record) -> Posted:
    return next(effect for effect in record.effects if isinstance(effect, Posted) and effect.row == entry.row)


def _steps_of(entry: Entry, record: Record, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Give the steps that belong to one row of a decision which may have posted several."""
    rows = [effect for effect in record.effects if isinstance(effect, Posted) and effect.wallet == entry.wallet]
    if entry.kind not in RULED:
        alike = [row.row for row in rows if row.kind == entry.kind]
        own = [step for step in steps if not step.rule and (step.because, step.wallet) == (entry.kind, entry.wallet)]
        return tuple(own[alike.index(entry.row) :][:1])
    ruled = tuple(step for step in steps if step.rule or not step.applied)
    given = [step for step in ruled if step.applied and step.points and step.wallet == entry.wallet]
    together = sum(row.amount for row in rows if row.kind in RULED)
    if together in (0, entry.amount):
        return ruled
    shares = spread(abs(entry.amount), [abs(step.points) for step in given])
    parts = dict(zip((step.rule for step in given), shares, strict=True))
    sign = 1 if entry.amount > 0 else -1
    return tuple(structs.replace(step, points=sign * parts[step.rule]) if step in given else step for step in ruled)


def _completed(event: AnyEvent, programme_id: uuid.UUID) -> Purchase | None:
    """Give the purchase whose status changed, since its completion let the rules earn."""
    if not isinstance(event, StatusChanged):
        return None
    led = receipt(programme_id, "purchase", event.purchase)
    stored = Event.objects.filter(member_id=led.member_id, seq=led.seq).first() if led else None
    found = read_event(stored.body) if stored else None
    return found if isinstance(found, Purchase) else None
