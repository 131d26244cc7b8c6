"""Abroad: what a caller says in the programme's minor units, in those of a purchase in another currency."""

from __future__ import annotations

from decimal import Decimal

from msgspec import structs

from stammis.core.currencies import DECIMALS
from stammis.core.events import Return


def money_of(event: Return, programmes: str) -> Decimal:
    """The money that a return names, in whatever currency its purchase was."""
    decimals = DECIMALS[programmes] if event.decimals is None else event.decimals
    return Decimal(event.money or 0).scaleb(-decimals)


def abroad(event: Return, currency: str, programmes: str) -> Return | str:
    """A return whose amounts were read with the decimals of the programme's currency, with those of the purchase's.

    Gives the place of an amount that has more decimals than that currency, where there is one.
    """
    more = DECIMALS[currency] - (DECIMALS[programmes] if event.decimals is None else event.decimals)
    if not more:
        return event

    def scaled(amount: int | None, pointer: str) -> int | None:
        if amount is None or more > 0:
            return amount and amount * 10**more
        whole, rest = divmod(amount, int(10**-more))
        if rest:
            raise ValueError(pointer)
        return whole

    try:
        lines = tuple(
            structs.replace(piece, amount=scaled(piece.amount, f"/lines/{place}/amount"))
            for place, piece in enumerate(event.lines)
        )
        return structs.replace(event, lines=lines, money=scaled(event.money, "/money"))
    except ValueError as error:
        return str(error)
