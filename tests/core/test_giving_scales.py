"""What a rule gives by a table or a formula."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.core.document import DocumentErrors, parse
from stammis.core.effects import Decision, Step
from stammis.core.formulas import FormulaError, read_formula
from tests.core.course import Course, document, line

BANDS = {"kind": "bands", "bands": [{"at": 0, "points": 1}, {"at": "100.00", "points": 2}]}
CLUB = {
    "id": "club",
    "name": "Club",
    "counts": "spend",
    "window_days": 365,
    "levels": [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": 500}],
}


def rule(points: Any, kind: str = "amount", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "goods", "points": points, **more}


def step(decision: Decision, rule_id: str = "goods") -> Step:
    return next(step for step in decision.steps if step.rule == rule_id)


@pytest.mark.parametrize(
    ("amount", "flat", "marginal"), [("99.00", 99, 99), ("100.00", 200, 100), ("150.00", 300, 200)]
)
def test_a_table_by_amount_gives_the_band_s_rate_for_all_or_each_part_its_own(
    amount: str, flat: int, marginal: int
) -> None:
    assert Course(earn=[rule(BANDS)]).buy(amount).steps[0].points == flat
    assert Course(earn=[rule({**BANDS, "marginal": True})]).buy(amount).steps[0].points == marginal


def test_a_table_gives_once_for_a_purchase_and_by_quantity_for_units() -> None:
    table = {"kind": "bands", "bands": [{"at": 0, "points": 0}, {"at": 50, "points": 5}, {"at": 100, "points": 15}]}
    course = Course(earn=[rule(table, "purchase")])
    assert [step(course.buy(amount)).points for amount in ("49.99", "50.00", "250.00")] == [0, 5, 15]
    assert course.log[0][1].steps[0].because == "band_gives_nothing"
    units = Course(earn=[rule({**table, "marginal": True}, "unit")])
    assert units.buy(lines=(line(10, quantity=60),)).steps[0].points == 50


def test_a_marginal_table_is_split_by_amount_where_lines_are_rounded_or_multiplied() -> None:
    earn = [
        rule({**BANDS, "marginal": True}),
        {"kind": "multiply", "id": "wine", "factor": 2, "when": {"kind": "category", "any_of": ["wine"]}},
    ]
    basket = (line("100.00"), line("50.00", "2", category="wine"))
    once = Course(earn=earn).buy(lines=basket)
    assert [each.points for each in once.steps] == [200, 66]  # a third of 200 once more, rounded down
    by_line = Course(earn=earn, rounding={"mode": "down", "level": "line"}).buy(lines=basket)
    assert sum(each.points for each in by_line.steps) == 266


def test_a_table_by_level_gives_what_the_level_is_worth() -> None:
    points = {"kind": "tiers", "set": "club", "levels": {"gold": 3}}
    course = Course(earn=[rule(points)], tiers=[CLUB])
    nothing = course.buy(500)
    assert step(nothing).because == "level_gives_nothing"
    given = course.buy(10)
    assert (step(given).points, step(given).saw["level"]) == (30, "gold")
    otherwise = Course(earn=[rule({**points, "otherwise": 1})], tiers=[CLUB])
    assert otherwise.buy(10).steps[0].points == 10


def test_a_formula_reckons_exactly_and_stays_within_its_bounds() -> None:
    formula = {"kind": "formula", "formula": "5 + floor(amount / 3) * 2 + lines", "at_most": 20}
    course = Course(earn=[rule(formula, "purchase")])
    assert [step(course.buy(amount)).points for amount in (2, 10, 1_000)] == [6, 12, 20]
    below = {"kind": "formula", "formula": "amount − 10", "at_most": 20, "at_least": 2}
    assert step(Course(earn=[rule(below, "purchase")]).buy(3)).points == 2


def test_a_formula_of_an_event_asks_for_its_properties_and_the_level() -> None:
    formula = {"kind": "formula", "formula": "event.stars * rank + member.bonus", "at_most": 50, "set": "club"}
    course = Course(earn=[rule(formula, "event", event="review")], tiers=[CLUB])
    course.is_known(attributes={"bonus": 2})
    assert step(course.does("review", stars=4)).points == 6
    assert step(course.does("review", stars=2.5)).points == 4
    without = step(course.does("review"))
    assert (without.applied, without.because, without.saw["name"]) == (False, "no_value", "event.stars")


def test_division_by_zero_gives_nothing_and_says_so() -> None:
    formula = {"kind": "formula", "formula": "10 / event.people", "at_most": 50}
    course = Course(earn=[rule(formula, "event", event="visit")])
    assert step(course.does("visit", people=4)).points == 2
    nothing = step(course.does("visit", people=0))
    assert (nothing.applied, nothing.because, nothing.points) == (False, "divides_by_zero", 0)


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "(1", "1)", "amount amount", "floor(1, 2)", "price", "2 ** 3", "__import__", "(" * 20 + "1", "1" * 250],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        read_formula(text)


def test_formulas_bind_as_arithmetic_does() -> None:
    def value(text: str) -> Any:
        return read_formula(text).reckon(lambda _: None)

    assert value("2 + 3 * 4 - 6 / 3") == 12
    assert value("(2 + 3) * -2 + max(1, 2, 3) + min(4, 5)") == -3
    assert value("round(2.5) + ceil(0.1) + floor(-0.5)") == 3
    assert value("1 / 3 * 3") == 1


@pytest.mark.parametrize(
    ("earn", "pointer", "code"),
    [
        (rule({"kind": "bands", "bands": [{"at": 5, "points": 1}]}), "/earn/0/points/bands/0/at", "first_band"),
        (rule({**BANDS, "marginal": True}, "purchase"), "/earn/0/points/marginal", "not_marginal"),
        (rule({**BANDS, "marginal": True}, full_steps=True), "/earn/0/points/marginal", "not_marginal"),
        (rule(BANDS, "event", event="visit"), "/earn/0/points", "not_for_events"),
        (
            rule({"kind": "bands", "bands": [{"at": 0, "points": 1}, {"at": 0, "points": 2}]}),
            "/earn/0/points/bands/1/at",
            "not_ascending",
        ),
        (rule({"kind": "tiers", "set": "clup", "levels": {"gold": 1}}), "/earn/0/points/set", "unknown_tier_set"),
        (rule({"kind": "tiers", "set": "club", "levels": {"glod": 1}}), "/earn/0/points/levels/glod", "unknown_level"),
        (rule({"kind": "formula", "formula": "1", "at_most": 1}), "/earn/0/points", "formula_gives_once"),
        (
            rule({"kind": "formula", "formula": "1 +", "at_most": 1}, "purchase"),
            "/earn/0/points/formula",
            "bad_formula",
        ),
        (rule({"kind": "formula", "formula": "rank", "at_most": 1}, "purchase"), "/earn/0/points/set", "missing_field"),
        (
            rule({"kind": "formula", "formula": "amount", "at_most": 1}, "event", event="visit"),
            "/earn/0/points/formula",
            "not_for_events",
        ),
        (
            rule({"kind": "formula", "formula": "event.x", "at_most": 1}, "purchase"),
            "/earn/0/points/formula",
            "not_for_purchases",
        ),
        (
            rule({"kind": "formula", "formula": "1", "at_most": 1, "at_least": 2}, "purchase"),
            "/earn/0/points/at_least",
            "out_of_range",
        ),
        (rule({"kind": "formula", "formula": "1"}, "purchase"), "/earn/0/points/at_most", "missing_field"),
        (rule("1.2.3"), "/earn/0/points", "wrong_format"),
        (rule(1.5), "/earn/0/points", "wrong_type"),
        (rule(1, cap={"per": "purchase", "points": 5, "times": 1}), "/earn/0/cap/times", "times_each_purchase"),
    ],
)
def test_a_table_or_formula_that_cannot_be_kept_is_refused_with_its_place(
    earn: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(DocumentErrors) as refusal:
        parse(document(earn=[earn], tiers=[CLUB]))
    assert (pointer, code) in {(error.pointer, error.code) for error in refusal.value.errors}
