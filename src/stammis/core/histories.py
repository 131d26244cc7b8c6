"""Histories: what conditions ask about a member's past and balances, and how much of it a standing has to keep.

What a condition reads is a whole number under a name: it is looked up once for an event, recorded with a purchase, and
read back when a return decides the rest of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from stammis.core.amounts import amount_text
from stammis.core.baskets import bounds
from stammis.core.conditions import Balance, DaysSince, NthPurchase, OfHistory, SpentInWindow
from stammis.core.lots import EMPTY, active
from stammis.core.scene import NO_NUMBERS, Look, Numbers, Terms, Test, in_bounds
from stammis.core.standing import About, Past, Standing

PURCHASES_KEPT = 8
"""Days of purchases that a standing remembers at least, so that returns find the purchase before."""
EVENTS_KEPT = 3
"""Days of events of a type that a standing remembers: the newest, and older ones for events that come late."""

Orders = tuple[tuple[int, int, int], ...]
"""Orders as in ``standing.Awaited``."""

NTH, SINCE_PURCHASE, SINCE_ENROLMENT = "nth", "since:purchase", "since:enrolment"
SINCE_EVENT, SPENT, ACTIVE = "since:event:", "spent:", "active:"


def number_of(condition: OfHistory) -> str:
    """The name of the number that a condition reads."""
    match condition:
        case NthPurchase():
            return NTH
        case DaysSince(what="purchase"):
            return SINCE_PURCHASE
        case DaysSince(what="enrolment"):
            return SINCE_ENROLMENT
        case DaysSince():
            return f"{SINCE_EVENT}{condition.event}"
        case SpentInWindow():
            return f"{SPENT}{condition.days}"
        case Balance():
            return f"{ACTIVE}{condition.wallet}"
        case _:
            assert_never(condition)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the rules read of a member's history.

    Attributes:
        names: the numbers that conditions read; none where nothing is asked.
        days: whether days of purchases are kept; window: how many days of them at least.
        spends: whether what was spent on them is kept.
        events: the types of event whose days are kept.
    """

    names: tuple[str, ...] = ()
    days: bool = False
    window: int = 0
    spends: bool = False
    events: frozenset[str] = frozenset()


NO_MEMORY = Memory()


def memory(asked: Iterable[OfHistory]) -> Memory:
    """What must be kept for these conditions."""
    conditions = list(asked)
    if not conditions:
        return NO_MEMORY
    windows = [condition.days for condition in conditions if isinstance(condition, SpentInWindow)]
    since = [condition for condition in conditions if isinstance(condition, DaysSince)]
    return Memory(
        names=tuple(dict.fromkeys(number_of(condition) for condition in conditions)),
        days=bool(windows) or any(condition.what == "purchase" for condition in since),
        window=max(windows, default=0),
        spends=bool(windows),
        events=frozenset(condition.event for condition in since if condition.event and condition.what == "event"),
    )


def numbers_of(standing: Standing, about: About, day: int, at: int, asks: Memory) -> Numbers:
    """The numbers that conditions read, as of a local day and an instant; what never was is left out."""
    if not asks.names:
        return NO_NUMBERS
    found: Numbers = {}
    for name in asks.names:
        number = _number(name, standing, about, day, at)
        if number is not None:
            found[name] = number
    return found


def _number(name: str, standing: Standing, about: About, day: int, at: int) -> int | None:
    if name == NTH:
        return standing.purchases + 1
    if name == SINCE_ENROLMENT:
        joined = about.joined.day
        return None if joined is None or joined > day else day - joined
    if name.startswith(ACTIVE):
        return max(0, active(standing.purses.get(name.removeprefix(ACTIVE), EMPTY), at))
    past = standing.past
    if name.startswith(SPENT):
        first = day - int(name.removeprefix(SPENT))
        return sum(spent for on, _, spent in past.days if first < on <= day)
    days = (
        tuple(on for on, times, _ in past.days if times > 0)
        if name == SINCE_PURCHASE
        else past.events.get(name.removeprefix(SINCE_EVENT), ())
    )
    place = bisect_right(days, day)
    return day - days[place - 1] if place else None


def remembered(past: Past, day: int, times: int, spent: int, asks: Memory, *, orders: Orders = ()) -> Past:
    """The past with so many more (or fewer) purchases on a day, and so much more (or less) spent.

    ``orders`` stand as placed: what their rules see as of their own day is kept as well.
    """
    days = {on: (bought, money) for on, bought, money in past.days}
    if day not in days and (times < 0 or spent < 0):
        return past  # forgotten: what is lost to it is not taken off again
    bought, money = days.get(day, (0, 0))
    days[day] = (bought + times, money + spent)
    kept = sorted((on, *there) for on, there in days.items() if there != (0, 0))
    older = len(kept) - PURCHASES_KEPT
    if older > 0:
        on_days = [each[0] for each in kept]
        free = min(older, bisect_right(on_days, on_days[-1] - asks.window))
        needed = _places(on_days, free, orders) if free and orders else ()
        kept = [*(kept[place] for place in needed), *kept[free:]]
    return Past(tuple(kept), past.events)


