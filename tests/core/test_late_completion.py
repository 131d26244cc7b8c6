"""Orders completed late are decided as of their own day, by what of its window counts by now."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.carrying import baggage, taken_out
from stammis.core.effects import TierMoved
from stammis.core.events import Claimed, Purchase, Received, StatusChanged
from stammis.core.fold import apply
from stammis.core.histories import numbers_of
from stammis.core.progress import tier_progress
from stammis.core.standing import Awaited, Standing
from tests.core.course import Course, line, moment
from tests.core.late import BEGIN, WINDOW, Life, asking, programme, questions

KINDS = ("buy", "buy", "order", "order", "completed", "completed", "completed", "cancelled", "return", "late")
actions = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from((*KINDS, "review", "review", "busy")),
        st.integers(0, 30),
        st.sampled_from((40, 100, 200, 300, 600)),
        st.integers(1, 14),
    ),
    min_size=2,
    max_size=14,
)


@given(actions=actions, rate=st.sampled_from(("before", "after")))
def test_an_order_sees_of_its_own_window_what_counts_once_it_is_completed(
    actions: list[tuple[Any, ...]], rate: str
) -> None:
    life = Life(Course(programme(rate=rate)), rate)
    for action in actions:
        life.does(action)
    life.settles()


def shown(course: Course, at: dt.datetime) -> dict[str, Any]:
    """All that a standing tells of the present, and of what will be if nothing happens."""
    standing, rules = course.standing, course.rules
    ahead = [at + dt.timedelta(days=days) for days in (0, 3, WINDOW, 4 * WINDOW)]
    return {
        "ranks": standing.ranks,
        "due": standing.due_at,
        "progress": [tier_progress(standing, rules, instant(each)) for each in ahead],
        "numbers": numbers_of(standing, standing.about, at.toordinal(), instant(at), rules.book.memory),
        "moved": course.tiers,
    }


@given(actions=actions)
def test_what_is_kept_for_orders_never_shows_and_is_gone_with_them(actions: list[tuple[Any, ...]]) -> None:
    keeps, forgets = Life(Course(programme()), "before"), Life(Course(programme()), "before", forgets=True)
    for action in actions:
        for life in (keeps, forgets):
            life.does(action)
        there, other = (shown(life.course, life.at) for life in (keeps, forgets))
        if action[1] in ("return", "cancelled"):  # which of eight days was the last: who keeps more knows it longer
            there["numbers"].pop("since:purchase", None), other["numbers"].pop("since:purchase", None)
        assert there == other
    open_orders = sum(one.placed for one in keeps.bought)
    awaited = keeps.course.standing.awaited
    assert open_orders == (0 if awaited is None else sum(number for _, _, number in awaited.orders))
    for life in (keeps, forgets):
        life.settles()
    assert keeps.course.standing.awaited is None
    assert keeps.course.standing.past == forgets.course.standing.past
    assert shown(keeps.course, keeps.at) == shown(forgets.course, forgets.at)


def day(number: int) -> str:
    """A day of the history, the first being 1."""
    return str((BEGIN + dt.timedelta(days=number - 1)).date())


def year(ordered: int = 360, **changes: Any) -> Course:
    """A year's window; 600.00 are spent on the first day, and an order of 100.00 is placed on day 360."""
    course = Course(programme(window=365, **changes))
    course.buy("600.00", day(1), purchase="much")
    course.buy("100.00", day(ordered), status="placed", purchase="order")
    return course


@pytest.mark.parametrize("rate", ["before", "after", "split"])
def test_days_that_left_the_window_meanwhile_still_count_for_an_order(rate: str) -> None:
    course = year(rate=rate)
    course.pass_until(day(370))
    assert course.level(day(370)) == "basic"
    course.buy("10.00", day(370))
    assert course.level(day(370)) == "basic", "the first day counts for nothing but the order"
    assert course.standing.ranks["club"].days == ((BEGIN.toordinal() + 369, 1_000),)
    before = course.balance
    course.becomes("completed", day(374), "order")
    assert course.balance == before + 300
    assert course.standing.awaited is None
    course.give_back(day=day(375), purchase="order")
    assert course.balance == before, "a return decides with the same eyes"


