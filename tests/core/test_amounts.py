from __future__ import annotations

from typing import Any

import pytest

from stammis.core.effects import Step
from tests.core.course import Course, line, refused


@pytest.mark.parametrize(("tax", "points"), [("excluded", 100), ("included", 121)])
def test_b40_tax_counts_where_the_programme_includes_it(tax: str, points: int) -> None:
    course = Course(basis={"tax": tax})
    course.buy(lines=(line("121.00", tax="21.00"),))
    assert course.balance == points


@pytest.mark.parametrize(("shipping", "points"), [(False, 40), (True, 52)])
def test_b41_shipping_counts_where_the_programme_includes_it(*, shipping: bool, points: int) -> None:
    course = Course(basis={"shipping": shipping})
    course.buy(lines=(line("40.00"), line("12.00", "2", kind="shipping")))
    assert course.balance == points


@pytest.mark.parametrize(("rewards", "points"), [("before", 100), ("after", 80)])
def test_b42_rewards_lower_what_counts_where_the_programme_says_after(rewards: str, points: int) -> None:
    course = Course(basis={"rewards": rewards})
    decision = course.buy("100.00", reward="20.00")
    assert course.balance == points
    assert decision.steps[0].saw == {"counted": points * 100}
    assert decision.amounts is not None
    assert decision.amounts.total == 8000


@pytest.mark.parametrize(("amount", "points"), [("3.00", 5), ("4.99", 5), ("5.00", 10), ("2.49", 0)])
def test_b44_only_full_steps_count(amount: str, points: int) -> None:
    course = Course(earn=[{"kind": "amount", "id": "r", "points": 5, "each": "2.50", "full_steps": True}])
    decision = course.buy(amount)
    assert course.balance == points
    assert decision.steps[0].because == ("given" if points else "below_step")


@pytest.mark.parametrize(
    ("points", "amount", "full", "expected"),
    [(4, "289.50", True, 1156), (10, "149.99", True, 1490), (4, "289.50", False, 1158), (10, "149.99", False, 1499)],
)
def test_b46_full_units_and_decimals_differ(*, points: int, amount: str, full: bool, expected: int) -> None:
    course = Course(earn=[{"kind": "amount", "id": "r", "points": points, "full_steps": full}])
    course.buy(amount)
    assert course.balance == expected


@pytest.mark.parametrize(("level", "points"), [("purchase", 4), ("line", 3)])
def test_b47_points_are_rounded_once_or_by_line_as_declared(level: str, points: int) -> None:
    course = Course(rounding={"level": level})
    decision = course.buy(lines=(line("1.50"), line("1.50", "2"), line("1.50", "3")))
    assert course.balance == points
    assert sum(step.points for step in decision.steps) == points


@pytest.mark.parametrize(
    ("mode", "amount", "points"),
    [
        ("down", "2.99", 2),
        ("up", "2.01", 3),
        ("half_up", "2.50", 3),
        ("half_even", "2.50", 2),
        ("half_even", "3.50", 4),
        ("half_even", "2.51", 3),
    ],
)
def test_points_are_rounded_as_declared(mode: str, amount: str, points: int) -> None:
    course = Course(rounding={"mode": mode})
    course.buy(amount)
    assert course.balance == points


def test_cash_rounding_is_part_of_the_total_and_of_what_counts() -> None:
    course = Course(earn=[{"kind": "amount", "id": "r", "points": 100}])
    decision = course.buy(lines=(line("10.00"), line("0.60", "2")), rounding="0.40")
    assert decision.amounts is not None
    assert decision.amounts.total == 1100
    assert course.balance == 1100


def test_tax_falls_with_what_rewards_take_off() -> None:
    course = Course(earn=[{"kind": "amount", "id": "r", "points": 100}])
    course.buy(lines=(line("121.00", tax="21.00"),), reward="60.50")
    assert course.balance == 5000


def test_rewards_above_the_total_are_refused() -> None:
    course = Course()
    assert refused(course.buy("10.00", reward="10.01")).code == "negative_total"


RULES: list[dict[str, Any]] = [
    {"kind": "amount", "id": "base", "points": 1},
    {"kind": "amount", "id": "dairy", "points": 2, "when": {"kind": "category", "any_of": ["dairy"]}},
    {"kind": "multiply", "id": "web", "factor": 2, "when": {"kind": "channel", "any_of": ["web"]}},
    {"kind": "multiply", "id": "milk", "factor": 3, "rules": ["base"], "when": {"kind": "sku", "any_of": ["milk"]}},
]


def test_multipliers_add_what_they_make_of_other_rules() -> None:
    course = Course(earn=RULES)
    lines = (line("10.00", category="dairy", sku="milk"), line("5.00", "2"))
    decision = course.buy(lines=lines, channel="web")
    assert [(step.rule, step.points) for step in decision.steps] == [
        ("base", 15),
        ("dairy", 20),
        ("web", 35),
        ("milk", 20),
    ]
    assert course.balance == 90


