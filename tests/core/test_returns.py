from __future__ import annotations

import pytest

from stammis.core.effects import Posted
from stammis.core.events import ReturnLine
from tests.core.course import Course, line, refused, wallet

PAYING = [wallet(value="0.005", pays=True)]
ONE_POUND = [wallet(value="1.00", pays=True)]


def test_r1_a_full_return_takes_all_points_back_once() -> None:
    course = Course()
    course.buy("100.00")
    course.give_back()
    assert course.history == [100, -100]
    assert course.rows[1].reverses == course.rows[0].row
    assert refused(course.give_back()).code == "more_than_bought"
    assert course.balance == 0


def test_r2_a_partial_return_takes_back_what_the_rest_no_longer_earns() -> None:
    course = Course()
    course.buy(lines=(line("900.00"), line("100.00", "2")))
    course.give_back(ReturnLine("2"))
    assert course.balance == 900


def test_r3_pieces_returned_one_by_one_never_take_more_than_they_gave() -> None:
    course = Course()
    course.buy(lines=(line("60.00", quantity=3),))
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.balance == 40
    course.give_back(ReturnLine("1", 2_000_000))
    assert course.balance == 0
    assert refused(course.give_back(ReturnLine("1", 1))).code == "more_than_bought"


@pytest.mark.parametrize(("declared", "left"), [("lower", 75), ("keep", 80)])
def test_r4_money_back_without_goods_does_what_the_programme_declares(declared: str, left: int) -> None:
    course = Course(returns={"money_back": declared})
    course.buy("80.00")
    decision = course.give_back(cash="5.00")
    assert course.balance == left
    assert decision.refund is not None
    assert decision.refund.money == 500
    decision = course.give_back()
    assert decision.refund is not None
    assert decision.refund.money == 7500, "money given back before is not given back again"
    assert course.balance == 0


def test_r5_points_spent_on_an_order_come_back_into_the_lots_they_came_from() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(30, "2025-01-01")
    course.adjust(40, "2025-02-01")
    before = course.standing.purses["points"].lots
    course.buy("50.00", points=50)
    course.give_back()
    assert course.balance == 70
    assert course.standing.purses["points"].lots == before


def test_r8_money_and_points_come_back_as_they_were_paid() -> None:
    course = Course(wallets=PAYING)
    course.adjust(200)
    course.buy("36.09", points=176)
    decision = course.give_back()
    assert decision.refund is not None
    assert (decision.refund.money, decision.refund.points, decision.refund.wallet) == (3521, 176, "points")
    assert course.balance == 200


def test_r9_points_earned_go_back_and_points_paid_are_restored() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(50)
    course.buy("200.00", points=50)
    assert course.balance == 150
    decision = course.give_back()
    assert decision.refund is not None
    assert (decision.refund.money, decision.refund.points) == (15000, 50)
    assert [(row.kind, row.amount) for row in course.rows[1:]] == [
        ("spend", -50),
        ("earn", 150),
        ("restore", 50),
        ("return", -150),
    ]
    assert course.balance == 50


def test_r11_an_order_completed_after_its_cancellation_posts_again_what_was_taken() -> None:
    course = Course()
    course.buy("40.00")
    course.becomes("cancelled")
    assert course.balance == 0
    assert refused(course.give_back()).code == "already_cancelled"
    course.becomes("completed")
    assert course.history == [40, -40, 40]
    assert course.rows[2].at == course.rows[0].at


def test_r11_returns_before_a_cancellation_stand_after_the_completion() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(50)
    course.buy(lines=(line("60.00"), line("40.00", "2")), points=50)
    course.give_back(ReturnLine("2"))
    assert course.history == [50, -50, 50, 20, -20]
    course.becomes("cancelled")
    course.becomes("completed")
    assert course.history[5:] == [30, -30, -30, 30]
    assert course.balance == 50
    decision = course.give_back(ReturnLine("1"))
    assert course.balance == 50
    assert decision.refund is not None
    assert (decision.refund.money, decision.refund.points) == (3000, 30)