@pytest.mark.parametrize("told", [365, 372])
def test_what_was_cancelled_before_the_completion_counts_for_no_order(told: int) -> None:
    course = year()
    if told < 370:
        course.becomes("cancelled", day(told), "much")
    course.buy("10.00", day(370))
    if told > 370:
        course.becomes("cancelled", day(told), "much")
    course.becomes("completed", day(374), "order")
    assert course.balance == 10 + 100


@pytest.mark.parametrize(("ordered", "points"), [(365, 300), (366, 100)])
def test_the_window_of_an_order_ends_with_its_own_day(ordered: int, points: int) -> None:
    course = Course(programme(window=365))
    levels = Course(programme(window=365, earn=programme()["earn"][:3]))
    for each in (course, levels):
        each.buy("600.00", day(1))
        each.buy("100.00", day(ordered), status="placed", purchase="order")
        each.buy("10.00", day(370))
        before = each.balance
        each.becomes("completed", day(374), "order")
        assert each.balance == before + points


def test_a_year_is_kept_for_an_order_and_no_more() -> None:
    course = year()
    course.buy("50.00", day(364), status="placed", purchase="other")
    course.buy("20.00", day(366))
    first = BEGIN.toordinal()
    one, other, another = ((first + on, first + on - 364, 1) for on in (359, 363, 367))
    assert course.standing.awaited == Awaited((one, other), {"club": (first - 6, ((first, 60_000),))})
    course.becomes("completed", day(367), "order")
    course.buy("20.00", day(368))
    assert course.standing.awaited == Awaited((other,), {"club": (first - 2, ((first, 60_000),))})
    course.buy("50.00", day(368), status="placed", purchase="another")
    course.becomes("completed", day(369), "other")
    course.buy("20.00", day(370))
    assert course.standing.awaited == Awaited((another,), {"club": (first + 2, ())})


def test_an_order_that_is_itself_told_late_finds_what_there_still_is() -> None:
    course = Course(programme(window=365))
    course.buy("600.00", day(8), purchase="much")
    course.buy("500.00", day(370))
    course.buy("10.00", day(375))
    course.buy("100.00", day(372), status="placed", purchase="order")
    course.buy("10.00", day(376))
    course.becomes("cancelled", day(377), "much")
    before = course.balance
    course.becomes("completed", day(378), "order")
    assert course.balance == before + 300, "what is lost to it is not taken off again"


@pytest.mark.parametrize("window", [1, 60])
def test_days_on_which_something_was_bought_are_kept_for_an_order(window: int) -> None:
    course = Course(programme(earn=[asking(*questions(window)[:2])], tiers=[]))
    course.buy("90.00", day(10))
    if window > 1:
        for number in range(40, 50):
            course.buy("1.00", day(number))
    course.buy("100.00", day(60), status="placed", purchase="order")
    for number in range(140, 150):
        course.buy("10.00", day(number))
    course.becomes("completed", day(150), "order")
    seen = course.states["order"].seen
    assert seen is not None
    assert seen.numbers == {f"spent:{window}": 10_000 if window > 1 else 0, "since:purchase": 50 if window == 1 else 11}
    course.buy("1.00", day(151))
    assert len(course.standing.past.days) == (8 if window == 1 else 11)


def test_a_purchase_that_was_forgotten_before_an_order_was_told_is_not_taken_off_when_it_comes_back() -> None:
    course = Course(programme(earn=[asking(questions(10)[0])], tiers=[]))
    course.buy("100.00", day(1), purchase="first")
    for number in range(20, 29):
        course.buy("1.00", day(number))
    course.buy("10.00", day(5), status="placed", purchase="order")
    course.buy("150.00", day(3), purchase="late")
    course.give_back(day=day(29), purchase="first")
    course.becomes("completed", day(30), "order")
    seen = course.states["order"].seen
    assert seen is not None
    assert seen.numbers == {"spent:10": 15_000}


def test_what_is_told_late_counts_for_an_order_where_it_lies_in_its_window() -> None:
    course = year()
    course.becomes("cancelled", day(361), "much")
    course.buy("10.00", day(370))
    course.buy("500.00", day(3), purchase="late")
    assert course.level(day(370)) == "basic", "it has left the window that counts now"
    course.becomes("completed", day(374), "order")
    assert course.balance == 10 + 500 + 300


