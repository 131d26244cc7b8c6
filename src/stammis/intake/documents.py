"""Programme documents as callers send them: JSON that can be kept as it stands, mistakes and all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from stammis.intake.bodies import DraftBody
from stammis.intake.codes import Fault, fault
from stammis.intake.reading import decode
from stammis.kit.errors import Invalid

LARGEST_DOCUMENT = 512 * 1024
DEEPEST = 40
_MOST_FAULTS = 100


def read_draft(raw: bytes) -> DraftBody:
    """Read a draft as it is to be kept. Raises Invalid.

    What the document says of a programme is not looked at: a draft may have mistakes.
    """
    body = decode(raw or b"{}", DraftBody)
    if body.document is not None:
        if len(raw) > LARGEST_DOCUMENT:
            raise Invalid(errors=[fault("/document", "too_long", "A programme has at most 512 KiB.")])
        found = list(islice(_unkept(body.document, "/document", 0), _MOST_FAULTS))
        if found:
            raise Invalid(errors=found)
    return body


def _unkept(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    """Yield what cannot be kept: fractions, which lose digits, NUL, and what lies too deep."""
    if depth > DEEPEST:
        yield fault(pointer, "too_deep")
        return
    match value:
        case dict():
            for name, each in value.items():
                place = f"{pointer}/{name[:200].replace('~', '~0').replace('/', '~1')}"
                yield from _unkept(name, place, depth)
                yield from _unkept(each, place, depth + 1)
        case list():
            for at, each in enumerate(value):
                yield from _unkept(each, f"{pointer}/{at}", depth + 1)
        case float():
            yield fault(pointer, "wrong_type", 'Write numbers with decimals as text, such as "2.50".')
        case str() if "\0" in value:
            yield fault(pointer, "nul_character")
        case _:
            return
