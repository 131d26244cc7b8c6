"""The programme document: from a plain dict to a programme and back, with every problem named at once."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from stammis.core.programme import Programme


class Problem(Struct, frozen=True, omit_defaults=True):
    """What is wrong with a document, and where: a JSON pointer, a stable code, a sentence, and the nearest known name."""

    pointer: str
    code: str
    message: str
    nearest: str | None = None


class DocumentErrors(Exception):
    """The programme document cannot be used as it is; ``errors`` names every problem found."""

    def __init__(self, errors: list[Problem]) -> None:
        super().__init__("; ".join(f"{error.pointer}: {error.message}" for error in errors))
        self.errors = errors


def parse(document: dict[str, Any]) -> Programme:
    """Reads a programme document.

    Raises:
        DocumentErrors: All that is wrong with it, at once.
    """
    try:
        return msgspec.convert(document, Programme)
    except msgspec.ValidationError as error:
        raise DocumentErrors([Problem("", "invalid", str(error))]) from error


def as_document(programme: Programme) -> dict[str, Any]:
    """The document of a programme: what ``parse`` reads back to the same programme."""
    document: dict[str, Any] = msgspec.to_builtins(programme)
    return document
