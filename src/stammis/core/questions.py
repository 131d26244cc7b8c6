"""Questions: conditions turned into closures that look at a scene, and into words that say what was wanted and seen."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from msgspec import Struct

from stammis.core.amounts import AmountText, amount_text
from stammis.core.conditions import (
    All,
    Any,
    Attribute,
    Category,
    Channel,
    Condition,
    Dates,
    Hours,
    Label,
    LineAmount,
    Not,
    OnWeekday,
    Sku,
    Store,
    Tier,
    Total,
)
from stammis.core.events import Line, Scalar

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST: Final = 120
"""Characters of what was wanted or seen that a step keeps."""


class Scene(Struct, frozen=True, gc=False):
    """What conditions look at besides lines: the moment (local), the place, the purchase's total, the member.

    ``weekday`` is 0 on Mondays. An event that is no purchase has neither place nor total.
    """

    day: int
    second: int
    weekday: int
    channel: str | None
    store: str | None
    total: int | None
    tiers: dict[str, str | None]
    labels: tuple[str, ...]
    attributes: dict[str, Scalar]
    properties: dict[str, Scalar] = {}


Test = Callable[[Scene], bool]
LineTest = Callable[[Scene, Line], bool]
Look = Callable[[Scene], str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What conditions refer to: the currency's decimals, and the levels of each tier set, lowest first.

    ``money`` is how many minor units of a purchase's currency one of the programme's is.
    """

    decimals: int
    levels: dict[str, tuple[str, ...]]
    money: Fraction


def asks_lines(condition: Condition) -> bool:
    """Whether a condition asks anything about a line."""
    match condition:
        case Sku() | Category() | LineAmount():
            return True
        case All() | Any():
            return any(asks_lines(inner) for inner in condition.of)
        case Not():
            return asks_lines(condition.of)
        case Channel() | Store() | Total() | OnWeekday() | Hours() | Dates() | Tier() | Label() | Attribute():
            return False
        case _:
            assert_never(condition)


def asks_purchase(condition: Condition) -> bool:
    """Whether a condition asks anything about a purchase or its lines, so that it has no meaning for other events."""
    match condition:
        case Sku() | Category() | LineAmount() | Channel() | Store() | Total():
            return True
        case All() | Any():
            return any(asks_purchase(inner) for inner in condition.of)
        case Not():
            return asks_purchase(condition.of)
        case OnWeekday() | Hours() | Dates() | Tier() | Label() | Attribute():
            return False
        case _:
            assert_never(condition)


def clock_seconds(clock: str) -> int:
    """Seconds since midnight of "HH:MM"; "24:00" is the end of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


@lru_cache(maxsize=1_440)
def clock(minute: int) -> str:
    """The minutes since midnight as "HH:MM"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def allowed_levels(condition: Tier, levels: tuple[str, ...]) -> frozenset[str]:
    """The levels at which a tier condition holds."""
    above = levels[levels.index(condition.at_least) :] if condition.at_least is not None else ()
    return frozenset((*condition.any_of, *above))


