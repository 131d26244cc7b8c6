"""Answers as JSON: what a call was worth, in the contract's words."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import lru_cache
from typing import Any, assert_never

from stammis.accrual.outcomes import Accepted, Answer, Declined, Outcome
from stammis.api import problems
from stammis.core.effects import (
    Activated,
    Counted,
    Effect,
    Extended,
    HoldMoved,
    Posted,
    Progressed,
    PurchaseMoved,
    RewardMoved,
    Step,
    TierMoved,
)
from stammis.core.parcels import Awaits
from stammis.core.rules import Rules, before_first
from stammis.intake.amounts import write_money
from stammis.ledger.queries import rows_of
from stammis.programmes import queries

Document = dict[str, Any]

_INSIDE = {Progressed, Counted, PurchaseMoved}
_rules: dict[tuple[uuid.UUID, int], Rules] = {}
_MOST_RULES = 256
_MOST_INSTANTS = 4_096


def warm(outcomes: list[Outcome]) -> None:
    """Have the rules at hand that these answers need; asks the database for versions not seen before."""
    for outcome in outcomes:
        if isinstance(outcome, Accepted) and (outcome.answer.programme_id, outcome.answer.version) not in _rules:
            rules_of(outcome.answer.programme_id, outcome.answer.version)


def rules_of(programme_id: uuid.UUID, version: int) -> Rules:
    """Give the rules of a version, 0 for the time before the first; they are kept, since they never change."""
    rules = _rules.get((programme_id, version))
    if rules is None:
        versions = queries.versions(programme_id)
        rules = versions.number(version) if version else before_first(versions.document(versions.starts[0][1]))
        if len(_rules) >= _MOST_RULES:
            _rules.clear()
        _rules[programme_id, version] = rules
    return rules


def outcome_document(outcome: Outcome) -> tuple[int, Document, bool]:
    """Give an outcome's status, its answer or problem, and whether it was given before."""
    if isinstance(outcome, Declined):
        return outcome.status, problems.refusal(outcome.status, outcome.code, outcome.reason, outcome.detail), False
    return outcome.status, answer_document(outcome.answer), outcome.replay


def answer_document(answer: Answer) -> Document:
    """Write what an item was worth; amounts of points are in the wallet's smallest unit, money is decimal text."""
    rules = rules_of(answer.programme_id, answer.version)
    currency = rules.programme.currency
    rows = "" if answer.account is None else rows_of(answer.account)
    said: Document = {
        "effects": [each for effect in answer.effects if (each := _effect(effect, rows)) is not None],
        "steps": [_step(step) for step in answer.steps],
    }
    if answer.amounts is not None:
        currency = answer.amounts.currency or currency
        total, by_points, due = answer.amounts.total, answer.amounts.by_points, answer.amounts.due
        said["amounts"] = {
            "total": write_money(total, currency),
            "by_points": write_money(by_points, currency),
            "due": write_money(due, currency),
        }
    if answer.refund is not None:
        said["refund"] = {"money": write_money(answer.refund.money, currency), "points": answer.refund.points}
    said["wallets"] = {
        name: wallet_document(rules, name, *((view.active, view.pending, view.held) if view else (0, 0, 0)))
        for name in rules.wallets
        for view in (answer.wallets.get(name),)
    }
    said["tiers"] = answer.tiers
    return said


def wallet_document(rules: Rules, wallet: str, active: int, pending: int, held: int) -> Document:
    """Write what is in a wallet, and what the active part is worth in money (null where the wallet has no value)."""
    found = rules.wallets.get(wallet)
    worth = None if found is None or found.value is None else found.worth(active)
    return {
        "active": active,
        "pending": pending,
        "held": held,
        "decimals": 0 if found is None else found.decimals,
        "value": None if worth is None else write_money(worth, rules.programme.currency),
    }


@lru_cache(_MOST_INSTANTS)
def instant(seconds: int) -> str:
    """Write whole seconds since 1970 as a time in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _effect(effect: Effect, rows: str) -> Document | None:
    """Write an effect that callers care about; counters and bookkeeping stay inside."""
    if type(effect) in _INSIDE:  # most are
        return None
    match effect:
        case Posted():
            return _posted(effect, rows)
        case TierMoved():
            return {"effect": "tier", "set": effect.set, "before": effect.before, "after": effect.after}
        case RewardMoved(reward=reward):
            return {
                "effect": "reward",
                "redemption": reward.redemption,
                "reward": reward.reward,
                "quantity": reward.quantity,
                "code": reward.code,
                "state": reward.state,
            }
        case Activated() | Extended() | HoldMoved():
            return _moved(effect, rows)
        case _:
            return None


def _posted(effect: Posted, rows: str) -> Document:
    """Write a row; ``rows`` is what the ids of all the member's rows begin with."""
    said: Document = {
        "effect": "posted",
        "row": f"{rows}{effect.row}",
        "wallet": effect.wallet,
        "kind": effect.kind,
        "amount": effect.amount,
        "running": effect.running,
        "occurred_at": instant(effect.at),
    }
    if effect.ends_at is not None:
        said["ends_at"] = instant(effect.ends_at)
    if effect.lots:
        said["lots"] = [{"row": f"{rows}{lot.row}", "amount": lot.amount} for lot in effect.lots]
    if effect.reverses is not None:
        said["reverses"] = f"{rows}{effect.reverses}"
    if effect.awaits is not None:
        said |= _awaited(effect.awaits)
    if effect.shortfall:
        said["shortfall"] = effect.shortfall
    return said


def _awaited(awaits: Awaits) -> Document:
    """Write that a row moves pending points, and what those wait for."""
    if awaits.active_at is not None:
        return {"pending": True, "active_at": instant(awaits.active_at)}
    named = {"event": awaits.event} if awaits.event is not None else {"status": awaits.status}
    return {"pending": True, "awaits": named}


def _moved(effect: Activated | Extended | HoldMoved, rows: str) -> Document:
    """Write what became of lots."""
    match effect:
        case Activated():
            said: Document = {"effect": "activated", "row": f"{rows}{effect.row}", "wallet": effect.wallet}
            said["amount"] = effect.amount
            return said if effect.ends_at is None else said | {"ends_at": instant(effect.ends_at)}
        case Extended():
            return {
                "effect": "extended",
                "wallet": effect.wallet,
                "rows": [f"{rows}{row}" for row in effect.rows],
                "amount": effect.amount,
                "ends_at": instant(effect.ends_at),
            }
        case HoldMoved():
            hold = effect.hold
            said = {"effect": "hold", "hold": hold.hold, "wallet": hold.wallet, "amount": hold.amount}
            return said | {"state": hold.state}
    assert_never(effect)


def _step(step: Step) -> Document:
    said: Document
    if step.applied:
        said = {
            "rule": step.rule,
            "applied": True,
            "because": step.because,
            "wallet": step.wallet,
            "points": step.points,
        }
    else:
        said = {"rule": step.rule, "applied": False, "because": step.because}
    if step.saw:
        said["saw"] = step.saw
    return said
