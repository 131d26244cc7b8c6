"""Pending points: for days, until a date, until a status or an event; and what a return does to them meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.core.document import DocumentErrors, parse
from stammis.core.effects import PurchaseMoved
from stammis.core.events import Claimed, Purchase
from stammis.core.views import expiring, pending_view, wallet_view
from tests.core.course import Course, document, line, moment, wallet

DAYS_14 = {"kind": "days", "days": 14}
STATUSES = {"placed": "placed", "delivered": "completed", "cancelled": "cancelled"}


def views(course: Course, text: str) -> tuple[int, int, int]:
    """Active, pending and held points at a moment."""
    view = wallet_view(course.standing, course.rules, instant(moment(text)))["points"]
    return view["active"], view["pending"], view["held"]


def test_e60_points_pending_14_days_are_active_on_day_15() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    assert views(course, "2025-03-01T13:00") == (0, 100, 0)
    assert views(course, "2025-03-14T23:59:59") == (0, 100, 0)
    assert views(course, "2025-03-15T00:00") == (100, 0, 0), "unposted as well"
    course.pass_until("2025-03-15T00:00")
    assert views(course, "2025-03-15T00:00") == (100, 0, 0)
    assert course.history == [100]
    assert course.balance == 100


def test_e60_a_return_on_day_3_cancels_the_pending_row_and_the_active_balance_never_moves() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("100", "2025-03-01")
    course.give_back(day="2025-03-03")
    assert views(course, "2025-03-03T13:00") == (0, 0, 0)
    assert [(row.kind, row.amount, row.running, row.awaits is not None) for row in course.rows] == [
        ("earn", 100, 0, True),
        ("return", -100, 0, True),
    ]
    assert course.rows[1].reverses == 1
    course.pass_until("2025-04-01")
    assert (course.balance, len(course.rows)) == (0, 2)


def test_a_return_of_a_part_leaves_the_rest_pending() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy(lines=(line("60"), line("40", "2")), day="2025-03-01")
    course.give_back(day="2025-03-03")
    assert views(course, "2025-03-03T13:00") == (0, 40, 0)
    course.pass_until("2025-03-15")
    assert views(course, "2025-03-15") == (40, 0, 0)
    course.give_back(day="2025-03-16", purchase="P1", cash="40")
    assert views(course, "2025-03-16T13:00") == (0, 0, 0)


def test_pending_points_fill_debt_when_they_become_active() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.adjust(-30, "2025-03-01")
    course.buy("100", "2025-03-02")
    assert views(course, "2025-03-02T13:00") == (-30, 100, 0)
    course.pass_until("2025-03-16")
    assert views(course, "2025-03-16") == (70, 0, 0)
    assert sum(lot.left for lot in course.standing.purses["points"].lots) == 70


def test_points_wait_for_a_date() -> None:
    course = Course(wallets=[wallet(pending={"kind": "date", "active_on": "2025-04-01"})])
    course.buy("10", "2025-03-01")
    course.buy("5", "2025-04-01")
    assert views(course, "2025-04-01T13:00") == (15, 0, 0)
    assert [row.awaits is not None for row in course.rows] == [True, False]


def test_points_wait_for_a_status_of_their_purchase() -> None:
    statuses = {**STATUSES, "paid": "completed"}
    course = Course(wallets=[wallet(pending={"kind": "status", "status": "delivered"})], statuses=statuses)
    course.buy("10", "2025-03-01", status="paid")
    course.buy("20", "2025-03-02", status="delivered")
    assert views(course, "2025-03-02T13:00") == (20, 10, 0)
    decision = course.becomes("delivered", "2025-03-05")
    assert views(course, "2025-03-05T13:00") == (30, 0, 0)
    assert [step.because for step in decision.steps] == ["activated"]
    assert course.becomes("delivered", "2025-03-06").effects == ()


def test_points_wait_for_an_event_that_comes_after_them() -> None:
    course = Course(wallets=[wallet(pending={"kind": "event", "event": "survey"})])
    course.buy("10", "2025-03-01")
    course.does("review", "2025-03-02")
    assert views(course, "2025-03-02T13:00") == (0, 10, 0)
    course.does("survey", "2025-02-01")
    assert views(course, "2025-03-02T13:00") == (0, 10, 0), "a survey before the purchase"
    course.does("survey", "2025-03-03")
    assert views(course, "2025-03-03T13:00") == (10, 0, 0)


def test_points_that_nothing_sets_free_end_while_they_are_pending() -> None:
    expiry = {"kind": "days", "days": 30}
    course = Course(wallets=[wallet(expiry=expiry, pending={"kind": "event", "event": "survey"})])
    course.buy("10", "2025-03-01")
    course.pass_until("2025-03-31")
    assert views(course, "2025-03-31") == (0, 0, 0)
    assert [(row.kind, row.amount, row.awaits is not None) for row in course.rows[1:]] == [("expire", -10, True)]
    assert course.give_back(day="2025-04-02").effects
    assert len(course.rows) == 2, "what has expired is not taken again"


def test_a_rule_says_itself_until_when_its_points_are_pending() -> None:
    rules: list[dict[str, Any]] = [
        {"kind": "amount", "id": "goods", "points": 1},
        {"kind": "amount", "id": "bonus", "points": "0.5", "pending": DAYS_14},
    ]
    course = Course(earn=rules)
    course.buy(lines=(line("60"), line("40", "2")), day="2025-03-01")
    assert views(course, "2025-03-01T13:00") == (100, 50, 0)
    course.give_back(day="2025-03-03")
    assert views(course, "2025-03-03T13:00") == (40, 20, 0)
    assert [row.amount for row in course.rows] == [100, 50, -60, -30]
    course.pass_until("2025-03-15")
    assert views(course, "2025-03-15") == (60, 0, 0)


def test_a_rule_may_be_active_at_once_in_a_wallet_that_waits() -> None:
    rules: list[dict[str, Any]] = [{"kind": "amount", "id": "goods", "points": 1, "pending": {"kind": "none"}}]
    course = Course(wallets=[wallet(pending=DAYS_14)], earn=rules)
    course.buy("10", "2025-03-01")
    assert views(course, "2025-03-01T13:00") == (10, 0, 0)


def test_a_cancellation_undone_posts_pending_points_again() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)], statuses=STATUSES)
    course.buy("40", "2025-03-01")
    course.becomes("cancelled", "2025-03-02")
    assert views(course, "2025-03-02T13:00") == (0, 0, 0)
    course.becomes("delivered", "2025-03-03")
    assert views(course, "2025-03-03T13:00") == (0, 40, 0)
    course.becomes("cancelled", "2025-03-04")
    course.becomes("delivered", "2025-03-20")
    assert views(course, "2025-03-20T13:00") == (40, 0, 0), "their fourteen days are over"


def test_what_is_pending_is_told_with_what_it_waits_for_and_does_not_expire() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    course.buy("40", "2025-03-01")
    at = instant(moment("2025-03-02"))
    [waits] = pending_view(course.standing, course.rules, at)
    assert (waits["amount"], waits["active_on"], waits["event"]) == (40, "2025-03-15", None)
    assert expiring(course.standing, course.rules, at) == []


@pytest.mark.parametrize(
    ("where", "pending", "expiry", "pointer"),
    [
        ("wallet", {"kind": "days", "days": 30}, {"kind": "days", "days": 14}, "/wallets/0/pending/days"),
        ("rule", {"kind": "days", "days": 30}, {"kind": "days", "days": 14}, "/earn/0/pending/days"),
        ("wallet", {"kind": "days", "days": 14}, {"kind": "days", "days": 14}, "/wallets/0/pending/days"),
        ("wallet", {"kind": "days", "days": 30}, {"kind": "months", "months": 1}, "/wallets/0/pending/days"),
        ("wallet", {"kind": "days", "days": 1}, {"kind": "period_end", "period": "month"}, "/wallets/0/pending/days"),
        (
            "wallet",
            {"kind": "date", "active_on": "2026-01-01"},
            {"kind": "date", "last": "2025-12-31"},
            "/wallets/0/pending/active_on",
        ),
    ],
)
def test_e54_a_promise_that_cannot_be_kept_is_refused_with_its_path(
    where: str, pending: dict[str, Any], expiry: dict[str, Any], pointer: str
) -> None:
    said = document(wallets=[wallet(expiry=expiry, **({"pending": pending} if where == "wallet" else {}))])
    if where == "rule":
        said["earn"] = [{**said["earn"][0], "pending": pending}]
    with pytest.raises(DocumentErrors) as refused:
        parse(said)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [(pointer, "ends_while_pending")]


def test_a_promise_that_can_just_be_kept_is_accepted() -> None:
    month_end = {"kind": "period_end", "period": "month", "grace_days": 14}
    for expiry, days in (({"kind": "days", "days": 15}, 14), ({"kind": "months", "months": 1}, 27), (month_end, 14)):
        assert parse(document(wallets=[wallet(expiry=expiry, pending={"kind": "days", "days": days})]))


def test_a_status_that_no_programme_maps_is_refused() -> None:
    with pytest.raises(DocumentErrors) as refused:
        parse(document(wallets=[wallet(pending={"kind": "status", "status": "gone"})]))
    assert [error.code for error in refused.value.errors] == ["unknown_status"]


def test_a_claimed_purchase_remembers_which_of_its_points_are_pending() -> None:
    course = Course(wallets=[wallet(pending=DAYS_14)])
    currency = course.rules.programme.currency
    bought = Purchase(occurred_at=moment("2025-03-10"), id="G1", currency=currency, lines=(line("10"),))
    decision = course.happens(Claimed(occurred_at=moment("2025-03-12"), purchase=bought))
    [moved] = [effect for effect in decision.effects if isinstance(effect, PurchaseMoved)]
    assert moved.state.delays == {1: "days 14"}
    assert views(course, "2025-03-12") == (0, 10, 0)
