"""Conditions about what a member did before: counted once, and given back by returns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.explain import full_steps
from stammis.core.histories import PURCHASES_KEPT, Memory, remembered
from stammis.core.standing import Past
from tests.core.course import Course

MANY = {"kind": "days", "days": 3_000}
TENTH = {"kind": "nth_purchase", "every": 3}


def rule(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule that gives 10 points for a purchase that meets the condition."""
    return {"kind": "purchase", "id": "rule", "points": 10, "when": condition, **more}


def test_every_third_purchase_is_the_third_the_sixth_and_so_on() -> None:
    course = Course(earn=[rule(TENTH)])
    for day in range(1, 8):
        course.buy("5.00", f"2025-03-{day:02d}")
    assert [row.at for row in course.rows] == [int(course.log[place][0].occurred_at.timestamp()) for place in (2, 5)]


def test_a_purchase_that_is_cancelled_or_wholly_returned_gives_its_number_to_the_next() -> None:
    course = Course(earn=[rule({"kind": "nth_purchase", "any_of": [2]})])
    course.buy("5.00")
    course.buy("5.00")
    course.becomes("cancelled", purchase="P2")
    assert (course.balance, course.standing.purchases) == (0, 1)
    course.buy("5.00", "2025-03-21")
    assert course.balance == 10
    course.give_back(purchase="P3", day="2025-03-22")
    assert (course.balance, course.standing.purchases) == (0, 1)
    course.becomes("completed", "2025-03-23", "P2")
    assert (course.balance, course.standing.purchases) == (10, 2)


def test_a_purchase_that_is_only_placed_has_no_number_yet() -> None:
    course = Course(earn=[rule({"kind": "nth_purchase", "any_of": [1]})])
    course.buy("5.00", status="placed")
    course.buy("5.00")
    assert course.balance == 10
    course.becomes("completed")
    assert (course.balance, course.standing.purchases) == (10, 2)


def test_a_part_returned_keeps_the_number_of_its_purchase() -> None:
    course = Course(earn=[rule({"kind": "nth_purchase", "any_of": [1]})])
    course.buy("5.00")
    course.buy("5.00")
    course.give_back(cash="1.00")
    assert course.balance == 10


def test_the_first_purchase_is_an_event_that_asks_about_the_purchase() -> None:
    earn = [
        {
            "kind": "event",
            "id": "first",
            "event": "first_purchase",
            "points": 100,
            "when": {"kind": "total", "at_least": "10.00"},
        }
    ]
    course = Course(earn=earn)
    assert course.buy("10.00").steps[0].points == 100
    course.give_back()
    assert course.balance == 0
    course.buy("12.00", "2025-03-21")
    assert course.balance == 100
    decision = course.buy("12.00", "2025-03-22")
    (step,) = full_steps(course.log[-1][0], decision, course.rules)
    assert (step.because, step.saw) == ("condition", {"asks": "nth_purchase", "wanted": "1", "saw": "2"})
    reported = course.does("first_purchase", "2025-03-23")
    assert [step.because for step in reported.steps] == ["happens_by_itself"]


@pytest.mark.parametrize(("day", "points"), [("2025-03-12", 0), ("2025-04-09", 10), ("2025-05-01", 10)])
def test_days_since_the_last_purchase_are_counted_between_local_days(day: str, points: int) -> None:
    course = Course(earn=[rule({"kind": "days_since", "what": "purchase", "at_least": 30})])
    course.buy("5.00", "2025-03-10T23:30")
    assert course.balance == 0, "there was none before"
    course.buy("5.00", f"{day}T00:30")
    assert course.balance == points


def test_what_came_back_is_not_the_last_purchase() -> None:
    course = Course(earn=[rule({"kind": "days_since", "what": "purchase", "at_least": 30})])
    course.buy("5.00", "2025-03-01")
    course.buy("5.00", "2025-03-25")
    course.give_back(purchase="P2", day="2025-03-26")
    course.buy("5.00", "2025-04-01")
    assert course.balance == 10


def test_days_since_joining_and_since_a_visit_are_counted() -> None:
    course = Course(
        {
            "earn": [
                rule({"kind": "days_since", "what": "enrolment", "at_most": 7}),
                rule({"kind": "days_since", "what": "event", "event": "check_in", "at_most": 1}, id="visit"),
            ]
        },
        enrolled=False,
    )
    course.is_known("2025-03-01")
    course.buy("5.00", "2025-03-08")
    assert course.balance == 10
    course.does("check_in", "2025-03-09")
    course.buy("5.00", "2025-03-10")
    assert course.balance == 20
    course.buy("5.00", "2025-03-11")
    assert course.balance == 20


