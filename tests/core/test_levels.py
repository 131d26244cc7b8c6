"""Levels that are more than a rolling window: what counts, cycles, entry, falling, grace, locks, and levels by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.core.document import DocumentErrors, parse
from stammis.core.effects import TierMoved
from stammis.core.events import LevelGiven, ReturnLine
from stammis.core.progress import TierProgress, tier_progress
from stammis.core.views import tier_view
from tests.core.course import Course, document, moment, refused

LEVELS: list[dict[str, Any]] = [
    {"id": "basic", "name": "Basic", "at": 0},
    {"id": "silver", "name": "Silver", "at": 500},
    {"id": "gold", "name": "Gold", "at": 1000},
]


def club(**changes: Any) -> list[dict[str, Any]]:
    return [{"id": "club", "name": "Club", "counts": "spend", "levels": LEVELS, **changes}]


def progress(course: Course, at: str) -> TierProgress:
    (found,) = tier_progress(course.standing, course.rules, instant(moment(at)))
    return found


def gives(course: Course, level: str | None, day: str = "2025-03-10", **more: Any) -> None:
    course.happens(LevelGiven(occurred_at=moment(day), member="m", set="club", level=level, reason="test", **more))


@pytest.mark.parametrize(("counts", "level"), [("points", "silver"), ("balance", "basic")])
def test_t61_on_what_was_earned_silver_on_the_balance_basic_as_declared(counts: str, level: str) -> None:
    course = Course(tiers=club(counts=counts), rewards=[{"id": "r", "name": "R", "price": 300}])
    course.buy("600.00", day="2025-03-10")
    assert course.level("2025-03-14") == "silver"
    course.redeem("r", day="2025-03-15")
    assert course.level("2025-03-16") == level


def test_a_balance_falls_when_points_end_and_a_level_with_it() -> None:
    course = Course(tiers=club(counts="balance"))
    course.buy("600.00", day="2025-03-10")
    assert course.level("2026-03-09T23:59:59") == "silver"
    assert course.level("2026-03-10T00:00:00") == "basic"
    course.pass_until("2026-03-11")
    assert course.tiers == [("club", "silver"), ("club", "basic")]


@pytest.mark.parametrize("counts", ["purchases", "visits", "events", "referrals"])
def test_purchases_visits_events_and_referrals_count_one_each_and_the_threshold_is_included(counts: str) -> None:
    levels = [{"id": "regular", "name": "Regular", "at": 3}]
    course = Course(tiers=club(counts=counts, levels=levels))
    for number in range(1, 4):
        assert course.level() is None, number
        if counts == "purchases":
            course.buy("1.00")
        else:
            course.does({"visits": "check_in", "events": "anything", "referrals": "referral"}[counts])
    assert course.level() == "regular"


def test_only_the_named_types_of_event_count() -> None:
    levels = [{"id": "regular", "name": "Regular", "at": 1}]
    course = Course(tiers=club(counts="visits", events=["visit"], levels=levels))
    course.does("check_in")
    assert course.level() is None
    course.does("visit")
    assert course.level() == "regular"


def test_a_purchase_counts_until_all_of_it_is_returned() -> None:
    course = Course(tiers=club(counts="purchases", levels=[{"id": "regular", "name": "Regular", "at": 1}]))
    course.buy("10.00")
    course.give_back(ReturnLine("1", None, 400))
    assert course.level("2025-03-20") == "regular"
    course.give_back(ReturnLine("1", None, 600), day="2025-03-21")
    assert course.level("2025-03-21") is None


@pytest.mark.parametrize(("mix", "first", "second"), [("all", "basic", "gold"), ("any", "gold", "gold")])
def test_a_level_asks_for_all_of_its_thresholds_or_for_any(mix: str, first: str, second: str) -> None:
    levels = [LEVELS[0], {**LEVELS[2], "also": {"visits": 2}}]
    also = [{"id": "visits", "counts": "visits"}]
    course = Course(tiers=club(levels=levels, also=also, mix=mix))
    course.buy("1000.00")
    assert course.level() == first
    course.does("check_in")
    course.does("check_in")
    assert course.level() == second
    course.give_back()
    assert course.level("2025-03-21") == ("basic" if mix == "all" else "gold")


def test_several_sets_stand_side_by_side() -> None:
    visits = club(counts="visits", levels=[{"id": "regular", "name": "Regular", "at": 1}])[0]
    course = Course(tiers=[*club(), {**visits, "id": "guests"}, {**club(cycle={"kind": "life"})[0], "id": "life"}])
    course.buy("600.00", day="2025-03-10")
    course.does("check_in", day="2025-03-11")
    there = tier_view(course.standing, course.rules, instant(moment("2025-03-12")))
    assert there == {"club": "silver", "guests": "regular", "life": "silver"}
    later = tier_view(course.standing, course.rules, instant(moment("2026-04-12")))
    assert later == {"club": "basic", "guests": None, "life": "silver"}


@pytest.mark.parametrize(
    ("cycle", "bought", "ends"),
    [
        ({"kind": "calendar"}, "2025-03-10", "2026-01-01T00:00:00+00:00"),
        ({"kind": "calendar", "from_month": 4}, "2025-03-10", "2025-04-01T00:00:00+01:00"),
        ({"kind": "calendar", "from_month": 4}, "2025-04-01", "2026-04-01T00:00:00+01:00"),
        ({"kind": "calendar", "every": "quarter"}, "2025-03-31", "2025-04-01T00:00:00+01:00"),
        ({"kind": "calendar", "every": "quarter", "from_month": 2}, "2025-03-31", "2025-05-01T00:00:00+01:00"),
        ({"kind": "calendar", "every": "half_year", "from_month": 3}, "2025-02-28", "2025-03-01T00:00:00+00:00"),
        ({"kind": "calendar", "every": "month"}, "2025-10-26", "2025-11-01T00:00:00+00:00"),
    ],
)
def test_a_calendar_cycle_ends_at_local_midnight_of_its_month(cycle: dict[str, Any], bought: str, ends: str) -> None:
    course = Course(tiers=club(cycle=cycle))
    course.buy("1000.00", day=bought)
    assert progress(course, f"{bought}T13:00")["by"] == str((moment(ends) - dt.timedelta(days=1)).date())
    course.pass_until(ends)
    review = course.log[-1][0]
    assert review.occurred_at == moment(ends)
    assert course.level(ends) == "gold"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
def test_reviews_fall_on_local_midnight_whatever_the_clocks_do(zone: str) -> None:
    course = Course(tiers=club(cycle={"kind": "calendar", "every": "month"}), timezone=zone)
    course.buy("500.00", day="2011-10-20")
    course.pass_until("2012-06-01")
    reviews = [event.occurred_at for event, decision, _ in course.log[1:] if decision.effects]
    local = [at.astimezone(course.rules.calendar.zone) for at in reviews]
    assert [(at.day, at.hour, at.minute) for at in local] == [(1, 0, 0)] * len(local)
    assert [at.month for at in local] == [11, 12]
    assert course.tiers == [("club", "silver"), ("club", "basic")]


def test_what_counted_in_a_cycle_decides_the_level_of_the_next() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}))
    course.buy("1000.00", day="2025-11-10")
    course.buy("600.00", day="2026-02-10")
    assert course.level("2026-12-31T23:59:59") == "gold"
    assert course.level("2027-01-01T00:00:00") == "silver"
    assert course.level("2028-01-01T00:00:00") == "basic"
    course.pass_until("2029-01-01")
    assert course.tiers == [("club", "gold"), ("club", "silver"), ("club", "basic")]
    assert course.standing.due_at is None
    moved = [effect for _, decision, _ in course.log for effect in decision.effects if isinstance(effect, TierMoved)]
    assert [(effect.because, effect.counted) for effect in moved] == [
        ("reached", 100_000),
        ("review", 60_000),
        ("review", 0),
    ]


def test_entry_at_the_review_waits_for_the_end_of_the_cycle() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}, entry="at_review"))
    course.buy("1000.00", day="2025-03-10")
    assert course.level("2025-12-31T23:59:59") == "basic"
    found = progress(course, "2025-06-01")
    assert (found["missing"], found["next"], found["by"]) == (0, "silver", "2025-12-31")
    assert course.level("2026-01-01T00:00:00") == "gold"
    assert course.level("2027-01-01T00:00:00") == "basic"


def test_one_step_falls_by_one_level_a_cycle() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}, downgrade={"by": "one_step"}))
    course.buy("1000.00", day="2025-03-10")
    assert [course.level(f"{year}-07-01") for year in (2025, 2026, 2027, 2028)] == ["gold", "gold", "silver", "basic"]


def test_one_step_in_a_rolling_window_waits_for_another_window() -> None:
    course = Course(tiers=club(window_days=30, downgrade={"by": "one_step"}))
    course.buy("1000.00", day="2025-03-10")
    assert course.level("2025-04-08T12:00") == "gold"
    assert course.level("2025-04-09T12:00") == "silver"
    assert course.level("2025-05-08T12:00") == "silver"
    assert course.level("2025-05-09T12:00") == "basic"


def test_grace_keeps_a_level_and_what_counts_meanwhile_keeps_it_for_good() -> None:
    course = Course(tiers=club(window_days=30, downgrade={"grace_days": 10}))
    course.buy("1000.00", day="2025-03-10")
    assert course.level("2025-04-18T12:00") == "gold"
    assert course.level("2025-04-19T12:00") == "basic"
    found = progress(course, "2025-04-10")
    assert (found["rests_on"], found["last_day"], found["keep"]) == (
        "kept",
        "2025-04-18",
        {"missing": 100_000, "by": "2025-04-18"},
    )
    course.buy("1000.00", day="2025-04-15")
    assert course.level("2025-05-14T12:00") == "gold"
    assert progress(course, "2025-05-01")["last_day"] == "2025-05-24"


def test_a_level_stays_until_a_day_of_the_year() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}, downgrade={"keep_until": {"month": 3, "day": 31}}))
    course.buy("1000.00", day="2025-03-10")
    assert course.level("2027-03-31T12:00") == "gold"
    assert course.level("2027-04-01T12:00") == "basic"


def test_a_lock_holds_against_time_and_not_against_a_return() -> None:
    course = Course(tiers=club(window_days=30, lock_days=100))
    course.buy("1000.00", day="2025-03-10")
    assert course.level("2025-06-17T12:00") == "gold"
    assert course.level("2025-06-18T12:00") == "basic"
    course.give_back()
    assert course.level("2025-03-21") == "basic"


def test_a_level_reached_is_held_for_a_year_and_looked_at_again_on_its_anniversary() -> None:
    course = Course(tiers=club(cycle={"kind": "anniversary", "of": "level"}))
    course.buy("600.00", day="2024-06-01")
    course.buy("400.00", day="2025-03-10")
    assert course.level("2025-03-10") == "gold"
    assert course.level("2026-03-09T12:00") == "gold"  # the 600.00 left in June
    assert course.level("2026-03-10T12:00") == "basic"
    course.buy("500.00", day="2026-03-01")
    assert course.level("2026-03-10T12:00") == "silver"


def test_what_was_reached_on_the_leap_day_is_looked_at_on_the_last_of_february() -> None:
    course = Course(tiers=club(cycle={"kind": "anniversary", "of": "level"}))
    course.buy("1000.00", day="2024-02-29")
    assert course.level("2025-02-27T12:00") == "gold"
    assert course.level("2025-02-28T12:00") == "basic"


@pytest.mark.parametrize(
    ("joined", "bought", "last_day", "reviewed"),
    [
        ("2024-02-29", "2025-01-15", "2025-02-27", "2025-02-28T00:00:00+00:00"),
        ("2024-06-10", "2025-03-10", "2025-06-09", "2025-06-10T00:00:00+01:00"),
        ("2023-03-30", "2025-03-29", "2025-03-29", "2025-03-30T00:00:00+00:00"),
    ],
)
def test_a_year_of_membership_runs_from_joining(joined: str, bought: str, last_day: str, reviewed: str) -> None:
    course = Course(tiers=club(cycle={"kind": "anniversary", "of": "joining"}))
    course.is_known("2024-07-01", joined_at=moment(joined))
    course.buy("1000.00", day=bought)
    assert progress(course, f"{bought}T13:00")["by"] == last_day
    course.pass_until(reviewed)
    assert course.log[-1][0].occurred_at == moment(reviewed)
    assert course.level(reviewed) == "gold"
    course.pass_until(str(moment(reviewed) + dt.timedelta(days=367)).replace(" ", "T"))
    assert course.tiers[-1] == ("club", "basic")


def test_a_year_of_membership_from_29_february_begins_where_the_programme_says() -> None:
    course = Course(tiers=club(cycle={"kind": "anniversary"}), members={"leap_day": "march_1"})
    course.is_known("2024-07-01", joined_at=moment("2024-02-29"))
    course.buy("1000.00", day="2025-01-15")
    assert progress(course, "2025-01-16")["by"] == "2025-02-28"
    falls(course, "2026-02-28", "2026-03-01")
    course.buy("1000.00", day="2026-12-01")
    falls(course, "2028-02-28", "2028-02-29")


def falls(course: Course, last: str, first: str) -> None:
    assert course.level(f"{last}T23:59:59") == "gold"
    course.pass_until(first)
    assert course.level(first) == "basic"


def test_for_life_only_a_return_takes_a_level() -> None:
    course = Course(tiers=club(cycle={"kind": "life"}))
    course.buy("400.00", day="2025-03-10")
    course.buy("100.00", day="2029-03-10")
    assert course.level("2045-01-01") == "silver"
    assert course.standing.due_at is None or course.standing.ranks["club"].level == "silver"
    course.give_back(purchase="P2", day="2029-03-20")
    assert course.level("2029-03-20") == "basic"


def test_a_level_by_hand_is_at_least_held_until_its_day() -> None:
    course = Course(tiers=club())
    course.buy("10.00")
    gives(course, "silver", until=dt.date(2025, 6, 30))
    assert course.level("2025-06-30T12:00") == "silver"
    course.buy("1000.00", day="2025-04-01")
    assert course.level("2025-04-01") == "gold"
    course.give_back(purchase="P2", day="2025-04-05")
    assert course.level("2025-04-05") == "silver"
    assert course.level("2025-07-01T12:00") == "basic"


def test_a_level_by_hand_alone_holds_down_as_well_and_can_be_taken_back() -> None:
    course = Course(tiers=club())
    course.buy("1000.00")
    gives(course, "basic", only=True)
    assert course.level() == "basic"
    gives(course, None)
    assert course.level() == "gold"
    assert course.standing.stays == {}
    assert course.standing.ranks["club"].level == "gold"


def test_a_level_that_is_not_there_is_refused() -> None:
    course = Course(tiers=club())
    event = LevelGiven(occurred_at=moment("2025-03-10"), member="m", set="club", level="platinum", reason="x")
    assert refused(course.happens(event)).code == "unknown_level"


def test_the_pace_is_what_counts_times_the_days_of_the_cycle_by_those_that_have_passed() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}))
    course.buy("300.00", day="2025-03-10")
    found = progress(course, "2025-04-10")  # day 100 of 365
    assert found["projected"] == {"level": "gold", "counted": 109_500, "by": "2025-12-31"}
    found = progress(course, "2025-10-10")  # day 283
    assert found["projected"] == {"level": "basic", "counted": 38_692, "by": "2025-12-31"}


def test_what_keeps_a_level_is_what_the_running_cycle_lacks() -> None:
    course = Course(tiers=club(cycle={"kind": "calendar"}))
    course.buy("1000.00", day="2025-03-10")
    course.buy("340.00", day="2026-02-10")
    found = progress(course, "2026-06-01")
    assert (found["level"], found["rests_on"], found["last_day"]) == ("gold", "kept", "2026-12-31")
    assert found["keep"] == {"missing": 66_000, "by": "2026-12-31"}
    assert found["projected"] == {"level": "silver", "counted": 34_000 * 365 // 152, "by": "2026-12-31"}


RATES: list[dict[str, Any]] = [
    {"kind": "amount", "id": level, "points": points, "when": {"kind": "tier", "set": "club", "any_of": [level]}}
    for points, level in enumerate(("basic", "silver", "gold"), start=1)
]


def test_a_split_purchase_earns_below_the_threshold_at_the_old_rate_and_above_it_at_the_new() -> None:
    course = Course(earn=RATES, tiers=club(rate="split"))
    course.buy("460.00")
    decision = course.buy("100.50")
    assert course.history == [460, 161]  # 40.00 at 1 and 60.50 at 2
    parts = {step.rule: (step.points, step.saw.get("counted")) for step in decision.steps if step.applied}
    assert parts == {"basic": (40, 4_000), "silver": (121, 6_050)}
    course.buy("2000.00")
    assert course.history[-1] == 5_560  # 439.50 at 2, 1,560.50 at 3: 5,560.50
    course.give_back(ReturnLine("1", None, 6_000), purchase="P2")
    assert course.history[-1] == -120
    course.give_back(purchase="P2", day="2025-03-21")
    assert course.history[-1] == -41


def test_a_split_purchase_that_reaches_the_threshold_exactly_is_in_one_piece() -> None:
    course = Course(earn=RATES, tiers=club(rate="split"))
    course.buy("500.00")
    assert course.history == [500]
    assert course.level() == "silver"
    course.buy("100.00")
    assert course.history == [500, 200]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"entry": "at_review"}, "/tiers/0/entry", "no_review"),
        ({"counts": "points", "rate": "split"}, "/tiers/0/rate", "cannot_split"),
        ({"cycle": {"kind": "life"}, "lock_days": 3}, "/tiers/0/lock_days", "never_falls"),
        ({"cycle": {"kind": "life"}, "downgrade": {"grace_days": 3}}, "/tiers/0/downgrade", "never_falls"),
        (
            {"downgrade": {"grace_days": 3, "keep_until": {"month": 3, "day": 31}}},
            "/tiers/0/downgrade/keep_until",
            "one_of",
        ),
        ({"downgrade": {"keep_until": {"month": 4, "day": 31}}}, "/tiers/0/downgrade/keep_until/day", "out_of_range"),
        ({"counts": "balance", "wallet": "stars"}, "/tiers/0/wallet", "unknown_wallet"),
        ({"events": ["visit"]}, "/tiers/0/events", "not_counted"),
        (
            {"counts": "visits", "levels": [{**LEVELS[0], "at": "0.5"}]},
            "/tiers/0/levels/0/at",
            "too_many_decimals",
        ),
        (
            {"levels": [{**LEVELS[0], "also": {"visits": 2}}]},
            "/tiers/0/levels/0/also/visits",
            "unknown_measure",
        ),
        ({"also": [{"id": "club", "counts": "visits"}]}, "/tiers/0/also/0/id", "duplicate_id"),
    ],
)
def test_what_cannot_come_to_pass_is_refused_with_its_place(changes: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(DocumentErrors) as caught:
        parse(document(tiers=club(**changes)))
    assert [(problem.pointer, problem.code) for problem in caught.value.errors] == [(pointer, code)]
