"""Reading a form back to the value that it shows, with what its buttons ask for: adding, moving, wrapping parts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stammis.console.editor.faces import (
    ABSENT,
    PLAIN,
    Face,
    fields_of,
    item_of,
    kinds_of,
    languages_of,
    tag_of,
)
from stammis.console.editor.normal import normal

Sent = Mapping[str, list[str]]
MOST = 500
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_COMMA = re.compile(r"([0-9]+),([0-9]+)")


@dataclass(frozen=True)
class Act:
    """What a button asks for: a verb and the name of the node that it belongs to."""

    verb: str
    name: str

    @classmethod
    def of(cls, text: str) -> Act | None:
        """Read a button's value, such as «add f/when/of»."""
        verb, _, name = text.partition(" ")
        return cls(verb, name) if name else None


def read(face: Face, sent: Sent, act: Act | None = None, *, root: str = "f") -> Any:
    """The value that a form shows, in the normal form of documents, after what its button asked for."""
    found = _Reader(sent, act).value(face, root, required=True)
    return normal(face, {} if found is ABSENT else found)


class _Reader:
    """Reads what a browser sent."""

    def __init__(self, sent: Sent, act: Act | None) -> None:
        self.sent = sent
        self.act = act

    def one(self, name: str) -> str:
        found = self.sent.get(name)
        return found[-1].replace("\r\n", "\n").strip() if found else ""

    def asked(self, verb: str, name: str) -> bool:
        return self.act is not None and (self.act.verb, self.act.name) == (verb, name)

    def value(self, face: Face, name: str, *, required: bool) -> Any:
        """Read one node; ABSENT where there is nothing in it."""
        match face.kind:
            case "struct":
                return self.struct(face, name)
            case "choice":
                return self.choice(face, name, required=required)
            case "words":
                return self.words(face, name)
            case "list":
                return self.empty_or(self.items(face, name), face, required=required)
            case "pairs":
                return self.pairs(face, name)
            case "names":
                lines = [line.strip() for sent in self.sent.get(name, ()) for line in sent.splitlines()]
                return self.empty_or([_scalar(item_of(face), line) for line in lines if line], face, required=required)
            case "picks":
                return self.empty_or(list(self.sent.get(name, ())), face, required=required)
            case "switch" if not face.optional:
                return bool(self.sent.get(name))
            case "switch":
                return {"true": True, "false": False}.get(self.one(name))
            case "raw":
                return _json(self.one(name))
            case _:
                return self.scalar(face, name)

    def scalar(self, face: Face, name: str) -> Any:
        text = self.one(name)
        if not text:
            return None if face.optional else ABSENT
        return _scalar(face, text)

    def empty_or(self, found: list[Any], face: Face, *, required: bool) -> Any:
        if found or required:
            return found
        return None if face.optional else []

    def struct(self, face: Face, name: str) -> Any:
        if face.optional:
            if self.asked("set", name):
                return {}
            if self.asked("unset", name) or not self.one(f"{name}?"):
                return None
        return self.fields(face, name)

    def fields(self, face: Face, name: str) -> dict[str, Any]:
        found = {}
        for one in fields_of(face.shape):
            value = self.value(one.face, f"{name}/{one.name}", required=one.required)
            if value is not ABSENT and not (value is None and one.required):
                found[one.name] = value
        return found

    def choice(self, face: Face, name: str, *, required: bool) -> Any:
        tag, kinds = tag_of(face), kinds_of(face)
        kind = self.one(f"{name}@")
        if kind == PLAIN and face.plain is not None:
            found = self.scalar(face.plain, name)
            return None if found is ABSENT and face.optional else found
        if not kind:
            return None if face.optional else {} if required and face.plain is None else ABSENT
        chosen = kinds.get(kind)
        value = {tag: kind} if chosen is None else {tag: kind, **self.fields(Face("struct", chosen), name)}
        if self.act is not None and self.act.name == name and self.act.verb.startswith("wrap:"):
            return _wrapped(self.act.verb.removeprefix("wrap:"), value, face)
        return value

    def words(self, face: Face, name: str) -> Any:
        each = self.one(f"{name}@") == "each"
        found = {one: self.one(f"{name}/{one}") for one in languages_of(face)} if each else {}
        said = {one: text for one, text in found.items() if text}
        if self.asked("each", name):
            return {"en": self.one(name)}
        if self.asked("one", name):
            return said.get("en") or next(iter(said.values()), ABSENT)
        if each:
            return said or (None if face.optional else ABSENT)
        return self.one(name) or (None if face.optional else ABSENT)

    def count(self, name: str) -> int:
        text = self.one(f"{name}#")
        return min(int(text), MOST) if text.isdecimal() else 0

    def items(self, face: Face, name: str) -> list[Any]:
        found = [self.value(item_of(face), f"{name}/{place}", required=True) for place in range(self.count(name))]
        if self.asked("add", name):
            found.append({})
        return self.moved(found, name)

    def pairs(self, face: Face, name: str) -> dict[str, Any]:
        rows = [
            (self.one(f"{name}/{place}!"), self.value(item_of(face), f"{name}/{place}", required=True))
            for place in range(self.count(name))
        ]
        rows = self.moved(rows, name)
        found = {key: None if value is ABSENT else value for key, value in rows}
        if self.asked("add", name):
            found.setdefault("", _first(item_of(face)))
        return found

    def moved(self, found: list[Any], name: str) -> list[Any]:
        """Take away or move the part that the button belongs to."""
        above, _, last = self.act.name.rpartition("/") if self.act is not None else ("", "", "")
        if self.act is None or above != name or not last.isdecimal() or int(last) >= len(found):
            return found
        place = int(last)
        to = {"remove": None, "up": place - 1, "down": place + 1}.get(self.act.verb, place)
        part = found.pop(place)
        if to is not None:
            found.insert(max(to, 0), part)
        return found


def _scalar(face: Face, text: str) -> Any:
    """A scalar as documents have it; what cannot be read stays the text that was written."""
    if face.kind in ("whole", "amount") and _WHOLE.fullmatch(text):
        return int(text)
    if face.kind == "amount" and (found := _COMMA.fullmatch(text)):
        return f"{found[1]}.{found[2]}"
    return text


def _first(face: Face) -> Any:
    return face.shape.values[0] if face.kind == "pick" else "" if face.kind in ("text", "amount", "day") else {}


def _json(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _wrapped(kind: str, value: dict[str, Any], face: Face) -> dict[str, Any]:
    """Put a part into another of the same union that holds such parts."""
    shape = kinds_of(face).get(kind)
    if shape is None:
        return value
    for one in fields_of(shape):
        if one.face.kind == "list":
            return {tag_of(face): kind, one.name: [value]}
        if one.face.kind == "choice":
            return {tag_of(face): kind, one.name: value}
    return value
