from __future__ import annotations

from typing import Any

import pytest

from stammis.core.effects import Step
from stammis.core.explain import full_steps
from tests.core.course import Course, line, moment

LEVELS = [{"id": name, "name": name, "at": at} for name, at in (("basic", 0), ("silver", 100), ("gold", 500))]
CLUB = [{"id": "club", "name": "Club", "counts": "spend", "levels": LEVELS}]


def bought(condition: dict[str, Any], day: str = "2025-03-10T12:00", **more: Any) -> Step:
    """The step of a rule with this condition on a purchase of milk for 10.00 and bread for 5.00."""
    course = Course(earn=[{"kind": "amount", "id": "rule", "points": 1, "when": condition}], tiers=CLUB)
    course.is_known(labels=("vip",), attributes={"size": 5, "student": True, "city": "Oulu"})
    lines = (line("10.00", category="dairy", sku="milk"), line("5.00", "2", category="bread"))
    decision = course.buy(lines=lines, day=day, **{"channel": "web", "store": "north", **more})
    event, _, _ = course.log[-1]
    (step,) = full_steps(event, decision, course.rules)
    return step


@pytest.mark.parametrize(
    ("condition", "points"),
    [
        ({"kind": "category", "any_of": ["dairy", "wine"]}, 10),
        ({"kind": "sku", "any_of": ["milk"]}, 10),
        ({"kind": "line_amount", "at_least": "5.01"}, 10),
        ({"kind": "line_amount", "at_least": "5.00", "at_most": "5.00"}, 5),
        ({"kind": "channel", "any_of": ["web"]}, 15),
        ({"kind": "store", "any_of": ["north", "south"]}, 15),
        ({"kind": "total", "at_least": "15.00", "at_most": "15.00"}, 15),
        ({"kind": "weekday", "any_of": ["mon"]}, 15),
        ({"kind": "hours", "from": "12:00", "until": "12:01"}, 15),
        ({"kind": "hours", "from": "22:00", "until": "12:01"}, 15),
        ({"kind": "dates", "first": "2025-03-10", "last": "2025-03-10"}, 15),
        ({"kind": "tier", "set": "club", "any_of": ["basic"]}, 15),
        ({"kind": "label", "any_of": ["vip", "staff"]}, 15),
        ({"kind": "attribute", "name": "size", "any_of": ["5"]}, 15),
        ({"kind": "attribute", "name": "student", "any_of": ["true"]}, 15),
        ({"kind": "attribute", "name": "city", "any_of": ["Oulu"]}, 15),
        ({"kind": "not", "of": {"kind": "category", "any_of": ["dairy"]}}, 5),
        ({"kind": "any", "of": [{"kind": "sku", "any_of": ["milk"]}, {"kind": "channel", "any_of": ["web"]}]}, 15),
        ({"kind": "all", "of": [{"kind": "sku", "any_of": ["milk"]}, {"kind": "channel", "any_of": ["web"]}]}, 10),
    ],
)
def test_conditions_hold_for_the_lines_and_purchases_they_ask_for(condition: dict[str, Any], points: int) -> None:
    assert bought(condition).points == points


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("channel", "web", "till"), ("store", "north", "south"), ("category", "dairy", "wine"), ("sku", "milk", "red")],
)
def test_two_conditions_of_one_kind_must_both_hold(kind: str, one: str, other: str) -> None:
    wide, narrow = {"kind": kind, "any_of": [one, other]}, {"kind": kind, "any_of": [other, "third"]}
    assert bought({"kind": "all", "of": [wide, narrow]}).points == 0
    assert bought({"kind": "all", "of": [narrow, wide]}).points == 0
    assert bought({"kind": "all", "of": [wide, wide]}).points in (10, 15)


