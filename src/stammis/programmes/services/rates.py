"""Rates of currencies: setting what a currency is worth from a day on."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

from stammis.core.currencies import DECIMALS
from stammis.core.wording import Worded
from stammis.kit.errors import Invalid
from stammis.programmes.models import Programme, Rate

RATE = r"^[0-9]{1,12}(\.[0-9]{1,10})?$"
"""Decimal text above zero, with at most ten decimals."""


class BadRate(Invalid):
    """This currency cannot have such a rate."""

    code = "bad_rate"


def set_rate(programme: Programme, currency: str, on: dt.date, rate: str, *, by: str, now: dt.datetime) -> Rate:
    """Say how many units of a currency 1 of the programme's is from a day on; one said before for that day is replaced.

    Events that were decided keep the rate that decided them. Raises BadRate.
    """
    if currency not in DECIMALS:
        _refuse("/currency", "unknown_currency", Worded("There is no currency «%(name)s».", name=currency))
    if currency == programme.currency:
        _refuse("/currency", "own_currency", Worded("This is the programme's own currency."))
    if re.search(RATE, rate) is None or not Fraction(rate):
        message = Worded('Expected a number above zero such as "17" or "1.0842", with up to ten decimals.')
        _refuse("/rate", "bad_rate", message)
    whole, dot, rest = rate.partition(".")
    told = f"{int(whole)}{dot}{rest}".rstrip("0").rstrip(".") if dot else str(int(whole))
    found, _ = Rate.objects.update_or_create(
        programme=programme, currency=currency, on=on, defaults={"rate": told, "set_at": now, "set_by": by}
    )
    return found


def _refuse(pointer: str, code: str, message: Worded) -> None:
    raise BadRate(errors=[{"pointer": pointer, "code": code, "message": message}])
