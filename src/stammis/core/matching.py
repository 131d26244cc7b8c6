"""Matching: what selects a rule, what it checks once for an event, and what it asks of each line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from stammis.core.conditions import (
    All,
    BasketAmount,
    BasketLines,
    BasketQuantity,
    Category,
    Channel,
    Condition,
    Not,
    OnWeekday,
    Partner,
    Payment,
    Sku,
    Store,
    Tier,
    Together,
    Total,
)
from stammis.core.effects import Step
from stammis.core.moments import WEEKDAYS
from stammis.core.questions import (
    allowed_levels,
    asks_lines,
    kind_of,
    line_test,
    look,
    scene_test,
    wanted,
)
from stammis.core.scene import LONGEST, LineTest, Scene, Terms

Check = Callable[[Scene], Step | None]
"""Looks at an event: the step that says why the rule does not apply, or None where nothing stands against it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One of these articles or categories must be somewhere in the basket."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Matching:
    """How a rule finds its events and lines.

    Attributes:
        skus, categories: the lines that select the rule; None where any line does.
        spurned: the categories whose lines the rule is not for, where it is for those of all others.
        channels, stores, partners, payments: the places and means that select it.
        needs: what must be in the basket for a condition about all of it; ``needing`` is that condition.
        check: what is asked once for the event.
        line_test: what is asked of each selected line.
        unmet: the step where no line meets what is asked of lines.
    """

    skus: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    stores: frozenset[str] | None = None
    partners: frozenset[str] | None = None
    payments: frozenset[str] | None = None
    needs: Need | None = None
    needing: Condition | None = None
    check: Check | None = None
    line_test: LineTest | None = None
    unmet: Step | None = None
    spurned: frozenset[str] | None = None

    @property
    def of_lines(self) -> bool:
        """Whether the rule asks anything about lines."""
        return self.unmet is not None


@lru_cache(maxsize=65_536)
def failing(rule: str, wallet: str, asks: str, wants: str, saw: str) -> Step:
    """The step of a rule whose condition does not hold: what was asked, wanted and seen. Shared, so never changed."""
    return _fails(rule, wallet, asks, wants[:LONGEST], saw[:LONGEST])


def _fails(rule: str, wallet: str, asks: str, wants: str, saw: str) -> Step:
    return Step(rule, False, "condition", wallet, 0, {"asks": asks, "wanted": wants, "saw": saw})


def conjuncts(condition: Condition | None) -> list[Condition]:
    """A condition as a list of which every one must hold."""
    if condition is None:
        return []
    if isinstance(condition, All):
        return [inner for part in condition.of for inner in conjuncts(part)]
    return [condition]


@dataclass(slots=True)
class _Sorted:
    skus: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    stores: frozenset[str] | None = None
    partners: frozenset[str] | None = None
    payments: frozenset[str] | None = None
    needs: Need | None = None
    needing: Condition | None = None
    checks: list[Condition] = field(default_factory=list)
    of_lines: list[Condition] = field(default_factory=list)
    first_of_lines: Condition | None = None


def _sort(condition: Condition | None) -> _Sorted:
    found = _Sorted()
    for part in conjuncts(condition):
        match part:
            case Channel() if found.channels is None:
                found.channels = frozenset(part.any_of)
            case Store() if found.stores is None:
                found.stores = frozenset(part.any_of)
            case Partner() if found.partners is None:
                found.partners = frozenset(part.any_of)
            case Payment() if found.payments is None:
                found.payments = frozenset(part.any_of)
            case _ if not asks_lines(part):
                found.checks.append(part)
                need = _need(part) if found.needs is None else None
                if need is not None:
                    found.needs, found.needing = need, part
            case _:
                found.first_of_lines = found.first_of_lines or part
                match part:
                    case Sku() if found.skus is None:
                        found.skus = frozenset(part.any_of)
                    case Category() if found.categories is None:
                        found.categories = frozenset(part.any_of)
                    case _:
                        found.of_lines.append(part)
    return found


def _need(condition: Condition) -> Need | None:
    """What must be in the basket for a condition to hold, as far as it selects by article or category."""
    match condition:
        case BasketQuantity() | BasketAmount():
            return _selects(condition.of) if str(condition.at_least or 0).strip("0.") else None
        case BasketLines():
            return _selects(condition.of) if condition.at_least else None
        case Together():
            return next((need for part in condition.of if (need := _selects(part)) is not None), None)
        case _:
            return None


def _selects(condition: Condition | None) -> Need | None:
    for part in conjuncts(condition):
        match part:
            case Sku():
                return Need(skus=frozenset(part.any_of))
            case Category():
                return Need(categories=frozenset(part.any_of))
            case _:
                pass
    return None


def _check(condition: Condition, rule: str, wallet: str, terms: Terms) -> Check:
    test, at, asks, wants = scene_test(condition, terms), look(condition, terms), kind_of(condition), wanted(condition)
    if isinstance(condition, OnWeekday):
        days = [None if day in condition.any_of else failing(rule, wallet, asks, wants, day) for day in WEEKDAYS]
        return lambda scene: days[scene.weekday]
    if isinstance(condition, Tier):
        name, allowed = condition.set, allowed_levels(condition, terms.levels[condition.set])
        levels: dict[str | None, Step | None] = dict.fromkeys(allowed)
        for level in (None, *terms.levels[name]):
            if level not in allowed:
                levels[level] = failing(rule, wallet, asks, wants, level or "")
        return lambda scene: levels[scene.tiers.get(name)]
    if isinstance(condition, Total):  # hardly ever the same twice: not worth keeping
        return lambda scene: None if test(scene) else _fails(rule, wallet, asks, wants, at(scene))
    return lambda scene: None if test(scene) else failing(rule, wallet, asks, wants, at(scene))


def _every(checks: list[Check]) -> Check | None:
    if len(checks) < 2:  # noqa: PLR2004 - none or one: nothing to combine
        return checks[0] if checks else None

    def check(scene: Scene) -> Step | None:
        for one in checks:
            step = one(scene)
            if step is not None:
                return step
        return None

    return check


def _every_line(tests: list[LineTest]) -> LineTest | None:
    if len(tests) < 2:  # noqa: PLR2004 - none or one: nothing to combine
        return tests[0] if tests else None
    return lambda scene, line: all(test(scene, line) for test in tests)


def matching(condition: Condition | None, rule: str, wallet: str, terms: Terms) -> Matching:
    """Prepares a rule's condition: what selects the rule is told apart from what is asked once and of each line."""
    found = _sort(condition)
    first = found.first_of_lines
    spurned = _spurned(found)
    return Matching(
        skus=found.skus,
        categories=found.categories,
        channels=found.channels,
        stores=found.stores,
        partners=found.partners,
        payments=found.payments,
        needs=found.needs,
        needing=found.needing,
        check=_every([_check(part, rule, wallet, terms) for part in found.checks]),
        line_test=None if spurned else _every_line([line_test(part, terms) for part in found.of_lines]),
        unmet=None if first is None else failing(rule, wallet, kind_of(first), wanted(first), ""),
        spurned=spurned,
    )


def _spurned(found: _Sorted) -> frozenset[str] | None:
    """The categories that a rule leaves out, where that is all that it asks of lines."""
    if found.skus is not None or found.categories is not None:
        return None
    match found.of_lines:
        case [Not(of=Category(any_of=names))]:
            return frozenset(names)
        case _:
            return None
