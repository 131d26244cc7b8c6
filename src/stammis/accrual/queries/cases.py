"""Cases: an event with its decision and all its steps, as they are explained."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from stammis.accrual import sentences
from stammis.accrual.models import Decision
from stammis.accrual.outcomes import Answer
from stammis.accrual.queries.timeline import sentence_of
from stammis.accrual.records import read_event, read_record
from stammis.accrual.sentences.giving import rate_said
from stammis.activity.models import Event
from stammis.activity.queries import receipt
from stammis.core.effects import Decision as Decided
from stammis.core.effects import Effect, Posted, PurchaseMoved, Step, TierMoved
from stammis.core.events import AnyEvent, Purchase, StatusChanged
from stammis.core.explain import full_steps
from stammis.core.programme import Programme as Document
from stammis.core.standing import Rate
from stammis.programmes import queries as programmes


@dataclass(frozen=True, slots=True)
class Looked:
    """What one rule did: the step with the values that it saw, and the same in words."""

    step: Step
    part: sentences.Part


@dataclass(frozen=True, slots=True)
class Case:
    """An event that was decided, by which version (0: none was in force), what it did, and every step of it."""

    event: AnyEvent
    version: int
    document: Document
    effects: tuple[Effect, ...]
    steps: tuple[Step, ...]

    @property
    def rows(self) -> list[Posted]:
        """The rows that it posted."""
        return [effect for effect in self.effects if isinstance(effect, Posted)]

    @property
    def moves(self) -> list[TierMoved]:
        """The levels that it moved."""
        return [effect for effect in self.effects if isinstance(effect, TierMoved)]

    @property
    def rate(self) -> Rate | None:
        """The rate by which a purchase was decided that was in another currency than the programme's."""
        moved = (effect.state.rate for effect in self.effects if isinstance(effect, PurchaseMoved))
        return next(moved, None)

    def sentence(self) -> str:
        """Say what happened, and by which rate it was reckoned, in the active language."""
        said = sentence_of(self.event)
        return said if self.rate is None else f"{said} {rate_said(self.rate, self.document)}"

    def parts(self) -> list[Looked]:
        """Give what added up to its rows, in the active language: by wallet the points are the rows' sum."""
        return self._looked(step for step in self.steps if step.applied and step.points)

    def not_applied(self) -> list[Looked]:
        """Give what gave nothing, and why, in the active language."""
        silent = (step for step in self.steps if not (step.applied and step.points))
        return self._looked(step for step in silent if step.because != "rate")

    def _looked(self, steps: Iterable[Step]) -> list[Looked]:
        return [Looked(step, sentences.part(step, self.document)) for step in steps]


def case_of(stored: Event) -> Case:
    """Give a recorded event with its decision."""
    decision = Decision.objects.get(member_id=stored.member_id, seq=stored.seq)
    event, record = read_event(stored.body), read_record(decision.record)
    whole = Decided(effects=record.effects, steps=record.steps, amounts=record.amounts, refund=record.refund)
    return _case(stored.programme_id, event, decision.version, whole)


def case_of_answer(answer: Answer) -> Case:
    """Give what was decided just now, or would be."""
    return _case(answer.programme_id, answer.event, answer.version, Decided(effects=answer.effects, steps=answer.steps))


def _case(programme_id: uuid.UUID, event: AnyEvent, version: int, decision: Decided) -> Case:
    rules = programmes.versions(programme_id).number(version)
    steps = full_steps(event, decision, rules, _completed(event, programme_id))
    return Case(event, version, rules.programme, decision.effects, steps)


def _completed(event: AnyEvent, programme_id: uuid.UUID) -> Purchase | None:
    """Give the purchase whose status changed, since its completion let the rules earn."""
    if not isinstance(event, StatusChanged):
        return None
    led = receipt(programme_id, "purchase", event.purchase)
    stored = Event.objects.filter(member_id=led.member_id, seq=led.seq).first() if led else None
    found = read_event(stored.body) if stored else None
    return found if isinstance(found, Purchase) else None
