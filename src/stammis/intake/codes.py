"""What can be wrong with a field: stable codes, each with its sentence."""

from __future__ import annotations

from django.utils.translation import gettext_noop

Fault = dict[str, str]

MESSAGES = {
    "bad_json": gettext_noop("This is not JSON."),
    "bad_body": gettext_noop("This cannot be read."),
    "too_deep": gettext_noop("The JSON is nested too deeply."),
    "missing_field": gettext_noop("This field is needed."),
    "unknown_field": gettext_noop("There is no field of this name here."),
    "wrong_type": gettext_noop("This value is of the wrong kind."),
    "number_for_money": gettext_noop('Money is written as text, such as "12.50", not as a JSON number.'),
    "not_a_number": gettext_noop("NaN and Infinity are not JSON."),
    "bad_amount": gettext_noop('Write digits, and a point before the decimals, such as "12.50".'),
    "bad_quantity": gettext_noop("Write a whole number, or decimal text with at most six decimals."),
    "negative_amount": gettext_noop("This amount must not be negative."),
    "too_many_decimals": gettext_noop("This has more decimals than the currency, or a quantity, may have."),
    "out_of_range": gettext_noop("This lies outside what is accepted."),
    "unknown_currency": gettext_noop("There is no currency with this ISO 4217 code."),
    "bad_time": gettext_noop("Write a time by RFC 3339 with an offset, such as 2026-03-04T12:30:00+02:00."),
    "no_offset": gettext_noop("This time has no offset from UTC, such as Z or +02:00."),
    "bad_date": gettext_noop("Write a date such as 1990-04-17."),
    "bad_form": gettext_noop("This is not written in the form that is expected here."),
    "nul_character": gettext_noop("Text must not hold the character NUL."),
    "half_character": gettext_noop("This text holds half of a character (a lone UTF-16 surrogate)."),
    "empty": gettext_noop("This must not be empty."),
    "too_long": gettext_noop("This is too long."),
    "duplicate_line": gettext_noop("Another line has the same id."),
    "tax_above_amount": gettext_noop("The tax is more than the line's amount."),
    "lines_or_money": gettext_noop("Give either the lines that come back or the money, not both and not neither."),
    "needs_dry_run": gettext_noop("Only a dry run (dry_run=true) looks from a time, or says why."),
    "zero_amount": gettext_noop("An adjustment of 0 changes nothing."),
}


def fault(pointer: str, code: str, message: str | None = None) -> Fault:
    """Name what is wrong at a place: a JSON pointer, a stable code, and a sentence (by default the code's own)."""
    return {"pointer": pointer, "code": code, "message": message or MESSAGES[code]}
