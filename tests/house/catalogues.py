"""Every text has its translation in every language, with the same values in it."""

import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

from tools.messages import strings

VALUE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def incomplete(language: str, catalogue: Catalog, texts: Catalog) -> list[str]:
    """Texts that a catalogue lacks, leaves empty or unsure, or translates with other values."""
    found = []
    for text in texts:
        if text.id:
            message = catalogue.get(text.id, text.context)
            found += [f"{language}: «{first(text)}» {wrong}" for wrong in faults(message)]
    return found


def faults(message: Message | None) -> Iterator[str]:
    """What is wrong with one translation."""
    if message is None:
        yield "is not in the catalogue; run «make messages»"
        return
    if message.fuzzy:
        yield "is marked as unsure (fuzzy)"
    forms = strings(message.string)
    if not forms or not all(forms):
        yield "is not translated"
        return
    values = {frozenset(VALUE.findall(form)) for form in strings(message.id)}
    for form in forms:
        if frozenset(VALUE.findall(form)) not in values:
            yield f"has other values in it: «{form}»"


def first(message: Message) -> str:
    """The text in English, its singular."""
    return strings(message.id)[0]
