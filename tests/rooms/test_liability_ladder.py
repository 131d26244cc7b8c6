from __future__ import annotations

import random
from itertools import accumulate, pairwise
from operator import mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.insight.liability.ladder import Factor, extended, factors, growth, increments, project

TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
"""The example in Mack 1993, from Taylor and Ashe 1983."""


def test_the_published_example_gives_the_published_factors_reserve_and_errors() -> None:
    steps = factors(TAYLOR_ASHE)
    assert [round(each.value, 3) for each in steps if each] == [
        3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018,
    ]  # fmt: skip
    grown = project(TAYLOR_ASHE, steps, [9] * 10)
    assert round(grown.total - sum(row[-1] for row in TAYLOR_ASHE)) == 18_680_856
    assert round(grown.total_error) == 2_447_095
    assert [round(error / 1000) for error in grown.errors[1:]] == [76, 122, 134, 261, 411, 558, 875, 971, 1363]


shares = st.lists(st.floats(1.0, 3.0), min_size=1, max_size=8)


@given(shares, st.lists(st.integers(1, 10**6), min_size=2, max_size=10))
def test_a_triangle_with_constant_factors_gives_them_back_without_error(values: list[float], firsts: list[int]) -> None:
    full = [list(accumulate([float(first), *values], mul)) for first in firsts]
    triangle = [row[: max(1, len(row) - place)] for place, row in enumerate(full)]
    steps = factors(triangle)
    assert [each.value for each in steps if each] == pytest.approx(values)
    grown = project(triangle, steps, [len(values)] * len(triangle))
    assert grown.values == pytest.approx([row[-1] for row in full])
    assert grown.total_error == pytest.approx(0, abs=1e-4 * grown.total)


triangles = st.integers(2, 7).flatmap(
    lambda size: st.tuples(
        *(
            st.lists(st.integers(1, 1000), min_size=age, max_size=age).map(lambda row: list(accumulate(row)))
            for age in range(size, 0, -1)
        )
    )
)


@given(triangles, st.randoms(use_true_random=False))
def test_the_order_of_cohorts_changes_nothing(rows: tuple[list[int], ...], chance: random.Random) -> None:
    size = len(rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one, other = (project(each, factors(each), [size - 1] * size) for each in (list(rows), shuffled))
    assert other.total == pytest.approx(one.total)
    assert other.total_error == pytest.approx(one.total_error)


@given(triangles)
def test_what_each_age_adds_is_the_whole_growth(rows: tuple[list[int], ...]) -> None:
    steps = factors(rows)
    assert 1 + sum(increments(steps, 0, len(steps))) == pytest.approx(growth(steps, 0, len(steps)))


def test_growth_that_halves_with_age_goes_on_halving() -> None:
    known = [Factor(1 + 0.8 / 2**age, 1.0, 10.0, 3) for age in range(4)]
    longer = extended(known, 6)
    assert longer is not None
    assert [each.value for each in longer if each] == pytest.approx([1.8, 1.4, 1.2, 1.1, 1.05, 1.025])
    assert all(before.value > after.value for before, after in pairwise([each for each in longer if each]))


def test_growth_that_does_not_fall_is_not_extrapolated() -> None:
    assert extended([Factor(1.1, 1.0, 10.0, 3)] * 5, 9) is None
    assert extended([Factor(1.1, 1.0, 10.0, 3)] * 2, 9) is None


def test_an_age_at_which_nobody_has_anything_has_no_factor() -> None:
    assert factors([[0, 0, 5], [0, 3]])[0] is None
    assert growth(factors([[0, 0, 5], [0, 3]]), 0, 2) == float("inf")
