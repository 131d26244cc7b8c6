from __future__ import annotations

from typing import Any

import pytest

from stammis.core.calendars import calendar_of, instant
from stammis.core.decide import decide
from stammis.core.effects import Posted
from stammis.core.events import Adjustment, MemberChanged, Redemption, Return, ReturnLine
from stammis.core.fold import apply
from stammis.core.views import expiring
from tests.core.course import Course, moment, refused, wallet

MUG = [{"id": "mug", "name": "Mug", "price": 100}]


def test_e50_points_spent_before_they_end_are_not_taken_again() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "yearly", "month": 1, "day": 1})], rewards=MUG)
    course.adjust(100, "2024-03-01")
    course.redeem("mug", "2024-06-01")
    course.adjust(60, "2025-01-02")
    assert course.active("2025-01-02") == 60
    course.pass_until("2025-12-31")
    assert course.balance == 60


@pytest.mark.parametrize("source", ["purchase", "adjustment", "event"])
def test_e51_points_of_any_source_are_gone_on_day_366_and_a_row_says_so(source: str) -> None:
    course = Course(
        earn=[{"kind": "amount", "id": "a", "points": 1}, {"kind": "event", "id": "e", "event": "v", "points": 10}]
    )
    match source:
        case "purchase":
            course.buy("10.00", day="2023-06-01")
        case "adjustment":
            course.adjust(10, "2023-06-01")
        case _:
            course.does("v", "2023-06-01")
    assert course.active("2024-05-30T22:59:59") == 10
    assert course.active("2024-05-30T23:00:00") == 0
    course.pass_until("2024-05-31")
    assert course.history == [10, -10]
    assert course.rows[1].kind == "expire"
    assert course.rows[1].at == instant(moment("2024-05-30T23:00:00"))


def test_e52_spending_takes_what_ends_first() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "months", "months": 6})], rewards=[{**MUG[0], "price": 120}])
    course.adjust(100, "2025-06-01")
    course.adjust(100, "2025-01-01")
    course.redeem("mug", "2025-06-02")
    assert [(lot.row, lot.left) for lot in course.standing.purses["points"].lots] == [(1, 80)]


def test_e53_what_expires_is_told_by_its_last_days() -> None:
    course = Course()
    course.adjust(30, "2025-05-02")
    course.adjust(40, "2025-06-02")
    at = instant(moment("2025-07-01"))
    assert expiring(course.standing, course.rules, at) == [
        {"wallet": "points", "amount": 30, "last_day": "2026-05-01"},
        {"wallet": "points", "amount": 40, "last_day": "2026-06-01"},
    ]


@pytest.mark.parametrize(
    ("month", "day", "last", "gone"),
    [(7, 31, "2025-07-31T22:59:59Z", "2025-07-31T23:00:00Z"), (1, 31, "2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z")],
)
def test_e56_points_last_through_the_local_day_in_summer_and_winter(month: int, day: int, last: str, gone: str) -> None:
    course = Course(wallets=[wallet(expiry={"kind": "yearly", "month": month, "day": day})])
    course.adjust(10, "2025-03-10")
    assert course.active(last) == 10
    assert course.active(gone) == 0
    course.pass_until(last)
    assert course.balance == 10
    course.pass_until(gone)
    assert course.balance == 0


@pytest.mark.parametrize(
    ("bought", "last"), [("2025-01-31", "2025-02-28"), ("2024-01-31", "2024-02-29"), ("2025-02-28", "2025-03-28")]
)
def test_e58_a_month_on_is_the_same_day_or_the_months_last(bought: str, last: str) -> None:
    course = Course(wallets=[wallet(expiry={"kind": "months", "months": 1})])
    course.adjust(10, bought)
    assert expiring(course.standing, course.rules, instant(moment(bought)))[0]["last_day"] == last


@pytest.mark.parametrize(
    ("expiry", "bought", "last"),
    [
        ({"kind": "yearly", "month": 2, "day": 29}, "2025-02-10", "2025-02-28"),
        ({"kind": "yearly", "month": 2, "day": 29}, "2024-02-29", "2024-02-29"),
        ({"kind": "yearly", "month": 3, "day": 9}, "2025-03-10", "2026-03-09"),
        ({"kind": "date", "last": "2025-12-31"}, "2025-03-10", "2025-12-31"),
        ({"kind": "days", "days": 1}, "2025-03-10", "2025-03-10"),
    ],
)
def test_every_expiry_has_its_last_day(expiry: dict[str, Any], bought: str, last: str) -> None:
    course = Course(wallets=[wallet(expiry=expiry)])
    course.adjust(10, bought)
    assert expiring(course.standing, course.rules, instant(moment(bought)))[0]["last_day"] == last


def test_points_that_never_expire_are_not_told() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "never"})])
    course.adjust(10)
    assert expiring(course.standing, course.rules, instant(moment("2099-01-01"))) == []
    assert course.standing.due_at is None


def test_a_late_purchase_whose_points_have_ended_is_posted_and_expires() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "days", "days": 10})])
    course.buy("5.00", day="2025-03-30")
    course.buy("7.00", day="2025-03-01")
    course.pass_until("2025-03-31")
    assert course.history == [5, 7, -7]
    assert course.rows[2].at == course.rows[1].ends_at


def test_ended_points_are_not_used_even_where_their_expiry_is_not_posted_yet() -> None:
    course = Course(rewards=MUG)
    course.adjust(100, "2024-01-10")
    course.buy("60.00", day="2024-03-10")
    world = course.world(MemberChanged(occurred_at=moment("2025-02-10")))
    wish = Redemption(occurred_at=moment("2025-02-10"), id="X", member="m", reward="mug")
    refusal = refused(decide(wish, world, course.rules))
    assert (refusal.code, refusal.reason, refusal.detail["active"]) == ("not_enough_points", "expired", 60)
    less = Adjustment(occurred_at=moment("2025-02-10"), id="A", member="m", wallet="points", amount=-70, reason="test")
    decision, after = apply(less, world, course.rules)
    (row,) = [effect for effect in decision.effects if isinstance(effect, Posted)]
    assert [(take.row, take.amount) for take in row.lots] == [(2, 60)]
    assert after.standing.purses["points"].debt == 10


def test_a_return_leaves_what_has_ended_to_its_expiry() -> None:
    course = Course()
    course.buy("60.00", day="2024-03-10")
    event = Return(occurred_at=moment("2025-03-10"), id="R", purchase="P1", lines=(ReturnLine("1"),))
    decision = decide(event, course.world(event), course.rules)
    assert not [effect for effect in decision.effects if isinstance(effect, Posted)]


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
        ("America/Havana", "2020-11-01", "2020-11-01T00:00:00-04:00"),
        ("America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00"),
        ("Europe/London", "2025-03-30", "2025-03-30T00:00:00+00:00"),
    ],
)
def test_a_day_begins_at_midnight_or_at_what_follows_it(zone: str, day: str, begins: str) -> None:
    calendar = calendar_of(zone)
    at = calendar.starts_at(moment(day).date().toordinal())
    assert at == instant(moment(begins))
    assert calendar.day(at - 1) < calendar.day(at)
