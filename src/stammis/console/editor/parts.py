"""The parts of a document that are edited one at a time: which there are, and putting one back into its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect as shapes

from stammis.console.editor.faces import ABSENT, Face, Field, face_of, fields_of, item_of
from stammis.console.editor.nodes import Choices, entries, layout
from stammis.console.editor.normal import normal
from stammis.console.editor.reading import read
from stammis.core.programme import Programme
from stammis.core.reading import Problem, below
from stammis.programmes.sentences.chapters import describe
from stammis.programmes.sentences.labels import label
from stammis.programmes.sentences.parts import named

FIXED = ("stammis", "programme", "currency", "timezone", "from")
"""Fields that no draft changes: what is fixed for good, and the day that publishing asks for."""
NEW = "-"
_PLACE = re.compile(r"(?:/(?P<field>[a-z_]+)(?:/(?P<place>[0-9]{1,4}|-))?)?")


@dataclass(frozen=True)
class Entry:
    """A part in the list of parts: its place, its name, what it says, and whether something is wrong in it."""

    pointer: str
    name: str
    said: str
    wrong: bool


@dataclass(frozen=True)
class Group:
    """Parts that stand in one field of the programme; ``new`` is the place of one more, where there may be more."""

    title: str
    entries: tuple[Entry, ...]
    new: str


@cache  # a face never changes, and looking through the types takes long
def whole() -> Face:
    """The face of a whole programme."""
    return face_of(shapes.type_info(Programme))


@cache
def _top() -> dict[str, Field]:
    return {one.name: one for one in fields_of(whole().shape)}


@cache
def _frame() -> Face:
    """The face of what stands by itself at the top: names and numbers."""
    kept = [one for one in whole().shape.fields if one.encode_name not in FIXED and _is_plain(face_of(one.type))]
    return Face("struct", msgspec.structs.replace(whole().shape, fields=tuple(kept)))


def _is_plain(face: Face) -> bool:
    return face.kind not in ("struct", "choice", "list", "pairs")


def is_place(pointer: str) -> bool:
    """Whether there is a form for this place."""
    found = _PLACE.fullmatch(pointer)
    if found is None:
        return False
    name, place = found["field"], found["place"]
    if name is None:
        return True
    field = _top().get(name)
    if field is None or name in FIXED or _is_plain(field.face):
        return False
    return (place is not None) == (field.face.kind == "list")


def face_at(pointer: str) -> Face:
    """The face of a part."""
    name = pointer.split("/")[1] if pointer else ""
    if not name:
        return _frame()
    face = _top()[name].face
    return item_of(face) if face.kind == "list" else face


def value_at(document: dict[str, Any], pointer: str) -> Any:
    """What a document says at a place; ABSENT where it says nothing there."""
    if not pointer:
        return {name: one for name, one in document.items() if name in {f.name for f in fields_of(_frame().shape)}}
    _, name, *rest = pointer.split("/")
    if not rest:
        return document.get(name, _top()[name].default)
    parts = document.get(name)
    if rest[0] == NEW or not isinstance(parts, list) or int(rest[0]) >= len(parts):
        return ABSENT
    return parts[int(rest[0])]


def put(document: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The document with another value at a place; ABSENT takes a part out of its list."""
    if not pointer:
        names = {one.name for one in fields_of(_frame().shape)}
        kept = {name: one for name, one in document.items() if name not in names}
        return in_order(kept | value)
    _, name, *rest = pointer.split("/")
    if not rest:
        field = _top()[name]
        if not field.required and value == normal(field.face, field.default):
            return {key: one for key, one in document.items() if key != name}
        return in_order(document | {name: value})
    parts = list(document.get(name) or [])
    if rest[0] == NEW:
        parts.append(value)
    elif value is ABSENT:
        parts.pop(int(rest[0]))
    else:
        parts[int(rest[0])] = value
    if not parts and not _top()[name].required:
        return {key: one for key, one in document.items() if key != name}
    return in_order(document | {name: parts})


def last_of(document: dict[str, Any], pointer: str) -> str:
    """The place of the last part in the list that a place belongs to."""
    name = pointer.split("/")[1]
    return below("", name, len(document[name]) - 1)


