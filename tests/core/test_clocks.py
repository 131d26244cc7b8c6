"""Time: every hour around the changes of clocks, a day that never was, leap days, ends of months, jobs out of step.

What is expected is reckoned here from the time zone database alone, half an hour at a time.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.calendars import instant
from stammis.core.events import Happening
from tests.core.course import Course, wallet

HALF = dt.timedelta(minutes=30)
DAY = dt.timedelta(days=1)
CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("America/Santiago", "2026-04-05"),
    ("America/Santiago", "2026-09-06"),
    ("Africa/Cairo", "2026-04-24"),
    ("Atlantic/Azores", "2026-10-25"),
]
"""Zones and the days on which their clocks change. Samoa left 30 December 2011 out; elsewhere midnight itself is left
out, or comes twice."""


def halves(first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
    """Every half hour from one moment to before another."""
    while first < last:
        yield first
        first += HALF


@cache
def first_moment(zone: str, date: dt.date) -> dt.datetime:
    """The first half hour whose local date is this one or, where it never was, a later one."""
    around = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    return next(at for at in halves(around - 2 * DAY, around + 2 * DAY) if at.astimezone(ZoneInfo(zone)).date() >= date)


def around(date: str) -> Iterator[dt.datetime]:
    """Every half hour of the five days around a date."""
    middle = dt.datetime.fromisoformat(f"{date}T00:00+00:00")
    yield from halves(middle - 2 * DAY, middle + 3 * DAY)


def happens(course: Course, at: dt.datetime, kind: str = "visit") -> int:
    """Lets the member do something, and gives the points for it."""
    event = Happening(occurred_at=at, id=f"E{len(course.log)}", type=kind, member="m")
    return sum(step.points for step in course.happens(event).steps)


def visits(zone: str, *, expiry: dict[str, Any] | None = None, **more: Any) -> Course:
    """A member of a programme that gives a point for each visit."""
    rule = {"id": "visit", "kind": "event", "event": "visit", "points": 1, **more.pop("rule", {})}
    wallets = [wallet(expiry=expiry or {"kind": "never"}, **more)]
    return Course(timezone=zone, wallets=wallets, earn=[rule])


@pytest.mark.parametrize(("zone", "date"), CHANGES)
@pytest.mark.parametrize("days", [1, 2, 3])
def test_points_of_each_hour_are_usable_through_their_last_day_and_end_at_local_midnight(
    zone: str, date: str, days: int
) -> None:
    for at in around(date):
        course = visits(zone, expiry={"kind": "days", "days": days})
        assert happens(course, at) == 1
        ends = first_moment(zone, at.astimezone(ZoneInfo(zone)).date() + days * DAY)
        if ends > at:  # in Samoa a day may end before it was
            assert course.active((ends - dt.timedelta(seconds=1)).isoformat()) == 1
        assert course.active(ends.isoformat()) == 0
        for late in (ends, ends, ends + DAY):
            course.pass_time(instant(late))
        assert [(row.kind, row.amount, row.at) for row in course.rows[1:]] == [("expire", -1, instant(ends))]


@pytest.mark.parametrize(("zone", "date"), CHANGES)
def test_pending_points_of_each_hour_are_active_at_local_midnight_once(zone: str, date: str) -> None:
    for at in around(date):
        course = visits(zone, pending={"kind": "days", "days": 2})
        happens(course, at)
        begins = first_moment(zone, at.astimezone(ZoneInfo(zone)).date() + 2 * DAY)
        assert course.active((begins - dt.timedelta(seconds=1)).isoformat()) == 0
        assert course.active(begins.isoformat()) == 1
        for late in (begins, begins, begins + DAY):
            course.pass_time(instant(late))
        assert course.activated == {1}
        assert course.balance == 1


@pytest.mark.parametrize(("zone", "date"), CHANGES)
def test_a_bonus_for_the_first_visit_of_a_day_is_given_once_each_local_day(zone: str, date: str) -> None:
    course = visits(zone, rule={"cap": {"per": "day", "times": 1}})
    given_on = Counter(at.astimezone(ZoneInfo(zone)).date() for at in around(date) if happens(course, at))
    days = {at.astimezone(ZoneInfo(zone)).date() for at in around(date)}
    assert given_on == Counter(days)
    assert (dt.date(2011, 12, 30) in days) is False


@pytest.mark.parametrize(("zone", "date"), CHANGES)
@pytest.mark.parametrize(("begins", "ends"), [("02:00", "03:00"), ("01:30", "02:30"), ("23:00", "00:30")])
def test_hours_of_a_day_are_those_of_the_clock_on_the_wall(zone: str, date: str, begins: str, ends: str) -> None:
    course = visits(zone, rule={"when": {"kind": "hours", "from": begins, "until": ends}})
    for at in around(date):
        clock = f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
        inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        assert happens(course, at) == inside, at


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Apia"])
@pytest.mark.parametrize("months", [1, 2, 3, 11, 12, 13])
def test_months_end_on_the_same_day_or_that_months_last(zone: str, months: int) -> None:
    course = visits(zone, expiry={"kind": "months", "months": months})
    for number in range(3 * 366):
        day = dt.date(2023, 1, 1) + number * DAY
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        ends = course.rules.wallets["points"].ends_at(day.toordinal())
        assert ends == instant(first_moment(zone, last + DAY)), day


@pytest.mark.parametrize(("year", "last"), [(2024, 29), (2025, 28), (2026, 28), (2028, 29), (2100, 28)])
def test_a_yearly_29_february_is_the_last_of_february(year: int, last: int) -> None:
    course = visits("Europe/Berlin", expiry={"kind": "yearly", "month": 2, "day": 29})
    for day, ends in ((dt.date(year, 2, last), dt.date(year, 2, last)), (dt.date(year, 1, 31), dt.date(year, 2, last))):
        found = course.rules.wallets["points"].ends_at(day.toordinal())
        assert found == instant(first_moment("Europe/Berlin", ends + DAY))
    a_year_later = course.rules.wallets["points"].ends_at(dt.date(year, 3, 1).toordinal())
    assert a_year_later == instant(first_moment("Europe/Berlin", dt.date(year + 1, 3, 1)))


AWAY = st.lists(st.integers(0, 40 * 48), max_size=12)


@given(AWAY, st.sampled_from(CHANGES), st.sampled_from((1, 2)))
def test_jobs_that_run_twice_late_or_not_at_all_post_the_same_rows_once(
    jobs: list[int], change: tuple[str, str], often: int
) -> None:
    zone, date = change
    begins = dt.datetime.fromisoformat(f"{date}T00:00+00:00") - 5 * DAY

    def rows(runs: list[dt.datetime]) -> list[Any]:
        course = visits(zone, expiry={"kind": "days", "days": 4}, pending={"kind": "days", "days": 2})
        visited = [(begins + number * 11 * HALF, 0) for number in range(40)]
        for at, passes in sorted([*visited, *((at, often) for at in runs)]):
            for _ in range(passes):
                course.pass_time(instant(at))
            if not passes:
                happens(course, at)
        course.pass_time(instant(begins + 60 * DAY))
        assert course.balance == 0
        return [(row.kind, row.at, row.amount, row.running, row.lots) for row in course.rows]

    assert rows([begins + number * HALF for number in jobs]) == rows([])