def test_r12_points_already_spent_become_debt_that_later_points_fill() -> None:
    course = Course(rewards=[{"id": "mug", "name": "Mug", "price": 80}])
    course.buy("100.00")
    course.redeem("mug")
    course.give_back()
    assert course.balance == -80
    assert course.active("2025-03-21") == -80
    course.buy("100.00", day="2025-03-22")
    assert course.balance == 20
    assert [lot.left for lot in course.standing.purses["points"].lots] == [20]


def test_r13_lines_voided_before_payment_earn_nothing() -> None:
    course = Course()
    course.buy(lines=(line("10.00"), line("5.00", "2")), status="placed")
    assert course.rows == []
    course.give_back(ReturnLine("2"))
    course.becomes("completed")
    assert course.history == [10]


def test_d16_a_purchase_earns_once_whatever_statuses_follow() -> None:
    states = {"processing": "placed", "complete": "completed", "shipped": "placed"}
    course = Course(statuses=states)
    course.buy("40.00", status="processing")
    course.becomes("complete")
    before = course.states["P1"]
    assert course.becomes("shipped").effects == ()
    assert course.becomes("complete").effects == ()
    assert (course.history, course.states["P1"]) == ([40], before)
    assert refused(course.becomes("lost")).code == "unknown_status"
    assert refused(course.buy("1.00", status="lost")).code == "unknown_status"


def test_what_has_expired_is_not_taken_again() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "days", "days": 10})])
    course.buy("100.00", day="2025-03-10")
    course.give_back(day="2025-03-25")
    assert course.history == [100, -100]
    assert course.rows[1].kind == "expire"


def test_half_of_an_order_returned_after_half_of_its_points_expired_takes_no_more_than_is_due() -> None:
    course = Course(
        wallets=[wallet(expiry={"kind": "days", "days": 10})], rewards=[{"id": "r", "name": "R", "price": 70}]
    )
    course.buy(lines=(line("50.00"), line("50.00", "2")), day="2025-03-10")
    course.redeem("r", "2025-03-12")
    course.give_back(ReturnLine("1"), day="2025-03-25")
    assert course.history == [100, -70, -30, -20]


def test_a_return_takes_the_purchases_own_lot_before_others() -> None:
    course = Course()
    course.buy("100.00", day="2025-03-01")
    course.buy("50.00", day="2025-03-05")
    course.give_back(purchase="P2")
    assert [(lot.row, lot.left) for lot in course.standing.purses["points"].lots] == [(1, 100)]


def test_proportional_returns_take_back_the_share_rounded_down() -> None:
    course = Course(returns={"mode": "proportional"})
    course.buy(lines=(line("9.99", quantity=3),))
    assert course.balance == 9
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.balance == 6
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.balance == 3
    course.give_back(ReturnLine("1", 1_000_000))
    assert course.balance == 0


def test_the_proportional_share_is_that_of_the_returned_money() -> None:
    course = Course(returns={"mode": "proportional"})
    course.buy("9.99")
    course.give_back(ReturnLine("1", None, 332))
    assert course.balance == 7
    course.give_back(ReturnLine("1", None, 1))
    assert course.balance == 6


def test_a_reward_discount_goes_back_in_proportion_with_the_goods() -> None:
    course = Course()
    course.buy(lines=(line("50.00"), line("50.00", "2")), reward="20.00")
    decision = course.give_back(ReturnLine("2"))
    assert decision.refund is not None
    assert decision.refund.money == 4000
    assert course.history == [80, -40]


def test_cash_rounding_goes_back_in_proportion_with_the_goods() -> None:
    course = Course(earn=[{"kind": "amount", "id": "cents", "points": 100}])
    course.buy(lines=(line("50.00"), line("50.00", "2")), rounding="0.40")
    decision = course.give_back(ReturnLine("2"))
    assert decision.refund is not None
    assert decision.refund.money == 5020
    assert course.history == [10_040, -5_020]


