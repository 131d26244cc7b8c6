"""Conditions about holidays and moments, through the changes of clocks."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.core.calendars import calendar_of, moment
from stammis.core.moments import local_instant
from tests.core.course import Course

HOLIDAYS = {"finland": ["2026-12-06", "2026-12-25"]}


def points(condition: dict[str, Any], at: str, zone: str = "Europe/Helsinki") -> int:
    """What a rule with this condition gives for a purchase at a moment."""
    rule = {"kind": "purchase", "id": "rule", "points": 10, "when": condition}
    course = Course(earn=[rule], holidays=HOLIDAYS, timezone=zone)
    course.buy("5.00", at)
    return course.balance


@pytest.mark.parametrize(
    ("at", "given"),
    [
        ("2026-12-05T21:59:59+00:00", 0),
        ("2026-12-05T22:00:00+00:00", 10),
        ("2026-12-06T21:59:59+00:00", 10),
        ("2026-12-06T22:00:00+00:00", 0),
        ("2026-12-25T12:00:00+00:00", 10),
    ],
)
def test_a_holiday_lasts_from_local_midnight_to_midnight(at: str, given: int) -> None:
    assert points({"kind": "holiday", "calendar": "finland"}, at) == given


@pytest.mark.parametrize(
    ("at", "given"),
    [("2026-11-27T15:59:59+00:00", 0), ("2026-11-27T16:00:00+00:00", 10), ("2026-11-27T23:59:59+00:00", 0)],
)
def test_a_window_of_time_begins_with_its_first_second_and_ends_before_its_last(at: str, given: int) -> None:
    assert points({"kind": "between", "from": "2026-11-27T18:00", "until": "2026-11-28T01:59"}, at) == given


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00+00:00"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00:00+00:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00+00:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00+00:00"),
        ("Europe/Berlin", "2026-07-01T00:00", "2026-06-30T22:00:00+00:00"),
    ],
)
def test_a_local_time_is_its_first_or_the_moment_after_it_was_skipped(zone: str, text: str, instant: str) -> None:
    assert moment(local_instant(text, calendar_of(zone))).isoformat() == instant


def test_a_window_within_the_hour_that_comes_twice_is_one_stretch_of_time() -> None:
    window = {"kind": "between", "from": "2026-10-25T02:15", "until": "2026-10-25T02:45"}
    held = [
        points(window, f"2026-10-25T{utc}:00+00:00", "Europe/Berlin") for utc in ("00:14", "00:15", "00:44", "01:30")
    ]
    assert held == [0, 10, 10, 0]
