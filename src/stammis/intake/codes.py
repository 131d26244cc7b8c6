"""What can be wrong with a field: stable codes, each with its sentence."""

from __future__ import annotations

Fault = dict[str, str]

MESSAGES = {
    "bad_json": "This is not JSON.",
    "bad_body": "This cannot be read.",
    "too_deep": "The JSON is nested too deeply.",
    "missing_field": "This field is needed.",
    "unknown_field": "There is no field of this name here.",
    "wrong_type": "This value is of the wrong kind.",
    "number_for_money": 'Money is written as text, such as "12.50", not as a JSON number.',
    "not_a_number": "NaN and Infinity are not JSON.",
    "bad_amount": 'Write digits, and a point before the decimals, such as "12.50".',
    "bad_quantity": "Write a whole number, or decimal text with at most six decimals.",
    "negative_amount": "This amount must not be negative.",
    "too_many_decimals": "This has more decimals than the currency, or a quantity, may have.",
    "out_of_range": "This lies outside what is accepted.",
    "unknown_currency": "There is no currency with this ISO 4217 code.",
    "bad_time": "Write a time by RFC 3339 with an offset, such as 2026-03-04T12:30:00+02:00.",
    "no_offset": "This time has no offset from UTC, such as Z or +02:00.",
    "bad_date": "Write a date such as 1990-04-17.",
    "bad_form": "This is not written in the form that is expected here.",
    "nul_character": "Text must not hold the character NUL.",
    "half_character": "This text holds half of a character (a lone UTF-16 surrogate).",
    "empty": "This must not be empty.",
    "too_long": "This is too long.",
    "duplicate_line": "Another line has the same id.",
    "tax_above_amount": "The tax is more than the line's amount.",
    "lines_or_money": "Give either the lines that come back or the money, not both and not neither.",
    "needs_dry_run": "Only a dry run (dry_run=true) looks from a time, or says why.",
    "zero_amount": "An adjustment of 0 changes nothing.",
}


def fault(pointer: str, code: str, message: str | None = None) -> Fault:
    """Name what is wrong at a place: a JSON pointer, a stable code, and a sentence (by default the code's own)."""
    return {"pointer": pointer, "code": code, "message": message or MESSAGES[code]}
