"""All that a programme can say, and every word that it can choose, is told in a story, found from the first page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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


def choices() -> set[str]:
    """Every word that a field of the schema lets one choose, with its kind and field."""
    kinds = {name: kind for name, kind in programme_schema()["$defs"].items() if kind.get("type") == "object"}
    return {
        f"{_named(name, field)}: {word}"
        for name, kind in kinds.items()
        for field, schema in kind["properties"].items()
        if field != "kind"
        for word in _words(schema)
    }


def _words(schema: object) -> Iterator[str]:
    """The words that a schema allows, also one by one in a list, or as one of several forms."""
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        for inner in ("items", "anyOf", "additionalProperties"):
            yield from _words(schema.get(inner))
    elif isinstance(schema, list):
        for one in schema:
            yield from _words(one)


def told(part: object) -> Iterator[str]:
    """What a part of a programme says otherwise than it would be anyway, and what is in it."""
    if isinstance(part, msgspec.Struct):
        kind = type(part).__name__
        yield kind
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if field.required or value != _default(field):
                yield _named(kind, field.encode_name)
    for one in _inside(part):
        yield from told(one)


def chosen(part: object) -> Iterator[str]:
    """What a part of a programme says, also by default, with its kind and field; and what is in it."""
    if isinstance(part, msgspec.Struct):
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            words = tuple(value.values()) if isinstance(value, dict) else value
            words = words if isinstance(words, tuple) else (words,)
            yield from (f"{_named(type(part).__name__, field.encode_name)}: {word}" for word in words)
    for one in _inside(part):
        yield from chosen(one)


def _inside(part: object) -> Iterable[object]:
    """What a part of a programme consists of."""
    if isinstance(part, msgspec.Struct):
        return msgspec.structs.astuple(part)
    if isinstance(part, dict):
        return part.values()
    return part if isinstance(part, tuple) else ()


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


def test_every_word_that_a_field_lets_one_choose_is_chosen_in_a_story() -> None:
    stories = {word for page in PAGES for version in read(page).versions for word in chosen(_parsed(version))}
    assert choices() > {"Budget.per: day", "OnWeekday.any_of: mon", "Transfers.allowed: none", "TierSet.rate: split"}
    assert choices() - stories == set()


def test_the_first_page_leads_to_every_story() -> None:
    linked = re.findall(r"\]\(([\w-]+)\.md\)", Path("docs/stories/index.md").read_text(encoding="utf-8"))
    assert sorted(linked) == [page.stem for page in PAGES]
