"""Properties of events: values as conditions compare them."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from stammis.core.amounts import exact
from stammis.core.conditions import Property
from stammis.core.events import Scalar
from stammis.core.scene import Test


def as_text(value: Scalar) -> str | None:
    """A value as conditions compare it: text, or numbers and true/false as JSON writes them."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            assert_never(value)


def as_number(value: Scalar) -> Fraction | None:
    """A value as a number, exactly as JSON wrote it; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(repr(value))


def property_test(condition: Property) -> Test:
    """A condition about an event's property, as a closure."""
    name, values = condition.name, frozenset(condition.any_of)
    low = None if condition.at_least is None else exact(condition.at_least)
    high = None if condition.at_most is None else exact(condition.at_most)
    bounded = low is not None or high is not None

    def test(value: Scalar) -> bool:
        if values and as_text(value) not in values:
            return False
        if not bounded:
            return True
        number = as_number(value)
        return number is not None and (low is None or low <= number) and (high is None or number <= high)

    return lambda scene: test(scene.properties.get(name))
