from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.insight.liability.accounts import Change, Contract, Provision, Standing, allocated, change, owed


def test_a_hundred_thousand_of_sales_with_ten_thousand_points_owe_8676() -> None:
    """Of 10,000 points of value 1, 9,500 are expected: 100,000 × 9,500 / 109,500 = 8,675.80."""
    assert allocated(100_000, [Fraction(9_500)]) == [8_676]
    assert allocated(10_000_000, [Fraction(950_000)]) == [867_580]


def test_after_4500_are_redeemed_4110_is_revenue_and_4566_is_owed() -> None:
    contract = Contract(867_580, 10_000)
    left = contract.owed(10_000, 4_500, 9_500)
    assert (left, 867_580 - left) == (456_621, 410_959)


def test_a_second_year_with_another_estimate_gives_3493_of_revenue_and_leaves_1073() -> None:
    """The second year of the same example in IFRS 15 (IE270): 9,700 expected, 8,500 redeemed."""
    contract = Contract(867_580, 10_000)
    left = contract.owed(10_000, 8_500, 9_700)
    assert round(left / 100) == 1_073
    assert round((456_621 - left) / 100) == 3_493


def test_each_part_of_the_change_can_be_reckoned_by_hand() -> None:
    """Opening 8,675.80; 4,500 redeemed of 9,500 take 4,109.59; 9,700 expected instead put 84.73 back."""
    before = Standing(10_000, 0, 10_000, 9_500)
    after = Standing(10_000, 4_500, 5_500, 9_700)
    assert change(Contract(867_580, 10_000), before, after) == Change(867_580, 0, -410_959, 0, 8_473, 465_094)


def test_points_taken_back_take_their_price_along() -> None:
    before, after = Standing(1_000, 0, 1_000, 800), Standing(750, 0, 750, 600)
    assert change(Contract(8_000, 1_000), before, after) == Change(8_000, -2_000, 0, 0, 0, 6_000)


def test_expired_points_that_were_expected_to_be_redeemed_are_released_as_expired() -> None:
    before, after = Standing(1_000, 400, 600, 800), Standing(1_000, 400, 0, 400)
    assert change(Contract(8_000, 1_000), before, after) == Change(4_000, 0, 0, -4_000, 0, 0)


def test_more_redeemed_than_expected_owes_nothing_and_not_less() -> None:
    assert owed(Fraction(8_000), 900, 800) == 0
    assert change(Contract(8_000, 1_000), Standing(1_000, 0, 1_000, 800), Standing(1_000, 900, 100, 900)).closing == 0


def test_points_without_a_sale_are_provided_for_at_their_value() -> None:
    after = Standing(1_000, 100, 900, 700)
    assert change(Provision(Fraction(1, 2)), None, after, 700) == Change(0, 350, -50, 0, 0, 300)


def test_goods_and_the_points_of_two_wallets_share_the_price() -> None:
    assert allocated(1_000, [Fraction(200), Fraction(50)]) == [160, 40]
    assert allocated(0, [Fraction(200)]) == [0]


points = st.integers(0, 10**7)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    net = draw(points)
    redeemed = draw(st.integers(0, net))
    outstanding = draw(st.integers(0, net - redeemed))
    return Standing(net, redeemed, outstanding, draw(st.integers(redeemed, redeemed + outstanding)))


accounts = st.one_of(
    st.builds(Contract, st.integers(0, 10**10), st.integers(1, 10**7)),
    st.builds(Provision, st.fractions(0, 100, max_denominator=1000)),
)


@given(accounts, st.lists(standings(), min_size=2, max_size=6))
def test_parts_add_up_and_each_closing_is_the_next_opening(
    account: Contract | Provision, course: list[Standing]
) -> None:
    before, closing = None, 0
    for after in course:
        made = change(account, before, after, after.expected)
        assert made.opening == closing
        assert made.opening + made.issued + made.redeemed + made.expired + made.estimate == made.closing
        assert made.closing >= 0
        before, closing = after, made.closing


@given(st.integers(0, 10**12), st.lists(st.fractions(0, 10**9, max_denominator=100), min_size=1, max_size=4))
def test_never_more_is_allocated_than_was_paid(sales: int, alone: list[Fraction]) -> None:
    assert sum(allocated(sales, alone)) <= sales + len(alone)


@given(st.integers(1, 10**10), st.integers(1, 10**6), st.data())
def test_what_is_owed_falls_as_points_are_redeemed(price: int, expected: int, data: st.DataObject) -> None:
    less, more = sorted(data.draw(st.tuples(st.integers(0, expected), st.integers(0, expected))))
    contract = Contract(price, expected)
    assert contract.owed(expected, less, expected) >= contract.owed(expected, more, expected)
    assert contract.owed(expected, 0, expected) == price
    assert contract.owed(expected, expected, expected) == pytest.approx(0)
