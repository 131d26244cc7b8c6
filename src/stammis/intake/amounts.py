"""Money and quantities as callers write them: decimal text, read into whole smallest units, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.currencies import DECIMALS

MONEY = r"^[0-9]{1,12}(\.[0-9]{1,4})?$"
SIGNED_MONEY = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"
QUANTITY = r"^[0-9]{1,10}(\.[0-9]{1,6})?$"
LARGEST_QUANTITY = 10**9

_NUMBER = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_TOO_LARGE = re.compile(r"-?[0-9]{13,}(?:\.[0-9]{1,6})?")
_EVERYTHING = 1 << 15  # prices repeat: so many texts are remembered for each number of decimals
_QUANTITY_DECIMALS = 6


class Unreadable(ValueError):
    """This text is not an amount that the field accepts; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _units(text: str, decimals: int) -> int:
    """Read signed decimal text into whole units of ``10 ** -decimals``. Raises Unreadable."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Unreadable("out_of_range" if _TOO_LARGE.fullmatch(text) else "bad_amount")
    sign, whole, fraction = match.groups(default="")
    if len(fraction) > decimals:
        raise Unreadable("too_many_decimals")
    units = int((whole + fraction).ljust(len(whole) + decimals, "0"))
    return -units if sign else units


def _reader(decimals: int) -> Callable[[str], int]:
    @lru_cache(_EVERYTHING)
    def read(text: str) -> int:
        """Read an amount not below zero into minor units. Raises Unreadable."""
        if text.startswith("-"):
            raise Unreadable("negative_amount" if _NUMBER.fullmatch(text) else "bad_amount")
        return _units(text, decimals)

    return read


MOST_DECIMALS = 4
_READERS = tuple(_reader(decimals) for decimals in range(MOST_DECIMALS + 1))


def decimals_of(currency: str) -> int:
    """Give the number of decimals of an ISO 4217 currency. Raises Unreadable where there is no such currency."""
    decimals = DECIMALS.get(currency)
    if decimals is None:
        raise Unreadable("unknown_currency")
    return decimals


def minor_units(decimals: int) -> Callable[[str], int]:
    """Give the function that reads amounts not below zero, of so many decimals, into minor units ."""
    return _READERS[decimals]


def signed_minor_units(text: str, decimals: int) -> int:
    """Read an amount that may be negative into minor units. Raises Unreadable."""
    return _units(text, decimals)


@lru_cache(_EVERYTHING)
def millionths(quantity: int | str) -> int:
    """Read a quantity, 0 to 10⁹ with at most six decimals, into whole millionths. Raises Unreadable."""
    if isinstance(quantity, int):
        units = quantity * QUANTITY_SCALE
    elif quantity.startswith("-") and _NUMBER.fullmatch(quantity):
        raise Unreadable("out_of_range")
    else:
        try:
            units = _units(quantity, _QUANTITY_DECIMALS)
        except Unreadable as error:
            raise Unreadable("bad_quantity" if error.code == "bad_amount" else error.code) from None
    if not 0 <= units <= LARGEST_QUANTITY * QUANTITY_SCALE:
        raise Unreadable("out_of_range")
    return units


def write_money(minor: int, currency: str) -> str:
    """Write minor units as the decimal text that callers send and get: ``1234`` in EUR is ``12.34``."""
    decimals = DECIMALS[currency]
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits
