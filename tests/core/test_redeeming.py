from __future__ import annotations

from stammis.core.calendars import instant
from stammis.core.events import Purchase
from stammis.core.views import wallet_view
from tests.core.course import Course, line, moment, refused, wallet

MUG = [{"id": "mug", "name": "Mug", "price": 77}]


def test_p30_points_pay_and_only_the_rest_earns() -> None:
    course = Course(wallets=[wallet(value="1.00", pays=True)])
    course.buy("106.00", channel="till")
    decision = course.buy("106.00", channel="web", points=50, day="2025-03-11")
    assert course.history == [106, -50, 56]
    assert course.balance == 112
    assert decision.amounts is not None
    assert (decision.amounts.total, decision.amounts.by_points, decision.amounts.due) == (10600, 5000, 5600)


def test_p31_a_redemption_takes_the_points_at_once() -> None:
    course = Course(rewards=MUG)
    course.adjust(77)
    course.redeem("mug")
    assert course.balance == 0
    assert course.active("2025-03-15T12:00") == 0


def test_p32_points_are_shown_in_money() -> None:
    course = Course(wallets=[wallet(value="0.05")])
    course.adjust(77)
    assert wallet_view(course.standing, course.rules, instant(moment("2025-03-11")))["points"]["value"] == "3.85"


def test_p38_points_that_expired_yesterday_are_named_as_the_reason() -> None:
    course = Course(rewards=MUG, wallets=[wallet(expiry={"kind": "days", "days": 10})])
    course.adjust(77, "2025-03-10")
    course.pass_until("2025-03-21")
    refusal = refused(course.redeem("mug", "2025-03-21"))
    assert (refusal.code, refusal.reason) == ("not_enough_points", "expired")


def test_too_few_points_are_refused_without_that_reason() -> None:
    course = Course(rewards=MUG)
    course.adjust(76)
    refusal = refused(course.redeem("mug"))
    assert (refusal.code, refusal.reason) == ("not_enough_points", None)
    assert refused(course.redeem("cup")).code == "unknown_reward"


def test_a_reward_without_stock_is_sold_out() -> None:
    course = Course(rewards=MUG)
    course.adjust(77 * 3)
    course.stock = 1
    assert refused(course.redeem("mug", quantity=2)).code == "sold_out"
    course.redeem("mug")
    assert course.balance == 154


def test_a_tender_above_the_total_is_refused_with_the_most_that_is_taken() -> None:
    course = Course(wallets=[wallet(value="0.30", pays=True)])
    course.adjust(1000)
    refusal = refused(course.buy("1.00", points=4))
    assert (refusal.code, refusal.detail["max"]) == ("tender_limit", 3)
    course.buy("1.00", points=3)
    assert course.rows[-1].amount == -3


def test_the_most_that_is_taken_is_what_just_covers_the_total() -> None:
    course = Course(wallets=[wallet(value="0.001", pays=True)])
    course.adjust(5000)
    assert refused(course.buy("1.00", points=1001)).detail["max"] == 1000
    decision = course.buy("1.00", points=1000)
    assert decision.amounts is not None
    assert decision.amounts.due == 0


def test_a_tender_of_points_that_are_not_there_is_refused() -> None:
    course = Course(wallets=[wallet(value="1.00", pays=True)])
    course.adjust(5)
    assert refused(course.buy("10.00", points=6)).code == "not_enough_points"
    assert course.history == [5]


def test_a_wallet_that_does_not_pay_is_refused_as_tender() -> None:
    course = Course(wallets=[wallet(value="1.00")])
    course.adjust(5)
    assert refused(course.buy("10.00", points=1)).code == "tender_wallet"


def test_points_are_taken_when_an_order_is_placed_and_not_again_when_it_completes() -> None:
    course = Course(wallets=[wallet(value="1.00", pays=True)])
    course.adjust(20)
    course.buy(lines=(line("50.00"),), points=20, status="placed")
    assert course.balance == 0
    course.becomes("completed")
    assert course.history == [20, -20, 30]


def test_undoing_a_redemption_puts_the_points_back_where_they_were() -> None:
    course = Course(rewards=MUG)
    course.adjust(50, "2025-01-10")
    course.adjust(50, "2025-02-10")
    before = course.standing.purses["points"].lots
    course.redeem("mug")
    course.undo("X0")
    assert course.standing.purses["points"].lots == before
    assert [row.kind for row in course.rows] == ["adjust", "adjust", "spend", "restore"]
    assert course.rows[-1].reverses == course.rows[-2].row


def test_a_purchase_in_a_currency_without_a_rate_is_refused() -> None:
    course = Course()
    abroad = Purchase(occurred_at=moment("2025-03-10"), id="P1", currency="SEK", lines=(line("10.00"),))
    assert refused(course.happens(abroad)).code == "no_rate"
