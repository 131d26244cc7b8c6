"""Birthdays and anniversaries: each once a year, at the first moment of its local day, whenever jobs run."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stammis.core.calendars import instant
from stammis.core.events import Happening, MemberChanged
from tests.core.course import Course
from tests.core.test_clocks import DAY, HALF, first_moment

EARN = [
    {"id": "birthday", "kind": "event", "event": "birthday", "points": 50},
    {"id": "anniversary", "kind": "event", "event": "anniversary", "points": 7},
    {"id": "visit", "kind": "event", "event": "visit", "points": 1},
]
BEGINS = {"Europe/Berlin": 2023, "America/New_York": 2023, "Australia/Lord_Howe": 2023, "Pacific/Apia": 2010}
YEARS = 4
dates = st.dates(dt.date(2000, 1, 1), dt.date(2000, 12, 31))
"""Days of a year that has a 29 February."""


def on_day_of(date: dt.date, year: int, leap_day: str) -> dt.date:
    """The day of a year on which a date comes back."""
    if (date.month, date.day) != (2, 29) or year % 4 == 0:
        return dt.date(year, date.month, date.day)
    return dt.date(year, 2, 28) if leap_day == "february_28" else dt.date(year, 3, 1)


def expected(zone: str, date: dt.date, leap_day: str, known: dt.datetime, until: dt.datetime) -> list[int]:
    """The instants at which a day of the year begins, after it was known."""
    begins = [first_moment(zone, on_day_of(date, year, leap_day)) for year in range(known.year - 1, until.year + 2)]
    return [instant(at) for at in begins if known < at <= until]


@given(
    st.sampled_from(sorted(BEGINS)),
    dates,
    st.sampled_from(("february_28", "march_1")),
    st.integers(0, 400 * 48),
    st.lists(st.tuples(st.integers(0, YEARS * 365 * 48), st.sampled_from(("job", "job twice", "visit"))), max_size=10),
)
@example("Pacific/Apia", dt.date(2000, 12, 30), "march_1", 0, [])
@example("Pacific/Apia", dt.date(2000, 12, 31), "march_1", 0, [])
@example("Europe/Berlin", dt.date(2000, 2, 29), "february_28", 0, [])
@example("Europe/Berlin", dt.date(2000, 2, 29), "march_1", 0, [])
def test_a_birthday_gives_once_a_year_at_the_first_moment_of_its_day(
    zone: str, birthday: dt.date, leap_day: str, known: int, acts: list[tuple[int, str]]
) -> None:
    begins = dt.datetime(BEGINS[zone], 1, 2, tzinfo=dt.UTC)
    known_at, until = begins + known * HALF, begins + YEARS * 365 * DAY
    course = Course(timezone=zone, earn=EARN[:1] + EARN[2:], members={"leap_day": leap_day}, wallets=[LASTING])
    course.happens(MemberChanged(occurred_at=known_at, birthday=birthday))
    for half, what in sorted(acts):
        at = max(known_at, begins + half * HALF)
        if what == "visit":
            course.happens(Happening(occurred_at=at, id=f"E{len(course.log)}", type="visit", member="m"))
        for _ in range(2 if what == "job twice" else 1):
            course.pass_time(instant(at))
    course.pass_time(instant(until))
    course.pass_time(instant(until))
    found = [row.at for row in course.rows if row.amount == 50]
    assert found == expected(zone, birthday, leap_day, known_at, until)


LASTING = {"id": "points", "name": "Points", "expiry": {"kind": "never"}}


@pytest.mark.parametrize("zone", sorted(BEGINS))
@pytest.mark.parametrize("leap_day", ["february_28", "march_1"])
def test_an_anniversary_gives_once_in_each_year_after_that_of_joining(zone: str, leap_day: str) -> None:
    for joined in (dt.date(2008, 2, 29), dt.date(2010, 12, 30), dt.date(2008, 12, 31), dt.date(2009, 3, 29)):
        at = first_moment(zone, joined) + dt.timedelta(hours=9)
        until = dt.datetime(2013, 6, 1, tzinfo=dt.UTC)
        course = Course(enrolled=False, timezone=zone, earn=EARN[1:], members={"leap_day": leap_day}, wallets=[LASTING])
        course.happens(MemberChanged(occurred_at=at))
        course.pass_time(instant(until))
        course.pass_time(instant(until))
        first = first_moment(zone, dt.date(joined.year + 1, 1, 1))
        assert [row.at for row in course.rows] == expected(zone, joined, leap_day, first - HALF, until)


@pytest.mark.parametrize("told", ["2024-01-10", "2024-05-05", "2024-05-06", "2024-12-30"])
def test_a_birthday_that_a_caller_tells_of_is_that_years_birthday(told: str) -> None:
    course = Course(timezone="Europe/Berlin", earn=EARN[:1], wallets=[LASTING])
    course.happens(MemberChanged(occurred_at=dt.datetime(2024, 1, 2, tzinfo=dt.UTC), birthday=dt.date(1990, 5, 5)))
    course.does("birthday", told)
    course.pass_until("2025-12-31")
    years = [dt.datetime.fromtimestamp(row.at, dt.UTC).year for row in course.rows]
    assert years == [2024, 2025]
