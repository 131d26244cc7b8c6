"""Pending points by hand: let go now, taken away, brought back; and what a return does to them after that."""

from __future__ import annotations

from stammis.core.effects import Decision, Posted, Refused
from stammis.core.events import PendingRestored, PendingSettled, ReturnLine
from tests.core.course import Course, line, moment, wallet
from tests.core.test_pending import DAYS_14, STATUSES, views


def settle(course: Course, day: str, row: int = 1, *, released: bool) -> Decision:
    """Lets the pending points of a row go, or takes them away."""
    return course.happens(
        PendingSettled(
            occurred_at=moment(day), id=day, member="m", account="", row=row, released=released, reason="goodwill"
        )
    )


def restore(course: Course, day: str, taken: Decision) -> Decision:
    """Brings back what an act took away."""
    [row] = [effect for effect in taken.effects if isinstance(effect, Posted)]
    [take] = row.lots
    assert row.awaits is not None
    return course.happens(
        PendingRestored(
            occurred_at=moment(day),
            taken=day,
            member="m",
            wallet=row.wallet,
            row=take.row,
            amount=take.amount,
            ends_at=take.ends_at,
            awaits=row.awaits,
        )
    )


def refusal(decision: Decision) -> str:
    [refused] = decision.effects
    assert isinstance(refused, Refused)
    return refused.code


def test_pending_points_are_let_go_once_and_end_as_they_would_have() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    ends_at = course.standing.pending["points"][0].ends_at
    decision = settle(course, "2025-03-03", released=True)
    assert views(course, "2025-03-03T13:00") == (100, 0, 0)
    assert [(step.because, step.points, step.saw["points"]) for step in decision.steps] == [("activated", 0, 100)]
    assert [lot.ends_at for lot in course.standing.purses["points"].lots] == [ends_at]
    assert refusal(settle(course, "2025-03-04", released=True)) == "not_pending"
    course.pass_until("2025-04-01")
    assert course.balance == 100


def test_what_is_let_go_fills_debt_first() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.adjust(-30, "2025-03-01")
    course.buy("100", "2025-03-02")
    settle(course, "2025-03-03", row=2, released=True)
    assert views(course, "2025-03-03T13:00") == (70, 0, 0)


def test_pending_points_are_taken_away_and_the_active_balance_never_moves() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    decision = settle(course, "2025-03-03", released=False)
    assert views(course, "2025-03-03T13:00") == (0, 0, 0)
    assert [(row.kind, row.amount, row.running, row.reverses) for row in course.rows] == [
        ("earn", 100, 0, None),
        ("adjust", -100, 0, 1),
    ]
    assert [(step.because, step.points) for step in decision.steps] == [("adjust", -100)]
    course.pass_until("2025-04-01")
    assert (course.balance, len(course.rows)) == (0, 2)


def test_a_return_does_not_take_again_what_was_taken_away_by_hand() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy(lines=(line("60"), line("40", "2")), day="2025-03-01")
    course.buy("50", "2025-02-01", purchase="P2")
    course.pass_until("2025-03-02")
    settle(course, "2025-03-03", released=False)
    course.give_back(day="2025-03-04")
    assert views(course, "2025-03-04T13:00") == (50, 0, 0)
    course.give_back(ReturnLine("2"), day="2025-03-05")
    assert views(course, "2025-03-05T13:00") == (50, 0, 0)


def test_what_was_taken_away_comes_back_into_its_row_and_a_return_takes_it_from_there() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    before = course.standing.pending
    taken = settle(course, "2025-03-03", released=False)
    restore(course, "2025-03-04", taken)
    assert course.standing.pending == before
    course.give_back(day="2025-03-05")
    assert views(course, "2025-03-05T13:00") == (0, 0, 0)
    assert [(row.kind, row.amount) for row in course.rows] == [
        ("earn", 100),
        ("adjust", -100),
        ("restore", 100),
        ("return", -100),
    ]


def test_what_comes_back_after_its_day_is_active_and_after_its_end_is_refused() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    taken = settle(course, "2025-03-03", released=False)
    assert refusal(restore(course, "2026-04-01", taken)) == "already_ended"
    restore(course, "2025-03-20", taken)
    assert views(course, "2025-03-20T13:00") == (100, 0, 0)


def test_points_that_wait_for_a_status_are_let_go_and_the_status_gives_nothing_more() -> None:
    statuses = {**STATUSES, "paid": "completed"}
    course = Course(wallets=[wallet(pending={"kind": "status", "status": "delivered"})], statuses=statuses)
    course.buy("10", "2025-03-01", status="paid")
    settle(course, "2025-03-02", released=True)
    course.becomes("delivered", "2025-03-03")
    assert views(course, "2025-03-03T13:00") == (10, 0, 0)
