"""Checks of types of events: what is declared about them, what rules ask of them, and what callers report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from stammis.core.conditions import Property
from stammis.core.earn import PerEvent
from stammis.core.event_types import BUILT_IN, BY_THEMSELVES, EventType, Kind, PropertyType
from stammis.core.events import Happening, Scalar
from stammis.core.programme import Programme
from stammis.core.properties import as_number, as_text
from stammis.core.questions import leaves
from stammis.core.reading import Problem, below, unknown
from stammis.core.wording import Worded, wording

_EXPECTED: Final[dict[Kind, str]] = {
    "text": wording("a text"),
    "number": wording("a number"),
    "boolean": wording("true or false"),
    "date": wording("a date such as 2026-01-31"),
}


def known_events(declared: Iterable[str]) -> frozenset[str]:
    """All types of events that are known where some are declared."""
    return frozenset((*BUILT_IN, *declared))


def event_types(kind: EventType, pointer: str) -> Iterator[Problem]:
    """What is wrong with a declared type of event."""
    seen: set[str] = set()
    for place, each in enumerate(kind.properties):
        at = below(pointer, "properties", place)
        if each.name in seen:
            yield Problem(
                below(at, "name"), "duplicate_id", Worded("«%(name)s» is the name of another as well.", name=each.name)
            )
        seen.add(each.name)
        for number, value in enumerate(each.any_of):
            if not _may_be_text_of(value, each.type):
                message = Worded("Expected %(expected)s, as text.", expected=Worded(_EXPECTED[each.type]))
                yield Problem(below(at, "any_of", number), "wrong_type", message)
    if kind.id in BY_THEMSELVES and kind.properties:
        message = Worded("This event happens by itself and has no properties.")
        yield Problem(below(pointer, "properties"), "not_here", message)


def _may_be_text_of(value: str, kind: Kind) -> bool:
    match kind:
        case "text":
            return True
        case "number":
            try:
                return as_text(int(value) if value.lstrip("-").isdigit() else float(value)) == value
            except ValueError:
                return False
        case "boolean":
            return value in ("true", "false")
        case "date":
            return _is_date(value)
        case _:
            assert_never(kind)


def asked_properties(rule: PerEvent, kind: EventType | None, pointer: str) -> Iterator[Problem]:
    """What is wrong with the questions that a rule asks about its events' properties."""
    declared = {each.name: each for each in kind.properties} if kind is not None else {}
    for leaf in leaves(rule.when):
        if not isinstance(leaf, Property):
            continue
        if rule.event in BY_THEMSELVES:
            yield Problem(pointer, "never_holds", Worded("This event happens by itself and has no properties."))
        elif kind is not None and leaf.name not in declared:
            yield unknown(pointer, "unknown_property", leaf.name, declared)
        elif kind is not None:
            yield from _asked(leaf, declared[leaf.name], pointer)


def _asked(leaf: Property, declared: PropertyType, pointer: str) -> Iterator[Problem]:
    bounded = leaf.at_least is not None or leaf.at_most is not None
    if bounded and declared.type != "number":
        yield Problem(pointer, "not_a_number", Worded("«%(name)s» is no number, so it has no bounds.", name=leaf.name))
    for value in leaf.any_of:
        if declared.any_of and value not in declared.any_of:
            yield unknown(pointer, "unknown_value", value, declared.any_of)
        elif not _may_be_text_of(value, declared.type):
            yield Problem(
                pointer,
                "wrong_type",
                Worded("«%(value)s» is not %(expected)s.", value=value, expected=Worded(_EXPECTED[declared.type])),
            )


def misreported(event: Happening, programme: Programme) -> list[Problem]:
    """Everything about a reported event that does not fit what the programme declares of its type."""
    if not programme.events and not programme.only_declared_events:
        return []
    declared = _declared(programme)
    kind = declared.get(event.type)
    if kind is None:
        known = known_events(declared)
        if programme.only_declared_events and event.type not in known:
            return [unknown("/type", "unknown_event", event.type, known)]
        return []
    names = {each.name: each for each in kind.properties}
    problems = [
        unknown(below("/properties", name), "unknown_field", name, names)
        for name in event.properties
        if name not in names
    ]
    for each in kind.properties:
        problems += _misfit(event.properties.get(each.name), each)
    return problems


def _declared(programme: Programme) -> dict[str, EventType]:
    return {kind.id: kind for kind in programme.events}


def _misfit(value: Scalar, declared: PropertyType) -> Iterator[Problem]:
    at = below("/properties", declared.name)
    if value is None:
        if declared.required:
            yield Problem(at, "missing_field", Worded("«%(name)s» is needed here.", name=declared.name))
    elif not _is_of(value, declared.type):
        yield Problem(at, "wrong_type", Worded("Expected %(expected)s.", expected=Worded(_EXPECTED[declared.type])))
    elif declared.any_of and as_text(value) not in declared.any_of:
        yield unknown(at, "unknown_value", as_text(value), declared.any_of)


def _is_of(value: Scalar, kind: Kind) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return as_number(value) is not None
        case "boolean":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, str) and _is_date(value)
        case _:
            assert_never(kind)


def _is_date(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
