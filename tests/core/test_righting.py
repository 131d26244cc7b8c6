"""What comes back of a purchase that was corrected: laws, and the cases at their edges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stammis.core.corrections import Corrected
from stammis.core.effects import Decision, Posted
from stammis.core.events import Adjustment, ReturnLine
from stammis.core.righting import changed_by, stands_of
from tests.core.course import Course, line, moment, wallet

lawful = settings(deadline=None, max_examples=150)
pounds = st.lists(st.integers(1, 40), min_size=1, max_size=5)
MODES = ["again", "proportional"]


def course_of(points: int, amounts: list[int], unit: str = "1.00", **changes: Any) -> Course:
    course = Course(earn=[{"kind": "amount", "id": "goods", "points": points, "each": unit}], **changes)
    course.buy(lines=tuple(line(str(each), str(place)) for place, each in enumerate(amounts)))
    return course


def give_back(course: Course, lines: Iterable[int]) -> Decision:
    return course.give_back(*(ReturnLine(str(each)) for each in lines), day="2025-03-25")


def undo(course: Course) -> None:
    stands = stands_of(course.states["P1"], course.changes("P1"))["points"]
    if stands:
        course.correct(-stands, day="2025-03-24")


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    """Lines in whole pounds, and in which portions some or all of them come back."""
    amounts = draw(pounds)
    order = draw(st.permutations(range(len(amounts))))[: draw(st.integers(1, len(amounts)))]
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=len(order))))
    ends = [*cuts, len(order)]
    portions = [order[first:end] for first, end in zip([0, *ends], ends, strict=False)]
    return amounts, [portion for portion in portions if portion]


@lawful
@given(parts(), st.integers(1, 9), st.integers(0, 9), st.sampled_from(MODES))
def test_whatever_comes_back_leaves_what_the_right_rule_would_have(
    bought: tuple[list[int], list[list[int]]], wrong: int, right: int, mode: str
) -> None:
    amounts, portions = bought
    whole, split = (course_of(wrong, amounts, returns={"mode": mode}) for _ in range(2))
    for course in (whole, split):
        course.correct((right - wrong) * sum(amounts)) if right != wrong else None
    kept = sum(amounts)
    for portion in portions:
        give_back(split, portion)
        kept -= sum(amounts[each] for each in portion)
        assert split.balance == right * kept
    give_back(whole, [each for portion in portions for each in portion])
    assert whole.balance == split.balance


@lawful
@given(parts(), st.integers(1, 9), st.integers(0, 9), st.data())
def test_corrected_and_undone_at_any_time_it_comes_to_what_no_correction_leaves(
    bought: tuple[list[int], list[list[int]]], wrong: int, right: int, data: st.DataObject
) -> None:
    assume(right != wrong)
    amounts, portions = bought
    course, plain = (course_of(wrong, amounts) for _ in range(2))
    corrected_at = data.draw(st.integers(0, len(portions)))
    undone_at = data.draw(st.integers(corrected_at, len(portions)))
    for place in range(len(portions) + 1):
        if place == corrected_at and plain.balance:
            course.correct((right - wrong) * (plain.balance // wrong))
        if place == undone_at:
            undo(course) if course.changes("P1") else None
            assert course.balance == plain.balance
        if place < len(portions):
            give_back(course, portions[place])
            give_back(plain, portions[place])
    assert course.balance == plain.balance


@lawful
@given(
    st.lists(st.integers(1, 999), min_size=1, max_size=5),
    st.integers(-100, 100),
    st.sampled_from(["0.37", "1.00", "2.90"]),
    st.data(),
)
def test_rounded_in_the_members_favour_no_stage_takes_more_than_is_due(
    pence: list[int], permille: int, unit: str, data: st.DataObject
) -> None:
    """The purchase keeps, of what rules give for the rest and the correction's share, the least of any stage."""
    course = Course(earn=[{"kind": "amount", "id": "goods", "points": 3, "each": unit}])
    course.buy(lines=tuple(line(f"{each // 100}.{each % 100:02d}", str(n)) for n, each in enumerate(pence)))
    gave, total = course.balance, sum(pence)
    change = gave * permille // 100
    assume(change)
    course.correct(change)
    least, kept = gave + change, total
    for each in data.draw(st.permutations(range(len(pence)))):
        decision = give_back(course, [each])
        kept -= pence[each]
        ruled = sum(course.states["P1"].given.values())
        share = -(-change * kept // total)
        least = min(least, ruled + max(share, -ruled))
        assert course.balance == least
        moved = sum(effect.amount for effect in decision.effects if isinstance(effect, Posted))
        assert sum(step.points for step in decision.steps) == moved
    assert course.balance == 0


@lawful
@given(pounds, st.integers(1, 9), st.integers(0, 9), st.integers(0, 3), st.sampled_from(["", "settled"]))
def test_cancelled_and_completed_any_number_of_times_it_gives_and_loses_the_same(
    amounts: list[int], wrong: int, right: int, times: int, waits: str
) -> None:
    assume(right != wrong)
    pending = {"pending": {"kind": "status", "status": waits}} if waits else {}
    statuses = {"settled": "completed", "completed": "completed", "cancelled": "cancelled"}
    course = course_of(wrong, amounts, wallets=[wallet(**pending)], statuses=statuses)
    course.correct((right - wrong) * sum(amounts), rows=(1,))
    for _ in range(times):
        course.becomes("cancelled")
        assert all_points(course) == 0
        course.becomes("completed")
        assert all_points(course) == right * sum(amounts)
    give_back(course, [0])
    assert all_points(course) == right * sum(amounts[1:])
    give_back(course, range(1, len(amounts))) if amounts[1:] else None
    assert all_points(course) == 0


def all_points(course: Course) -> int:
    return course.balance + sum(lot.left for lot in course.standing.pending.get("points", ()))


def test_a_correction_of_a_purchase_that_gave_nothing_goes_with_its_goods() -> None:
    course = Course(earn=[{"kind": "amount", "id": "goods", "points": 1, "each": "1000.00"}])
    course.buy(lines=(line("60.00", "1"), line("40.00", "2")))
    course.correct(50)
    course.give_back(ReturnLine("2"))
    assert course.balance == 30
    course.give_back(ReturnLine("1"))
    assert course.balance == 0


def test_a_rest_that_rules_give_nothing_for_is_charged_no_more_than_nothing() -> None:
    rule = {"kind": "amount", "id": "goods", "points": 2, "when": {"kind": "total", "at_least": "100.00"}}
    course = Course(earn=[rule])
    course.buy(lines=(line("60.00", "1"), line("40.00", "2")))
    course.correct(-100)
    course.give_back(ReturnLine("2"))
    assert (course.balance, course.history) == (0, [200, -100, -100])
    course.give_back(ReturnLine("1"))
    assert course.balance == 0


def test_what_expired_is_neither_taken_with_the_goods_nor_given_back_for_a_correction() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "days", "days": 30})])
    course.buy("200.00", day="2025-03-10")
    course.adjust(100, "2025-03-01")
    course.correct(-100, day="2025-03-11")  # out of what ends first: that was given by hand
    course.pass_until("2025-05-01")
    assert course.balance == 0
    course.give_back(day="2025-05-02")
    assert course.balance == 0
    assert stands_of(course.states["P1"], course.changes("P1")) == {"points": -100}


