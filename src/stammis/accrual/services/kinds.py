"""Kinds of periods, which earlier builds did not write with what is used of a cap or drawn from a budget.

What is stored without them is read with those that its history tells.
"""

from __future__ import annotations

from msgspec import structs

from stammis.accrual.records import Record
from stammis.core.calendars import same_period
from stammis.core.effects import Counted, Drawn, Effect, PurchaseMoved
from stammis.core.standing import Count, PurchaseState, Standing

Counts = tuple[Count, ...]


def of_standing(stored: Standing, told: Standing) -> Standing:
    """Give a stored standing with the kinds of periods that another one tells."""
    counts = {cap: _of_counts(used, told.counts.get(cap, ())) for cap, used in stored.counts.items()}
    return structs.replace(stored, counts=counts)


def of_state(stored: PurchaseState, told: PurchaseState) -> PurchaseState:
    """Give where a purchase stands, as stored, with the kinds of periods that another tells."""
    if stored.seen is None or told.seen is None:
        return stored
    others = told.seen.counts
    counts = {cap: _of_count(count, others.get(cap, count)) for cap, count in stored.seen.counts.items()}
    return structs.replace(stored, seen=structs.replace(stored.seen, counts=counts))


def of_record(stored: Record, told: Record) -> Record:
    """Give what is kept of a decision with the kinds of periods that another tells."""
    if len(stored.effects) != len(told.effects):
        return stored
    pairs = zip(stored.effects, told.effects, strict=True)
    return structs.replace(stored, effects=tuple(_of_effect(effect, other) for effect, other in pairs))


def _of_effect(stored: Effect, told: Effect) -> Effect:
    if isinstance(stored, Counted) and isinstance(told, Counted):
        return structs.replace(stored, count=_of_count(stored.count, told.count))
    if isinstance(stored, Drawn) and isinstance(told, Drawn):
        return structs.replace(stored, period=_of(stored.period, told.period))
    if isinstance(stored, PurchaseMoved) and isinstance(told, PurchaseMoved):
        return structs.replace(stored, state=of_state(stored.state, told.state))
    return stored


def _of_counts(stored: Counts, told: Counts) -> Counts:
    if len(stored) != len(told):
        return stored
    return tuple(_of_count(count, other) for count, other in zip(stored, told, strict=True))


def _of_count(stored: Count, told: Count) -> Count:
    return structs.replace(stored, period=_of(stored.period, told.period))


def _of(stored: int, told: int) -> int:
    return max(stored, told) if same_period(stored, told) else stored
