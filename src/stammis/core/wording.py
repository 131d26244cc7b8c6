"""Sentences in English that remember how they were made, so that a door can say them in another language.

Programs read the English text; a person is told the same by its pattern, see ``kit.telling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

Value = str | int


def wording(text: str) -> str:
    """Mark a text for the catalogues of translations; it stays as it is."""
    return text


class Worded(str):
    """A sentence: its text in English, the ``pattern`` it was made from, and the ``values`` of its ``%(name)s``.

    A value that is a sentence itself is told in the reader's language too.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Value]

    def __new__(cls, pattern: str, /, **values: Value) -> Self:
        """Make a sentence; a pattern without values is the sentence itself."""
        made = super().__new__(cls, pattern % values if values else pattern)
        made.pattern = pattern
        made.values = values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Value]]:
        """Give what a copy is made from."""
        return (self.pattern,), dict(self.values)


def as_worded(text: str) -> Worded:
    """A text as a sentence: as it was made, or as its own pattern."""
    return text if isinstance(text, Worded) else Worded(text)


def together(*sentences: Worded) -> Worded:
    """Put sentences one after the other."""
    named = {f"part{place}": each for place, each in enumerate(sentences)}
    pattern = " ".join(f"%({name})s" for name in named)
    return sentences[0] if len(named) == 1 else Worded(pattern, **named)


def as_plain(sentence: str) -> dict[str, Any] | None:
    """What to keep of a sentence beside its text, as plain values; None for one that is its own pattern."""
    if not isinstance(sentence, Worded) or not sentence.values:
        return None
    values = {name: _plain(value) for name, value in sentence.values.items()}
    return {"pattern": sentence.pattern, "values": values}


def of_plain(kept: Mapping[str, Any]) -> Worded:
    """The sentence that was kept as plain values."""
    values = {name: of_plain(value) if isinstance(value, dict) else value for name, value in kept["values"].items()}
    pattern = kept["pattern"]
    return Worded(pattern, **values)


def _plain(value: Value) -> Any:
    if isinstance(value, Worded):
        return as_plain(value) or {"pattern": value.pattern, "values": {}}
    return value
