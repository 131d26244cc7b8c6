"""Why an event, or a purchase with all that happened to it, was worth what it was: every rule, and what it saw."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.outcomes import Answer
from stammis.accrual.queries.cases import Case, Looked, case_of, case_of_answer
from stammis.accrual.queries.purchases import UnknownPurchase
from stammis.activity.models import Event
from stammis.activity.queries import receipt
from stammis.core.effects import Step
from stammis.kit.errors import NotFound
from stammis.ledger.queries import row_id
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words


class UnknownEvent(NotFound):
    """There is no event with this id."""

    code = "unknown_event"


@dataclass(frozen=True, slots=True)
class Cause:
    """An event as it was recorded, with its decision."""

    stored: Event
    case: Case


@dataclass(frozen=True, slots=True)
class Total:
    """What a rule gave of a purchase in all that happened to it; without a rule, what else moved points."""

    rule: str
    name: str
    because: str
    wallet: str
    amount: int


def cause(member_id: uuid.UUID, seq: int) -> Cause:
    """Give a member's event by its number. Raises UnknownEvent."""
    stored = Event.objects.filter(member_id=member_id, seq=seq).first()
    if stored is None:
        raise UnknownEvent
    return Cause(stored, case_of(stored))


def causes_of_purchase(programme: Programme, purchase_id: str) -> list[Cause]:
    """Give a purchase, and everything that was told about it later, in the order of arrival. Raises UnknownPurchase."""
    found: list[Cause] = []
    for kind in ("purchase", "claimed"):  # a guest's first, and then the member's who claimed it
        led = receipt(programme.id, kind, purchase_id)
        if led is not None:
            mine = Event.objects.filter(member_id=led.member_id)
            later = mine.filter(seq__gt=led.seq, purchase_id=purchase_id).order_by("seq")
            found += [Cause(stored, case_of(stored)) for stored in (mine.get(seq=led.seq), *later)]
    if not found:
        raise UnknownPurchase
    return found


def totals(causes: Iterable[Cause]) -> list[Total]:
    """Add up what each rule gave, in the active language: by wallet they are the sum of all rows."""
    sums: Counter[tuple[str, str, str]] = Counter()
    names: dict[str, str] = {}
    for each in causes:
        for looked in each.case.parts():
            step = looked.step
            names.setdefault(step.rule, looked.part.name)
            sums[step.rule, "" if step.rule else step.because, step.wallet or ""] += step.points
    return [
        Total(rule, names[rule], because, wallet, amount) for (rule, because, wallet), amount in sums.items() if amount
    ]


def why_event(programme: Programme, event_id: str, language: str | None = None) -> dict[str, Any]:
    """Explain an event in the contract's form. Raises UnknownEvent."""
    led = receipt(programme.id, "event", event_id)
    if led is None:
        raise UnknownEvent
    with translation.override(language or translation.get_language() or words.ENGLISH):
        return _event_view(cause(led.member_id, led.seq))


def why_purchase(programme: Programme, purchase_id: str, language: str | None = None) -> dict[str, Any]:
    """Explain a purchase in the contract's form: in all, and event by event. Raises UnknownPurchase."""
    causes = causes_of_purchase(programme, purchase_id)
    with translation.override(language or translation.get_language() or words.ENGLISH):
        rows: Counter[str] = Counter()
        for each in causes:
            for row in each.case.rows:
                rows[row.wallet] += row.amount
        return {
            "id": purchase_id,
            "sentence": purchase_sentence(causes),
            "wallets": dict(rows),
            "parts": [
                {"rule": total.rule, "because": total.because or None, "wallet": total.wallet, "amount": total.amount}
                for total in totals(causes)
            ],
            "events": [_event_view(each) for each in causes],
        }


def why_answer(answer: Answer, language: str | None = None) -> dict[str, Any]:
    """Explain what something would be worth, in the contract's form: every rule, and what it saw."""
    with translation.override(language or translation.get_language() or words.ENGLISH):
        case = case_of_answer(answer)
        return {"version": case.version} | _rules_view(case)


def purchase_sentence(causes: Iterable[Cause]) -> str:
    """Say what stands of a purchase by all that happened to it, in the active language."""
    causes = list(causes)
    document = causes[0].case.document
    sums: Counter[str] = Counter()
    for each in causes:
        for row in each.case.rows:
            sums[row.wallet] += row.amount
    found = [(words.wallet_of(document, wallet), amount) for wallet, amount in sums.items() if amount]
    said = words.both(words.signed_points(words.smallest(amount, wallet), wallet) for wallet, amount in found)
    if not said:
        return _("No points stand for this purchase.")
    return _("%(points)s in all for this purchase.") % {"points": said}


def _event_view(each: Cause) -> dict[str, Any]:
    stored, case = each.stored, each.case
    return {
        "type": stored.kind,
        "id": stored.external_id,
        "purchase": stored.purchase_id,
        "occurred_at": stored.occurred_at,
        "recorded_at": stored.recorded_at,
        "version": case.version,
        "sentence": case.sentence(),
        "rows": [
            {"row": row_id(stored.member_id, row.row), "wallet": row.wallet, "kind": row.kind, "amount": row.amount}
            for row in case.rows
        ],
        **_rules_view(case),
        "tiers": [{"set": move.set, "before": move.before, "after": move.after} for move in case.moves],
    }


def _rules_view(case: Case) -> dict[str, Any]:
    return {
        "parts": [_part_view(looked) for looked in case.parts()],
        "not_applied": [_idle_view(looked) for looked in case.not_applied()],
    }


def _part_view(looked: Looked) -> dict[str, Any]:
    return {"wallet": looked.step.wallet, "amount": looked.step.points} | _said(looked)


def _idle_view(looked: Looked) -> dict[str, Any]:
    return {"wallet": looked.step.wallet} | _said(looked)


def _said(looked: Looked) -> dict[str, Any]:
    step: Step = looked.step
    return {"rule": step.rule, "because": step.because, "saw": step.saw, "sentence": looked.part.sentence}
