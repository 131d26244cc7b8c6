"""What the fields of a programme are called where people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop

_FIELDS = {
    "any_of": gettext_noop("One of these"),
    "at": gettext_noop("Reached at"),
    "cap": gettext_noop("Limit"),
    "each": gettext_noop("For each"),
    "earn": gettext_noop("Rules"),
    "of": gettext_noop("Conditions"),
    "programme": gettext_noop("The programme itself"),
    "sku": gettext_noop("Article"),
    "tiers": gettext_noop("Levels"),
    "when": gettext_noop("Only when"),
}
_KINDS = {
    "all": gettext_noop("all of these"),
    "amount": gettext_noop("Points for money spent"),
    "any": gettext_noop("any of these"),
    "event": gettext_noop("Points for an event"),
    "multiply": gettext_noop("Multiply other rules"),
    "not": gettext_noop("not this"),
    "purchase": gettext_noop("Points for a purchase"),
    "unit": gettext_noop("Points for each unit"),
}


def kind_label(kind: str) -> str:
    """The name of a kind of part in words; one without a word of its own by its id."""
    return gettext(kind_words(kind))


def label(field: str) -> str:
    """The name of a field in words: «full_steps» is «Full steps»."""
    return gettext(words(field))


def kind_words(kind: str) -> str:
    """The name of a kind of part in English, by which catalogues know it."""
    return _KINDS.get(kind) or words(kind)


def words(field: str) -> str:
    """The name of a field in English, by which catalogues know it."""
    text = field.strip("_").replace("_", " ")
    return _FIELDS.get(field) or text[:1].upper() + text[1:]


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
