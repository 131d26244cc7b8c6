"""Explaining: the steps of a decision with those of the rules that an index ruled out, which decisions do not store."""

from __future__ import annotations

from collections.abc import Iterable

from stammis.core.earn_rules import EarnRule
from stammis.core.effects import Decision, PurchaseMoved, Refused, Step
from stammis.core.events import AnyEvent, Happening, Line, Purchase, StatusChanged
from stammis.core.matching import Need, failing
from stammis.core.questions import kind_of, wanted
from stammis.core.rules import Rules


def full_steps(event: AnyEvent, decision: Decision, rules: Rules, purchase: Purchase | None = None) -> tuple[Step, ...]:
    """A step for every rule, in the order of the programme, after the steps that belong to no rule.

    Only events that let rules earn have more steps than were stored: a purchase or other event, and a purchase's first
    completion, for which ``purchase`` is the purchase itself.
    """
    stored = {step.rule: step for step in decision.steps if step.rule}
    others = tuple(step for step in decision.steps if not step.rule)
    asked = _asked(event, decision, purchase)
    if asked is None or any(step.because in ("unenrolled", "no_version") for step in others):
        return decision.steps
    return others + tuple(stored.get(rule.id) or _ruled_out(rule, asked) for rule in rules.book.rules)


def _asked(event: AnyEvent, decision: Decision, purchase: Purchase | None) -> Purchase | Happening | None:
    """The event that the rules were asked about; None where they were not."""
    if decision.effects and isinstance(decision.effects[0], Refused):
        return None
    completed = any(
        isinstance(effect, PurchaseMoved) and effect.state.state == "completed" for effect in decision.effects
    )
    if isinstance(event, Happening):
        return event
    if isinstance(event, Purchase):
        return event if completed else None
    if isinstance(event, StatusChanged) and completed and not any(step.because == "again" for step in decision.steps):
        return purchase
    return None


def _ruled_out(rule: EarnRule, event: Purchase | Happening) -> Step:
    if isinstance(event, Happening):
        return failing(rule.id, rule.wallet, "event", rule.event or "purchase", event.type)
    if rule.event is not None:
        return failing(rule.id, rule.wallet, "event", rule.event, "purchase")
    lines, match = event.lines, rule.match
    named = _ruled_out_by_name(rule, event)
    if named is not None:
        return named
    if match.skus is not None and not any(line.sku in match.skus for line in lines):
        return failing(rule.id, rule.wallet, "sku", _names(match.skus), _names(line.sku for line in lines))
    seen = _names(line.category for line in lines)
    needing = match.needing
    if match.needs is not None and needing is not None and not _found(match.needs, lines):
        return failing(rule.id, rule.wallet, kind_of(needing), wanted(needing), "")
    return failing(rule.id, rule.wallet, "category", _names(match.categories or ()), seen)


def _ruled_out_by_name(rule: EarnRule, event: Purchase) -> Step | None:
    match = rule.match
    places = (
        ("channel", match.channels, event.channel),
        ("store", match.stores, event.store),
        ("partner", match.partners, event.partner),
        ("payment", match.payments, event.payment),
    )
    for asks, names, name in places:
        if names is not None and name not in names:
            return failing(rule.id, rule.wallet, asks, _names(names), name or "")
    return None


def _found(need: Need, lines: Iterable[Line]) -> bool:
    return any(line.sku in need.skus or line.category in need.categories for line in lines)


def _names(names: Iterable[str | None]) -> str:
    return ",".join(sorted({name for name in names if name is not None}))
