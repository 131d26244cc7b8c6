"""Amounts as text and as whole numbers: exact, and strict about what counts as a number."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

AmountText = (
    Annotated[int, Meta(ge=0, le=10**12)] | Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", max_length=19)]
)
"""A number not below zero, written as a whole number or as decimal text with at most six decimals."""

QUANTITY_SCALE = 10**6
"""Quantities are kept as whole millionths."""
