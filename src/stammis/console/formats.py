"""Numbers, money and times as a reader of the chosen language writes them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language

from stammis.programmes.sentences import words

# English is written as in Europe (4 March, 24 hours), as in the sentences of a programme.
EUROPEAN = {"en": "en_GB"}


def reader() -> Locale:
    """Give the locale of the chosen language."""
    language = (get_language() or "en").split("-")[0]
    return Locale.parse(EUROPEAN.get(language, language))


def number(value: float | Decimal | str, decimals: int | None = None) -> str:
    """Write a number with the reader's signs, with exactly ``decimals`` digits after the comma where they are given."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return words.true_minus(numbers.format_decimal(exact, format=pattern, locale=reader()))


def points(amount: int, decimals: int = 0) -> str:
    """Write an amount of a wallet, given in its smallest unit."""
    return number(Decimal(amount).scaleb(-decimals), decimals)


def signed(amount: int, decimals: int = 0) -> str:
    """Write a movement of a wallet with its sign: +12, −3."""
    return with_sign(points(abs(amount), decimals), amount)


def with_sign(written: str, amount: Decimal | int) -> str:
    """Write the sign of an amount before what is written of its size."""
    return ("+" if amount > 0 else words.MINUS if amount < 0 else "") + written


def money(amount: Decimal | str, currency: str) -> str:
    """Write an amount of money, given as a decimal, with its currency's sign and decimals."""
    try:
        return words.money(Decimal(amount), currency)
    except InvalidOperation:
        return str(amount)


def money_signs(currency: str) -> tuple[str, str]:
    """Give what stands before and after an amount of money, as charts need it."""
    before, after = re.split(r"\d.*\d", money(Decimal(10), currency), maxsplit=1)
    return before, after


def percent(share: float | None, decimals: int = 0) -> str:
    """Write a share of 1 as per cent; a dash where there is none."""
    if share is None:
        return "–"
    pattern = reader().percent_formats[None].pattern.replace("0", "0." + "0" * decimals) if decimals else None
    return words.true_minus(numbers.format_percent(share, format=pattern, locale=reader()))


def day(value: dt.date, form: str = "medium") -> str:
    """Write a day: «4 Mar 2017» (medium), «Saturday, 4 March 2017» (full)."""
    return dates.format_date(value, form, locale=reader())


def month(value: dt.date, form: str = "yMMM") -> str:
    """Write a month: «Mar 2017» (``yMMM``), «March 2017» (``yMMMM``), «Mar» (``MMM``)."""
    return dates.format_skeleton(form, value, locale=reader())


def moment(value: dt.datetime) -> str:
    """Write an instant in the reader's zone, to the minute."""
    return f"{day(timezone.localtime(value).date())}, {hour(value)}"


def hour(value: dt.datetime) -> str:
    """Write the time of day of an instant in the reader's zone, to the minute."""
    return dates.format_time(value, "short", tzinfo=timezone.get_current_timezone(), locale=reader())


def day_hour(value: dt.datetime) -> str:
    """Write day and time of an instant where the year is known: «4 Mar, 14:31»."""
    local = timezone.localtime(value)
    return f"{dates.format_skeleton('MMMd', local.date(), locale=reader())}, {hour(value)}"


def duration(value: dt.timedelta) -> str:
    """Write a duration in its largest unit: «40 seconds», «3 minutes»."""
    return dates.format_timedelta(value, granularity="second", locale=reader())


def exact(value: dt.datetime) -> str:
    """Write an instant to the second with its offset and zone, for those who need to know."""
    local = timezone.localtime(value)
    return f"{local.isoformat(sep=' ', timespec='seconds')} ({timezone.get_current_timezone_name()})"


def signs() -> tuple[str, str]:
    """Give the reader's decimal and grouping signs, as charts need them."""
    locale = reader()
    return numbers.get_decimal_symbol(locale), numbers.get_group_symbol(locale)