def test_spent_in_a_window_counts_earlier_purchases_less_what_came_back() -> None:
    course = Course(earn=[rule({"kind": "spent_in_window", "days": 10, "at_least": "100.00"})])
    course.buy("60.00", "2025-03-01")
    course.buy("40.00", "2025-03-05")
    assert course.balance == 0
    course.buy("1.00", "2025-03-10")
    assert course.balance == 10
    course.buy("1.00", "2025-03-11")
    assert course.balance == 10, "the first day has left the window"
    course.buy("59.00", "2025-03-12")
    course.give_back(cash="1.00", day="2025-03-12", purchase="P2")
    course.buy("1.00", "2025-03-13")
    assert course.balance == 20, "39 + 1 + 1 + 59"
    course.give_back(cash="2.00", day="2025-03-13", purchase="P2")
    (step,) = course.buy("1.00", "2025-03-14").steps
    assert step.saw == {"asks": "spent_in_window", "wanted": "10 days 100.00..", "saw": "99.00"}


def test_a_balance_is_what_was_active_before_the_purchase() -> None:
    wallets = [{"id": "points", "name": "Points", "expiry": MANY}, {"id": "stars", "name": "Stars", "expiry": MANY}]
    stars = rule({"kind": "balance", "wallet": "points", "at_least": 10}, id="stars", wallet="stars")
    course = Course(earn=[rule({"kind": "total", "at_least": 1}), stars], wallets=wallets)
    course.buy("5.00")
    assert "stars" not in course.standing.purses
    course.buy("5.00")
    assert course.standing.purses["stars"].balance == 10
    course.adjust(-100)
    decision = course.buy("5.00")
    assert [step.saw.get("saw") for step in decision.steps if step.rule == "stars"] == ["0"], "debt is nothing"


def test_consent_holds_while_it_is_given() -> None:
    course = Course(earn=[rule({"kind": "consent", "any_of": ["newsletter", "profile"]})])
    course.is_known(consents=("newsletter",))
    course.buy("5.00")
    assert course.balance == 10
    course.is_known("2025-03-11", consents=())
    decision = course.buy("5.00", "2025-03-12")
    assert decision.steps[0].saw == {"asks": "consent", "wanted": "newsletter,profile", "saw": ""}
    course.give_back(cash="1.00", day="2025-03-13")
    assert course.balance == 10, "the first purchase was decided when consent was given"


HISTORY = [
    rule({"kind": "nth_purchase", "every": 2}, id="second"),
    rule({"kind": "days_since", "what": "purchase", "at_least": 2}, id="back"),
    rule({"kind": "spent_in_window", "days": 5, "at_least": "20.00"}, id="keen"),
    rule({"kind": "balance", "wallet": "points", "at_most": 30}, id="few"),
]


@given(
    before=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 3_000)), min_size=1, max_size=6),
    hours=st.integers(0, 48),
    amount=st.integers(100, 3_000),
    cancels=st.booleans(),
)
def test_what_is_bought_and_all_returned_leaves_no_trace(
    before: list[tuple[int, int]], hours: int, amount: int, *, cancels: bool
) -> None:
    course = Course(earn=HISTORY)
    at = 0
    for more, money in before:
        at += more
        course.buy(f"{money // 100}.{money % 100:02d}", f"2025-03-{1 + at // 24 % 28:02d}T{at % 24:02d}:00")
    standing = course.standing
    day = f"2025-04-{1 + hours // 24:02d}T{hours % 24:02d}:00"
    course.buy(f"{amount // 100}.{amount % 100:02d}", day, purchase="again")
    if cancels:
        course.becomes("cancelled", "2025-04-05", "again")
    else:
        course.give_back(cash="0.50", day="2025-04-04", purchase="again")
        course.give_back(purchase="again", day="2025-04-05")
    after = course.standing
    assert after.purchases == standing.purchases
    assert after.past == standing.past
    assert {name: purse.balance for name, purse in after.purses.items() if purse.balance} == {
        name: purse.balance for name, purse in standing.purses.items() if purse.balance
    }


@given(
    days=st.sets(st.integers(1, 80), min_size=10, max_size=40),
    orders=st.sets(st.tuples(st.integers(1, 90), st.integers(0, 50)), max_size=8),
    window=st.integers(0, 60),
    now=st.integers(1, 90),
)
def test_days_are_forgotten_that_neither_the_window_nor_an_order_that_is_awaited_may_ask_for(
    days: set[int], orders: set[tuple[int, int]], window: int, now: int
) -> None:
    past = Past(tuple((day, 1, 5) for day in sorted(days)))
    awaited = tuple(sorted((day, day - back, 1) for day, back in orders))
    after = remembered(past, now, 1, 5, Memory(window=window), orders=awaited)
    every = sorted(days | {now})
    kept = {*every[-PURCHASES_KEPT:], *(day for day in every if day > every[-1] - window)}
    for on, first, _ in awaited:
        before = [day for day in every if day <= on]
        kept |= {*before[-PURCHASES_KEPT:], *(day for day in before if day >= first)}
    assert [day for day, _, _ in after.days] == sorted(kept)