def test_levels_lose_what_the_rules_gave_not_what_a_correction_did() -> None:
    levels = [{"id": "a", "name": "A", "at": 0}, {"id": "b", "name": "B", "at": 150}]
    tiers = [{"id": "club", "name": "Club", "counts": "points", "wallet": "points", "levels": levels}]
    course = Course(tiers=tiers)
    course.buy("200.00")
    course.correct(-100)
    assert course.level("2025-03-21") == "b"
    course.give_back(day="2025-03-25")
    assert (course.balance, course.level("2025-03-26")) == (0, "a")
    assert not any(amount for _, amount in course.standing.ranks["club"].days)


@pytest.mark.parametrize(
    ("posted", "changes"),
    [(-60, [-40, -30, 10]), (-25, [-20, -15, 10]), (0, [-6, -4, 10]), (10, [0, 0, 10])],
)
def test_what_a_correction_could_not_take_stays_with_what_had_given_too_much(posted: int, changes: list[int]) -> None:
    event = Adjustment(
        occurred_at=moment("2025-03-20"),
        id="C",
        member="m",
        wallet="points",
        amount=-60,
        reason="",
        corrects=(Corrected("purchase", "a", 40, 0), Corrected("purchase", "b", 30, 0), Corrected("event", "c", 0, 10)),
    )
    assert changed_by(event, posted) == changes