def as_text(value: Scalar) -> str | None:
    """An attribute as conditions compare it: text, or numbers and true/false as JSON writes them."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            assert_never(value)


def scene_test(condition: Condition, terms: Terms) -> Test:
    """A condition that asks nothing about lines, as a closure."""
    match condition:
        case Channel() | Store() | Total():
            return _place_test(condition, terms)
        case OnWeekday() | Hours() | Dates():
            return _moment_test(condition)
        case Tier() | Label() | Attribute():
            return _member_test(condition, terms)
        case All():
            tests = [scene_test(inner, terms) for inner in condition.of]
            return lambda scene: all(test(scene) for test in tests)
        case Any():
            tests = [scene_test(inner, terms) for inner in condition.of]
            return lambda scene: any(test(scene) for test in tests)
        case Not():
            denied = scene_test(condition.of, terms)
            return lambda scene: not denied(scene)
        case Sku() | Category() | LineAmount():
            raise AssertionError("a question about lines needs a line")
        case _:
            assert_never(condition)


def line_test(condition: Condition, terms: Terms) -> LineTest:
    """Any condition as a closure that looks at one line and the scene."""
    match condition:
        case Sku():
            skus = frozenset(condition.any_of)
            return lambda _scene, line: line.sku in skus
        case Category():
            categories = frozenset(condition.any_of)
            return lambda _scene, line: line.category in categories
        case LineAmount():
            low, high = _bounds(condition.at_least, condition.at_most, terms.money)
            return lambda _scene, line: low <= line.amount and (high is None or line.amount <= high)
        case All():
            tests = [line_test(inner, terms) for inner in condition.of]
            return lambda scene, line: all(test(scene, line) for test in tests)
        case Any():
            tests = [line_test(inner, terms) for inner in condition.of]
            return lambda scene, line: any(test(scene, line) for test in tests)
        case Not():
            denied = line_test(condition.of, terms)
            return lambda scene, line: not denied(scene, line)
        case Channel() | Store() | Total() | OnWeekday() | Hours() | Dates() | Tier() | Label() | Attribute():
            asked = scene_test(condition, terms)
            return lambda scene, _line: asked(scene)
        case _:
            assert_never(condition)


def _bounds(at_least: AmountText | None, at_most: AmountText | None, money: Fraction) -> tuple[int, int | None]:
    low = 0 if at_least is None else math.ceil(Fraction(at_least) * money)
    return low, None if at_most is None else math.floor(Fraction(at_most) * money)


def _place_test(condition: Channel | Store | Total, terms: Terms) -> Test:
    match condition:
        case Channel():
            channels = frozenset(condition.any_of)
            return lambda scene: scene.channel in channels
        case Store():
            stores = frozenset(condition.any_of)
            return lambda scene: scene.store in stores
        case Total():
            low, high = _bounds(condition.at_least, condition.at_most, terms.money)
            return lambda scene: (
                scene.total is not None and low <= scene.total and (high is None or scene.total <= high)
            )
        case _:
            assert_never(condition)


def _moment_test(condition: OnWeekday | Hours | Dates) -> Test:
    match condition:
        case OnWeekday():
            wanted = tuple(name in condition.any_of for name in WEEKDAYS)
            return lambda scene: wanted[scene.weekday]
        case Hours():
            begin, end = clock_seconds(condition.from_), clock_seconds(condition.until)
            if begin < end:
                return lambda scene: begin <= scene.second < end
            return lambda scene: scene.second >= begin or scene.second < end
        case Dates():
            first = (condition.first or dt.date.min).toordinal()
            last = (condition.last or dt.date.max).toordinal()
            return lambda scene: first <= scene.day <= last
        case _:
            assert_never(condition)


def _member_test(condition: Tier | Label | Attribute, terms: Terms) -> Test:
    match condition:
        case Tier():
            name, levels = condition.set, allowed_levels(condition, terms.levels[condition.set])
            return lambda scene: scene.tiers.get(name) in levels
        case Label():
            labels = frozenset(condition.any_of)
            return lambda scene: not labels.isdisjoint(scene.labels)
        case Attribute():
            attribute, values = condition.name, frozenset(condition.any_of)
            return lambda scene: as_text(scene.attributes.get(attribute)) in values
        case _:
            assert_never(condition)


def look(condition: Condition, terms: Terms) -> Look:
    """What a condition finds when it looks, as short text; nothing where it asks about lines."""
    match condition:
        case Channel():
            return lambda scene: scene.channel or ""
        case Store():
            return lambda scene: scene.store or ""
        case Total():
            decimals = terms.decimals
            return lambda scene: "" if scene.total is None else amount_text(scene.total, decimals)
        case OnWeekday():
            return lambda scene: WEEKDAYS[scene.weekday]
        case Hours():
            return lambda scene: clock(scene.second // 60)
        case Dates():
            return lambda scene: dt.date.fromordinal(scene.day).isoformat()
        case Tier():
            name = condition.set
            return lambda scene: scene.tiers.get(name) or ""
        case Label():
            return lambda scene: ",".join(scene.labels)[:LONGEST]
        case Attribute():
            attribute = condition.name
            return lambda scene: (as_text(scene.attributes.get(attribute)) or "")[:LONGEST]
        case All() | Any():
            looks = [look(inner, terms) for inner in condition.of]
            return lambda scene: ", ".join(dict.fromkeys(seen for at in looks if (seen := at(scene))))[:LONGEST]
        case Not():
            return look(condition.of, terms)
        case Sku() | Category() | LineAmount():
            return lambda _scene: ""
        case _:
            assert_never(condition)


def wanted(condition: Condition) -> str:
    """What a condition asks for, as short text."""
    match condition:
        case Tier():
            text = ",".join((*condition.any_of, *((f"{condition.at_least}+",) if condition.at_least else ())))
        case Sku() | Category() | Channel() | Store() | OnWeekday() | Label():
            text = ",".join(condition.any_of)
        case Attribute():
            text = f"{condition.name}={','.join(condition.any_of)}"
        case LineAmount() | Total():
            low, high = condition.at_least, condition.at_most
            text = f"{'' if low is None else low}..{'' if high is None else high}"
        case Hours():
            text = f"{condition.from_}-{condition.until}"
        case Dates():
            text = f"{condition.first or ''}..{condition.last or ''}"
        case All():
            text = " & ".join(wanted(inner) for inner in condition.of)
        case Any():
            text = " | ".join(wanted(inner) for inner in condition.of)
        case Not():
            text = f"not {wanted(condition.of)}"
        case _:
            assert_never(condition)
    return text[:LONGEST]


def kind_of(condition: Condition) -> str:
    """The name of a condition's kind, as programmes write it."""
    return str(condition.__struct_config__.tag)
