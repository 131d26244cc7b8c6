"""Laws of levels: read ahead they are what will be, buying and returning leaves no trace, and folding repeats."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.events import ReturnLine
from stammis.core.fold import apply, as_of
from stammis.core.progress import tier_progress
from stammis.core.standing import Standing
from stammis.core.views import tier_view
from tests.core.course import Course, moment
from tests.core.test_levels import club, gives

SETS = st.fixed_dictionaries(
    {
        "counts": st.sampled_from(["spend", "points", "balance", "purchases", "visits"]),
        "window_days": st.sampled_from([1, 20, 90]),
        "cycle": st.sampled_from(
            [
                None,
                {"kind": "calendar", "every": "quarter"},
                {"kind": "calendar", "every": "month", "from_month": 2},
                {"kind": "anniversary", "of": "level", "months": 2},
                {"kind": "anniversary", "of": "joining", "months": 1},
                {"kind": "life"},
            ]
        ),
        "falls": st.sampled_from(
            [
                {},
                {"grace_days": 9},
                {"by": "one_step"},
                {"by": "one_step", "grace_days": 40},
                {"keep_until": {"month": 2, "day": 29}},
            ]
        ),
        "lock_days": st.sampled_from([0, 0, 50]),
        "thresholds": st.sampled_from([(0, 2, 4), (1, 3, 5)]),
        "mixed": st.sampled_from([None, "all", "any"]),
    }
)
ACTS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["buy", "visit", "return", "redeem", "by hand"]),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=12,
)


def made(drawn: dict[str, Any]) -> Course:
    scale = 1 if drawn["counts"] in ("purchases", "visits") else 100
    levels = [
        {"id": f"l{place}", "name": "L", "at": at * scale, **({"also": {"often": place + 1}} if drawn["mixed"] else {})}
        for place, at in enumerate(drawn["thresholds"])
    ]
    also = [{"id": "often", "counts": "purchases"}] if drawn["mixed"] else []
    life = (drawn["cycle"] or {}).get("kind") == "life"
    tiers = club(
        counts=drawn["counts"],
        window_days=drawn["window_days"],
        levels=levels,
        also=also,
        mix=drawn["mixed"] or "all",
        cycle=drawn["cycle"],
        downgrade={} if life else drawn["falls"],
        lock_days=0 if life else drawn["lock_days"],
    )
    expiry = {"kind": "days", "days": 45}
    return Course(
        tiers=tiers,
        wallets=[{"id": "points", "name": "Points", "expiry": expiry}],
        rewards=[{"id": "r", "name": "R", "price": 50}],
    )


def acted(course: Course, acts: list[tuple[int, str, int]]) -> dt.datetime:
    at = moment("2024-01-25")
    for days, act, size in acts:
        at += dt.timedelta(days=days)
        day = at.isoformat()
        if act == "buy" or (act == "return" and not course.purchases):
            course.buy(f"{size}00.00", day=day)
        elif act == "visit":
            course.does("check_in", day=day)
        elif act == "return":
            course.give_back(ReturnLine("1", None, 10_000), day=day, purchase=f"P{1 + size % len(course.purchases)}")
        elif act == "redeem":
            course.redeem("r", day=day)
        else:
            gives(course, f"l{size % 3}" if size < 5 else None, day, until=(at + dt.timedelta(days=20)).date())
    return at


@settings(deadline=None, max_examples=150)
@given(SETS, ACTS, st.integers(0, 400))
def test_a_level_reads_at_any_later_instant_as_it_will_be_when_time_has_passed(
    drawn: dict[str, Any], acts: list[tuple[int, str, int]], hours: int
) -> None:
    course = made(drawn)
    then = acted(course, acts) + dt.timedelta(hours=hours * 11)
    foreseen = tier_view(course.standing, course.rules, instant(then))
    read = as_of(course.standing, instant(then), course.rules)
    course.pass_time(instant(then))
    rank = course.standing.ranks.get("club")
    if rank is not None:
        assert foreseen == {"club": rank.level}
        assert read.ranks["club"].level == rank.level


@settings(deadline=None, max_examples=150)
@given(SETS, ACTS, st.integers(0, 30), st.integers(1, 9))
def test_buying_and_returning_everything_leaves_levels_and_progress_as_they_were(
    drawn: dict[str, Any], acts: list[tuple[int, str, int]], days: int, size: int
) -> None:
    course = made(drawn)
    at = acted(course, acts) + dt.timedelta(days=days)
    course.pass_time(instant(at))
    before = course.standing
    course.buy(f"{size}00.00", day=at.isoformat(), purchase="last")
    course.give_back(day=at.isoformat(), purchase="last")
    assert levels_of(course.standing) == levels_of(before)
    found, expected = (tier_progress(one, course.rules, instant(at)) for one in (course.standing, before))
    assert found == expected


@settings(deadline=None, max_examples=60)
@given(SETS, ACTS)
def test_folding_the_same_events_again_gives_the_same_levels(
    drawn: dict[str, Any], acts: list[tuple[int, str, int]]
) -> None:
    course = made(drawn)
    at = acted(course, acts)
    course.pass_time(instant(at) + 200 * 86_400)
    standing = Standing(enrolled=True)
    for event, decision, world in course.log:
        again, after = apply(event, structs.replace(world, standing=standing), course.rules)
        assert again == decision
        standing = after.standing
    assert (standing.ranks, standing.stays) == (course.standing.ranks, course.standing.stays)


def levels_of(standing: Standing) -> tuple[Any, ...]:
    levels = {name: rank.level for name, rank in standing.ranks.items() if rank.level not in {None, "l0"}}
    stays = {name: (stay.kept, stay.by_hand, stay.reached) for name, stay in standing.stays.items()}
    return levels, {name: stay for name, stay in stays.items() if any(stay)}