def moved(document: dict[str, Any], pointer: str, by: int) -> tuple[dict[str, Any], str]:
    """The document with a part one place further up (-1) or down (1) in its list, and where it stands now."""
    _, name, place = pointer.split("/")
    parts = list(document[name])
    to = min(max(int(place) + by, 0), len(parts) - 1)
    parts.insert(to, parts.pop(int(place)))
    return document | {name: parts}, below("", name, to)


def in_order(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its fields in the order of the reference; those that it does not know come last."""
    known = [name for name in _top() if name in document]
    return {name: document[name] for name in (*known, *(name for name in document if name not in _top()))}


def groups(document: dict[str, Any], parsed: Programme | None, wrong: set[str]) -> list[Group]:
    """All parts of a document, as a list of what can be edited; ``wrong`` are the pointers of its problems."""
    said = _sentences(parsed)

    def entry(pointer: str, name: str) -> Entry:
        mistaken = any(at == pointer or at.startswith(f"{pointer}/") for at in wrong)
        return Entry(pointer, name, said.get(pointer, ""), mistaken)

    singles: list[Entry] = []
    found: list[Group] = []
    for name, field in _top().items():
        if name in FIXED or _is_plain(field.face):
            continue
        if field.face.kind == "list":
            parts = document.get(name)
            listed = parts if isinstance(parts, list) else []
            shown = [
                entry(below("", name, place), named(part) if isinstance(part, dict) else str(part))
                for place, part in enumerate(listed)
            ]
            found.append(Group(label(name), tuple(shown), below("", name, NEW)))
        else:
            singles.append(entry(below("", name), label(name)))
    frame = Entry(
        "", label("programme"), "", any(at.count("/") == 1 and at.split("/")[1] in _plain_names() for at in wrong)
    )
    return [*found, Group("", (frame, *singles), "")]


def label_of(document: dict[str, Any], pointer: str) -> str:
    """What a part is called: its own name, else that of its field."""
    if not pointer:
        return label("programme")
    value = value_at(document, pointer)
    own = named(value) if isinstance(value, dict) and pointer.count("/") > 1 else ""
    return own or label(pointer.split("/")[1])


def _plain_names() -> set[str]:
    return {one.name for one in fields_of(_frame().shape)} | set(FIXED)


def _sentences(parsed: Programme | None) -> dict[str, str]:
    if parsed is None:
        return {}
    return {one.pointer: one.text for chapter in describe(parsed) for one in chapter.sentences if one.pointer}


def choices(document: dict[str, Any]) -> Choices:
    """The ids that parts may name, by the names of the fields that name them."""

    def ids(name: str) -> list[tuple[str, str]]:
        parts = document.get(name)
        listed = parts if isinstance(parts, list) else []
        return [(str(one["id"]), named(one)) for one in listed if isinstance(one, dict) and one.get("id")]

    return {
        "wallet": ids("wallets"),
        "set": ids("tiers"),
        "reward": ids("rewards"),
        "rule": ids("earn"),
        "rules": ids("earn"),
    }


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a draft, and where its form shows it: the part, the element there, and what both are called."""

    problem: Problem
    part: str = ""
    element: str = ""
    name: str = ""


def mistakes(document: dict[str, Any], problems: Iterable[Problem]) -> list[Mistake]:
    """Say of each problem where it is put right; what no form shows has no name."""
    return [_mistake(document, problem) for problem in problems]


def _mistake(document: dict[str, Any], problem: Problem) -> Mistake:
    steps = problem.pointer.split("/")[1:]
    part = next(
        (at for size in (2, 1) if is_place(at := "".join(f"/{one}" for one in steps[:size])) and len(steps) >= size), ""
    )
    if not steps or (not part and steps[0] not in _plain_names() - set(FIXED)):
        return Mistake(problem)
    face, value = face_at(part), value_at(document, part)
    if value is ABSENT or not can_show(face, value):
        return Mistake(problem)
    laid = layout(face, normal(face, value), pointer=part, problems=[problem], choices=choices(document))
    found = next((one for one in laid.walk() if one.errors), laid)
    named = [label_of(document, part), found.label]
    return Mistake(problem, part, found.id, " · ".join(one for one in named if one))


def can_show(face: Face, value: Any) -> bool:
    """Whether the form gives back what it was given: where it would not, the part is edited as text."""
    if value is ABSENT:
        return True
    return bool(read(face, entries(layout(face, value))) == normal(face, value))
