"""What is used of caps, budgets and limits belongs to its kind of period, whatever a later version says of it."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.calendars import PERIODS, first_day, is_over, periods, same_period
from stammis.core.counting import used_in, with_count
from stammis.core.effects import Decision, Refused
from stammis.core.events import Transfer
from stammis.core.standing import Count
from tests.core.course import Course, moment

MONDAY = dt.date(2025, 3, 10).toordinal()
NEW_YEAR = dt.date(2025, 1, 1).toordinal()
DAYS = st.integers(dt.date(2020, 1, 1).toordinal(), dt.date(2030, 12, 31).toordinal())
PLACES = st.integers(0, len(PERIODS) - 1)


def used(course: Course, key: str) -> dict[tuple[str, int], tuple[int, int]]:
    """By kind and first day of the period, the points and times used."""
    return {
        (PERIODS[each.period % 10], first_day(each.period)): (each.points, each.times)
        for each in course.standing.counts.get(key, ())
    }


def extra(**cap: Any) -> dict[str, Any]:
    return {"earn": [{"kind": "purchase", "id": "extra", "points": 5, "cap": cap}]}


def shared(per: str, points: int) -> dict[str, Any]:
    rules = [{"kind": "purchase", "id": name, "points": points} for name, points in (("a", 4), ("b", 1))]
    return {"earn": rules, "caps": [{"id": "both", "wallet": "points", "per": per, "points": points}]}


def budget(per: str, points: int, of: str) -> dict[str, Any]:
    return {
        "earn": [{"kind": "purchase", "id": "extra", "points": 5}],
        "budgets": [{"id": "spring", "rules": ["extra"], "points": points, "per": per, "of": of}],
    }


def points(decision: Decision) -> int:
    return sum(step.points for step in decision.steps)


def test_a_cap_a_day_that_becomes_one_a_week_on_a_monday_counts_anew() -> None:
    course = Course(**extra(per="day", points=10))
    assert [points(course.buy(1, "2025-03-10T09:00")) for _ in range(3)] == [5, 5, 0]
    course.publish(**extra(per="week", points=15))
    given = [points(course.buy(1, day)) for day in ("2025-03-10T15:00", "2025-03-11", "2025-03-16", "2025-03-16")]
    assert given == [5, 5, 5, 0]
    assert used(course, "extra") == {("day", MONDAY): (10, 2), ("week", MONDAY): (15, 3)}


def test_a_cap_a_month_that_becomes_one_a_year_in_january_counts_anew() -> None:
    course = Course(**extra(per="month", times=2))
    assert [points(course.buy(1, "2025-01-05")) for _ in range(3)] == [5, 5, 0]
    course.publish(**extra(per="year", times=3))
    days = ("2025-01-20", "2025-06-01", "2025-12-31", "2025-12-31", "2026-01-01")
    assert [points(course.buy(1, day)) for day in days] == [5, 5, 5, 0, 5]
    assert used(course, "extra")["month", NEW_YEAR] == (10, 2)


def test_rules_that_share_a_cap_count_anew_with_another_kind_of_period() -> None:
    course = Course(**shared("week", 5))
    assert [points(course.buy(1, "2025-03-10")) for _ in range(2)] == [5, 0]
    course.publish(**shared("day", 5))
    assert [points(course.buy(1, "2025-03-10T18:00")) for _ in range(2)] == [5, 0]


@pytest.mark.parametrize("of", ["programme", "store", "household"])
def test_a_budget_counts_anew_with_another_kind_of_period(of: str) -> None:
    course = Course(**budget("month", 10, of))
    assert [points(course.buy(1, "2025-01-05", store="north")) for _ in range(3)] == [5, 5, 0]
    course.publish(**budget("year", 10, of))
    days = ("2025-01-20", "2025-05-01", "2025-12-01")
    assert [points(course.buy(1, day, store="north")) for day in days] == [5, 5, 0]
    course.give_back(day="2025-12-02", purchase="P1")
    assert points(course.buy(1, "2025-12-03", store="north")) == 0, "it came back to the month"
    course.give_back(day="2025-12-04", purchase="P4")
    assert points(course.buy(1, "2025-12-05", store="north")) == 5
    assert sorted(course.drawn.values()) == [5, 10]


def test_a_limit_of_transfers_counts_anew_with_another_kind_of_period() -> None:
    course = Course(transfers={"most": {"points": 10, "per": "month"}})
    course.buy(100, "2025-01-02")

    def give(day: str, amount: int) -> bool:
        event = Transfer(
            occurred_at=moment(day), id=f"T{len(course.log)}", member="m", to="n", wallet="points", amount=amount
        )
        return not isinstance(course.happens(event).effects[0], Refused)

    assert [give("2025-01-05", 10), give("2025-01-06", 1)] == [True, False]
    course.publish(transfers={"most": {"points": 10, "per": "year"}})
    assert [give("2025-01-20", 6), give("2025-02-01", 4), give("2025-03-01", 1)] == [True, True, False]


@pytest.mark.parametrize("wholly", ["returned", "cancelled"])
def test_what_a_purchase_of_the_old_version_used_comes_back_to_the_old_kind_of_period(wholly: str) -> None:
    course = Course(**extra(per="day", points=10))
    course.buy(1, "2025-03-10T09:00")
    course.publish(**extra(per="week", points=10))
    course.buy(1, "2025-03-10T15:00")
    if wholly == "returned":
        course.give_back(day="2025-03-11", purchase="P1")
    else:
        course.becomes("cancelled", "2025-03-11", "P1")
    assert used(course, "extra") == {("week", MONDAY): (5, 1)}
    course.publish(**extra(per="day", points=10))
    assert [points(course.buy(1, "2025-03-10T20:00")) for _ in range(3)] == [5, 5, 0]


def test_a_version_that_goes_back_to_the_first_kind_goes_on_with_its_count() -> None:
    course = Course(**extra(per="ever", times=3))
    course.buy(1, "2025-01-05")
    course.publish(**extra(per="day", times=1))
    for month in range(1, 7):
        course.buy(1, f"2025-{month:02}-20")
    course.publish(**extra(per="ever", times=3))
    assert [points(course.buy(1, "2025-07-01")) for _ in range(3)] == [5, 5, 0]


def test_a_month_that_runs_is_kept_beside_the_days_of_a_later_version_and_only_those_within_reach() -> None:
    course = Course(**extra(per="month", times=2), declared_age_days=3)
    course.buy(1, "2025-03-01")
    course.publish(**extra(per="day", times=2), declared_age_days=3)
    for day in range(2, 21):
        course.buy(1, f"2025-03-{day:02}")
    kept = sorted(used(course, "extra"))
    assert kept == [("day", MONDAY + after) for after in (7, 8, 9, 10)] + [("month", MONDAY - 9)]
    course.buy(1, "2025-04-05")
    assert [kind for kind, _ in used(course, "extra")] == ["day", "day"]


def test_a_count_of_before_kinds_were_told_is_of_the_kind_that_is_asked_for() -> None:
    old = (Count(MONDAY + 1, 5, 1), Count(MONDAY, 10, 2))
    week = periods(MONDAY)[1]
    assert used_in(old, week) == Count(week, 10, 2)
    assert used_in(old, periods(MONDAY + 7)[1]) is None
    after = with_count(old, Count(week, 15, 3), 30)
    assert after == (old[0], Count(week, 15, 3))
    assert used_in(after, periods(MONDAY)[0]) is None, "it is a week's now"
    assert used_in(after, MONDAY) == Count(week, 15, 3), "as a merge of before says it"
    assert with_count(after, Count(week, 0, 0), 30) == old[:1]


@given(one=DAYS, other=DAYS, kinds=st.tuples(PLACES, PLACES))
def test_two_periods_are_the_same_only_where_kind_and_first_day_are(
    one: int, other: int, kinds: tuple[int, int]
) -> None:
    ours, theirs = periods(one)[kinds[0]], periods(other)[kinds[1]]
    same = kinds[0] == kinds[1] and first_day(ours) == first_day(theirs)
    assert (ours == theirs) == same == same_period(ours, theirs)
    assert same_period(first_day(ours), ours)
    assert same_period(first_day(ours), theirs) == (first_day(ours) == first_day(theirs))


@given(day=DAYS, kind=PLACES, by=st.integers(0, 800))
def test_a_period_is_over_once_a_day_lies_in_a_later_one(day: int, kind: int, by: int) -> None:
    assert is_over(periods(day)[kind], day + by) == (periods(day)[kind] != periods(day + by)[kind])


@given(
    used=st.lists(st.tuples(st.integers(MONDAY, MONDAY + 99), PLACES, st.integers(0, 3)), min_size=1, max_size=40),
    age=st.integers(0, 40),
)
def test_counts_stand_once_each_newest_first_and_none_that_may_still_be_asked_for_is_gone(
    used: list[tuple[int, int, int]], age: int
) -> None:
    counts: tuple[Count, ...] = ()
    wanted: dict[int, Count] = {}
    for day, kind, points in used:
        count = Count(periods(day)[kind], points, points)
        counts = with_count(counts, count, age)
        wanted[count.period] = count
    assert all(first_day(newer.period) >= first_day(older.period) for newer, older in pairwise(counts))
    assert len({count.period for count in counts}) == len(counts)
    assert set(counts) <= set(wanted.values())
    newest = max(day for day, _, _ in used)
    within = {periods(day)[kind] for day in range(newest - age, newest + 1) for kind in range(len(PERIODS))}
    assert {count for count in wanted.values() if count.points and count.period in within} <= set(counts)
