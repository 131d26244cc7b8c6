"""A correction that is undone leaves the lots as they were: which they are, what is in them, and when they end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammis.core.effects import Posted
from stammis.core.lots import EMPTY
from tests.core.course import Course, wallet

lawful = settings(deadline=None, max_examples=150)
REWARD = [{"id": "bag", "name": "A bag", "price": 1}]
AT = "2025-03-20"


def lots(course: Course) -> list[tuple[int, int | None]]:
    """What is in each lot and when it ends, whichever row opened it."""
    return [(lot.left, lot.ends_at) for lot in course.standing.purses.get("points", EMPTY).lots]


def debt(course: Course) -> int:
    return course.standing.purses.get("points", EMPTY).debt


def lived(amounts: list[int], spent: int, **changes: Any) -> Course:
    course = Course(rewards=REWARD, earn=[{"kind": "amount", "id": "goods", "points": 1}], **changes)
    for place, amount in enumerate(amounts):
        course.buy(amount, f"2025-02-{place + 1:02}")
    part = min(spent, course.balance)
    if part:
        course.redeem("bag", quantity=part)
    return course


@lawful
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
    st.integers(0, 200),
    st.integers(-250, 250).filter(bool),
    st.sampled_from(["allow_debt", "to_zero", "pending_only"]),
)
def test_posting_a_correction_and_undoing_it_at_once_leaves_every_lot(
    amounts: list[int], spent: int, change: int, policy: str
) -> None:
    course = lived(amounts, spent, negative_balance=policy)
    before = lots(course), debt(course), course.balance
    correction = course.correct(change, AT)
    if any(isinstance(effect, Posted) for effect in correction.effects):
        course.uncorrect(correction, day=AT)
    assert (lots(course), debt(course), course.balance) == before


@lawful
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 250), st.integers(1, 250))
def test_undoing_a_part_gives_back_into_lots_that_were_there_and_no_more_than_was_in_them(
    amounts: list[int], taken: int, part: int
) -> None:
    course = lived(amounts, 0)
    before = {lot.row: lot for lot in course.standing.purses["points"].lots}
    part = min(part, taken)
    course.uncorrect(course.correct(-taken, AT), part, AT)
    assert course.balance == sum(amounts) - taken + part
    for lot in course.standing.purses["points"].lots:
        assert lot.ends_at == before[lot.row].ends_at
        assert lot.left <= before[lot.row].left


def test_what_it_gave_is_taken_out_of_its_own_lot_and_what_was_spent_of_it_out_of_what_ends_first() -> None:
    course = lived([30, 20], 0)
    correction = course.correct(61, AT)
    course.redeem("bag", "2025-03-21", quantity=70)  # all but 41 of the correction's own
    course.buy(25, "2025-02-20")  # ends before it
    course.uncorrect(correction, day="2025-03-23")
    row = course.rows[-1]
    assert [(take.row, take.amount) for take in row.lots] == [(3, 41), (5, 20)]
    assert (row.amount, row.reverses) == (-61, 3)


def test_what_it_cancelled_while_pending_comes_back_active_and_the_rest_into_its_lots() -> None:
    course = Course(wallets=[wallet(pending={"kind": "event", "event": "visit"})])
    course.adjust(50, "2025-02-01")
    before = lots(course)
    course.buy(40, "2025-03-01")
    correction = course.correct(-60, AT, rows=(2,))
    assert course.history == [50, 40, -40, -20]
    course.uncorrect(correction, day=AT)
    assert course.history == [50, 40, -40, -20, 40, 20]
    assert lots(course)[: len(before)] == before


@pytest.mark.parametrize(("policy", "active"), [("expire", 0), ("renew", 30)])
def test_into_a_lot_that_has_ended_it_gives_back_as_a_redemption_does(policy: str, active: int) -> None:
    lasting: dict[str, Any] = {
        "wallets": [wallet(expiry={"kind": "days", "days": 30})],
        "returns": {"restored_to_ended": policy},
        "rewards": REWARD,
    }
    course, other = Course(lasting), Course(lasting)
    for each in (course, other):
        each.buy(30, "2025-03-01")
    course.uncorrect(course.correct(-30, AT), day="2025-05-01")
    other.redeem("bag", quantity=30)
    other.undo("X0", "2025-05-01")
    assert (lots(course), course.balance) == (lots(other), other.balance)
    assert course.active("2025-05-02") == active


def test_what_was_stored_before_is_undone_as_it_was() -> None:
    course = lived([30, 20], 0)
    course.correct(61, AT)
    course.correct(-61, AT)
    assert [(take.row, take.amount) for take in course.rows[-1].lots] == [(1, 30), (2, 20), (3, 11)]
    assert course.rows[-1].reverses is None
