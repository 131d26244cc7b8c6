"""Returns to the last cent: of a purchase that a reward made cheaper, and of a line that cost nothing."""

import pytest

from stammis.core.events import ReturnLine
from tests.core.course import Course, line, refused


@pytest.mark.parametrize("mode", ["again", "proportional"])
@pytest.mark.parametrize(("rewards", "earned", "left"), [("after", 80, 32), ("before", 100, 40)])
def test_a_discount_goes_back_with_its_share_of_the_goods(rewards: str, earned: int, left: int, mode: str) -> None:
    course = Course(basis={"rewards": rewards, "tax": "included"}, returns={"mode": mode})
    course.buy(lines=(line("60"), line("40", "2")), reward="20", day="2025-03-01")
    assert course.balance == earned
    first = course.give_back(day="2025-03-03").refund
    assert (course.balance, first and first.money) == (left, 4_800)
    second = course.give_back(ReturnLine("2"), day="2025-03-04").refund
    assert (course.balance, second and second.money) == (0, 3_200)


def test_pieces_of_a_discounted_purchase_come_back_to_the_last_cent() -> None:
    course = Course()
    course.buy(lines=(line("10"), line("5.55", "2", 3)), reward="3.33", day="2025-03-01")
    balances, money = [course.balance], 0
    for piece in (*[ReturnLine("2", 1_000_000)] * 3, ReturnLine("1")):
        refund = course.give_back(piece, day="2025-03-03").refund
        assert refund is not None
        balances.append(course.balance)
        money += refund.money
    assert (balances, money) == ([12, 10, 9, 7, 0], 1_222)


def test_a_line_of_nothing_comes_back_with_the_others_and_nothing_more() -> None:
    course = Course()
    course.buy(lines=(line("10.00"), line("0.00", "2", quantity=0)))
    course.give_back(ReturnLine("1"), ReturnLine("2"))
    assert course.balance == 0
    assert refused(course.give_back(ReturnLine("2", 1))).code == "more_than_bought"
    assert refused(course.give_back(ReturnLine("1"))).code == "more_than_bought"
