"""Conditions about where and how a purchase was made, and about its lines together."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.core.document import DocumentErrors, parse
from stammis.core.effects import Step
from stammis.core.events import ReturnLine, Scalar
from stammis.core.explain import full_steps
from tests.core.course import Course, document, line

TEA = {"kind": "category", "any_of": ["tea"]}
CAKE = {"kind": "category", "any_of": ["cake"]}


def gives(condition: dict[str, Any]) -> dict[str, Any]:
    """A programme with one rule: 10 points for a purchase that meets the condition."""
    return {"earn": [{"kind": "purchase", "id": "rule", "points": 10, "when": condition}]}


def bought(condition: dict[str, Any], **more: Any) -> Step:
    """The step of the rule on two teas for 6.00, one for 2.50, a cake for 4.00 and shipping of 5.00."""
    course = Course(gives(condition))
    lines = (
        line("6.00", "1", 2, category="tea", sku="green"),
        line("2.50", "2", "1.5", category="tea", sku="black"),
        line("4.00", "3", category="cake"),
        line("5.00", "4", kind="shipping", category="tea"),
    )
    decision = course.buy(lines=lines, **{"payment": "card", "partner": "cinema", **more})
    event, _, _ = course.log[-1]
    (step,) = full_steps(event, decision, course.rules)
    return step


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"kind": "payment", "any_of": ["card", "cash"]}, True),
        ({"kind": "payment", "any_of": ["cash"]}, False),
        ({"kind": "partner", "any_of": ["cinema"]}, True),
        ({"kind": "not", "of": {"kind": "partner", "any_of": ["cinema"]}}, False),
        ({"kind": "line_quantity", "at_least": 2}, True),
        ({"kind": "line_quantity", "at_least": "2.5"}, False),
        ({"kind": "line_quantity", "at_least": "1.5", "at_most": "1.5"}, True),
        ({"kind": "basket_quantity", "of": TEA, "at_least": "3.5"}, True),
        ({"kind": "basket_quantity", "of": TEA, "at_least": "3.500001"}, False),
        ({"kind": "basket_quantity", "at_least": "4.5", "at_most": "4.5"}, True),
        ({"kind": "basket_amount", "of": TEA, "at_least": "8.50", "at_most": "8.50"}, True),
        ({"kind": "basket_amount", "of": TEA, "at_most": "8.49"}, False),
        ({"kind": "basket_lines", "of": TEA, "at_least": 2, "at_most": 2}, True),
        ({"kind": "basket_lines", "of": CAKE, "at_most": 0}, False),
        ({"kind": "together", "of": [TEA, CAKE]}, True),
        ({"kind": "together", "of": [TEA, {"kind": "sku", "any_of": ["milk"]}]}, False),
        ({"kind": "all", "of": [{"kind": "together", "of": [TEA, CAKE]}, {"kind": "sku", "any_of": ["green"]}]}, True),
        (
            {"kind": "any", "of": [{"kind": "payment", "any_of": ["cash"]}, {"kind": "basket_lines", "at_least": 3}]},
            True,
        ),
    ],
)
def test_a_condition_about_the_basket_holds_or_not(condition: dict[str, Any], *, holds: bool) -> None:
    assert bought(condition).points == (10 if holds else 0)


@pytest.mark.parametrize(
    ("condition", "saw"),
    [
        ({"kind": "payment", "any_of": ["cash"]}, {"asks": "payment", "wanted": "cash", "saw": "card"}),
        ({"kind": "partner", "any_of": ["zoo"]}, {"asks": "partner", "wanted": "zoo", "saw": "cinema"}),
        (
            {"kind": "basket_quantity", "of": TEA, "at_least": 4},
            {"asks": "basket_quantity", "wanted": "4.. tea", "saw": "3.5"},
        ),
        (
            {"kind": "basket_amount", "of": TEA, "at_least": "9.00"},
            {"asks": "basket_amount", "wanted": "9.00.. tea", "saw": "8.50"},
        ),
        (
            {"kind": "together", "of": [TEA, {"kind": "sku", "any_of": ["milk"]}]},
            {"asks": "together", "wanted": "tea & milk", "saw": "tea"},
        ),
        (
            {"kind": "basket_quantity", "of": {"kind": "sku", "any_of": ["milk"]}, "at_least": 1},
            {"asks": "basket_quantity", "wanted": "1.. milk", "saw": ""},
        ),
    ],
)
def test_a_step_says_what_was_wanted_of_the_basket_and_seen(condition: dict[str, Any], saw: dict[str, Scalar]) -> None:
    assert bought(condition) == Step("rule", False, "condition", "points", 0, saw)


def test_what_no_longer_meets_a_basket_condition_after_a_return_goes_back() -> None:
    course = Course(gives({"kind": "basket_quantity", "of": TEA, "at_least": 3}))
    course.buy(lines=(line("9.00", "1", 3, category="tea"), line("5.00", "2")))
    course.give_back(ReturnLine("2"))
    assert course.balance == 10
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.balance == 0


def test_rules_that_need_something_in_the_basket_are_found_by_it() -> None:
    rules = [
        {"kind": "purchase", "id": name, "points": 1, "when": {"kind": "basket_lines", "of": of, "at_least": 1}}
        for name, of in (("tea", TEA), ("cake", CAKE))
    ]
    course = Course(earn=[*rules, {"kind": "purchase", "id": "any", "points": 1}])
    decision = course.buy(lines=(line("4.00", category="cake"),))
    assert [step.rule for step in decision.steps] == ["cake", "any"]


@pytest.mark.parametrize(
    ("condition", "pointer", "code"),
    [
        ({"kind": "basket_lines", "of": TEA}, "", "missing_field"),
        ({"kind": "basket_lines", "of": {"kind": "channel", "any_of": ["web"]}, "at_least": 1}, "/of", "only_lines"),
        ({"kind": "together", "of": [TEA, {"kind": "weekday", "any_of": ["mon"]}]}, "/of/1", "only_lines"),
        ({"kind": "together", "of": [TEA]}, "/of", "empty"),
        ({"kind": "basket_quantity", "at_least": 3, "at_most": 2}, "", "never_holds"),
        ({"kind": "basket_amount", "at_least": "1.001"}, "/at_least", "too_many_decimals"),
        ({"kind": "holiday", "calendar": "fin"}, "/calendar", "unknown_holidays"),
        ({"kind": "between"}, "", "missing_field"),
        ({"kind": "between", "from": "2026-02-30T10:00"}, "/from", "wrong_format"),
        ({"kind": "between", "from": "2026-02-03 10:00"}, "/from", "wrong_format"),
        ({"kind": "between", "from": "2026-02-03T10:00", "until": "2026-02-03T10:00"}, "", "never_holds"),
        ({"kind": "nth_purchase"}, "", "missing_field"),
        ({"kind": "days_since", "what": "event", "at_least": 1}, "/event", "missing_field"),
        ({"kind": "days_since", "what": "purchase", "event": "visit", "at_least": 1}, "/event", "not_here"),
        ({"kind": "days_since", "what": "purchase"}, "", "missing_field"),
        ({"kind": "spent_in_window", "days": 30, "at_least": "0.001"}, "/at_least", "too_many_decimals"),
        ({"kind": "balance", "wallet": "point", "at_least": 1}, "/wallet", "unknown_wallet"),
        ({"kind": "balance", "wallet": "points", "at_least": "1.5"}, "/at_least", "too_many_decimals"),
        ({"kind": "property", "name": "stars", "at_least": 3}, "", "not_for_purchases"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(condition: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(DocumentErrors) as caught:
        parse(document(**gives(condition), holidays={"finland": ["2026-12-06"]}))
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(f"/earn/0/when{pointer}", code)]
