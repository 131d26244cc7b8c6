"""Everything that a programme can say is told in a story, and every story is found from the first page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from stammis.core.document import DocumentErrors, parse
from stammis.core.schema import programme_schema
from tests.stories.grammar import read
from tests.stories.test_stories import PAGES

RULES = {"PerAmount", "PerUnit", "PerPurchase", "PerEvent", "Multiply"}
COMMON = {"wallet", "cap", "priority", "pending"}
"""Fields that all rules have: told of one kind they are told of all."""


def declared() -> set[str]:
    """Everything that the schema knows: its kinds, and their fields."""
    kinds = {name: kind for name, kind in programme_schema()["$defs"].items() if kind.get("type") == "object"}
    fields = {_named(name, field) for name, kind in kinds.items() for field in kind["properties"] if field != "kind"}
    return kinds.keys() | fields


def told(part: object) -> Iterator[str]:
    """What a part of a programme says otherwise than it would be anyway, and what is in it."""
    if isinstance(part, msgspec.Struct):
        kind = type(part).__name__
        yield kind
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if field.required or value != _default(field):
                yield _named(kind, field.encode_name)
            yield from told(value)
    elif isinstance(part, dict):
        yield from told(tuple(part.values()))
    elif isinstance(part, tuple):
        for one in part:
            yield from told(one)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _named(kind: str, field: str) -> str:
    return f"rule.{field}" if kind in RULES and field in COMMON else f"{kind}.{field}"


def _parsed(document: dict[str, Any]) -> object:
    """A programme; None for one that a story tells to be refused."""
    try:
        return parse(document)
    except DocumentErrors:
        return None


def test_every_kind_and_every_field_of_a_programme_is_told_in_a_story() -> None:
    stories = {name for page in PAGES for version in read(page).versions for name in told(_parsed(version))}
    assert declared() - stories == set()


def test_the_first_page_leads_to_every_story() -> None:
    linked = re.findall(r"\]\(([\w-]+)\.md\)", Path("docs/stories/index.md").read_text(encoding="utf-8"))
    assert sorted(linked) == [page.stem for page in PAGES]
