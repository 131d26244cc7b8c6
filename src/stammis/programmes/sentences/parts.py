"""What changes between two programmes, part by part: its sentences, and each of its fields.

Sentences say it to people; the fields make sure that nothing changes unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext as _

from stammis.core.document import as_document
from stammis.core.programme import Programme
from stammis.core.reading import below
from stammis.programmes.sentences import words
from stammis.programmes.sentences.chapters import Sentence, describe
from stammis.programmes.sentences.labels import label, written

UNSAID = ("stammis", "programme", "from")


class FieldChange(NamedTuple):
    """A field that says something else: what it is called, and its value before and after, in one line each."""

    pointer: str
    name: str
    before: str
    after: str


class PartChange(NamedTuple):
    """A part that is new, gone, or says something else.

    ``list`` is the field of the programme that it stands in (or is), ``id`` its own id, empty where it has none;
    ``pointer`` its place in the new document, or in the old one where it is gone. ``before`` and ``after`` are the
    sentences of which the other side knows nothing.
    """

    kind: Literal["added", "removed", "changed"]
    list: str
    id: str
    pointer: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    fields: tuple[FieldChange, ...]

    def plain(self) -> dict[str, Any]:
        """The change for programs."""
        return self._asdict() | {
            "before": list(self.before),
            "after": list(self.after),
            "fields": [field._asdict() for field in self.fields],
        }


class _Side(NamedTuple):
    """One of the two programmes: its document, and its sentences."""

    document: dict[str, Any]
    sentences: tuple[Sentence, ...]

    def said(self, pointer: str) -> tuple[str, ...]:
        """The sentences about a part and what lies below it; those about a whole field that has no part of its own."""
        return tuple(
            f"{one.name}: {one.text}" if one.pointer != pointer and one.name else one.text
            for one in self.sentences
            if one.pointer == pointer or one.pointer.startswith(f"{pointer}/")
        )


def part_changes(old: Programme, new: Programme) -> tuple[PartChange, ...]:
    """Everything in which two versions differ, part by part, in the active language; nothing where they are the same.

    Parts are known by their ids. The day on which a version begins is said beside it and is no change of a part.
    """
    return tuple(_changes(_side(old), _side(new)))


def field_changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[PartChange, ...]:
    """The same of two documents of which one has mistakes: field by field, without sentences."""
    return tuple(_changes(_Side(old, ()), _Side(new, ())))


def _changes(before: _Side, after: _Side) -> Iterator[PartChange]:
    known = (f.removesuffix("_") for f in Programme.__struct_fields__)
    for name in dict.fromkeys((*known, *after.document, *before.document)):
        then, now = before.document.get(name), after.document.get(name)
        if then == now or name in UNSAID:
            continue
        if _are_parts(then) and _are_parts(now) and (then or now):
            yield from _in_list(name, then or [], now or [], before, after)
        else:
            yield _whole(name, then, now, before, after)


def _are_parts(value: Any) -> bool:
    return not value or _has_parts(value)


def _side(programme: Programme) -> _Side:
    chapters = describe(programme)
    return _Side(as_document(programme), tuple(one for chapter in chapters for one in chapter.sentences))


def _has_parts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "id" in one for one in value)


def _in_list(
    name: str, then: list[dict[str, Any]], now: list[dict[str, Any]], before: _Side, after: _Side
) -> Iterator[PartChange]:
    were = {str(part["id"]): (below("", name, place), part) for place, part in enumerate(then)}
    are = {str(part["id"]): (below("", name, place), part) for place, part in enumerate(now)}
    for key in dict.fromkeys((*are, *were)):
        was, became = were.get(key), are.get(key)
        if was is None and became is not None:
            pointer, part = became
            yield PartChange("added", name, key, pointer, named(part), (), after.said(pointer), ())
        elif became is None and was is not None:
            pointer, part = was
            yield PartChange("removed", name, key, pointer, named(part), before.said(pointer), (), ())
        elif was is not None and became is not None and was[1] != became[1]:
            gone, come = _apart(before.said(was[0]), after.said(became[0]))
            fields = tuple(_fields(was[1], became[1], became[0]))
            yield PartChange("changed", name, key, became[0], named(became[1]), gone, come, fields)
    stayed_before = [key for key in were if key in are]
    stayed_after = [key for key in are if key in were]
    if stayed_before != stayed_after:
        moved = FieldChange(below("", name), _("Order"), ", ".join(stayed_before), ", ".join(stayed_after))
        yield PartChange("changed", name, "", below("", name), label(name), (), (), (moved,))


def _whole(name: str, then: Any, now: Any, before: _Side, after: _Side) -> PartChange:
    pointer = below("", name)
    gone, come = _apart(before.said(pointer), after.said(pointer))
    fields = tuple(_fields(then, now, pointer))
    return PartChange("changed", name, "", pointer, label(name), gone, come, fields)


def _apart(then: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one for one in then if one not in now), tuple(one for one in now if one not in then)


def _fields(then: Any, now: Any, pointer: str, name: str = "") -> Iterator[FieldChange]:
    """The fields in which two values differ, each by itself; lists of parts by the ids of these."""
    if isinstance(then, dict) and isinstance(now, dict) and then.get("kind") == now.get("kind"):
        for key in dict.fromkeys((*then, *now)):
            if then.get(key) != now.get(key):
                yield from _fields(then.get(key), now.get(key), below(pointer, key), _joined(name, label(key)))
        return
    if _has_parts(then) and _has_parts(now):
        were = {one["id"]: one for one in then}
        for place, one in enumerate(now):
            if were.get(one["id"]) != one:
                at = below(pointer, place)
                yield from _fields(were.pop(one["id"], None), one, at, _joined(name, named(one)))
            else:
                were.pop(one["id"], None)
        for gone in were.values():
            yield FieldChange(pointer, _joined(name, named(gone)), written(gone), written(None))
        return
    yield FieldChange(pointer, name or label(pointer.rpartition("/")[2]), written(then), written(now))


def _joined(name: str, inner: str) -> str:
    return f"{name}, {inner[:1].lower()}{inner[1:]}" if name else inner


def named(part: dict[str, Any]) -> str:
    """The name of a part of a document, as its readers know it; its id where it has none."""
    name = part.get("name")
    return words.name(name if isinstance(name, str | dict) else None, str(part.get("id", "")))
