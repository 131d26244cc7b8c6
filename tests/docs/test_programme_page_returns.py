"""What the page about programme files says of returns in words is what the engine does."""

from stammis.core.events import ReturnLine
from tests.core.course import Course, document, line, wallet
from tests.docs.markdown import PROJECT

PAGE = PROJECT / "docs" / "reference" / "programme.md"
ONCE = {"per": "month", "times": 1}


def says(sentence: str) -> bool:
    return sentence in " ".join(PAGE.read_text("utf-8").split())


def test_only_what_gave_points_uses_a_cap_on_times() -> None:
    assert says("one that does not meet the conditions, or whose fraction was rounded down to nothing, uses nothing")
    course = Course(document(earn=[{"id": "goods", "kind": "amount", "points": 1, "cap": ONCE}]))
    course.buy("0.99", purchase="P1")
    course.buy("10.00", purchase="P2")
    course.buy("10.00", purchase="P3")
    assert course.history == [10]


def test_a_use_is_free_once_nothing_of_it_is_left() -> None:
    assert says("A return frees the use, in the period of the purchase, once nothing of the rule's part is left")
    course = Course(document(earn=[{"id": "goods", "kind": "amount", "points": 1, "cap": ONCE}]))
    course.buy(lines=(line("10.00", "1"), line("5.00", "2")), purchase="P1")
    course.give_back(ReturnLine("1"), purchase="P1", day="2025-03-11")
    course.buy("7.00", purchase="P2", day="2025-03-12")
    assert course.history == [15, -10], "5 points stand, so the use is not free"
    course.give_back(ReturnLine("2"), purchase="P1", day="2025-03-13")
    course.buy("7.00", purchase="P3", day="2025-03-14")
    assert course.history == [15, -10, -5, 7]


def test_a_line_is_compared_by_what_is_left_of_it() -> None:
    assert says("a line bought for 60.00 of which 20.00 came back is one of 40.00")
    large = {"kind": "line_amount", "at_least": "50.00"}
    course = Course(document(earn=[{"id": "large", "kind": "amount", "points": 1, "when": large}]))
    course.buy(lines=(line("60.00", quantity=3),))
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.history == [60, -60]


def test_goods_come_back_after_money_was_given_back_on_them() -> None:
    assert says("the refund is what they cost less that money, and no points are taken twice for it")
    course = Course(document(wallets=[wallet()]))
    course.buy(lines=(line("60.00", "1"), line("40.00", "2")))
    course.give_back(cash="10.00", day="2025-03-11")
    assert course.history == [100, -10]
    back = course.give_back(ReturnLine("1"), day="2025-03-12")
    assert back.refund is not None
    assert (back.refund.money, course.history) == (5_400, [100, -10, -54])
    rest = course.give_back(ReturnLine("2"), day="2025-03-13")
    assert rest.refund is not None
    assert (rest.refund.money, course.balance) == (3_600, 0)


def test_money_given_back_without_goods_takes_no_reward_discount_and_no_points_paid_with() -> None:
    assert says("Money given back without goods takes no part of reward discounts and cash rounding away")
    assert says("brings back no points paid with")
    course = Course(document(wallets=[wallet(value="0.01", pays=True)]))
    course.buy("1500.00", purchase="P0", day="2025-03-09")
    course.buy("100.00", purchase="P1", reward="20.00", points=1_000)
    assert course.history == [1_500, -1_000, 70]
    money = course.give_back(cash="10.00", purchase="P1", day="2025-03-11")
    assert money.refund is not None
    assert (money.refund.points, money.amounts and money.amounts.total) == (0, 7_000)
    assert course.history == [1_500, -1_000, 70, -10]


def test_lines_of_quantity_0_remain_until_their_amount_or_all_else_has_come_back() -> None:
    assert says("A line bought with quantity 0 stays among the lines that remain")
    points = {"kind": "formula", "formula": "lines", "at_most": 100}
    course = Course(document(earn=[{"id": "lines", "kind": "purchase", "points": points}]))
    lines = (line("9.00", "1"), line("9.00", "2"), line("1.00", "3", quantity=0), line("0.00", "4", quantity=0))
    course.buy(lines=lines)
    course.give_back(ReturnLine("1"), day="2025-03-11")
    course.give_back(ReturnLine("3"), day="2025-03-12")
    course.give_back(ReturnLine("2"), day="2025-03-13")
    assert course.history == [4, -1, -1, -2]


def test_of_a_line_that_comes_back_in_part_its_money_leaves_in_proportion() -> None:
    assert says("the money given back on it leaves in proportion")
    course = Course(document())
    course.buy(lines=(line("60.00", quantity=3),))
    course.give_back(cash="6.00", day="2025-03-11")
    back = course.give_back(ReturnLine("1", 1_000_000), day="2025-03-12")
    assert back.refund is not None
    assert (back.refund.money, course.history) == (1_800, [60, -6, -18])
