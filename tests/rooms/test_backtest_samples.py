"""Samples: totals for all members, with how far off they may be; a sample of the whole is not off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.config.cli import backtest_told as told
from stammis.simulation import queries, services
from stammis.simulation.estimates import Counted, number, student, total
from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison
from stammis.simulation.queries.scaling import NAMES
from tests.rooms.till import SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db
MORE = [{"id": "spend", "kind": "amount", "points": 2, "each": "1.00"}]
WIDER = 3
"""95 times of 100 what is estimated lies within its interval; three times as far off it never is."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def shop(people: int = 40) -> Till:
    """So many people buy for more and more; every fourth takes a bag."""
    till = Till()
    till.say(*(bought(f"p-{n}", 5_000 + 3_000 * n, f"person-{n}", at=day("2026-01-10")) for n in range(people)))
    for n in range(0, people, 4):
        till.one(redeems(f"bag-{n}", "bag", f"person-{n}", at=day("2026-02-20")))
    return till


def compared(till: Till, **asked: Any) -> Comparison:
    document = SHOP | {"programme": till.programme.slug, "earn": MORE}
    run: Run = services.work(services.begin(till.programme, by="test", document=document, **asked).id)
    return queries.compared(run)


def test_a_sample_of_the_whole_says_what_the_whole_does_and_is_not_off() -> None:
    till = shop()
    (whole,), (sample,) = compared(till).wallets, compared(till, sample=40).wallets
    assert (whole.estimates, whole.outstanding) == ({}, None)
    assert tuple(sample.estimates) == NAMES
    for name, found in sample.estimates.items():
        today, tried = (getattr(side, name) for side in (whole.today, whole.tried))
        assert [each.interval for each in (found.today, found.tried)] == [(today, today), (tried, tried)], name
        assert found.change.interval == (tried - today, tried - today)
    assert sample.outstanding is not None
    assert whole.outstanding_minor == (sample.outstanding.today.value, sample.outstanding.tried.value)
    assert sample.cost_minor is not None
    assert sample.cost_minor.interval == (sample.cost_minor.value,) * 2


def test_a_sample_is_scaled_up_and_says_how_far_off_it_may_be() -> None:
    till = shop()
    whole, sample = compared(till), compared(till, sample=30)
    (truth,), (wallet,) = whole.wallets, sample.wallets
    found = wallet.estimates
    assert found["earned"].today.value == round(wallet.today.earned * 40 / 30)
    for name in ("earned", "redeemed", "closing"):
        for side in ("today", "tried"):
            estimate = getattr(found[name], side)
            low, high = estimate.interval
            assert low < estimate.value < high
            off = abs(getattr(getattr(truth, side), name) - estimate.value)
            assert off < WIDER * (high - low) / 2, name
    assert wallet.outstanding is not None
    # a point is worth 1.00
    assert wallet.outstanding.tried.value == 100 * wallet.tried.closing * 40 // 30
    ends = {each.level: each.estimates for each in sample.levels if each.month == "2026-01"}
    counts = {each.level: each.today for each in whole.levels if each.month == "2026-01"}
    assert ends.keys() == counts.keys()
    for level, estimates in ends.items():
        assert estimates is not None
        low, high = estimates[0].interval or (0, 0)
        assert abs(counts[level] - estimates[0].value) < WIDER * (high - low) / 2
    assert all(each.estimates is None for each in whole.levels)


def test_the_command_line_tells_what_is_scaled_up(capsys: pytest.CaptureFixture[str]) -> None:
    till = shop(4)
    found = compared(till, sample=4)
    told.show(queries.run(till.programme, found.run), found)
    said = " ".join(capsys.readouterr().out.split())
    assert "estimated for all 4 members, from a sample of 4; between what it lies as tried" in said
    # 50, 80, 110 and 140 points, twice as many as tried
    assert "Earned by rules 380 760 380 760 … 760" in said


@given(st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=60), st.data())
def test_the_more_of_the_whole_is_looked_at_the_less_it_is_off(values: list[int], data: st.DataObject) -> None:
    n, added, squares = len(values), sum(values), float(sum(value * value for value in values))
    few, many = (data.draw(st.integers(n, 10 * n)) for _ in range(2))
    wholes = max(few, many), min(few, many)
    wide, narrow = (total(added, squares, Counted(n, whole, sampled=True)) for whole in wholes)
    assert wide.interval is not None
    assert narrow.interval is not None
    variance = (squares - added * added / n) / (n - 1)
    whole = wholes[0]
    half = student(n - 1) * max(0.0, variance * whole * (whole - n) / n) ** 0.5  # Cochran 1977, 2.23: N²(1−n/N)s²/n
    assert wide.interval[1] - wide.interval[0] == pytest.approx(2 * half, abs=2)
    assert narrow.interval[1] - narrow.interval[0] <= wide.interval[1] - wide.interval[0] + 2
    hits = data.draw(st.integers(0, n))
    seen = number(hits, Counted(n, n, sampled=True))
    assert (seen.value, seen.interval) == (hits, (hits, hits))
    low, high = number(hits, Counted(n, whole, sampled=True)).interval or (0, 0)
    assert 0 <= low <= round(hits * whole / n) + 1
    assert low <= high <= whole
