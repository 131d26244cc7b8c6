from __future__ import annotations

from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.core.effects import TierMoved
from stammis.core.events import Return, ReturnLine
from stammis.core.fold import apply
from stammis.core.progress import tier_progress
from tests.core.course import Course, line, moment

LEVELS: list[dict[str, Any]] = [
    {"id": "first", "name": "First", "at": 0},
    {"id": "second", "name": "Second", "at": 40_000},
    {"id": "third", "name": "Third", "at": 100_000},
]
RATES: list[dict[str, Any]] = [
    {"kind": "amount", "id": level, "points": points, "when": {"kind": "tier", "set": "club", "any_of": [level]}}
    for points, level in enumerate(("first", "second", "third"), start=1)
]


def club(**changes: Any) -> list[dict[str, Any]]:
    return [{"id": "club", "name": "Club", "counts": "spend", "levels": LEVELS, **changes}]


@pytest.mark.parametrize(("rate", "points"), [("before", 38_000), ("after", 76_000)])
def test_t62_the_rate_is_that_before_or_after_crossing_as_declared(rate: str, points: int) -> None:
    course = Course(earn=RATES, tiers=club(rate=rate))
    course.buy("1000.00")
    course.buy("1000.00")
    assert course.level() == "first"
    course.buy("38000.00")
    assert course.history == [1000, 1000, points]
    assert course.level() == "second"
    assert course.tiers == [("club", "second")]


def test_a_return_lowers_the_level_again() -> None:
    course = Course(earn=RATES, tiers=club())
    course.buy("40000.00")
    assert course.level() == "second"
    course.give_back()
    assert course.level("2025-03-21") == "first"
    assert course.balance == 0


def test_the_level_falls_at_midnight_when_a_day_leaves_the_window() -> None:
    course = Course(earn=RATES, tiers=club(window_days=30))
    course.buy("40000.00", day="2025-03-10")
    assert course.standing.due_at == instant(moment("2025-04-08T23:00:00Z"))
    assert course.level("2025-04-08T22:59:59") == "second"
    assert course.level("2025-04-08T23:00:00") == "first"
    course.pass_until("2025-04-08T22:59:59")
    assert course.tiers == [("club", "second")]
    course.pass_until("2025-04-08T23:00:00")
    assert course.tiers == [("club", "second"), ("club", "first")]
    assert course.rows[-1].amount == 40_000


def test_members_below_the_first_level_have_none() -> None:
    levels = [{"id": "silver", "name": "Silver", "at": 500}]
    course = Course(tiers=club(levels=levels))
    assert course.level() is None
    course.buy("499.99")
    assert course.level() is None
    course.buy("0.01")
    assert course.level() == "silver"


def test_points_earned_count_and_points_spent_or_given_by_hand_do_not() -> None:
    levels = [{"id": "basic", "name": "Basic", "at": 0}, {"id": "silver", "name": "Silver", "at": 500}]
    course = Course(tiers=club(counts="points", levels=levels), rewards=[{"id": "r", "name": "R", "price": 300}])
    course.buy("600.00")
    course.redeem("r")
    assert course.level("2025-03-16") == "silver"
    course.give_back()
    assert course.level("2025-03-21") == "basic"
    course.adjust(600, "2025-03-22")
    assert course.level("2025-03-22") == "basic"


def test_points_that_raise_the_level_are_reckoned_at_the_level_before_and_then_paid_at_the_level_after() -> None:
    levels = [{"id": "first", "name": "First", "at": 0}, {"id": "second", "name": "Second", "at": 100}]
    course = Course(earn=RATES[:2], tiers=club(counts="points", levels=levels, rate="after"))
    course.buy("100.00")
    assert course.balance == 200


def test_progress_tells_what_the_next_level_takes_and_how_long_this_one_lasts() -> None:
    course = Course(earn=RATES, tiers=club(window_days=30))
    course.buy("40100.00", day="2025-03-10")
    (progress,) = tier_progress(course.standing, course.rules, instant(moment("2025-03-11")))
    assert progress == {
        "set": "club",
        "level": "second",
        "next": "third",
        "counted": 4_010_000,
        "missing": 5_990_000,
        "decimals": 2,
        "last_day": "2025-04-08",
        "by": None,
        "rests_on": "counted",
        "keep": {"missing": 4_000_000, "by": "2025-04-08"},
        "projected": {"level": "third", "counted": 60_150_000, "by": None},
        "by_hand": None,
        "measures": [
            {
                "measure": "club",
                "counts": "spend",
                "counted": 4_010_000,
                "missing": 5_990_000,
                "keep": 4_000_000,
                "decimals": 2,
            }
        ],
    }


def test_a_purchase_completed_later_counts_on_its_own_day_and_at_its_own_rate() -> None:
    course = Course(earn=RATES, tiers=club())
    course.buy("100.00", day="2025-03-01", status="placed")
    course.buy("40000.00", day="2025-03-05")
    course.becomes("completed", "2025-03-10")
    assert course.history == [40_000, 100]
    assert course.standing.ranks["club"].days[0][1] == 10_000


def test_a_return_is_decided_by_the_purchases_version_and_tiers_move_by_the_one_in_force() -> None:
    course = Course(earn=RATES, tiers=club())
    course.buy(lines=(line("40000.00"), line("100.00", "2")))
    assert course.level() == "second"
    lower = [{**level, "at": level["at"] // 2} for level in LEVELS]
    later = Course(earn=[{"kind": "amount", "id": "none", "points": 0}], tiers=club(levels=lower)).rules
    event = Return(occurred_at=moment("2025-03-20"), id="R", purchase="P1", lines=(ReturnLine("2"),))
    decision, world = apply(event, course.world(event), course.rules, later)
    assert world.standing.purses["points"].balance == 40_000
    assert world.standing.ranks["club"].level == "second"
    event = Return(occurred_at=moment("2025-03-20"), id="R", purchase="P1", lines=(ReturnLine("1"),))
    decision, world = apply(event, course.world(event), course.rules, later)
    moved = [effect for effect in decision.effects if isinstance(effect, TierMoved)]
    assert [(effect.before, effect.after) for effect in moved] == [("second", "first")]


def test_a_set_counts_on_its_own_basis() -> None:
    course = Course(tiers=club(basis={"rewards": "before"}))
    course.buy("40000.00", reward="100.00")
    assert course.level() == "second"


def test_a_late_purchase_that_lies_before_the_window_no_longer_counts() -> None:
    course = Course(earn=RATES, tiers=club(window_days=30))
    course.buy("100.00", day="2025-06-01")
    course.buy("40000.00", day="2025-04-01")
    assert course.history == [100, 40_000]
    assert course.level("2025-06-01") == "first"
    course.give_back(purchase="P2", day="2025-06-02")
    assert course.standing.ranks["club"].total == 10_000
