"""Orders completed late are decided as of their own day, by what of its window counts by now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.carrying import baggage, taken_out
from stammis.core.effects import TierMoved
from stammis.core.events import Claimed, Happening, Purchase, Received, Return, ReturnLine, StatusChanged
from stammis.core.fold import apply
from stammis.core.histories import numbers_of
from stammis.core.progress import tier_progress
from stammis.core.standing import Awaited, Standing
from tests.core.course import Course, line, moment, wallet

WINDOW = 10
LEVELS = {"basic": 0, "silver": 300, "gold": 500}
BEGIN = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)


def programme(window: int = WINDOW, rate: str = "before", **changes: Any) -> dict[str, Any]:
    """Points by the level of a rolling window, and a rule that asks for all that is remembered by days."""
    asked: list[dict[str, Any]] = [
        {"kind": "spent_in_window", "days": window, "at_least": "1.00"},
        {"kind": "days_since", "what": "purchase", "at_least": 0},
        {"kind": "days_since", "what": "event", "event": "review", "at_least": 0},
    ]
    earn = [
        {"kind": "amount", "id": level, "points": points, "when": {"kind": "tier", "set": "club", "any_of": [level]}}
        for points, level in enumerate(LEVELS, start=1)
    ]
    remembers = {"kind": "purchase", "id": "asks", "points": 1, "wallet": "asks", "when": {"kind": "any", "of": asked}}
    levels = [{"id": level, "name": level, "at": at} for level, at in LEVELS.items()]
    club = {"id": "club", "name": "Club", "counts": "spend", "rate": rate, "window_days": window, "levels": levels}
    wallets = [wallet(expiry={"kind": "never"}), wallet(id="asks", name="Asks", expiry={"kind": "never"})]
    return {"earn": [*earn, remembers], "tiers": [club], "wallets": wallets, "timezone": "UTC", **changes}


def level_of(total: int) -> str:
    """The level that so much makes."""
    return [level for level, at in LEVELS.items() if total >= 100 * at][-1]


@dataclass
class Bought:
    """A purchase as a pencil knows it: its day, how much of it is not back, whether it counts, whether it may wait."""

    id: str
    day: int
    amount: int
    counts: bool
    placed: bool


@dataclass
class Life:
    """A member's course, and beside it a list of what was bought and done, from which everything is reckoned anew."""

    course: Course
    rate: str
    forgets: bool = False
    at: dt.datetime = BEGIN
    bought: list[Bought] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    completed: int = 0

    def happens(self, event: Purchase | StatusChanged | Return | Happening) -> None:
        """Let something happen; who forgets loses all that is kept for orders before."""
        if self.forgets:
            self.course.standing = structs.replace(self.course.standing, awaited=None)
        self.course.happens(event)

    def buy(self, amount: int, *, back: int = 0, status: str = "completed") -> None:
        """Buy something now, or so many days ago and told now."""
        at = max(BEGIN, self.at - dt.timedelta(days=back))
        id = f"P{len(self.bought)}"
        lines = (line(amount - amount // 4), line(amount // 4, "2"))
        self.happens(Purchase(occurred_at=at, id=id, currency="GBP", member="m", lines=lines, status=status))
        self.bought.append(Bought(id, at.toordinal(), 100 * amount, status == "completed", status == "placed"))

    def moves(self, one: Bought, status: str) -> None:
        """Let a purchase move to another status; one that was awaited and is completed is looked at."""
        if one.placed and status == "completed":
            seen = self.seen_by_pencil(one)
        self.happens(StatusChanged(occurred_at=self.at, purchase=one.id, status=status))
        if one.placed and status == "completed" and one.amount and not self.forgets:
            self.looked_at(one, seen)
            self.completed += 1
        if status != "placed":
            one.counts, one.placed = status == "completed" and one.amount > 0, False

    def looked_at(self, one: Bought, seen: tuple[str, dict[str, int]]) -> None:
        """The level and the numbers that the rules saw, and the points, are those of a pencil."""
        state = self.course.states[one.id]
        assert state.seen is not None
        assert (state.seen.tiers["club"], state.seen.numbers) == seen
        points = sum(earned.amount for earned in state.earned if earned.wallet == "points")
        assert points == one.amount // 100 * (1 + list(LEVELS).index(seen[0]))

    def seen_by_pencil(self, one: Bought) -> tuple[str, dict[str, int]]:
        """What rules see of an order on its own day, from all that was bought and still counts now."""
        there = [each for each in self.bought if each.counts]
        spent = sum(each.amount for each in there if one.day - WINDOW < each.day <= one.day)
        total = spent + (one.amount if self.rate == "after" else 0)
        numbers = {f"spent:{WINDOW}": spent}
        earlier = [each.day for each in there if each.day <= one.day]
        if earlier:
            numbers["since:purchase"] = one.day - max(earlier)
        reviewed = [day for day in self.reviews if day <= one.day]
        if reviewed:
            numbers["since:event:review"] = one.day - max(reviewed)
        return level_of(total), numbers

    def give_back(self, one: Bought, lines: tuple[str, ...]) -> None:
        """Return lines of a purchase that are not back yet."""
        state = self.course.states[one.id]
        lines = tuple(each for each in lines if each not in state.returned)
        if state.state == "cancelled" or not lines:
            return
        pieces = tuple(ReturnLine(each) for each in lines)
        id = f"R{len(self.course.log)}"
        self.happens(Return(occurred_at=self.at, id=id, purchase=one.id, lines=pieces))
        sizes = {each.id: each.amount for each in self.course.purchases[one.id].lines}
        one.amount -= sum(sizes[each] for each in lines)
        one.counts = one.counts and one.amount > 0

    def does(self, action: tuple[Any, ...]) -> None:
        """Let one thing happen."""
        days, kind, which, amount, back = action
        self.at += dt.timedelta(days=days)
        one = self.bought[which % len(self.bought)] if self.bought else None
        match kind:
            case "buy" | "late":
                self.buy(amount, back=back if kind == "late" else 0)
            case "busy":
                for _ in range(9):
                    self.at += dt.timedelta(days=1)
                    self.buy(4)
            case "order":
                self.buy(amount, status="placed")
            case "review":
                self.reviews.append(self.at.toordinal())
                id = f"E{len(self.course.log)}"
                self.happens(Happening(occurred_at=self.at, id=id, type="review", member="m"))
            case "return" if one is not None:
                self.give_back(one, (("1",), ("2",), ("1", "2"))[back % 3])
            case "completed" | "cancelled" if one is not None:
                self.moves(one, kind)
            case _:
                pass

    def settles(self) -> None:
        """Complete all orders; then so much happens that nothing from before is remembered any more."""
        for one in self.bought:
            if one.placed:
                self.moves(one, "completed")
        self.at += dt.timedelta(days=30)
        for _ in range(9):
            self.does((1, "review", 0, 0, 0))
            self.does((0, "buy", 0, 4, 0))


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


def year(**changes: Any) -> Course:
    """A year's window; 600.00 are spent on the first day, and an order of 100.00 is placed on day 360."""
    course = Course(programme(window=365, **changes))
    course.buy("600.00", day(1), purchase="much")
    course.buy("100.00", day(360), status="placed", purchase="order")
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
