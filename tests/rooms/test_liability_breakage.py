from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.insight.liability.books import NO_LOT, Flow
from stammis.insight.liability.breakage import backtest, estimate

FIRST = 24_200
PATTERN = (0.05, 0.15, 0.2, 0.1, 0.05, 0.05)
"""Of each month's points so many are redeemed at each age: 60 per cent in the end; the rest ends with age 5."""


def five(month: int) -> int:
    return 5


def cohort(month: int, net: int, redeemed: Sequence[int], last: int, *, expires: int = 5) -> list[Flow]:
    """What is seen by the end of ``last`` of points issued in a month: so many redeemed at each age, the rest ended."""
    flows = [Flow("points", True, month, month, issued=net)]
    for age, points in enumerate(redeemed):
        if month + age <= last:
            flows.append(Flow("points", True, month, month + age, redeemed=points, times=max(1, points // 100)))
    if month + expires <= last:
        flows.append(Flow("points", True, month, month + expires, expired=net - sum(redeemed)))
    return flows


def company(months: int, nets: Sequence[int] | None = None) -> list[Flow]:
    last = FIRST + months - 1
    return [
        flow
        for place in range(months)
        for net in [nets[place] if nets else 10_000]
        for flow in cohort(FIRST + place, net, [int(net * share) for share in PATTERN], last)
    ]


def test_cohorts_that_all_redeem_alike_are_expected_to_go_on_doing_so() -> None:
    said = estimate(company(12), FIRST + 11, five)
    assert said.breakage == pytest.approx(0.4, abs=1e-6)
    assert [each.expected for each in said.cohorts] == [6_000] * 12
    assert [each.method for each in said.cohorts] == ["closed"] * 7 + ["ladder"] * 4 + ["others"]
    assert said.interval == pytest.approx((0.4, 0.4), abs=1e-6)
    assert said.extrapolated == 0


def test_what_has_expired_is_closed_and_can_not_be_redeemed_any_more() -> None:
    said = estimate(company(12), FIRST + 11, five)
    assert all(each.expected == each.redeemed for each in said.cohorts if each.method == "closed")
    assert all(each.expected <= each.redeemed + each.outstanding for each in said.cohorts)


def test_the_month_that_has_begun_takes_the_share_of_the_others() -> None:
    month = FIRST + 12
    begun = [*company(12), Flow("points", True, month, month, issued=5_000, redeemed=10, times=1)]
    said = estimate(begun, FIRST + 11, five, now=month)
    assert said.cohorts[-1].month == month
    assert said.cohorts[-1].expected == 10 + 3_000


@pytest.mark.parametrize(
    ("flows", "reason"),
    [
        ([], "no_points"),
        ([Flow("points", True, FIRST, FIRST, issued=100)], "nothing_redeemed"),
        (cohort(FIRST, 10_000, [5_000], FIRST + 11), "too_few_cohorts"),
        ([flow for month in range(12) for flow in cohort(FIRST + month, 10, [1], FIRST + 11)], "too_few_redemptions"),
    ],
)
def test_too_little_is_said_to_be_too_little(flows: list[Flow], reason: str) -> None:
    said = estimate(flows, FIRST + 11, five)
    assert (said.reason, said.breakage, said.interval) == (reason, None, None)


def test_growth_that_nobody_has_seen_die_down_is_no_estimate() -> None:
    rising = [
        flow for place in range(5) for flow in cohort(FIRST + place, 10_000, [500] * (5 - place), FIRST + 4, expires=24)
    ]
    assert estimate(rising, FIRST + 4, lambda _month: 24).reason == "too_young"


def test_ages_that_nobody_has_reached_are_extrapolated_and_widen_the_range() -> None:
    falling = [
        flow
        for place in range(8)
        for flow in cohort(
            FIRST + place, 100_000, [40_000 // 3**age for age in range(8 - place)], FIRST + 7, expires=24
        )
    ]
    said = estimate(falling, FIRST + 7, lambda _month: 24)
    assert said.breakage == pytest.approx(0.4, abs=0.005)
    assert said.extrapolated > 0
    assert said.interval is not None
    low, high = said.interval
    assert low < 0.4 < high


def test_debts_are_no_cohort() -> None:
    flows = company(12)
    debt = Flow("points", True, NO_LOT, FIRST + 3, taken_back=900)
    assert estimate([*flows, debt], FIRST + 11, five) == estimate(flows, FIRST + 11, five)


@given(st.randoms(use_true_random=False), st.lists(st.integers(2_000, 90_000), min_size=9, max_size=9))
def test_the_order_of_flows_changes_nothing(chance: random.Random, nets: list[int]) -> None:
    flows = company(9, nets)
    shuffled = list(flows)
    chance.shuffle(shuffled)
    assert estimate(shuffled, FIRST + 8, five) == estimate(flows, FIRST + 8, five)


@given(st.lists(st.integers(2_000, 90_000), min_size=10, max_size=10))
def test_what_is_expected_lies_between_what_was_redeemed_and_what_is_left(nets: list[int]) -> None:
    said = estimate(company(10, nets), FIRST + 9, five)
    assert said.interval is not None
    assert said.breakage is not None
    assert 0 <= said.interval[0] <= said.breakage <= said.interval[1] <= 1
    for each in said.cohorts:
        assert each.redeemed <= each.expected <= each.redeemed + each.outstanding
        assert sum(said.weights(each, five)) > 0 or each.still == 0


def test_a_backtest_of_what_never_changes_is_always_right() -> None:
    checks = backtest(company(14), FIRST + 13, five)
    assert [check.month for check in checks] == list(range(FIRST + 3, FIRST + 13))
    # as of the first two months not all ages had been seen
    assert all(check.expected == pytest.approx(check.came, abs=1e-3) for check in checks[2:])


def test_the_range_holds_what_comes_about_as_often_as_it_says() -> None:
    """Members who redeem by chance: 400 lots of 100 points a month, each redeemed whole at some age or never."""
    held = said = 0
    for seed in range(40):
        chance = random.Random(seed)
        flows = []
        for place in range(18):
            drawn = chance.choices(range(7), weights=[*PATTERN, 1 - sum(PATTERN)], k=400)
            flows += cohort(FIRST + place, 40_000, [100 * drawn.count(age) for age in range(6)], FIRST + 17)
        for check in backtest(flows, FIRST + 17, five)[2:10:4]:
            said += 1
            held += check.held
    assert said == 80
    assert 0.85 <= held / said <= 1.0
