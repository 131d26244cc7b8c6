"""Birthdays and anniversaries: once a calendar year, at local midnight, whatever happens around them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.calendars import instant
from stammis.core.calendars import moment as at_instant
from stammis.core.fold import due_days
from stammis.core.world import World
from tests.core.course import Course, moment, wallet

CAKE = {"kind": "event", "id": "cake", "event": "birthday", "points": 50}
LOYAL = {"kind": "event", "id": "loyal", "event": "anniversary", "points": 20}
WELCOME = {"kind": "event", "id": "welcome", "event": "enrolment", "points": 5}


def course(*rules: dict[str, Any], zone: str = "Europe/London", **more: Any) -> Course:
    """A member who is not enrolled yet."""
    return Course(
        {"earn": list(rules), "timezone": zone, "wallets": [wallet(expiry={"kind": "never"})]} | more, enrolled=False
    )


def when(course: Course) -> list[str]:
    """When the rows are dated."""
    return [at_instant(row.at).isoformat() for row in course.rows]


def test_joining_gives_once() -> None:
    member = course(WELCOME)
    member.is_known("2025-03-01", labels=("new",))
    member.is_known("2025-03-02", labels=("old",))
    assert (member.history, when(member)) == ([5], ["2025-03-01T12:00:00+00:00"])
    assert [step.because for step in member.does("enrolment", "2025-03-03").steps] == ["happens_by_itself"]


def test_an_account_that_several_share_does_not_join() -> None:
    pool = course(WELCOME, LOYAL)
    pool.is_known("2025-03-01", shared=True)
    pool.pass_until("2027-01-01")
    assert pool.history == []


def test_a_birthday_comes_at_local_midnight_each_year() -> None:
    member = course(CAKE, zone="America/New_York")
    member.is_known("2025-03-01", birthday=dt.date(1990, 5, 10))
    member.pass_until("2027-06-01")
    assert when(member) == [f"{year}-05-10T04:00:00+00:00" for year in (2025, 2026, 2027)]


def test_the_job_may_run_twice_or_late() -> None:
    member = course(CAKE)
    member.is_known("2025-03-01", birthday=dt.date(1990, 5, 10))
    for day in ("2025-05-09", "2025-05-20", "2025-05-20", "2025-05-21"):
        member.pass_until(day)
    member.day("2025-05-22")
    assert when(member) == ["2025-05-09T23:00:00+00:00"]


def test_a_birthday_comes_before_the_purchase_of_its_day() -> None:
    member = course(CAKE)
    member.is_known("2025-03-01", birthday=dt.date(1990, 5, 10))
    member.buy("5.00", "2025-05-10T00:00+01:00")
    assert member.history == [50]


def test_a_birthday_given_later_or_changed_comes_at_most_once_a_calendar_year() -> None:
    member = course(CAKE)
    member.is_known("2025-03-01")
    member.is_known("2025-06-01", birthday=dt.date(1990, 5, 10))
    member.pass_until("2026-05-11")
    assert when(member) == ["2026-05-09T23:00:00+00:00"]
    member.is_known("2026-06-01", birthday=dt.date(1990, 8, 10))
    member.pass_until("2027-08-11")
    assert when(member)[1:] == ["2027-08-09T23:00:00+00:00"]
    member.is_known("2027-09-01", birthday=None)
    member.pass_until("2029-01-01")
    assert len(member.history) == 2


def test_a_reported_birthday_is_that_of_its_year() -> None:
    member = course(CAKE)
    member.is_known("2025-01-01", birthday=dt.date(1990, 5, 10))
    member.does("birthday", "2025-04-01")
    assert [step.because for step in member.does("birthday", "2025-04-02").steps] == ["already_this_year"]
    member.pass_until("2025-12-31")
    assert member.history == [50]
    member.pass_until("2026-12-31")
    assert member.history == [50, 50]


@pytest.mark.parametrize(("leap_day", "day"), [("february_28", "02-28"), ("march_1", "03-01")])
def test_29_february_comes_back_as_declared(leap_day: str, day: str) -> None:
    member = course(CAKE, members={"leap_day": leap_day})
    member.is_known("2025-01-01", birthday=dt.date(2000, 2, 29))
    member.pass_until("2028-12-31")
    days = [f"2025-{day}", f"2026-{day}", f"2027-{day}", "2028-02-29"]
    assert when(member) == [f"{each}T00:00:00+00:00" for each in days]


def test_an_anniversary_is_of_the_day_of_joining_and_not_that_day_itself() -> None:
    member = course(LOYAL, WELCOME)
    member.is_known("2025-03-01T23:30")
    member.pass_until("2027-03-02")
    assert when(member) == ["2025-03-01T23:30:00+00:00", "2026-03-01T00:00:00+00:00", "2027-03-01T00:00:00+00:00"]


def test_the_day_of_joining_may_have_been_before() -> None:
    member = course(LOYAL)
    member.is_known("2025-03-01", joined_at=dt.datetime(2019, 7, 4, 12, tzinfo=dt.UTC))
    member.pass_until("2025-12-31")
    assert when(member) == ["2025-07-03T23:00:00+00:00"]


def test_birthday_and_anniversary_on_one_day_are_one_row() -> None:
    member = course(CAKE, LOYAL)
    member.is_known("2024-05-10", birthday=dt.date(1990, 5, 10))
    member.pass_until("2025-05-11")
    assert member.history == [70]


@pytest.mark.parametrize(
    ("zone", "birthday", "at"),
    [
        ("Pacific/Apia", dt.date(1990, 12, 30), "2011-12-30T10:00:00+00:00"),
        ("America/Sao_Paulo", dt.date(1990, 10, 16), "2011-10-16T03:00:00+00:00"),
        ("Europe/Berlin", dt.date(1990, 3, 27), "2011-03-26T23:00:00+00:00"),
        ("Australia/Lord_Howe", dt.date(1990, 4, 3), "2011-04-02T13:00:00+00:00"),
    ],
)
def test_a_birthday_on_a_day_or_hour_that_clocks_skip_comes_once(zone: str, birthday: dt.date, at: str) -> None:
    member = course(CAKE, zone=zone)
    member.is_known("2011-01-01", birthday=birthday)
    member.pass_until("2012-01-02")
    assert when(member) == [at]


def test_a_rule_added_later_gives_from_the_next_birthday_on() -> None:
    member, later = course(), course(CAKE)
    member.is_known("2025-01-01", birthday=dt.date(1990, 5, 10))
    begins, until = (instant(moment(text)) for text in ("2025-06-01", "2027-01-01"))
    world = World(standing=member.standing)
    days = [day for day, _, _ in due_days(world, until, lambda at: later.rules if at >= begins else member.rules)]
    assert [day.occurred_at.isoformat() for day in days] == ["2026-05-09T23:00:00+00:00"]


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2010, 12, 31)),
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata")),
    st.sampled_from(("february_28", "march_1")),
    st.lists(st.integers(1, 9_000), max_size=8),
)
def test_a_birthday_is_given_once_a_year_however_time_passes(
    birthday: dt.date, zone: str, leap_day: str, hours: list[int]
) -> None:
    member = course(CAKE, zone=zone, members={"leap_day": leap_day})
    start = dt.datetime(2011, 1, 1, 12, tzinfo=dt.UTC)
    member.is_known(start.isoformat(), birthday=birthday)
    at = start
    for more in hours:
        at += dt.timedelta(hours=more)
        member.buy("5.00", at.isoformat())
    until = max(at, dt.datetime(2024, 1, 3, tzinfo=dt.UTC))
    member.pass_until(until.isoformat())
    years = [dt.date.fromordinal(member.rules.calendar.day(row.at)).year for row in member.rows]
    last = dt.date.fromordinal(member.rules.calendar.day(instant(until)))
    assert years[1:] == list(range(years[0] + 1, years[-1] + 1))
    assert years[0] in (2011, 2012)
    assert years[-1] in (last.year - 1, last.year)