def test_a_rest_that_would_be_worth_more_takes_nothing_and_gives_nothing() -> None:
    small = {"kind": "total", "at_most": "50.00"}
    rule = {"kind": "purchase", "id": "small", "points": 9, "when": small, "cap": {"per": "month", "times": 1}}
    course = Course(earn=[rule])
    course.buy(lines=(line("40.00"), line("20.00", "2")))
    course.give_back(ReturnLine("2"))
    assert course.rows == []
    assert course.standing.counts == {}
    course.give_back(ReturnLine("1"))
    assert course.rows == []


def test_tax_of_a_line_goes_back_in_proportion_with_it() -> None:
    course = Course()
    course.buy(lines=(line("121.00", tax="21.00"),))
    course.give_back(ReturnLine("1", None, 6050))
    assert course.history == [100, -50]


def test_goods_that_come_back_take_their_share_of_money_given_back_with_them() -> None:
    course = Course()
    course.buy(lines=(line("40.00", quantity=2),))
    course.give_back(cash="10.00")
    decision = course.give_back(ReturnLine("1", 1_000_000))
    assert decision.refund is not None
    assert decision.refund.money == 1500
    assert course.history == [40, -10, -15]


def test_points_that_come_back_fill_debt_before_lots() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(30)
    course.buy("50.00", points=30)
    course.adjust(-25, "2025-03-12")
    assert course.standing.purses["points"].debt == 5
    course.give_back(ReturnLine("1", None, 2500))
    purse = course.standing.purses["points"]
    assert (purse.balance, purse.debt) == (0, 0)
    assert [row.amount for row in course.rows] == [30, -30, 20, -25, 15, -10]


def test_a_restored_point_whose_lot_has_ended_expires_at_once() -> None:
    course = Course(wallets=[wallet(value="1.00", pays=True, expiry={"kind": "days", "days": 10})])
    course.adjust(50, "2025-03-10")
    course.buy("50.00", day="2025-03-12", points=50)
    course.give_back(day="2025-04-20")
    assert [(row.kind, row.amount) for row in course.rows[2:]] == [("restore", 50), ("expire", -50)]
    assert course.balance == 0


def test_a_restored_point_whose_lot_has_ended_is_renewed_where_the_programme_says_so() -> None:
    course = Course(
        wallets=[wallet(value="1.00", pays=True, expiry={"kind": "days", "days": 10})],
        returns={"restored_to_ended": "renew"},
    )
    course.adjust(50, "2025-03-10")
    course.buy("50.00", day="2025-03-12", points=50)
    course.give_back(day="2025-04-20")
    assert [(row.kind, row.amount) for row in course.rows[2:]] == [("restore", 50)]
    assert course.active("2025-04-29T22:59") == 50
    assert course.active("2025-04-29T23:00") == 0


def test_points_paid_come_back_in_proportion_and_in_all_with_the_last_piece() -> None:
    course = Course(wallets=[wallet(value="0.50", pays=True)])
    course.adjust(15)
    course.buy(lines=(line("20.00", quantity=2),), points=15)
    first = course.give_back(ReturnLine("1", 1_000_000)).refund
    second = course.give_back(ReturnLine("1", 1_000_000)).refund
    assert first is not None
    assert second is not None
    assert (first.points, first.money) == (7, 650)
    assert (second.points, second.money) == (8, 600)


def test_a_return_on_a_placed_purchase_brings_paid_points_back() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(30)
    course.buy(lines=(line("20.00"), line("10.00", "2")), points=30, status="placed")
    assert course.balance == 0
    course.give_back(ReturnLine("2"))
    assert course.balance == 10
    course.becomes("cancelled")
    assert course.balance == 30
    assert [row.kind for row in course.rows] == ["adjust", "spend", "restore", "restore"]