def test_an_order_that_nobody_completes_is_forgotten_after_the_declared_age() -> None:
    course = year(declared_age_days=20)
    course.buy("10.00", day(380))
    assert course.standing.awaited is not None
    course.buy("10.00", day(381))
    assert course.standing.awaited is None
    course.becomes("completed", day(382), "order")
    assert course.history[-2] == 100, "it finds what there still is: nothing of its own window counts"


def test_an_order_of_which_nothing_is_left_is_awaited_no_more_and_completing_it_gives_nothing() -> None:
    course = year()
    assert course.standing.awaited is not None
    course.give_back(day=day(370), purchase="order")
    assert course.standing.awaited is None
    assert course.becomes("completed", day(380), "order").steps == ()
    assert course.states["order"].given == {}


def test_an_order_that_is_forgotten_takes_no_other_with_it() -> None:
    course = year(declared_age_days=20)
    course.buy("50.00", day(364), status="placed", purchase="other")
    course.buy("50.00", day(364), status="placed", purchase="another")
    course.buy("10.00", day(382))
    course.becomes("cancelled", day(383), "another")
    course.becomes("completed", day(384), "other")
    assert course.history[-2] == 150
    assert course.standing.awaited is None


def test_a_programme_that_looks_at_nothing_of_the_kind_awaits_nothing() -> None:
    course = Course(programme(earn=[{"kind": "amount", "id": "all", "points": 1}]))
    course.buy("100.00", day(1), status="placed")
    assert course.standing.awaited is None
    assert b"awaited" not in msgspec.json.encode((course.standing, course.log[-1][1]))
    assert msgspec.json.decode(b'{"enrolled":true}', type=Standing).awaited is None


def test_an_order_of_a_guest_is_awaited_once_it_is_claimed() -> None:
    course = year()
    order = structs.replace(course.purchases["order"], id="guest")
    course.becomes("cancelled", day(361), "order")
    course.happens(Claimed(occurred_at=moment(day(362)), purchase=order, stood="placed"))
    course.purchases["guest"] = order
    course.buy("10.00", day(370))
    assert course.standing.awaited is not None
    again = msgspec.json.decode(msgspec.json.encode(course.standing), type=Standing)
    assert again == course.standing
    course.standing = again
    course.becomes("completed", day(374), "guest")
    assert course.history[-2] == 300


def test_an_order_keeps_the_window_of_its_own_version() -> None:
    course = year()
    shorter = Course(programme(window=10)).rules
    for number in (370, 374):
        event = Purchase(
            occurred_at=moment(day(number)), id=f"N{number}", currency="GBP", member="m", lines=(line("10.00"),)
        )
        course.standing = apply(event, course.world(event), shorter)[1].standing
    assert [on for on, _ in course.standing.ranks["club"].days] == [BEGIN.toordinal() + 369, BEGIN.toordinal() + 373]
    completed = StatusChanged(occurred_at=moment(day(375)), purchase="order", status="completed")
    world = apply(completed, course.world(completed), course.rules, shorter)[1]
    assert world.standing.purses["points"].balance == 600 + 2 * 10 + 300
    assert world.standing.awaited is None


def test_what_an_account_keeps_for_orders_goes_along_into_another_and_back() -> None:
    there, here = year(), year()
    for course in (there, here):
        course.buy("10.00", day(370))
    here.becomes("cancelled", day(371), "much")
    before = here.standing
    assert isinstance(before.awaited, Awaited)
    carried = baggage(there.standing, before, instant(moment(day(372))))
    brought = Received(occurred_at=moment(day(372)), id="M", member="a", from_="b", purpose="merge", carried=carried)
    here.happens(brought)
    assert [effect.after for effect in here.log[-1][1].effects if isinstance(effect, TierMoved)] == []
    event = StatusChanged(occurred_at=moment(day(373)), purchase="order", status="completed")
    assert apply(event, here.world(event), here.rules)[1].standing.purses["points"].balance == 10 + 300
    parted = structs.replace(brought, occurred_at=moment(day(374)), purpose="unmerge", carried=taken_out([carried]))
    here.happens(parted)
    assert (here.standing.awaited, here.standing.ranks) == (before.awaited, before.ranks)
    here.becomes("completed", day(375), "order")
    assert here.balance == 10 + 100
