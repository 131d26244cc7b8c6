"""Rules together: groups, shared caps and budgets, and that they are never exceeded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.calendars import PERIODS, first_day, periods
from stammis.core.document import DocumentErrors, parse
from stammis.core.effects import Decision, Posted, Refused, Step
from stammis.core.events import PoolChanged, Return, ReturnLine, StatusChanged
from tests.core import strategies
from tests.core.course import Course, document, line, wallet
from tests.core.test_laws import BEGIN, lawful, purchase_of

WINE = {"kind": "category", "any_of": ["wine"]}


def purchase(rule_id: str, points: int, **more: Any) -> dict[str, Any]:
    return {"kind": "purchase", "id": rule_id, "points": points, **more}


def steps(decision: Decision) -> dict[str, Step]:
    return {step.rule: step for step in decision.steps}


def points(decision: Decision) -> dict[str, int]:
    return {step.rule: step.points for step in decision.steps if step.rule}


def test_of_an_exclusive_group_the_first_by_priority_gives() -> None:
    course = Course(
        earn=[
            purchase("a", 5),
            purchase("b", 9, priority=2, when=WINE),
            purchase("c", 7, priority=1),
            purchase("d", 1),
        ],
        groups=[{"id": "one", "rules": ["a", "b", "c"]}],
    )
    first = course.buy(10)
    assert points(first) == {"a": 0, "c": 7, "d": 1}
    assert steps(first)["a"].because == "group_lost"
    assert steps(first)["a"].saw == {"group": "one", "won": "c"}
    assert points(course.buy(lines=(line(10, category="wine"),))) == {"a": 0, "b": 9, "c": 0, "d": 1}


def test_highest_only_gives_what_is_most_multipliers_among_them() -> None:
    course = Course(
        earn=[
            {"kind": "amount", "id": "goods", "points": 1},
            purchase("bonus", 15),
            {"kind": "multiply", "id": "double", "factor": 2, "rules": ["goods"]},
        ],
        groups=[{"id": "best", "gives": "highest", "rules": ["bonus", "double"]}],
    )
    assert points(course.buy(10)) == {"goods": 10, "bonus": 15, "double": 0}
    assert points(course.buy(20)) == {"goods": 20, "bonus": 0, "double": 20}


def test_highest_looks_at_what_the_caps_of_the_rules_themselves_leave_for_each_purchase() -> None:
    course = Course(
        earn=[
            {"kind": "amount", "id": "goods", "points": 1},
            {"kind": "amount", "id": "more", "points": 2, "cap": {"per": "purchase", "points": 11}},
            {"kind": "multiply", "id": "triple", "factor": 3, "rules": ["one"]},
            {"kind": "amount", "id": "one", "points": 1, "cap": {"per": "purchase", "points": 1}},
        ],
        groups=[{"id": "best", "gives": "highest", "rules": ["goods", "more", "triple"]}],
    )
    assert points(course.buy(5)) == {"goods": 0, "more": 10, "triple": 0, "one": 1}
    assert points(course.buy(20)) == {"goods": 20, "more": 0, "triple": 0, "one": 1}
    last = course.buy(10)
    assert points(last) == {"goods": 0, "more": 11, "triple": 0, "one": 1}
    assert steps(last)["more"].saw["cap"] == "more"


def test_a_rule_at_its_cap_leaves_its_group_to_the_next() -> None:
    course = Course(
        earn=[purchase("a", 9, priority=1, cap={"per": "month", "times": 1}), purchase("b", 5)],
        groups=[{"id": "one", "rules": ["a", "b"]}],
    )
    assert [points(course.buy(1)) for _ in range(2)] == [{"a": 9, "b": 0}, {"a": 0, "b": 5}]


def test_a_cap_for_each_purchase_and_one_that_rules_share() -> None:
    course = Course(
        earn=[
            {"kind": "amount", "id": "goods", "points": 1, "cap": {"per": "purchase", "points": 30}},
            purchase("bonus", 5),
        ],
        caps=[{"id": "monthly", "rules": ["goods", "bonus"], "per": "month", "points": 60}],
    )
    assert points(course.buy(100)) == {"goods": 30, "bonus": 5}
    second = course.buy(100)
    assert points(second) == {"goods": 25, "bonus": 0}
    assert (steps(second)["goods"].because, steps(second)["goods"].saw["cap"]) == ("capped", "monthly")
    assert steps(second)["bonus"].because == "cap_reached"
    course.give_back(purchase="P1")
    assert points(course.buy(10)) == {"goods": 10, "bonus": 5}


def test_a_budget_gives_what_is_left_and_takes_back_what_returns_give_back() -> None:
    course = Course(
        earn=[{"kind": "amount", "id": "goods", "points": 1}, purchase("extra", 10)],
        budgets=[{"id": "spring", "rules": ["extra"], "points": 25}],
    )
    decisions = [course.buy(5) for _ in range(4)]
    assert [points(decision)["extra"] for decision in decisions] == [10, 10, 5, 0]
    third, fourth = steps(decisions[2])["extra"], steps(decisions[3])["extra"]
    assert (third.applied, third.because, third.saw["budget"]) == (True, "budget_reached", "spring")
    assert (fourth.applied, fourth.because) == (False, "budget_reached")
    course.give_back(purchase="P1")
    assert points(course.buy(5))["extra"] == 10
    assert course.drawn == {("spring", "", 0): 25}


def test_goods_that_earned_nothing_take_nothing_back_where_a_budget_is_used_up_since_then() -> None:
    course = Course(
        earn=[
            {"kind": "amount", "id": "wine", "points": 1, "when": WINE},
            {"kind": "amount", "id": "bread", "points": 1, "when": {"kind": "category", "any_of": ["bread"]}},
        ],
        budgets=[{"id": "spring", "rules": ["wine"], "points": 1}],
    )
    goods = (line("0.60", "1", category="wine"), line("0.70", "2", category="bread"), line("5.00", "3"))
    assert points(course.buy(lines=goods)) == {"wine": 0, "bread": 1}, "0.6 and 0.7 come to one point"
    assert points(course.buy(lines=(line("1.00", category="wine"),)))["wine"] == 1
    course.give_back(ReturnLine("3"), purchase="P1")
    assert course.balance == 2


def test_a_cancellation_gives_a_budget_back_and_a_completion_after_all_takes_it_again() -> None:
    course = Course(earn=[purchase("extra", 10)], budgets=[{"id": "spring", "rules": ["extra"], "points": 25}])
    course.buy(5)
    course.becomes("cancelled")
    assert course.drawn["spring", "", 0] == 0
    course.becomes("completed", "2025-03-21")
    assert (course.balance, course.drawn["spring", "", 0]) == (10, 10)


def test_each_store_has_its_budget_and_each_month_a_new_one_in_money() -> None:
    course = Course(
        wallets=[wallet(value="0.10")],
        earn=[purchase("extra", 10)],
        budgets=[{"id": "local", "rules": ["extra"], "money": "1.50", "per": "month", "of": "store"}],
    )
    given = [
        points(course.buy(1, day, store=store))["extra"]
        for day, store in [
            ("2025-03-01", "north"),
            ("2025-03-02", "north"),
            ("2025-03-03", "south"),
            ("2025-03-04", "north"),
            ("2025-04-01", "north"),
        ]
    ]
    assert given == [10, 5, 10, 0, 10]


def test_a_household_has_a_budget_of_its_own_and_a_return_gives_it_back_to_the_household_that_had_it() -> None:
    course = Course(
        earn=[purchase("extra", 10)],
        budgets=[{"id": "home", "rules": ["extra"], "points": 15, "per": "month", "of": "household"}],
    )

    def pool(account: str, *, kind: str = "household", left: bool = False) -> None:
        at = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
        course.happens(
            PoolChanged(occurred_at=at, member="m", pool=account, account=account, share=0, left=left, pool_kind=kind)
        )

    month = periods(dt.date(2025, 3, 1).toordinal())[PERIODS.index("month")]
    assert points(course.buy(1, "2025-03-02"))["extra"] == 10
    pool("0f", kind="company")
    assert points(course.buy(1, "2025-03-03"))["extra"] == 5
    pool("c1")
    assert points(course.buy(1, "2025-03-04"))["extra"] == 10
    assert points(course.buy(1, "2025-03-04"))["extra"] == 5
    course.give_back(day="2025-03-05", purchase="P3")
    pool("c1", left=True)
    assert course.drawn == {("home", "a1", month): 15, ("home", "c1", month): 5}
    course.give_back(day="2025-03-06", purchase="P4")
    course.give_back(day="2025-03-06", purchase="P1")
    assert course.drawn == {("home", "a1", month): 5, ("home", "c1", month): 0}


def test_rules_that_share_a_budget_draw_on_it_by_priority() -> None:
    course = Course(
        earn=[purchase("a", 10), purchase("b", 10, priority=5)],
        budgets=[{"id": "both", "rules": ["a", "b"], "points": 15}],
    )
    assert points(course.buy(1)) == {"a": 5, "b": 10}


def test_an_event_draws_on_budgets_too() -> None:
    course = Course(
        earn=[{"kind": "event", "event": "review", "id": "extra", "points": 10}],
        budgets=[{"id": "spring", "rules": ["extra"], "points": 15}],
    )
    assert [sum(points(course.does("review")).values()) for _ in range(3)] == [10, 5, 0]


GOODS = {"kind": "amount", "id": "goods", "points": 1}
STAMPS = {"id": "stamps", "name": "Stamps"}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"groups": [{"id": "g", "rules": ["goods", "b"]}]}, "/groups/0/rules/1", "unknown_rule"),
        (
            {
                "earn": [GOODS, purchase("a", 1), purchase("b", 1)],
                "groups": [{"id": "g", "rules": ["goods", "a"]}, {"id": "h", "rules": ["a", "b"]}],
            },
            "/groups/1/rules/0",
            "in_two_groups",
        ),
        (
            {
                "earn": [GOODS, {"kind": "multiply", "id": "twice", "factor": 2}],
                "groups": [{"id": "g", "rules": ["goods", "twice"]}],
            },
            "/groups/0/rules/1",
            "multiplies_own_group",
        ),
        (
            {
                "wallets": [wallet(), STAMPS],
                "earn": [GOODS, purchase("stamp", 1, wallet="stamps")],
                "groups": [{"id": "g", "rules": ["goods", "stamp"], "gives": "highest"}],
            },
            "/groups/0/gives",
            "several_wallets",
        ),
        (
            {
                "earn": [
                    purchase("a", 1),
                    purchase("b", 1),
                    {"kind": "multiply", "id": "x", "factor": 2, "rules": ["b"]},
                    {"kind": "multiply", "id": "y", "factor": 2, "rules": ["a"]},
                ],
                "groups": [{"id": "g", "rules": ["a", "x"]}, {"id": "h", "rules": ["b", "y"]}],
            },
            "/groups/0",
            "circular_groups",
        ),
        ({"budgets": [{"id": "s", "rules": ["goods"]}]}, "/budgets/0", "missing_field"),
        ({"budgets": [{"id": "s", "rules": ["goods"], "money": "5"}]}, "/budgets/0/money", "missing_value"),
        (
            {"wallets": [wallet(value="5")], "budgets": [{"id": "s", "rules": ["goods"], "money": "4.99"}]},
            "/budgets/0/money",
            "never_gives",
        ),
        ({"budgets": [{"id": "s", "rules": ["good"], "points": 5}]}, "/budgets/0/rules/0", "unknown_rule"),
        (
            {
                "wallets": [wallet(), STAMPS],
                "earn": [GOODS, purchase("stamp", 1, wallet="stamps")],
                "budgets": [{"id": "s", "rules": ["goods", "stamp"], "points": 5}],
            },
            "/budgets/0/rules",
            "several_wallets",
        ),
        (
            {
                "wallets": [wallet(), STAMPS],
                "caps": [{"id": "c", "rules": ["goods"], "wallet": "stamps", "per": "day", "points": 5}],
            },
            "/caps/0/rules/0",
            "other_wallet",
        ),
    ],
)
def test_rules_that_cannot_be_explained_together_are_refused_with_the_place(
    changes: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(DocumentErrors) as refusal:
        parse(document(**changes))
    assert (pointer, code) in {(error.pointer, error.code) for error in refusal.value.errors}


@st.composite
def together(draw: st.DrawFn) -> dict[str, Any]:
    """A programme at random, with groups, shared caps and budgets over its rules."""
    found = draw(strategies.documents())
    rules = [{**rule, "priority": draw(st.integers(0, 2))} for rule in found["earn"]]
    plain = [rule["id"] for rule in rules if rule["kind"] != "multiply" and rule["wallet"] == "points"]
    coins = [rule["id"] for rule in rules if rule["kind"] != "multiply" and rule["wallet"] == "coins"]
    whole = [rule["id"] for rule in rules if rule["wallet"] == "points"]
    budgets = [
        {
            "id": "b0",
            "rules": whole,
            "points": draw(st.integers(1, 200)),
            "of": draw(st.sampled_from(("store", "programme"))),
        }
    ]
    if coins:
        budgets.append({"id": "b1", "rules": coins, "points": draw(st.integers(1, 50)), "per": "month"})
    cap = {"id": "c0", "per": draw(st.sampled_from(("purchase", "day", "month"))), "points": draw(st.integers(1, 60))}
    groups = (
        [{"id": "g0", "rules": plain, "gives": draw(st.sampled_from(("first", "highest")))}] if len(plain) > 1 else []
    )
    return {**found, "earn": rules, "groups": groups, "caps": [cap], "budgets": budgets}


@lawful
@given(together(), st.lists(st.tuples(st.integers(0, 400), strategies.purchases()), min_size=1, max_size=5))
def test_parts_add_up_budgets_are_never_exceeded_and_returning_everything_gives_them_back(
    found: dict[str, Any], bought: list[tuple[int, dict[str, Any]]]
) -> None:
    course = Course(found)
    course.is_known()
    at = BEGIN
    most = {pool.id: pool.most for pool in course.rules.book.budgets}
    for number, (hours, what) in enumerate(bought):
        at += dt.timedelta(hours=hours)
        decision = course.happens(purchase_of(what, number, at))
        if isinstance(decision.effects[0], Refused):
            continue
        posted: dict[str, int] = {}
        for effect in decision.effects:
            if isinstance(effect, Posted):
                posted[effect.wallet] = posted.get(effect.wallet, 0) + effect.amount
        parts: dict[str, int] = {}
        for step in decision.steps:
            if step.wallet is not None and step.points:
                parts[step.wallet] = parts.get(step.wallet, 0) + step.points
        assert posted == parts
        assert all(0 <= used <= most[budget] for (budget, _, _), used in course.drawn.items())
        cap = next(pool for pool in course.rules.book.pools if pool.key == "#c0")
        in_cap = sum(step.points for step in decision.steps if step.wallet == cap.wallet)
        assert in_cap <= cap.most
        for count in course.standing.counts.get("#c0", ()):
            assert 0 <= count.points <= cap.most
    for name, bought_then in list(course.purchases.items()):
        for each in bought_then.lines:
            course.happens(Return(occurred_at=at, id=f"R{name}-{each.id}", purchase=name, lines=(ReturnLine(each.id),)))
            assert all(0 <= used <= most[budget] for (budget, _, _), used in course.drawn.items())
        course.happens(StatusChanged(occurred_at=at, purchase=name, status="cancelled"))  # lines of nothing stay
    assert not any(course.drawn.values())
    assert not course.standing.counts.get("#c0")


def test_a_cap_counts_in_every_period_in_which_events_may_still_lie() -> None:
    course = Course(earn=[purchase("daily", 5, cap={"per": "day", "times": 1})], declared_age_days=10)
    for day in ("2025-03-01", "2025-03-03", "2025-03-05", "2025-03-07", "2025-03-09"):
        assert points(course.buy(10, day)) == {"daily": 5}
    late = course.buy(10, "2025-03-01T18:00")
    assert steps(late)["daily"].because == "cap_reached"
    course.buy(10, "2025-03-20")
    kept = [count.period for count in course.standing.counts["daily"]]
    assert [first_day(each) for each in kept] == [dt.date(2025, 3, day).toordinal() for day in (20, 9)], (
        "the days before are over for good"
    )
