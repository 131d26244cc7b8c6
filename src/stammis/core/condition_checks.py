"""Checks of conditions: what they refer to exists, and they can hold at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from stammis.core.amounts import AmountText, decimals_of, exact
from stammis.core.conditions import (
    All,
    Any,
    Attribute,
    Balance,
    BasketAmount,
    BasketLines,
    BasketQuantity,
    Between,
    Category,
    Channel,
    Condition,
    Dates,
    DaysSince,
    Holiday,
    Hours,
    LineAmount,
    LineQuantity,
    Not,
    NthPurchase,
    OfBasket,
    OfHistory,
    OfLine,
    OfMoment,
    OnWeekday,
    Partner,
    Payment,
    Property,
    Sku,
    SpentInWindow,
    Store,
    Tier,
    Together,
    Total,
)
from stammis.core.moments import clock_seconds
from stammis.core.questions import allowed_levels, inner_of, leaves
from stammis.core.reading import Problem, below, unknown
from stammis.core.wording import Worded

Bounded = LineAmount | LineQuantity | Total | BasketQuantity | BasketAmount | BasketLines | DaysSince | SpentInWindow
Subject = tuple[str, str]
"""What a condition asks about: its kind, and which attribute or tier set."""
DAY_MINUTES = 1_440


class Surroundings(NamedTuple):
    """What conditions refer to.

    Attributes:
        decimals: those of the currency; None where it is not known.
        levels: the levels of readable tier sets; sets: the ids of all tier sets.
        wallets: the decimals of readable wallets; None for others.
        holidays: the names of all lists of holidays.
        events: the types of event that are declared, where only these are accepted; None where all are.
    """

    decimals: int | None
    levels: dict[str, tuple[str, ...]]
    sets: frozenset[str]
    wallets: dict[str, int | None]
    holidays: frozenset[str]
    events: frozenset[str] | None


def too_fine(amount: AmountText, decimals: int | None, pointer: str) -> Iterator[Problem]:
    """The problem of an amount with more decimals than there are; None where that is not known."""
    if decimals is not None and decimals_of(amount) > decimals:
        yield Problem(pointer, "too_many_decimals", Worded("At most %(most)s decimals here.", most=decimals))


def faults(condition: Condition, pointer: str, around: Surroundings) -> Iterator[Problem]:
    """Everything that is wrong with a condition."""
    match condition:
        case All():
            yield from _parts(condition.of, pointer, around)
            if _contradicts(_flat(condition), around):
                yield Problem(pointer, "never_holds", Worded("These conditions never hold together."))
        case Any():
            yield from _parts(condition.of, pointer, around)
        case Not():
            yield from faults(condition.of, below(pointer, "of"), around)
        case _ if isinstance(condition, OfMoment):
            yield from _of_moment(condition, pointer, around)
        case _ if isinstance(condition, OfHistory):
            yield from _of_history(condition, pointer, around)
        case LineAmount() | Total() | BasketAmount():
            yield from _bounds(condition, pointer, around.decimals)
        case LineQuantity() | BasketQuantity() | BasketLines():
            yield from _bounds(condition, pointer, None)
        case Property() if not condition.any_of:
            yield from _bounds(condition, pointer, None)
        case Tier():
            yield from _tier(condition, pointer, around)
        case _:
            pass
    if isinstance(condition, OfBasket):
        yield from _inner(condition, pointer, around)


def _of_moment(condition: OfMoment, pointer: str, around: Surroundings) -> Iterator[Problem]:
    match condition:
        case OnWeekday():
            pass
        case Hours():
            if condition.from_ in (condition.until, "24:00"):
                yield Problem(pointer, "never_holds", Worded("These hours hold no time."))
        case Dates():
            if condition.first is not None and condition.last is not None and condition.first > condition.last:
                yield Problem(pointer, "never_holds", Worded("The last date lies before the first."))
        case Holiday():
            if condition.calendar not in around.holidays:
                at, name = below(pointer, "calendar"), condition.calendar
                yield unknown(at, "unknown_holidays", name, around.holidays)
        case Between():
            yield from _between(condition, pointer)
        case _:
            assert_never(condition)


def _of_history(condition: OfHistory, pointer: str, around: Surroundings) -> Iterator[Problem]:
    match condition:
        case NthPurchase():
            if not condition.any_of and condition.every is None:
                yield Problem(pointer, "missing_field", Worded("Give any_of, every or both."))
        case DaysSince():
            yield from _bounds(condition, pointer, None)
            yield from _since(condition, pointer, around)
        case SpentInWindow():
            yield from _bounds(condition, pointer, around.decimals)
        case Balance():
            yield from _balance(condition, pointer, around)
        case _:
            assert_never(condition)


def _parts(parts: tuple[Condition, ...], pointer: str, around: Surroundings) -> Iterator[Problem]:
    for place, part in enumerate(parts):
        yield from faults(part, below(pointer, "of", place), around)


def _inner(condition: OfBasket, pointer: str, around: Surroundings) -> Iterator[Problem]:
    """What is wrong with the conditions about lines inside a condition about the basket."""
    for place, part in enumerate(inner_of(condition)):
        at = below(pointer, "of", place) if isinstance(condition, Together) else below(pointer, "of")
        if any(not isinstance(leaf, OfLine) for leaf in leaves(part)):
            yield Problem(at, "only_lines", Worded("Only questions about a line may stand here."))
        yield from faults(part, at, around)


def _since(condition: DaysSince, pointer: str, around: Surroundings) -> Iterator[Problem]:
    if condition.what == "event":
        if condition.event is None:
            yield Problem(below(pointer, "event"), "missing_field", Worded("«event» is needed: the type of event."))
        elif around.events is not None and condition.event not in around.events:
            yield unknown(below(pointer, "event"), "unknown_event", condition.event, around.events)
    elif condition.event is not None:
        yield Problem(below(pointer, "event"), "not_here", Worded("A type of event belongs to «what: event»."))


def _balance(condition: Balance, pointer: str, around: Surroundings) -> Iterator[Problem]:
    if condition.wallet not in around.wallets:
        yield unknown(below(pointer, "wallet"), "unknown_wallet", condition.wallet, around.wallets)
    else:
        yield from _bounds(condition, pointer, around.wallets[condition.wallet])


def _between(condition: Between, pointer: str) -> Iterator[Problem]:
    if condition.from_ is None and condition.until is None:
        yield Problem(pointer, "missing_field", Worded("Give from, until or both."))
    read = []
    for name, text in (("from", condition.from_), ("until", condition.until)):
        try:
            read.append(None if text is None else dt.datetime.fromisoformat(text))
        except ValueError:
            yield Problem(below(pointer, name), "wrong_format", Worded("Expected a time such as 2026-11-27T18:00."))
            return
    first, until = read
    if first is not None and until is not None and first >= until:
        yield Problem(pointer, "never_holds", Worded("This time ends before it begins."))


def _bounds(condition: Bounded | Balance | Property, pointer: str, decimals: int | None) -> Iterator[Problem]:
    low, high = condition.at_least, condition.at_most
    if low is None and high is None:
        yield Problem(pointer, "missing_field", Worded("Give at_least, at_most or both."))
    for name, bound in (("at_least", low), ("at_most", high)):
        if bound is not None:
            yield from too_fine(bound, decimals, below(pointer, name))
    if low is not None and high is not None and exact(low) > exact(high):
        yield Problem(pointer, "never_holds", Worded("at_least lies above at_most."))


def _tier(condition: Tier, pointer: str, around: Surroundings) -> Iterator[Problem]:
    if condition.set not in around.sets:
        yield unknown(below(pointer, "set"), "unknown_tier_set", condition.set, around.sets)
        return
    if not condition.any_of and condition.at_least is None:
        yield Problem(pointer, "missing_field", Worded("Give any_of, at_least or both."))
    levels = around.levels.get(condition.set)
    if levels is None:
        return
    for place, name in enumerate(condition.any_of):
        if name not in levels:
            yield unknown(below(pointer, "any_of", place), "unknown_level", name, levels)
    if condition.at_least is not None and condition.at_least not in levels:
        yield unknown(below(pointer, "at_least"), "unknown_level", condition.at_least, levels)


def _flat(condition: All) -> Iterator[Condition]:
    for part in condition.of:
        if isinstance(part, All):
            yield from _flat(part)
        else:
            yield part


def _contradicts(parts: Iterable[Condition], around: Surroundings) -> bool:
    """Whether conditions about something that has one value at a time leave no value."""
    asked = list(parts)
    denied = [part.of for part in asked if isinstance(part, Not)]
    if any(part in denied for part in asked):
        return True
    allowed: dict[Subject, frozenset[str]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for part in asked:
        choice = _choice(part, around)
        if choice is not None:
            key, values = choice
            allowed[key] = allowed.get(key, values) & values
        bounds = _range(part)
        if bounds is not None:
            name, low, high = bounds
            before = ranges.get(name, (low, high))
            ranges[name] = (max(low, before[0]), min(high, before[1]))
    never: dict[Subject, frozenset[str]] = {}
    for key, values in filter(None, (_choice(part, around) for part in denied)):
        never[key] = never.get(key, frozenset()) | values
    if any(values <= never.get(key, frozenset()) for key, values in allowed.items()):
        return True
    return any(low > high for low, high in ranges.values())


def _choice(part: Condition, around: Surroundings) -> tuple[Subject, frozenset[str]] | None:
    match part:
        case Sku() | Category() | Channel() | Store() | Payment() | Partner() | OnWeekday():
            return (type(part).__name__, ""), frozenset(part.any_of)
        case Attribute():
            return ("Attribute", part.name), frozenset(part.any_of)
        case Tier():
            levels = around.levels.get(part.set, ())
            if part.at_least is not None and part.at_least not in levels:
                return None
            return ("Tier", part.set), allowed_levels(part, levels)
        case Hours():
            begins, ends = clock_seconds(part.from_) // 60, clock_seconds(part.until) // 60
            minutes = range(begins, ends if ends > begins else ends + DAY_MINUTES)
            return ("Hours", ""), frozenset(str(minute % DAY_MINUTES) for minute in minutes)
        case _:
            return None


def _range(part: Condition) -> tuple[str, float, float] | None:
    match part:
        case LineAmount() | LineQuantity() | Total():
            return type(part).__name__, *_ends(part)
        case BasketQuantity() | BasketAmount() | BasketLines():
            return f"{type(part).__name__} {part.of!r}", *_ends(part)
        case DaysSince():
            return f"DaysSince {part.what} {part.event}", *_ends(part)
        case SpentInWindow():
            return f"SpentInWindow {part.days}", *_ends(part)
        case Balance():
            return f"Balance {part.wallet}", *_ends(part)
        case Dates():
            first, last = part.first or dt.date.min, part.last or dt.date.max
            return "Dates", first.toordinal(), last.toordinal()
        case _:
            return None


def _ends(part: Bounded | Balance) -> tuple[float, float]:
    low = float(exact(part.at_least)) if part.at_least is not None else 0.0
    return low, float(exact(part.at_most)) if part.at_most is not None else float("inf")
