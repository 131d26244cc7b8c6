"""Case R12: what a return does where the points have been spent, as the wallet or the programme declares."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.course import Course, wallet

REWARD = [{"id": "bag", "name": "A bag", "price": 80}]
CLUB = [{"id": "club", "name": "Club", "counts": "points", "levels": [{"id": "a", "name": "A", "at": 100}]}]


def spent(**changes: Any) -> Course:
    """A member who earned 100 points and spent 80 of them."""
    course = Course(rewards=REWARD, **changes)
    course.buy("100")
    course.redeem("bag")
    return course


def test_r12_allow_debt_goes_below_zero_and_later_points_fill_it() -> None:
    course = spent()
    course.give_back()
    assert course.balance == -80
    course.buy("100", "2025-03-21")
    assert course.balance == 20


@pytest.mark.parametrize(
    "changes", [{"negative_balance": "to_zero"}, {"wallets": [wallet(negative_balance="to_zero")]}]
)
def test_r12_to_zero_takes_what_is_there_and_records_the_shortfall(changes: dict[str, Any]) -> None:
    course = spent(**changes)
    decision = course.give_back()
    assert (course.balance, course.rows[-1].amount, course.rows[-1].shortfall) == (0, -20, 80)
    [short] = [step for step in decision.steps if step.because == "shortfall"]
    assert short.saw == {"shortfall": 80, "policy": "to_zero"}
    course.buy("100", "2025-03-21")
    assert course.balance == 100


def test_r12_pending_only_leaves_what_is_active() -> None:
    course = spent(negative_balance="pending_only")
    course.give_back()
    assert course.balance == 20
    assert course.history == [100, -80]


def test_pending_only_cancels_what_is_pending() -> None:
    course = Course(wallets=[wallet(pending={"kind": "days", "days": 14})], negative_balance="pending_only")
    course.buy("100", "2025-03-01")
    course.buy("50", "2025-03-10")
    course.give_back(day="2025-03-20", purchase="P1")
    course.give_back(day="2025-03-20", purchase="P2")
    course.pass_until("2025-05-01")
    assert course.balance == 100


def test_nothing_there_to_take_posts_no_row_but_a_step() -> None:
    course = Course(rewards=[{**REWARD[0], "price": 100}], negative_balance="to_zero")
    course.buy("100")
    course.redeem("bag")
    decision = course.give_back()
    assert course.history == [100, -100]
    assert [(step.because, step.saw["shortfall"]) for step in decision.steps] == [("shortfall", 100)]


def test_what_was_short_is_not_asked_for_again() -> None:
    course = Course(rewards=REWARD, negative_balance="to_zero")
    course.buy("100")
    course.redeem("bag")
    course.give_back(cash="50")
    assert (course.balance, course.rows[-1].amount, course.rows[-1].shortfall) == (0, -20, 30)
    course.buy("100", "2025-03-21")
    course.give_back(day="2025-03-22")
    assert course.balance == 50, "only the second half is taken now"


def test_a_level_falls_with_the_goods_even_where_the_points_were_spent() -> None:
    course = spent(negative_balance="to_zero", tiers=CLUB)
    assert course.level() == "a"
    course.becomes("cancelled")
    assert (course.balance, course.level("2025-03-20")) == (0, None)
    course.becomes("completed", "2025-03-21")
    assert (course.balance, course.level("2025-03-21")) == (20, "a")


def test_a_correction_takes_no_more_than_the_wallet_allows() -> None:
    course = Course(negative_balance="to_zero")
    course.adjust(30)
    course.adjust(-50)
    assert (course.balance, course.rows[-1].shortfall) == (0, 20)
    decision = course.adjust(-50)
    assert (decision.effects, decision.steps[0].because) == ((), "shortfall")
