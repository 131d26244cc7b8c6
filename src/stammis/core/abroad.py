"""Abroad: what a caller says in the programme's minor units, in those of a purchase in another currency."""

from __future__ import annotations

from msgspec import structs

from stammis.core.currencies import DECIMALS
from stammis.core.events import Return


def abroad(event: Return, currency: str, programmes: str) -> Return | None:
    """A return whose amounts were read with the decimals of the programme's currency, with those of the purchase's.

    None where an amount has more decimals than that currency.
    """
    more = DECIMALS[currency] - DECIMALS[programmes]
    if not more:
        return event

    def scaled(amount: int | None) -> int | None:
        if amount is None or more > 0:
            return amount and amount * 10**more
        whole, rest = divmod(amount, int(10**-more))
        if rest:
            raise ValueError
        return whole

    try:
        lines = tuple(structs.replace(piece, amount=scaled(piece.amount)) for piece in event.lines)
        return structs.replace(event, lines=lines, money=scaled(event.money))
    except ValueError:
        return None
