"""A member's life with orders, told to the heart, and reckoned anew by a pencil from everything that was bought."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from stammis.core.events import Happening, Purchase, Return, ReturnLine, StatusChanged
from tests.core.course import Course, line, wallet

WINDOW = 10
LEVELS = {"basic": 0, "silver": 300, "gold": 500}
BEGIN = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)


def questions(window: int) -> list[dict[str, Any]]:
    """Conditions about all that is remembered by days."""
    return [
        {"kind": "spent_in_window", "days": window, "at_least": "1.00"},
        {"kind": "days_since", "what": "purchase", "at_least": 0},
        {"kind": "days_since", "what": "event", "event": "review", "at_least": 0},
    ]


def asking(*questions: dict[str, Any]) -> dict[str, Any]:
    """A rule that asks questions."""
    when = {"kind": "any", "of": list(questions)}
    return {"kind": "purchase", "id": "asks", "points": 1, "wallet": "asks", "when": when}


def programme(window: int = WINDOW, rate: str = "before", **changes: Any) -> dict[str, Any]:
    """Points by the level of a rolling window, and a rule that asks everything."""
    earn = [
        {"kind": "amount", "id": level, "points": points, "when": {"kind": "tier", "set": "club", "any_of": [level]}}
        for points, level in enumerate(LEVELS, start=1)
    ]
    levels = [{"id": level, "name": level, "at": at} for level, at in LEVELS.items()]
    club = {"id": "club", "name": "Club", "counts": "spend", "rate": rate, "window_days": window, "levels": levels}
    wallets = [wallet(expiry={"kind": "never"}), wallet(id="asks", name="Asks", expiry={"kind": "never"})]
    asks = asking(*questions(window))
    return {"earn": [*earn, asks], "tiers": [club], "wallets": wallets, "timezone": "UTC", **changes}


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
