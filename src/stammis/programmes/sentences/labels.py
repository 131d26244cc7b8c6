"""What the fields of a programme are called where people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext


def label(field: str) -> str:
    """The name of a field in words: «full_steps» is «Full steps»."""
    text = field.strip("_").replace("_", " ")
    return gettext(text[:1].upper() + text[1:])


def hint(text: str | None) -> str:
    """A description of the published schema, in the reader's language where it has one."""
    return gettext(text) if text else ""


def written(value: Any) -> str:
    """A value of a document in one line, as a person would write it in the file."""
    match value:
        case None:
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case dict():
            return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return ", ".join(written(each) for each in value) or "–"
        case _:
            return str(value)
