"""Why a row was posted: its event, the steps of its decision, and both in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from stammis.accrual import sentences
from stammis.accrual.queries.cases import Case, case_of
from stammis.accrual.queries.rows import rows_view
from stammis.accrual.sentences.correcting import RIGHTED
from stammis.activity.models import Event
from stammis.core.effects import Posted, Step
from stammis.core.events import AnyEvent
from stammis.core.programme import Programme as Document
from stammis.core.spread import scaled, spread
from stammis.ledger import queries as ledger
from stammis.ledger.models import Entry

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
    case = case_of(Event.objects.get(member_id=entry.member_id, seq=entry.seq))
    posted = _posted(entry, case)
    row = sentences.Row(posted.kind, entry.amount, entry.wallet, entry.occurred_at, posted.awaits, posted.shortfall)
    steps = _steps_of(entry, case)
    why = sentences.why(row, case.event, steps, case.document, language=language, rate=case.rate)
    return Explained(entry, case.event, case.version, case.document, why)


def why(row_id: str, language: str | None = None, *, now: dt.datetime) -> dict[str, Any]:
    """Explain the row with this id, in the contract's form. Raises UnknownRow."""
    explained = explain(ledger.row(row_id), language)
    return {
        "row": rows_view(explained.entry.member_id, [explained.entry], now)[0],
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


def _posted(entry: Entry, case: Case) -> Posted:
    return next(row for row in case.rows if row.row == entry.row)


def _steps_of(entry: Entry, case: Case) -> tuple[Step, ...]:
    """Give the steps that belong to one row of a decision which may have posted several."""
    steps = case.steps
    rows = [row for row in case.rows if row.wallet == entry.wallet]
    if entry.kind not in RULED:
        alike = [row.row for row in rows if row.kind == entry.kind]
        own = [step for step in steps if not step.rule and (step.because, step.wallet) == (entry.kind, entry.wallet)]
        return tuple(own[alike.index(entry.row) :][:1])
    ruled = tuple(step for step in steps if step.rule or not step.applied or step.because == RIGHTED)
    given = [step for step in ruled if step.applied and step.points and step.wallet == entry.wallet]
    together = sum(row.amount for row in rows if row.kind in RULED)
    if together in (0, entry.amount):
        return ruled
    own = _delayed_alike(entry, given, case)
    if own:
        return tuple(step for step in ruled if step not in given or step in own)
    shares = iter(_shares(entry.amount, together, [step.points for step in given]))
    return tuple(structs.replace(step, points=next(shares)) if step in given else step for step in ruled)


def _shares(amount: int, together: int, points: list[int]) -> list[int]:
    """Give the part of a row in what steps gave to several, by steps; what corrections changed may go the other way."""
    sign = 1 if amount > 0 else -1
    if all(each * sign >= 0 for each in points):
        return [sign * part for part in spread(abs(amount), [abs(each) for each in points])]
    shares = [scaled(each, abs(amount), abs(together)) for each in points]
    return [shares[0] + amount - sum(shares), *shares[1:]]


def _delayed_alike(entry: Entry, given: list[Step], case: Case) -> list[Step]:
    """Give the steps of the rules whose points are pending in one way, where they add up to the row; else none."""
    wallet = next((each.pending for each in case.document.wallets if each.id == entry.wallet), None)
    ways = {rule.id: rule.pending or wallet for rule in case.document.earn}
    for way in dict.fromkeys(ways.get(step.rule) for step in given):
        alike = [step for step in given if ways.get(step.rule) == way]
        if sum(step.points for step in alike) == entry.amount:
            return alike
    return []
