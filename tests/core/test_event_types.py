"""Types of events that a programme declares, and what its rules ask of their properties."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.core.document import DocumentErrors, parse
from stammis.core.events import Happening, Scalar
from stammis.core.happening_checks import misreported
from tests.core.course import Course, document, moment

VISIT: dict[str, Any] = {
    "id": "visit",
    "name": "Visit",
    "properties": [
        {"name": "stars", "type": "number", "required": True},
        {"name": "room", "any_of": ["bar", "hall"]},
        {"name": "paid", "type": "boolean"},
        {"name": "on", "type": "date"},
    ],
}


def rule(**more: Any) -> dict[str, Any]:
    """A rule that gives 10 points for a visit."""
    return {"kind": "event", "id": "rule", "event": "visit", "points": 10, **more}


@pytest.mark.parametrize(
    ("condition", "properties", "points"),
    [
        ({"any_of": ["5"]}, {"stars": 5}, 10),
        ({"any_of": ["5"]}, {"stars": "5"}, 10),
        ({"any_of": ["5"]}, {"stars": 5.5}, 0),
        ({"at_least": 4}, {"stars": 4}, 10),
        ({"at_least": "4.1"}, {"stars": 4.1}, 10),
        ({"at_least": "4.100001"}, {"stars": 4.1}, 0),
        ({"at_least": 4, "at_most": 5}, {"stars": 6}, 0),
        ({"at_least": 4}, {"stars": "4"}, 0),
        ({"at_least": 0}, {"stars": True}, 0),
        ({"at_least": 0}, {}, 0),
        ({"any_of": ["true"]}, {"stars": True}, 10),
    ],
)
def test_a_property_is_compared_as_text_or_within_bounds(
    condition: dict[str, Any], properties: dict[str, Scalar], points: int
) -> None:
    course = Course(earn=[rule(when={"kind": "property", "name": "stars", **condition})])
    (step,) = course.does("visit", "2025-03-10", **properties).steps
    assert step.points == points
    if not points:
        assert step.saw["asks"] == "property"


@pytest.mark.parametrize(
    ("kind", "properties", "faults"),
    [
        ("visit", {"stars": 4, "room": "bar", "paid": True, "on": "2026-01-31"}, []),
        ("visit", {"stars": 4.5}, []),
        ("visit", {}, [("/properties/stars", "missing_field")]),
        ("visit", {"stars": None}, [("/properties/stars", "missing_field")]),
        ("visit", {"stars": "4"}, [("/properties/stars", "wrong_type")]),
        ("visit", {"stars": True}, [("/properties/stars", "wrong_type")]),
        ("visit", {"stars": 1, "room": "attic"}, [("/properties/room", "unknown_value")]),
        ("visit", {"stars": 1, "room": 1}, [("/properties/room", "wrong_type")]),
        ("visit", {"stars": 1, "paid": "true"}, [("/properties/paid", "wrong_type")]),
        ("visit", {"stars": 1, "on": "2026-02-30"}, [("/properties/on", "wrong_type")]),
        ("visit", {"stars": 1, "star": 1}, [("/properties/star", "unknown_field")]),
        ("viist", {}, [("/type", "unknown_event")]),
        ("review", {"anything": 1}, []),
    ],
)
def test_an_event_of_a_declared_type_has_to_fit(
    kind: str, properties: dict[str, Scalar], faults: list[tuple[str, str]]
) -> None:
    programme = parse(document(events=[VISIT], only_declared_events=True))
    event = Happening(occurred_at=moment("2026-01-01"), id="1", type=kind, member="m", properties=properties)
    assert [(found.pointer, found.code) for found in misreported(event, programme)] == faults


def test_types_that_are_not_declared_are_accepted_unless_the_programme_says_otherwise() -> None:
    programme = parse(document(events=[VISIT]))
    event = Happening(occurred_at=moment("2026-01-01"), id="1", type="anything", member="m")
    assert misreported(event, programme) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"events": [VISIT, VISIT]}, "/events/1/id", "duplicate_id"),
        (
            {"events": [{"id": "visit", "properties": [{"name": "a"}, {"name": "a"}]}]},
            "/events/0/properties/1/name",
            "duplicate_id",
        ),
        (
            {"events": [{"id": "v", "properties": [{"name": "a", "type": "number", "any_of": ["x"]}]}]},
            "/events/0/properties/0/any_of/0",
            "wrong_type",
        ),
        ({"events": [{"id": "birthday", "properties": [{"name": "a"}]}]}, "/events/0/properties", "not_here"),
        ({"only_declared_events": True}, "/earn/0/event", "unknown_event"),
        (
            {"events": [VISIT], "earn": [rule(when={"kind": "property", "name": "star", "any_of": ["1"]})]},
            "/earn/0/when",
            "unknown_property",
        ),
        (
            {"events": [VISIT], "earn": [rule(when={"kind": "property", "name": "room", "any_of": ["attic"]})]},
            "/earn/0/when",
            "unknown_value",
        ),
        (
            {"events": [VISIT], "earn": [rule(when={"kind": "property", "name": "room", "at_least": 1})]},
            "/earn/0/when",
            "not_a_number",
        ),
        (
            {"earn": [rule(event="birthday", when={"kind": "property", "name": "room", "any_of": ["1"]})]},
            "/earn/0/when",
            "never_holds",
        ),
        ({"earn": [rule(when={"kind": "payment", "any_of": ["card"]})]}, "/earn/0/when", "not_for_events"),
        ({"earn": [rule(when={"kind": "nth_purchase", "every": 2})]}, "/earn/0/when", "not_for_events"),
        (
            {"earn": [rule(event="birthday")], "budgets": [{"id": "b", "rules": ["rule"], "points": 5}]},
            "/budgets/0/rules/0",
            "happens_by_itself",
        ),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(changes: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(DocumentErrors) as caught:
        parse(document(**({"earn": [rule()]} | changes)))
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(pointer, code)]
