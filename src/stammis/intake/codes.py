"""What can be wrong with a field: stable codes, each with its sentence, ``Worded`` where a person may read it."""

from __future__ import annotations

from stammis.core.wording import Worded

Fault = dict[str, str]

MESSAGES = {
    "bad_json": Worded("This is not JSON."),
    "bad_body": Worded("This cannot be read."),
    "too_deep": Worded("The JSON is nested too deeply."),
    "missing_field": Worded("This field is needed."),
    "unknown_field": Worded("There is no field of this name here."),
    "wrong_type": Worded("This value is of the wrong kind."),
    "number_for_money": Worded('Money is written as text, such as "12.50", not as a JSON number.'),
    "not_a_number": Worded("NaN and Infinity are not JSON."),
    "bad_amount": Worded('Write digits, and a point before the decimals, such as "12.50".'),
    "bad_quantity": Worded("Write a whole number, or decimal text with at most six decimals."),
    "negative_amount": Worded("This amount must not be negative."),
    "too_many_decimals": Worded("This has more decimals than the currency, or a quantity, may have."),
    "out_of_range": Worded("This lies outside what is accepted."),
    "unknown_currency": Worded("There is no currency with this ISO 4217 code."),
    "bad_time": Worded("Write a time by RFC 3339 with an offset, such as 2026-03-04T12:30:00+02:00."),
    "no_offset": Worded("This time has no offset from UTC, such as Z or +02:00."),
    "bad_date": Worded("Write a date such as 1990-04-17."),
    "bad_form": Worded("This is not written in the form that is expected here."),
    "nul_character": Worded("Text must not hold the character NUL."),
    "half_character": Worded("This text holds half of a character (a lone UTF-16 surrogate)."),
    "empty": Worded("This must not be empty."),
    "too_long": Worded("This is too long."),
    "duplicate_line": Worded("Another line has the same id."),
    "tax_above_amount": Worded("The tax is more than the line's amount."),
    "lines_or_money": Worded("Give either the lines that come back or the money, not both and not neither."),
    "needs_dry_run": Worded("Only a dry run (dry_run=true) looks from a time, or says why."),
    "zero_amount": Worded("An adjustment of 0 changes nothing."),
}


def fault(pointer: str, code: str, message: str | None = None) -> Fault:
    """Name what is wrong at a place: a JSON pointer, a stable code, and a sentence (by default the code's own)."""
    return {"pointer": pointer, "code": code, "message": message or MESSAGES[code]}
