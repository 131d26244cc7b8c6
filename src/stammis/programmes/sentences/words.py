"""Numbers, money, days, names and lists, as the reader's language writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.utils.translation import get_language, gettext, ngettext

from stammis.core.parts import Words
from stammis.core.programme import Programme
from stammis.core.wallets import Wallet

ENGLISH = "en"
MINUS = "−"


@lru_cache(maxsize=32)
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH)


def locale() -> Locale:
    """The active language, as Babel knows it; English with European days and lists («4 March», «A, B or C»)."""
    code = get_language() or ENGLISH
    return _locale("en-GB" if code == ENGLISH else code)


def name(words: Words | None, otherwise: str = "") -> str:
    """A name in the reader's language; else in English; else in any; else ``otherwise``."""
    if words is None:
        return otherwise
    if isinstance(words, str):
        return words
    code = (get_language() or ENGLISH).split("-")[0]
    texts: dict[str, str] = dict(words.items())
    return texts.get(code) or texts.get(ENGLISH) or next(iter(texts.values()), otherwise)


def number(amount: Decimal | str | int) -> str:
    """A number with the language's separators and all its decimals."""
    return true_minus(format_decimal(Decimal(amount), locale=locale(), decimal_quantization=False))


def true_minus(written: str) -> str:
    """A written number with the sign that stands for less than nothing; some languages have a hyphen."""
    return written.replace("-", MINUS)


def signed(amount: Decimal | str | int) -> str:
    """A number with its sign: a true minus, a plus for gains."""
    value = Decimal(amount)
    return f"{MINUS if value < 0 else '+' if value > 0 else ''}{number(abs(value))}"


def money(amount: Decimal | str | int, currency: str) -> str:
    """An amount of money, in units of its currency, with at least that currency's decimals."""
    value = Decimal(amount)
    decimals = get_currency_precision(currency)
    exponent = value.normalize().as_tuple().exponent
    exact = isinstance(exponent, int) and -exponent <= decimals
    spoken = _locale(get_language() or ENGLISH)
    return true_minus(format_currency(value, currency, locale=spoken, decimal_quantization=exact))


def minor_money(minor: int, currency: str) -> str:
    """An amount of money given in minor units."""
    return money(Decimal(minor).scaleb(-get_currency_precision(currency)), currency)


def day(date: dt.date) -> str:
    """A day with its year."""
    return format_date(date, "long", locale=locale())


def day_of_year(month: int, day_of_month: int) -> str:
    """A day that comes every year."""
    leap_year = dt.date(2024, month, min(day_of_month, _last_day(month)))
    return format_date(leap_year, _day_pattern(), locale=locale())


def _day_pattern() -> str:
    pattern = locale().datetime_skeletons.get("MMMMd")
    return pattern.pattern if pattern is not None else "d MMMM"


def _last_day(month: int) -> int:
    following = dt.date(2024 + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day


def weekday(day: str) -> str:
    """A day of the week by itself, from its short English name."""
    place = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}.get(day)
    return day if place is None else str(locale().days["stand-alone"]["wide"][place])


def either(names: Iterable[str]) -> str:
    """A list of which one will do: «A, B or C»."""
    return format_list(list(names), style="or", locale=locale())


def both(names: Iterable[str]) -> str:
    """A list that means all: «A, B and C»."""
    return format_list(list(names), style="standard", locale=locale())


def wallet_of(programme: Programme, wallet: str) -> Wallet | None:
    """The wallet with this id."""
    return next((each for each in programme.wallets if each.id == wallet), None)


def points(amount: Decimal | str | int, wallet: Wallet | None) -> str:
    """So many of a wallet's points, in whole points (not in smallest units), with the wallet's own word for them."""
    return _with_unit(number(amount), Decimal(amount), wallet)


def signed_points(amount: Decimal | str | int, wallet: Wallet | None) -> str:
    """The same with its sign."""
    return _with_unit(signed(amount), Decimal(amount), wallet)


def smallest(amount: int, wallet: Wallet | None) -> Decimal:
    """Whole points from an amount in the wallet's smallest unit."""
    return Decimal(amount).scaleb(-(wallet.decimals if wallet else 0))


def _with_unit(written: str, value: Decimal, wallet: Wallet | None) -> str:
    unit = name(wallet.name) if wallet else ""
    if not unit or unit.casefold() in _point_words():
        count = abs(int(value)) if value == int(value) else 2
        return ngettext("%(number)s point", "%(number)s points", count) % {"number": written}
    if abs(value) == 1 and locale().language == ENGLISH:
        unit = _one(unit)
    return gettext("%(number)s %(unit)s") % {"number": written, "unit": unit}


def _one(unit: str) -> str:
    """One of a unit that is named in the plural, as far as English is regular: «stamps» is «stamp»."""
    return unit if unit.endswith(("ss", "us", "is")) else unit.removesuffix("s")


def _point_words() -> set[str]:
    """The words for points that our own plural forms replace."""
    counted = (ngettext("%(number)s point", "%(number)s points", count) for count in (1, 2, 5))
    return {"points", *((text % {"number": ""}).strip().casefold() for text in counted)}