def test_two_multipliers_of_two_and_three_make_four() -> None:
    multipliers = [{"kind": "multiply", "id": f"x{factor}", "factor": factor} for factor in (2, 3)]
    course = Course(earn=[RULES[0], *multipliers])
    course.buy("10.00")
    assert course.balance == 40


def test_multipliers_lose_no_fraction() -> None:
    quarter = [{"kind": "multiply", "id": f"q{n}", "factor": "1.25", "rules": ["base"]} for n in (1, 2)]
    course = Course(earn=[RULES[0], {"kind": "purchase", "id": "rest", "points": "0.01"}, *quarter])
    course.buy("0.66")
    assert course.balance == 1


def test_a_multiplier_multiplies_no_more_than_a_capped_rule_gave() -> None:
    capped = {**RULES[0], "cap": {"per": "day", "points": 6}}
    course = Course(earn=[capped, {"kind": "multiply", "id": "x2", "factor": 2}])
    decision = course.buy("10.00")
    assert [(step.rule, step.because, step.points) for step in decision.steps] == [
        ("base", "capped", 6),
        ("x2", "given", 6),
    ]


def test_a_multiplier_for_some_lines_multiplies_no_more_than_a_capped_rule_gave() -> None:
    capped = {**RULES[0], "cap": {"per": "day", "points": 6}}
    dairy = {"kind": "category", "any_of": ["dairy"]}
    course = Course(earn=[capped, {"kind": "multiply", "id": "x2", "factor": 2, "when": dairy}])
    decision = course.buy(lines=(line("10.00", category="dairy"), line("5.00", "2")))
    assert [step.points for step in decision.steps] == [6, 6]


def test_the_point_that_fractions_make_belongs_to_the_rule_with_the_largest() -> None:
    rules = [{"kind": "amount", "id": name, "points": points} for name, points in (("a", "0.2"), ("b", "0.9"))]
    decision = Course(earn=rules).buy("1.00")
    assert [(step.rule, step.points) for step in decision.steps] == [("a", 0), ("b", 1)]


def test_a_capped_rule_gives_no_more_than_its_cap_though_every_line_is_rounded_up() -> None:
    course = Course(earn=[{**RULES[0], "cap": {"per": "day", "points": 3}}], rounding={"level": "line", "mode": "up"})
    course.buy(lines=(line("1.50"), line("1.50", "2")))
    assert course.balance == 3


def test_a_point_that_a_capped_rule_may_not_give_goes_to_the_next_rule_of_the_line() -> None:
    rules = [
        {"kind": "amount", "id": "a", "points": "0.6", "cap": {"per": "day", "points": 1}},
        {"kind": "amount", "id": "b", "points": "0.3"},
    ]
    course = Course(earn=rules, rounding={"level": "line", "mode": "up"})
    decision = course.buy(lines=(line("1.00"), line("1.00", "2")))
    assert [step.points for step in decision.steps] == [1, 1]


def test_caps_count_points_and_times_in_calendar_periods() -> None:
    rules = [
        {"kind": "amount", "id": "base", "points": 1, "cap": {"per": "week", "points": 15}},
        {"kind": "purchase", "id": "visit", "points": 2, "cap": {"per": "month", "times": 2}},
    ]
    course = Course(earn=rules)
    given = [course.buy("10.00", day=day) for day in ("2025-03-10", "2025-03-16", "2025-03-16", "2025-03-17")]
    assert [[step.points for step in decision.steps] for decision in given] == [[10, 2], [5, 2], [0, 0], [10, 0]]
    assert [step.because for step in given[2].steps] == ["cap_reached", "cap_reached"]


def test_a_return_gives_the_cap_back() -> None:
    course = Course(earn=[{**RULES[0], "cap": {"per": "month", "points": 15}}])
    course.buy("10.00", day="2025-03-10")
    course.give_back(day="2025-03-11")
    assert course.standing.counts == {}
    course.buy("20.00", day="2025-03-12")
    assert course.balance == 15


def test_events_earn_by_their_type_and_their_multipliers() -> None:
    rules: list[dict[str, Any]] = [
        {"kind": "event", "id": "review", "event": "review", "points": 5, "cap": {"per": "day", "times": 1}},
        {"kind": "multiply", "id": "sunday", "factor": 2, "when": {"kind": "weekday", "any_of": ["sun"]}},
        {"kind": "multiply", "id": "not-web", "factor": 2, "when": {"kind": "not", "of": RULES[2]["when"]}},
    ]
    course = Course(earn=rules)
    course.does("review", "2025-03-08")
    course.does("review", "2025-03-09")
    course.does("review", "2025-03-09")
    course.does("visit", "2025-03-10")
    assert course.history == [5, 10]


def test_a_guest_earns_nothing_and_is_told_why() -> None:
    course = Course(enrolled=False)
    decision = course.buy("10.00")
    assert course.rows == []
    assert decision.steps == (Step("", False, "unenrolled"),)