def _places(days: list[int], free: int, orders: Orders) -> list[int]:
    """The places, of the first so many days of purchases, of those that orders need as of their own day, ascending.

    Orders come by their days, so that each adds only what none of those after it needs.
    """
    found: list[int] = []
    least = free
    for day, first, _ in reversed(orders):
        if least == 0:
            break
        end = bisect_right(days, day)
        start = max(0, min(end - PURCHASES_KEPT, bisect_left(days, first)))
        if start < least:
            found += range(min(end, least) - 1, start - 1, -1)
            least = start
    return found[::-1]


def happened(past: Past, kind: str, day: int, *, orders: Orders = ()) -> Past:
    """The past with an event of a type on a day; ``orders`` as for ``remembered``."""
    days = sorted({*past.events.get(kind, ()), day})
    kept = set(days[-EVENTS_KEPT:])
    for on, _, _ in orders:
        end = bisect_right(days, on)
        kept.update(days[max(0, end - EVENTS_KEPT) : end])
    return Past(past.days, {**past.events, kind: tuple(sorted(kept))})


def past_carried(
    past: Past, days: Iterable[tuple[int, int, int]], events: dict[str, tuple[int, ...]], *, gone: bool
) -> Past:
    """The past with another's days added (or taken out again, ``gone``); nothing of its own is forgotten for it."""
    counted = {on: (bought, money) for on, bought, money in past.days}
    for on, bought, money in days:
        there = counted.get(on, (0, 0))
        counted[on] = (there[0] + bought, there[1] + money)
    kinds = dict(past.events)
    for kind, on_days in events.items():
        known = set(kinds.get(kind, ()))
        kinds[kind] = tuple(sorted(known - set(on_days) if gone else known | set(on_days)))
    kept = sorted((on, *there) for on, there in counted.items() if there != (0, 0))
    return Past(tuple(kept), {kind: on_days for kind, on_days in kinds.items() if on_days})


def history_test(condition: OfHistory, terms: Terms) -> Test:
    """A condition about the member's history or balances, as a closure."""
    name = number_of(condition)
    if isinstance(condition, NthPurchase):
        numbers, every = frozenset(condition.any_of), condition.every
        return lambda scene: (
            (number := scene.numbers.get(name, 0)) in numbers or (every is not None and number % every == 0)
        )
    low, high = _bounds(condition, terms)
    return lambda scene: (number := scene.numbers.get(name)) is not None and in_bounds(low, high, number)


def _bounds(condition: DaysSince | SpentInWindow | Balance, terms: Terms) -> tuple[int, int | None]:
    match condition:
        case DaysSince():
            return condition.at_least or 0, condition.at_most
        case SpentInWindow():
            return bounds(condition.at_least, condition.at_most, 10**terms.decimals)
        case Balance():
            return bounds(condition.at_least, condition.at_most, 10 ** terms.wallets[condition.wallet])
        case _:
            assert_never(condition)


def look_at_history(condition: OfHistory, terms: Terms) -> Look:
    """What a condition finds in the member's history; nothing where it never was."""
    name = number_of(condition)
    match condition:
        case NthPurchase() | DaysSince():
            decimals = 0
        case SpentInWindow():
            decimals = terms.decimals
        case Balance():
            decimals = terms.wallets[condition.wallet]
        case _:
            assert_never(condition)
    return lambda scene: "" if (number := scene.numbers.get(name)) is None else amount_text(number, decimals)


def wanted_history(condition: OfHistory) -> str:
    """What a condition asks of the member's history."""
    match condition:
        case NthPurchase():
            parts = [str(number) for number in condition.any_of]
            return ",".join((*parts, *((f"every {condition.every}",) if condition.every else ())))
        case DaysSince():
            return f"{condition.event or condition.what} {_between(condition.at_least, condition.at_most)}"
        case SpentInWindow():
            return f"{condition.days} days {_between(condition.at_least, condition.at_most)}"
        case Balance():
            return f"{condition.wallet} {_between(condition.at_least, condition.at_most)}"
        case _:
            assert_never(condition)


def _between(low: str | int | None, high: str | int | None) -> str:
    return f"{'' if low is None else low}..{'' if high is None else high}"
