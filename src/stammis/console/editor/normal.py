"""The one way in which a document is written: without what holds anyway, in the order of the reference."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from stammis.console.editor.faces import ABSENT, Face, fields_of, item_of, kinds_of, languages_of, tag_of, words_of

WHOLE = re.compile(r"0|[1-9][0-9]{0,12}")


def normal(face: Face, value: Any) -> Any:
    """A value as the form would write it; what does not fit its type is left as it is."""
    match face.kind, value:
        case "struct", dict():
            return _struct(face, value)
        case "choice", dict():
            tag = tag_of(face)
            kind = value.get(tag)
            chosen = kinds_of(face).get(kind) if isinstance(kind, str) else None
            return value if chosen is None else {tag: kind, **_struct(Face("struct", chosen), value)}
        case "choice", str() | int() if face.plain is not None:
            return normal(face.plain, value)
        case "words", dict():
            order = languages_of(face)
            return {
                name: value[name] for name in sorted(value, key=lambda one: order.index(one) if one in order else 9)
            }
        case (("list" | "names"), (list() | tuple())):
            return [normal(item_of(face), one) for one in value]
        case "picks", (list() | tuple()):
            known = words_of(item_of(face))
            return sorted(set(value), key=known.index) if all(one in known for one in value) else list(value)
        case "pairs", dict():
            return {key: normal(item_of(face), one) for key, one in value.items()}
        case "amount", str() if WHOLE.fullmatch(value):
            return int(value)
        case "day", dt.date():
            return value.isoformat()
        case _:
            return value


def _struct(face: Face, value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known = set()
    for field in fields_of(face.shape):
        known.add(field.name)
        if field.name not in value:
            continue
        said = normal(field.face, value[field.name])
        if field.required or field.default is ABSENT or said != normal(field.face, field.default):
            found[field.name] = said
    tag = face.shape.tag_field
    if tag and tag in value and isinstance(value[tag], str):
        found = {tag: value[tag], **found}
    return found | {name: one for name, one in value.items() if name not in known and name != tag}
