"""What is said of a purchase that crossed a level, part by part, where the story does not tell it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from msgspec import structs

from stammis.accrual.sentences import part
from stammis.core.effects import Step
from stammis.core.events import ReturnLine
from tests.core.course import Course
from tests.core.test_giving_tender import Abroad

TABLE = {"kind": "tiers", "set": "club", "levels": {"silver": 2, "gold": 3}}


def levels(**at: int) -> list[dict[str, Any]]:
    return [{"id": level, "name": level.title(), "at": amount} for level, amount in at.items()]


def club(name: str = "club", **at: int) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "counts": "spend", "rate": "split", "levels": levels(**at)}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def said(course: Course, step: Step) -> str:
    return part(step, course.rules.programme).sentence.partition("parts: ")[2]


def test_a_part_may_have_no_level_and_a_table_nothing_for_it() -> None:
    course = Course(earn=[{"kind": "amount", "id": "base", "points": TABLE}], tiers=[club(silver=100, gold=200)])
    (step,) = course.buy("250.00").steps
    assert said(course, step) == (
        "£100.00 without a level: nothing, since its table gives nothing there; £100.00 at the level Silver: "
        "200 points for £100.00; £50.00 at the level Gold: 150 points for £50.00."
    )


def test_a_purchase_may_cross_levels_in_two_sets() -> None:
    circle = {"kind": "tier", "set": "circle", "any_of": ["friend"]}
    course = Course(
        earn=[
            {"kind": "amount", "id": "base", "points": TABLE},
            {"kind": "amount", "id": "friends", "points": 5, "when": circle},
        ],
        tiers=[club(basic=0, silver=100, gold=900), club("circle", guest=0, friend=150)],
    )
    table, friends = course.buy("200.00").steps
    assert said(course, table) == (
        "£100.00 at the levels Basic and Guest: nothing, since its table gives nothing there; "
        "£50.00 at the levels Silver and Guest: 100 points for £50.00; "
        "£50.00 at the levels Silver and Friend: 100 points for £50.00."
    )
    asked = "nothing, since it holds for members at the level Friend"
    assert said(course, friends) == (
        f"£100.00 at the levels Basic and Guest: {asked}; £50.00 at the levels Silver and Guest: {asked}; "
        "£50.00 at the levels Silver and Friend: 250 points for £50.00."
    )


def test_of_a_row_that_has_only_some_of_what_a_rule_gave_the_parts_add_up_to_that() -> None:
    course = Course(earn=[{"kind": "amount", "id": "base", "points": TABLE}], tiers=[club(silver=0, gold=100)])
    (step,) = course.buy("200.00").steps
    assert step.points == 500
    assert said(course, structs.replace(step, points=51)) == (
        "£100.00 at the level Silver: 20 points for £100.00; £100.00 at the level Gold: 31 points for £100.00."
    )


def test_a_part_in_which_nothing_counts_for_a_rule_or_multiplier_says_so() -> None:
    silver = {"kind": "tier", "set": "club", "any_of": ["silver"]}
    course = Course(
        earn=[
            {"kind": "amount", "id": "base", "points": TABLE, "basis": {"rewards": "after"}},
            {"kind": "amount", "id": "first", "points": 1, "when": silver},
            {"kind": "multiply", "id": "double", "factor": 2, "rules": ["first"]},
        ],
        tiers=[club(silver=0, gold=100)],
    )
    _, _, double = course.buy("200.00").steps
    assert said(course, double) == (
        "£100.00 at the level Silver: 100 points; £100.00 at the level Gold: nothing, since there was nothing that "
        "it multiplies."
    )


def test_a_limit_that_left_nothing_says_so_before_the_parts() -> None:
    silver = {"kind": "tier", "set": "club", "any_of": ["silver"]}
    cap = {"points": 10, "per": "month"}
    course = Course(
        earn=[{"kind": "amount", "id": "base", "name": "Base", "points": 1, "when": silver, "cap": cap}],
        tiers=[club(silver=0, gold=100)],
    )
    course.buy("50.00")
    (step,) = course.buy("100.00").steps
    assert part(step, course.rules.programme).sentence == (
        "«Base» gave nothing: it gives at most 10 points a month, and that was reached. The purchase crossed a level "
        "and was decided in parts: £50.00 at the level Silver: nothing; £50.00 at the level Gold: nothing."
    )


def test_a_step_that_was_kept_before_parts_were_says_the_levels() -> None:
    course = Course(earn=[{"kind": "amount", "id": "base", "points": TABLE}], tiers=[club(silver=0, gold=100)])
    step = Step("base", True, "given", "points", 500, {"counted": 20_000, "levels": "silver,gold"})
    sentence = part(step, course.rules.programme).sentence
    assert sentence.endswith("The purchase crossed a threshold; its parts were at the levels Silver and Gold.")


def test_a_return_says_of_each_rule_what_it_gives_in_which_part_of_what_is_kept() -> None:
    gold = {"kind": "tier", "set": "club", "any_of": ["gold"]}
    course = Course(
        earn=[
            {"kind": "amount", "id": "base", "points": 1},
            {"kind": "amount", "id": "gold", "points": 2, "when": gold},
        ],
        tiers=[club(silver=0, gold=100)],
    )
    course.buy("200.00")
    kept = [kept_by(course, step) for step in course.give_back(ReturnLine("1", None, 5_000)).steps]
    asked = "nothing, since it holds for members at the level Gold"
    assert kept == [
        "£100.00 at the level Silver: 100 points for £100.00; £50.00 at the level Gold: 50 points for £50.00.",
        f"£100.00 at the level Silver: {asked}; £50.00 at the level Gold: 100 points for £50.00.",
    ]
    kept = [kept_by(course, step) for step in course.give_back(ReturnLine("1", None, 6_000), day="2025-03-21").steps]
    assert kept == ["£90.00 at the level Silver: 90 points for £90.00.", f"£90.00 at the level Silver: {asked}."]
    kept = [kept_by(course, step) for step in course.give_back(day="2025-03-22").steps]
    assert kept == [""]


def test_what_is_kept_of_a_purchase_abroad_is_told_in_its_own_currency() -> None:
    course = Abroad(earn=[{"kind": "amount", "id": "base", "points": TABLE}], tiers=[club(silver=0, gold=100)])
    (_, step) = course.abroad("3400.00").steps
    assert said(course, step) == (
        "£100.00 at the level Silver: 200 points for ZAR1,700.00; "
        "£100.00 at the level Gold: 300 points for ZAR1,700.00."
    )
    (step,) = course.give_back(ReturnLine("1", None, 85_000)).steps
    assert kept_by(course, step) == (
        "£100.00 at the level Silver: 200 points for ZAR1,700.00; £50.00 at the level Gold: 150 points for ZAR850.00."
    )


def test_a_return_in_proportion_says_nothing_of_parts() -> None:
    course = Course(
        earn=[{"kind": "amount", "id": "base", "points": TABLE}],
        tiers=[club(silver=0, gold=100)],
        returns={"mode": "proportional"},
    )
    course.buy("200.00")
    (step,) = course.give_back(ReturnLine("1", None, 5_000)).steps
    assert (step.points, kept_by(course, step)) == (-125, "")


def kept_by(course: Course, step: Step) -> str:
    return part(step, course.rules.programme).sentence.partition("decided anew: ")[2]