def test_coupons_are_used_once_and_freed_by_a_full_return() -> None:
    course = Course(rewards=[{"id": "mug", "name": "Mug", "price": 10}])
    course.adjust(20)
    course.redeem("mug")
    code = course.rewards["X0"].code
    assert refused(course.buy("10.00", coupons=(code, code), day="2025-03-16")).reason == "used"
    course.buy("10.00", coupons=(code,), day="2025-03-16")
    used = course.rewards["X0"]
    assert (used.state, used.purchase) == ("used", "P1")
    again = refused(course.buy("10.00", coupons=(code,), day="2025-03-16"))
    assert (again.code, again.reason) == ("coupon_refused", "used")
    assert refused(course.buy("10.00", coupons=("none",), day="2025-03-16")).reason == "unknown"
    assert refused(course.undo("X0", "2025-03-17")).code == "already_used"
    course.give_back()
    course.undo("X0", "2025-03-21")
    assert course.balance == 20
    assert refused(course.undo("X0", "2025-03-21")).code == "already_cancelled"


def test_running_tells_the_balance_after_each_row() -> None:
    course = Course()
    course.buy("100.00")
    course.adjust(-130, "2025-03-11")
    course.buy("50.00", day="2025-03-12")
    assert [row.running for row in course.rows] == [100, -30, 20]
    assert all(isinstance(row, Posted) for row in course.rows)


def test_a_return_of_an_unknown_line_or_too_much_money_is_refused() -> None:
    course = Course()
    course.buy("10.00")
    assert refused(course.give_back(ReturnLine("9"))).code == "unknown_line"
    assert refused(course.give_back(ReturnLine("1", None, 1001))).code == "more_than_bought"
    assert refused(course.give_back(cash="10.01")).detail == {"max": 1000}
    assert refused(course.give_back(purchase="P9")).code == "unknown_purchase"
    assert course.history == [10]


def test_an_order_completed_after_its_cancellation_is_paid_again_or_refused() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(30)
    course.buy("50.00", points=30)
    course.becomes("cancelled")
    assert course.balance == 30
    course.adjust(-10, "2025-03-21")
    assert refused(course.becomes("completed", "2025-03-22")).code == "not_enough_points"
    course.adjust(10, "2025-03-23")
    course.becomes("completed", "2025-03-24")
    assert course.balance == 20
    course.give_back(day="2025-03-25")
    assert course.balance == 30


def test_a_purchase_that_arrives_cancelled_takes_and_earns_nothing_until_it_is_completed() -> None:
    course = Course(wallets=ONE_POUND)
    course.adjust(30)
    course.buy("50.00", points=30, status="cancelled")
    assert course.history == [30]
    course.becomes("placed")
    assert course.history == [30]
    course.becomes("completed")
    assert course.history == [30, -30, 20]


def test_an_order_that_came_back_before_it_was_completed_earns_nothing() -> None:
    course = Course(earn=[{"kind": "purchase", "id": "visit", "points": 5}])
    course.buy("50.00", status="placed")
    course.give_back()
    course.becomes("completed")
    assert course.rows == []


def test_a_coupon_used_elsewhere_meanwhile_stops_a_cancelled_order() -> None:
    course = Course(rewards=[{"id": "mug", "name": "Mug", "price": 10}])
    course.adjust(10)
    course.redeem("mug")
    code = course.rewards["X0"].code
    course.buy("10.00", coupons=(code,), day="2025-03-16")
    course.becomes("cancelled")
    course.buy("20.00", coupons=(code,), day="2025-03-21")
    assert refused(course.becomes("completed", "2025-03-22")).code == "coupon_refused"


def test_a_line_of_nothing_that_did_not_come_back_still_counts_among_what_remains() -> None:
    produce = {"kind": "category", "any_of": ["fruit"]}
    three = {"kind": "basket_lines", "of": produce, "at_least": 3}
    course = Course(earn=[{"id": "trio", "kind": "purchase", "points": 12, "when": three}])
    fruit = (line("0.50", "1", category="fruit"), line("3.84", "2", category="fruit"))
    nothing = line("0.00", "3", category="fruit", quantity=0)
    course.buy(lines=(*fruit, nothing, line("5.99", "4", category="bread")))
    course.give_back(ReturnLine("4"))
    assert course.history == [12]
    course.give_back(ReturnLine("1"))
    assert course.history == [12, -12]