@pytest.mark.parametrize(
    ("condition", "saw"),
    [
        ({"kind": "category", "any_of": ["wine"]}, "bread,dairy"),
        ({"kind": "sku", "any_of": ["roll"]}, "milk"),
        ({"kind": "line_amount", "at_least": "10.01"}, ""),
        ({"kind": "channel", "any_of": ["till"]}, "web"),
        ({"kind": "store", "any_of": ["south"]}, "north"),
        ({"kind": "total", "at_least": "15.01"}, "15.00"),
        ({"kind": "weekday", "any_of": ["tue"]}, "mon"),
        ({"kind": "hours", "from": "12:01", "until": "24:00"}, "12:00"),
        ({"kind": "hours", "from": "12:01", "until": "12:00"}, "12:00"),
        ({"kind": "dates", "first": "2025-03-11"}, "2025-03-10"),
        ({"kind": "dates", "last": "2025-03-09"}, "2025-03-10"),
        ({"kind": "tier", "set": "club", "at_least": "silver"}, "basic"),
        ({"kind": "label", "any_of": ["staff"]}, ""),
        ({"kind": "attribute", "name": "size", "any_of": ["6"]}, "5"),
        ({"kind": "attribute", "name": "age", "any_of": ["6"]}, ""),
    ],
)
def test_a_condition_that_does_not_hold_says_what_it_saw(condition: dict[str, Any], saw: str) -> None:
    step = bought(condition)
    assert (step.applied, step.because, step.points) == (False, "condition", 0)
    assert step.saw["asks"] == condition["kind"]
    assert step.saw["saw"] == saw
    assert bought({"kind": "not", "of": condition}).points == 15


def test_hours_and_weekdays_are_those_of_the_programmes_zone() -> None:
    condition = {
        "kind": "all",
        "of": [{"kind": "weekday", "any_of": ["tue"]}, {"kind": "hours", "from": "00:00", "until": "01:00"}],
    }
    assert bought(condition, day="2025-06-09T23:30:00Z").points == 15
    assert bought(condition, day="2025-03-10T23:30:00Z").points == 0


def test_every_rule_is_explained_though_an_index_ruled_it_out() -> None:
    rules: list[dict[str, Any]] = [
        {"kind": "amount", "id": "base", "points": 1},
        {"kind": "amount", "id": "wine", "points": 1, "when": {"kind": "category", "any_of": ["wine"]}},
        {"kind": "event", "id": "review", "event": "review", "points": 5},
    ]
    course = Course(earn=rules)
    decision = course.buy("10.00")
    event, _, _ = course.log[-1]
    assert [step.rule for step in decision.steps] == ["base"]
    assert [(step.rule, step.because) for step in full_steps(event, decision, course.rules)] == [
        ("base", "given"),
        ("wine", "condition"),
        ("review", "condition"),
    ]
    decision = course.does("review")
    event, _, _ = course.log[-1]
    full = full_steps(event, decision, course.rules)
    assert [(step.rule, step.points) for step in full] == [("base", 0), ("wine", 0), ("review", 5)]
    assert full[0].saw == {"asks": "event", "wanted": "purchase", "saw": "review"}


def test_decisions_that_ask_no_rules_have_no_more_steps_than_they_store() -> None:
    course = Course()
    decision = course.buy("10.00", status="placed")
    event, _, _ = course.log[-1]
    assert full_steps(event, decision, course.rules) == ()
    decision = course.becomes("completed")
    event, _, _ = course.log[-1]
    assert [step.rule for step in full_steps(event, decision, course.rules, course.purchases["P1"])] == ["goods"]
    decision = course.adjust(-3, "2025-03-21")
    event, _, _ = course.log[-1]
    assert [(step.because, step.points) for step in full_steps(event, decision, course.rules)] == [("adjust", -3)]


def test_a_return_sees_the_member_as_the_purchase_did() -> None:
    vip = {"kind": "label", "any_of": ["vip"]}
    course = Course(earn=[{"kind": "amount", "id": "rule", "points": 1, "when": vip}])
    course.is_known(labels=("vip", "other"))
    course.buy(lines=(line("10.00"), line("5.00", "2")))
    assert course.states["P1"].seen is not None
    assert course.states["P1"].seen.labels == ("vip",)
    course.is_known("2025-03-11", labels=())
    course.give_back()
    assert course.balance == 5


def test_a_condition_about_the_past_is_asked_of_the_purchases_own_moment() -> None:
    spring = {"kind": "dates", "first": "2025-03-01", "last": "2025-03-31"}
    course = Course(earn=[{"kind": "amount", "id": "rule", "points": 1, "when": spring}])
    course.buy("10.00", day="2025-03-31", status="placed")
    course.becomes("completed", "2025-04-05")
    assert course.history == [10]
    assert course.rows[0].at == int(moment("2025-03-31").timestamp())
