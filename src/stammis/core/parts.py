"""Parts: what all pieces of a programme document have in common, and the names that members read."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1, max_length=200)]
LANGUAGES: tuple[str, ...] = ("en", "fi", "sv", "pl")
Words = (
    Text
    | Annotated[
        dict[Literal["en", "fi", "sv", "pl"], Text],
        Meta(min_length=1, extra_json_schema={"propertyNames": {"enum": list(LANGUAGES)}}),
    ]
)
"""A name that members read: one text, or one for each language."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a programme document."""
