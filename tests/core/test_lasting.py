"""How long points last: to the end of a period, as long as there is activity, or longer by a person's will."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.core.effects import Extended
from stammis.core.events import Extension, HoldPlaced, HoldReleased, Purchase, Tender
from stammis.core.views import expiring
from tests.core.course import Course, line, moment, refused, wallet

SLIDING = {"kind": "sliding", "days": 30, "activity": ["purchase", "visit"]}


def ends(course: Course, at: str) -> list[tuple[int, str]]:
    """What expires when."""
    return [(one["amount"], one["last_day"]) for one in expiring(course.standing, course.rules, instant(moment(at)))]


@pytest.mark.parametrize(
    ("expiry", "day", "last"),
    [
        ({"period": "month"}, "2025-02-03", "2025-02-28"),
        ({"period": "month", "months": 12}, "2024-02-29", "2025-02-28"),
        ({"period": "month", "months": 1, "grace_days": 10}, "2025-01-31", "2025-03-10"),
        ({"period": "quarter"}, "2025-02-03", "2025-03-31"),
        ({"period": "quarter", "months": 6, "grace_days": 30}, "2025-11-30", "2026-07-30"),
        ({"period": "year"}, "2025-12-31", "2025-12-31"),
        ({"period": "year", "months": 12, "grace_days": 31}, "2025-01-01", "2027-01-31"),
    ],
)
def test_points_last_to_the_end_of_a_period_and_its_days_of_grace(expiry: dict[str, Any], day: str, last: str) -> None:
    course = Course(wallets=[wallet(expiry={"kind": "period_end", **expiry})])
    course.buy("10", day)
    assert ends(course, day) == [(10, last)]
    after = dt.date.fromisoformat(last) + dt.timedelta(days=1)
    course.pass_until(f"{last}T22:59")
    assert course.balance == 10
    course.pass_until(f"{after}T00:00")
    assert course.balance == 0


def test_activity_moves_the_end_of_all_open_points() -> None:
    course = Course(wallets=[wallet(expiry=SLIDING)])
    course.buy("10", "2025-03-01")
    course.buy("20", "2025-03-20")
    assert ends(course, "2025-03-20") == [(30, "2025-04-18")]
    decision = course.does("visit", "2025-04-10")
    assert ends(course, "2025-04-10") == [(30, "2025-05-09")]
    assert [step.because for step in decision.steps] == ["extended"]
    course.does("review", "2025-05-01")
    course.pass_until("2025-05-10")
    assert course.history == [10, 20, -10, -20]


def test_activity_never_brings_an_end_forward_and_revives_nothing() -> None:
    course = Course(wallets=[wallet(expiry=SLIDING)])
    course.buy("10", "2025-03-20")
    course.does("visit", "2025-03-01")
    assert ends(course, "2025-03-20") == [(10, "2025-04-18")]
    course.does("visit", "2025-04-19")
    assert (course.balance, ends(course, "2025-04-19")) == (0, [])


def test_an_order_that_is_only_placed_is_no_activity() -> None:
    course = Course(wallets=[wallet(expiry=SLIDING)])
    course.buy("10", "2025-03-01")
    course.buy("20", "2025-03-20", status="placed")
    assert ends(course, "2025-03-20") == [(10, "2025-03-30")]
    course.becomes("completed", "2025-03-22", "P2")
    assert ends(course, "2025-03-22") == [(30, "2025-04-18")]


def test_points_restored_have_the_end_that_their_lot_has_by_now() -> None:
    course = Course(wallets=[wallet(expiry=SLIDING, value="0.10", pays=True)])
    course.buy("100", "2025-03-01")
    course.buy("10", "2025-03-05", points=40)
    course.does("visit", "2025-04-01")
    course.give_back(day="2025-04-20", purchase="P2")
    assert ends(course, "2025-04-20") == [(100, "2025-04-30")]
    assert course.balance == 100


def extends(course: Course, last: str, at: str = "2025-03-20") -> Any:
    """A person lets the points last longer."""
    day = dt.date.fromisoformat(last)
    event = Extension(occurred_at=moment(at), id=at, member="m", wallet="points", last_day=day, reason="goodwill")
    return course.happens(event)


def test_a_person_lets_open_points_last_through_a_day() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "days", "days": 30})])
    course.buy("10", "2025-03-01")
    decision = extends(course, "2025-12-31")
    [extended] = [effect for effect in decision.effects if isinstance(effect, Extended)]
    assert (extended.amount, extended.rows) == (10, (1,))
    assert ends(course, "2025-03-20") == [(10, "2025-12-31")]
    assert refused(extends(course, "2025-12-01")).code == "nothing_to_extend"
    course.pass_until("2025-12-31T23:00")
    assert course.balance == 10
    course.pass_until("2026-01-01")
    assert course.history == [10, -10]


def test_points_that_never_end_need_no_extension() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "never"})])
    course.buy("10", "2025-03-01")
    assert refused(extends(course, "2025-12-31")).code == "nothing_to_extend"


def test_pending_points_are_extended_with_the_others() -> None:
    pending = {"kind": "days", "days": 14}
    course = Course(wallets=[wallet(expiry={"kind": "days", "days": 30}, pending=pending)])
    course.buy("10", "2025-03-10")
    extends(course, "2025-12-31")
    course.pass_until("2025-03-24")
    assert ends(course, "2025-03-24") == [(10, "2025-12-31")]


def holds(course: Course, amount: int, at: str) -> None:
    """Puts points aside for a day."""
    held = HoldPlaced(occurred_at=moment(at), id="H", member="m", wallet="points", amount=amount, seconds=86_400)
    course.happens(held)


@pytest.mark.parametrize("held", [10, 4])
def test_held_points_last_as_long_as_the_others(held: int) -> None:
    course = Course(wallets=[wallet(expiry=SLIDING)])
    course.buy("10", "2025-03-01T12:00")
    holds(course, held, "2025-03-20T12:00")
    decision = course.does("visit", "2025-03-20T13:00")
    [extended] = [effect for effect in decision.effects if isinstance(effect, Extended)]
    assert (extended.amount, extended.rows) == (10, (1,))
    course.happens(HoldReleased(occurred_at=moment("2025-03-20T14:00"), hold="H"))
    assert ends(course, "2025-03-20") == [(10, "2025-04-18")]
    course.pass_until("2025-04-18T22:30")
    assert course.balance == 10


def test_held_points_that_pay_in_the_purchase_that_moves_their_end_come_back_to_the_new_one() -> None:
    course = Course(wallets=[wallet(expiry=SLIDING, value="1.00", pays=True)])
    course.buy("10", "2025-03-01T12:00")
    holds(course, 10, "2025-03-20T12:00")
    purchase = Purchase(
        occurred_at=moment("2025-03-20T13:00"),
        id="P2",
        currency="GBP",
        member="m",
        lines=(line("10"),),
        points=Tender("points", 10, hold="H"),
    )
    course.happens(purchase)
    course.give_back(day="2025-04-02", purchase="P2")
    assert ends(course, "2025-04-02") == [(10, "2025-04-18")]
