"""Purchases that cross a level, part by part: what each rule gave in each part, and why not in the others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.effects import Decision, Posted, Step
from stammis.core.events import Line, ReturnLine
from tests.core.course import Course, line
from tests.core.test_levels import club

FROM_SILVER = {"kind": "tier", "set": "club", "at_least": "silver"}
BASIC = {"kind": "tier", "set": "club", "any_of": ["basic"]}
BY_LEVEL = {"kind": "tiers", "set": "club", "levels": {"basic": 1, "silver": 2, "gold": 3}}


RULES: dict[str, dict[str, Any]] = {
    "plain": {"kind": "amount", "points": 1},
    "table": {"kind": "amount", "points": BY_LEVEL},
    "silver": {"kind": "amount", "points": "1.5", "when": FROM_SILVER},
    "steps": {"kind": "amount", "points": 2, "each": "7.00", "full_steps": True},
    "bands": {
        "kind": "amount",
        "points": {"kind": "bands", "marginal": True, "bands": [{"at": 0, "points": 1}, {"at": 300, "points": 2}]},
        "when": FROM_SILVER,
    },
    "pieces": {"kind": "unit", "points": 3, "when": BASIC},
    "thanks": {"kind": "purchase", "points": 7},
    "rank": {"kind": "purchase", "points": {"kind": "formula", "formula": "3 * rank", "set": "club", "at_most": 99}},
    "double": {"kind": "multiply", "factor": 2, "when": FROM_SILVER},
    "half": {"kind": "multiply", "factor": "1.5"},
    "either": {
        "kind": "amount",
        "points": 4,
        "when": {"kind": "any", "of": [{"kind": "category", "any_of": ["wine"]}, FROM_SILVER]},
    },
    "bread": {
        "kind": "amount",
        "points": 2,
        "when": {"kind": "all", "of": [BASIC, {"kind": "category", "any_of": ["bread"]}]},
    },
}


def crossing(*earn: dict[str, Any], **more: Any) -> Decision:
    """What 200.00 are worth to somebody who has spent 400.00, of which Silver needs 500.00."""
    course = Course(earn=list(earn), tiers=club(rate="split"), **more)
    course.buy("400.00")
    return course.buy("200.00")


def told(decision: Decision, rule: str) -> list[tuple[Any, ...]]:
    """Of each part its level, what of the purchase it is, why, what was looked at and what it gave."""
    saw = next(step for step in decision.steps if step.rule == rule).saw
    keys = ("level", "money", "because", "counted", "quantity", "points")
    parts = range(1, int(saw.get("parts") or 0) + 1)
    return [tuple(saw[key] for name in keys if (key := f"part_{part}_{name}") in saw) for part in parts]


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ({"kind": "amount", "points": 1}, ("given", 10_000, 100), ("given", 10_000, 100)),
        ({"kind": "amount", "points": BY_LEVEL}, ("given", 10_000, 100), ("given", 10_000, 200)),
        ({"kind": "amount", "points": 3, "when": FROM_SILVER}, ("condition", 0), ("given", 10_000, 300)),
        ({"kind": "amount", "points": 3, "when": BASIC}, ("given", 10_000, 300), ("condition", 0)),
        (
            {"kind": "amount", "points": {**BY_LEVEL, "levels": {"silver": 2}}},
            ("level_gives_nothing", 0),
            ("given", 10_000, 200),
        ),
        (
            {"kind": "amount", "points": 10, "each": "150.00", "full_steps": True},
            ("given", 10_000, 5),
            ("given", 10_000, 5),
        ),
        ({"kind": "unit", "points": 10, "when": FROM_SILVER}, ("condition", 0), ("given", 500_000, 5)),
        ({"kind": "purchase", "points": 7}, ("given", 7), ("level_before", 0)),
        ({"kind": "purchase", "points": 7, "when": BASIC}, ("given", 7), ("level_before", 0)),
        ({"kind": "purchase", "points": 7, "when": FROM_SILVER}, ("condition",), ("level_before",)),
        (
            {"kind": "amount", "points": 1, "when": {"kind": "tier", "set": "club", "any_of": ["gold"]}},
            ("condition",),
            ("condition",),
        ),
    ],
)
def test_each_rule_tells_of_each_part_what_it_gave_or_why_not(
    rule: dict[str, Any], first: tuple[Any, ...], second: tuple[Any, ...]
) -> None:
    decision = crossing({"id": "rule", **rule}, {"id": "table", **RULES["table"]})
    assert told(decision, "rule") == [("club:basic", 10_000, *first), ("club:silver", 10_000, *second)]


def test_a_rule_that_fails_whatever_the_level_is_tells_of_no_parts() -> None:
    weekend = {"kind": "weekday", "any_of": ["sat", "sun"]}
    decision = crossing(
        {"kind": "amount", "id": "rule", "points": 1, "when": weekend}, {"id": "table", **RULES["table"]}
    )
    assert told(decision, "rule") == []


def test_where_no_rule_asks_for_a_level_a_purchase_is_decided_in_one_piece() -> None:
    assert told(crossing({"kind": "amount", "id": "rule", "points": 1}), "rule") == []


def test_a_purchase_that_crosses_no_level_tells_of_no_parts() -> None:
    course = Course(earn=[{"kind": "amount", "id": "rule", "points": BY_LEVEL}], tiers=club(rate="split"))
    assert told(course.buy("400.00"), "rule") == []


def test_a_multiplier_of_a_higher_level_multiplies_what_that_part_got_by_its_table() -> None:
    decision = crossing(
        {"kind": "amount", "id": "base", "points": BY_LEVEL},
        {"kind": "multiply", "id": "double", "factor": 2, "when": FROM_SILVER},
    )
    assert {step.rule: step.points for step in decision.steps} == {"base": 300, "double": 200}
    assert [part[2:] for part in told(decision, "double")] == [("condition", 0), ("given", 200)]


def test_a_multiplier_of_a_higher_level_leaves_alone_what_is_given_for_the_purchase_as_a_whole() -> None:
    decision = crossing(
        {"kind": "amount", "id": "base", "points": 1},
        {"kind": "purchase", "id": "thanks", "points": 7},
        {"kind": "multiply", "id": "double", "factor": 2, "when": FROM_SILVER},
        {"kind": "multiply", "id": "triple", "factor": 3, "when": BASIC},
    )
    assert {step.rule: step.points for step in decision.steps} == {
        "base": 200,
        "thanks": 7,
        "double": 100,
        "triple": 214,
    }
    assert [part[2:] for part in told(decision, "triple")] == [("given", 214), ("condition", 0)]


def test_what_is_given_for_the_purchase_as_a_whole_is_multiplied_in_the_first_part() -> None:
    decision = crossing(
        {"kind": "amount", "id": "base", "points": BY_LEVEL},
        {"kind": "purchase", "id": "thanks", "points": 60},
        {"kind": "multiply", "id": "half", "factor": "1.5"},
    )
    assert [part[2:] for part in told(decision, "half")] == [("given", 80), ("given", 100)]


def test_what_a_cap_leaves_is_told_in_the_parts_that_it_cut() -> None:
    decision = crossing({"kind": "amount", "id": "base", "points": BY_LEVEL, "cap": {"points": 430, "per": "month"}})
    assert [(step.because, step.points) for step in decision.steps] == [("capped", 30)]
    assert [part[2:] for part in told(decision, "base")] == [("given", 10_000, 10), ("given", 10_000, 20)]


def test_what_is_asked_of_a_line_together_with_a_level_is_asked_in_each_part() -> None:
    either = RULES["either"]
    rules = [{**either, "id": "rule"}, {**either, "id": "table", "points": BY_LEVEL}]
    twice = {"kind": "multiply", "id": "twice", "factor": 2, "rules": ["rule"], "when": either["when"]}
    decision = crossing(*rules, twice)
    assert {step.rule: step.points for step in decision.steps} == {"rule": 400, "table": 200, "twice": 400}
    for rule, points in (("rule", 400), ("table", 200)):
        assert [part[2:] for part in told(decision, rule)] == [("condition", 0), ("given", 10_000, points)]
    assert [part[2:] for part in told(decision, "twice")] == [("condition", 0), ("given", 400)]


@pytest.mark.parametrize(
    ("points", "given"),
    [
        ({"kind": "formula", "formula": "5 * lines", "at_most": 99}, 5),
        ({"kind": "formula", "formula": "amount / 10", "at_most": 99}, 20),
        ({"kind": "bands", "bands": [{"at": 0, "points": 1}, {"at": 150, "points": 8}]}, 8),
    ],
)
@pytest.mark.parametrize("when", [None, BASIC])
def test_what_is_given_for_a_purchase_as_a_whole_is_reckoned_of_all_of_it(
    points: dict[str, Any], given: int, when: dict[str, Any] | None
) -> None:
    rule = {"kind": "purchase", "id": "rule", "points": points} | ({"when": when} if when else {})
    decision = crossing(rule, {"id": "table", **RULES["table"]})
    assert next(step.points for step in decision.steps if step.rule == "rule") == given


def test_a_table_for_pieces_tells_how_many_they_were() -> None:
    decision = crossing({"kind": "unit", "id": "rule", "points": BY_LEVEL})
    (step,) = decision.steps
    assert (step.points, step.saw["quantity"]) == (1, 1_000_000)
    assert [part[2:] for part in told(decision, "rule")] == [("given", 500_000, 0), ("given", 500_000, 1)]


CAPS = st.sampled_from([None, {"points": 90, "per": "month"}])
LINES = st.lists(
    st.tuples(st.integers(1, 90_000), st.sampled_from(["bread", "wine"]), st.integers(1, 3)), min_size=1, max_size=3
)


@given(
    names=st.lists(st.sampled_from(sorted(RULES)), min_size=1, max_size=5, unique=True),
    cap=CAPS,
    level=st.sampled_from(["purchase", "line"]),
    carts=st.lists(LINES, min_size=1, max_size=3),
)
def test_what_a_rule_gave_in_the_parts_adds_up_to_what_it_gave(
    names: list[str], cap: dict[str, Any] | None, level: str, carts: list[list[tuple[int, str, int]]]
) -> None:
    earn = [{"id": "base", "kind": "amount", "points": 1, "cap": cap}, *({"id": name, **RULES[name]} for name in names)]
    course = Course(earn=earn, tiers=club(rate="split"), rounding={"mode": "half_up", "level": level})
    for cart in carts:
        lines = [
            line(f"{amount // 100}.{amount % 100:02d}", str(number), pieces, category=category)
            for number, (amount, category, pieces) in enumerate(cart)
        ]
        decision = course.buy(lines=tuple(lines))
        posted = sum(effect.amount for effect in decision.effects if isinstance(effect, Posted))
        assert sum(step.points for step in decision.steps) == posted
        for step in decision.steps:
            if step.saw.get("parts"):
                assert added(step, "money") == sum(amount for amount, _, _ in cart)
                assert added(step, "points") == step.points
                assert all(step.saw[f"{each}_because"] == "given" for each in giving(step))


def giving(step: Step) -> list[str]:
    """The parts in which a step gave anything."""
    parts = [f"part_{number}" for number in range(1, int(step.saw["parts"] or 0) + 1)]
    return [part for part in parts if step.saw.get(f"{part}_points")]


def added(step: Step, name: str) -> int:
    """What a step says of all its parts together."""
    parts = range(1, int(step.saw["parts"] or 0) + 1)
    return sum(int(step.saw.get(f"part_{part}_{name}") or 0) for part in parts)


@given(
    names=st.lists(st.sampled_from(["plain", "table", "silver", "either"]), min_size=1, unique=True),
    multipliers=st.lists(st.sampled_from(["double", "half"]), unique=True),
    before=st.integers(1, 124),
    above=st.integers(1, 124),
)
def test_a_split_purchase_earns_what_its_parts_would_earn_one_after_the_other(
    names: list[str], multipliers: list[str], before: int, above: int
) -> None:
    earn = [{"id": name, **RULES[name]} for name in (*names, *multipliers)]
    one, other = (Course(earn=earn, tiers=club(rate="split")) for _ in range(2))
    for amount in (before * 4, 500 - before * 4 + above * 4):
        one.buy(f"{amount}.00")
    for amount in (before * 4, 500 - before * 4, above * 4):
        other.buy(f"{amount}.00")
    assert sum(one.history) == sum(other.history)


@given(
    names=st.lists(st.sampled_from(sorted(RULES)), min_size=1, max_size=5, unique=True),
    before=st.integers(1, 49_999),
    kept=st.integers(1, 60_000),
    back=st.integers(50_000, 90_000),
)
def test_what_is_kept_of_a_purchase_that_crossed_earns_what_buying_no_more_would_have_earned(
    names: list[str], before: int, kept: int, back: int
) -> None:
    earn = [{"id": "base", "kind": "amount", "points": 1}, *({"id": name, **RULES[name]} for name in names)]
    one, other = (Course(earn=earn, tiers=club(rate="split")) for _ in range(2))
    for course in (one, other):
        course.buy(lines=(line(f"{before // 100}.{before % 100:02d}", category="bread"),))
    one.buy(lines=(Line("1", kept + back, 1_000_000, category="bread"),))
    one.give_back(ReturnLine("1", None, back), purchase="P2")
    other.buy(lines=(Line("1", kept, 1_000_000, category="bread"),))
    assert sum(one.history) == min(sum(other.history), sum(one.history[:2]))
