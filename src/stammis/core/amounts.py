"""Amounts as text and as whole numbers: exact, and strict about what counts as a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Final

from msgspec import Meta

AmountText = (
    Annotated[int, Meta(ge=0, le=10**12)] | Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", max_length=19)]
)
"""A number not below zero, written as a whole number or as decimal text with at most six decimals."""

QUANTITY_SCALE = 10**6
"""Quantities are kept as whole millionths."""
CENTS: Final = 2
"""The decimals of most currencies."""
HUNDREDTHS: Final = tuple(f"{part:02d}" for part in range(100))
"""Two decimals as text."""


def exact(amount: AmountText, decimals: int = 0) -> Fraction:
    """The number that a text stands for, exactly, in units of so many decimals."""
    return Fraction(amount) * int(10**decimals)


def decimals_of(amount: AmountText) -> int:
    """How many decimals a number needs: 1 for "2.50", 0 for "2.0"."""
    text = str(amount)
    return len(text.partition(".")[2].rstrip("0"))


def whole_units(amount: AmountText, decimals: int) -> int:
    """A number in smallest units: "2.50" with two decimals is 250.

    Raises:
        AssertionError: It has more decimals than there are; a published programme has no such amounts.
    """
    units = exact(amount, decimals)
    assert units.denominator == 1, f"{amount} has more than {decimals} decimals"
    return units.numerator


def amount_text(units: int, decimals: int) -> str:
    """Smallest units as decimal text: 385 with two decimals is "3.85"."""
    if not decimals:
        return str(units)
    if decimals == CENTS and units >= 0:
        return f"{units // 100}.{HUNDREDTHS[units % 100]}"
    whole, rest = divmod(abs(units), int(10**decimals))
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{decimals}d}"
