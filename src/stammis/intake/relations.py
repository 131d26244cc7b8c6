"""What the fields of a body must be to each other: decimals of the currency, unique lines, tax within the amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stammis.intake.amounts import Unreadable, decimals_of, minor_units, signed_minor_units
from stammis.intake.bodies import AdjustmentBody, Body, PurchaseBody, ReturnBody
from stammis.intake.codes import Fault, fault


def relations(value: Any, body: type[Body], currency: str | None) -> Iterator[Fault]:
    """Yield where fields contradict each other; what has no readable form by itself is passed over in silence.

    ``currency`` is the programme's: the one of bodies that do not name any.
    """
    if not isinstance(value, dict):
        return
    if issubclass(body, PurchaseBody):
        yield from _purchase(value)
    elif issubclass(body, ReturnBody):
        yield from _return(value, currency)
    elif issubclass(body, AdjustmentBody) and value.get("amount") == 0:
        yield fault("/amount", "zero_amount")


def _purchase(value: dict[str, Any]) -> Iterator[Fault]:
    yield from _repeated(value.get("lines"), "id")
    decimals = _decimals(value.get("currency"))
    if decimals is None:
        if isinstance(value.get("currency"), str):
            yield fault("/currency", "unknown_currency")
        return
    for name in ("lines", "discounts"):
        for at, each in _objects(value.get(name)):
            yield from _money(each, "amount", f"/{name}/{at}", decimals)
            yield from _money(each, "tax", f"/{name}/{at}", decimals)
            if _is_above(each.get("tax"), each.get("amount"), decimals):
                yield fault(f"/{name}/{at}/tax", "tax_above_amount")
    if isinstance(rounding := value.get("rounding"), str):
        try:
            signed_minor_units(rounding, decimals)
        except Unreadable as error:
            yield fault("/rounding", error.code)


def _return(value: dict[str, Any], currency: str | None) -> Iterator[Fault]:
    if (value.get("lines") is None) == (value.get("money") is None):
        yield fault("", "lines_or_money")
    yield from _repeated(value.get("lines"), "line")
    decimals = _decimals(currency)
    if decimals is not None:
        yield from _money(value, "money", "", decimals)
        for at, each in _objects(value.get("lines")):
            yield from _money(each, "amount", f"/lines/{at}", decimals)


def _decimals(currency: Any) -> int | None:
    try:
        return decimals_of(currency) if isinstance(currency, str) else None
    except Unreadable:
        return None


def _objects(lines: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for at, each in enumerate(lines if isinstance(lines, list) else ()):
        if isinstance(each, dict):
            yield at, each


def _money(each: dict[str, Any], name: str, pointer: str, decimals: int) -> Iterator[Fault]:
    text = each.get(name)
    if isinstance(text, str):
        try:
            minor_units(decimals)(text)
        except Unreadable as error:
            yield fault(f"{pointer}/{name}", error.code)


def _is_above(tax: Any, amount: Any, decimals: int) -> bool:
    if not (isinstance(tax, str) and isinstance(amount, str)):
        return False
    read = minor_units(decimals)
    try:
        return read(tax) > read(amount)
    except Unreadable:
        return False


def _repeated(lines: Any, name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, each in _objects(lines):
        identity = each.get(name)
        if isinstance(identity, str):
            if identity in seen:
                yield fault(f"/lines/{at}/{name}", "duplicate_line")
            seen.add(identity)
