"""Baskets: conditions about all lines of a purchase that meet something, together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never

from stammis.core.amounts import QUANTITY_SCALE, AmountText, amount_text, exact
from stammis.core.conditions import BasketAmount, BasketLines, BasketQuantity, OfBasket, Together
from stammis.core.events import Line
from stammis.core.scene import LineTest, Look, Scene, Terms, Test, in_bounds

Sum = Callable[[Scene], int]


def bounds(at_least: AmountText | None, at_most: AmountText | None, units: Fraction | int) -> tuple[int, int | None]:
    """Bounds in smallest units, of which so many make one; without a lower one it is 0."""
    low = 0 if at_least is None else math.ceil(Fraction(at_least) * units)
    return low, None if at_most is None else math.floor(Fraction(at_most) * units)


def millionths(amount: AmountText) -> int:
    """A quantity in whole millionths."""
    return int(exact(amount) * QUANTITY_SCALE)


def quantity_bounds(at_least: AmountText | None, at_most: AmountText | None) -> tuple[int, int | None]:
    """Bounds of a quantity in whole millionths; without a lower one it is 0."""
    return 0 if at_least is None else millionths(at_least), None if at_most is None else millionths(at_most)


def quantity_text(quantity: int) -> str:
    """Whole millionths as decimal text without trailing zeros."""
    text = amount_text(quantity, 6)
    return text.rstrip("0").rstrip(".")


def basket_test(condition: OfBasket, tests: Sequence[LineTest], terms: Terms) -> Test:
    """A condition about the lines together, as a closure; ``tests`` are the questions to each line."""
    match condition:
        case BasketQuantity() | BasketAmount() | BasketLines():
            total = _sum(condition, tests, terms)
            low, high = _bounds(condition, terms)
            return lambda scene: in_bounds(low, high, total(scene))
        case Together():
            return lambda scene: all(any(test(scene, line) for line in scene.lines) for test in tests)
        case _:
            assert_never(condition)


def look_at_basket(condition: OfBasket, tests: Sequence[LineTest], names: Sequence[str], terms: Terms) -> Look:
    """What a condition finds in the lines: how much there is, or (of what belongs together) what is missing."""
    match condition:
        case BasketQuantity():
            quantity = _sum(condition, tests, terms)
            return lambda scene: quantity_text(quantity(scene))
        case BasketAmount():
            amount = _sum(condition, tests, terms)
            return lambda scene: terms.text(amount(scene))
        case BasketLines():
            number = _sum(condition, tests, terms)
            return lambda scene: str(number(scene))
        case Together():
            parts = tuple(zip(tests, names, strict=True))
            return lambda scene: " & ".join(
                name for test, name in parts if any(test(scene, line) for line in scene.lines)
            )
        case _:
            assert_never(condition)


def _bounds(condition: BasketQuantity | BasketAmount | BasketLines, terms: Terms) -> tuple[int, int | None]:
    match condition:
        case BasketQuantity():
            return quantity_bounds(condition.at_least, condition.at_most)
        case BasketAmount():
            return bounds(condition.at_least, condition.at_most, terms.money)
        case BasketLines():
            return condition.at_least or 0, condition.at_most
        case _:
            assert_never(condition)


def _sum(condition: BasketQuantity | BasketAmount | BasketLines, tests: Sequence[LineTest], terms: Terms) -> Sum:
    kinds = terms.kinds
    measure = _measure(condition)
    if not tests:
        return lambda scene: sum(measure(line) for line in scene.lines if line.kind in kinds)
    (test,) = tests
    return lambda scene: sum(measure(line) for line in scene.lines if line.kind in kinds and test(scene, line))


def _measure(condition: BasketQuantity | BasketAmount | BasketLines) -> Callable[[Line], int]:
    match condition:
        case BasketQuantity():
            return lambda line: line.quantity
        case BasketAmount():
            return lambda line: line.amount
        case BasketLines():
            return lambda _line: 1
        case _:
            assert_never(condition)
