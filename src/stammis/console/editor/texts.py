"""Every text of the editor's forms that comes from the types: names of fields and kinds, and what the schema says.

Collecting the texts to translate asks here, since no line of code writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator

from stammis.console.editor import cart, parts
from stammis.console.editor.faces import PLAIN, Face, about, fields_of, item_of, kinds_of
from stammis.programmes.sentences.labels import kind_words, words


def texts() -> list[str]:
    """Give the texts of all forms in English, each once, in their order."""
    seen: set[type] = set()
    found = [words("programme"), about(parts.whole().shape)]
    for field in fields_of(parts.whole().shape):
        if field.name not in parts.FIXED:
            found += [words(field.name), *_of(field.face, seen)]
    found += _of(cart.face(), seen)
    return list(dict.fromkeys(text for text in found if text))


def _of(face: Face, seen: set[type]) -> Iterator[str]:
    yield face.says
    match face.kind:
        case "struct":
            yield from _of_struct(face, seen)
        case "choice":
            for kind, shape in kinds_of(face).items():
                if kind != PLAIN:
                    yield kind_words(kind)
                yield from _of_struct(Face("struct", shape), seen)
        case "list" | "pairs":
            yield from _of(item_of(face), seen)
        case "pick":
            yield from map(words, map(str, face.shape.values))
        case "picks":
            yield from map(words, map(str, item_of(face).shape.values))
        case _:
            pass


def _of_struct(face: Face, seen: set[type]) -> Iterator[str]:
    if face.shape.cls in seen:
        return
    seen.add(face.shape.cls)
    yield about(face.shape)
    for field in fields_of(face.shape):
        yield words(field.name)
        yield from _of(field.face, seen)
