"""Faces: how a type of the programme document shows itself in a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import msgspec
from msgspec import inspect as shapes

from stammis.core.conditions import Weekday
from stammis.core.parts import LANGUAGES

Kind = Literal[
    "struct", "choice", "words", "list", "names", "picks", "pairs",
    "text", "whole", "amount", "switch", "pick", "day", "raw",
]  # fmt: skip
SCALARS = ("text", "whole", "amount", "day")
PLAIN = "="
"""How a form says that a choice is no part, but the scalar that may stand in its place."""
_ORDERED = (*get_args(Weekday), "purchase", "day", "week", "month", "quarter", "half_year", "year", "ever")
"""Words that come in an order of their own; all others come in that of the alphabet."""
ABSENT: Any = object()
"""The value of a field that a document does not name."""


@dataclass(frozen=True)
class Face:
    """How a type shows itself.

    Attributes:
        kind: struct (fields), choice (a struct by its kind), words (a name, one or by language), list (of parts),
            names (a list of scalars), picks (a list of given words), pairs (a dict), raw (JSON), or a scalar.
        shape: the type itself, without what it was wrapped in.
        optional: whether it may be null.
        says: what its schema says about it.
        plain: of a choice, the scalar that may stand in place of a part, such as a number in place of a table.
    """

    kind: Kind
    shape: Any
    optional: bool = False
    says: str = ""
    plain: Face | None = None


@dataclass(frozen=True)
class Field:
    """A field of a struct: its name in documents, its face, and what holds where it is not named."""

    name: str
    face: Face
    required: bool
    default: Any


def face_of(shape: shapes.Type) -> Face:
    """The face of a type."""
    match shape:
        case shapes.Metadata():
            inner = face_of(shape.type)
            said = (shape.extra_json_schema or {}).get("description", "")
            return replace(inner, says=said or inner.says)
        case shapes.UnionType():
            return _of_union(shape)
        case shapes.StructType():
            return Face("struct", shape)
        case shapes.VarTupleType() | shapes.ListType() | shapes.SetType() | shapes.FrozenSetType():
            return _of_list(shape)
        case shapes.DictType():
            plain = face_of(shape.key_type).kind == "text"
            return Face("pairs" if plain else "raw", shape)
        case shapes.StrType():
            return Face("text", shape)
        case shapes.IntType():
            return Face("whole", shape)
        case shapes.BoolType():
            return Face("switch", shape)
        case shapes.DateType():
            return Face("day", shape)
        case shapes.LiteralType():
            texts = all(isinstance(value, str) for value in shape.values)
            return Face("pick" if texts else "raw", shape)
        case _:
            return Face("raw", shape)


def _of_union(shape: shapes.UnionType) -> Face:
    rest = [option for option in shape.types if not isinstance(option, shapes.NoneType)]
    optional = len(rest) < len(shape.types)
    bare = [option.type if isinstance(option, shapes.Metadata) else option for option in rest]
    if len(rest) == 1:
        inner = face_of(rest[0])
        return replace(inner, optional=True)
    others = [option for option in bare if not (isinstance(option, shapes.StructType) and option.tag_field)]
    if not others:
        return Face("choice", shape, optional)
    kinds = {type(option) for option in others}
    if len(others) < len(bare):
        plain = Face("amount", shape) if kinds == {shapes.IntType, shapes.StrType} else face_of(others[0])
        single = kinds == {shapes.IntType, shapes.StrType} or len(others) == 1
        return Face("choice" if single and plain.kind in SCALARS else "raw", shape, optional, plain=plain)
    if kinds == {shapes.IntType, shapes.StrType}:
        return Face("amount", shape, optional)
    if kinds == {shapes.StrType, shapes.DictType}:
        return Face("words", shape, optional)
    return Face("raw", shape, optional)


def _of_list(shape: Any) -> Face:
    item = face_of(shape.item_type)
    if item.optional:
        return Face("raw", shape)
    if item.kind in SCALARS:
        return Face("names", shape)
    if item.kind == "pick":
        return Face("picks", shape)
    return Face("list" if item.kind in ("struct", "choice") else "raw", shape)


def fields_of(shape: shapes.StructType) -> Iterator[Field]:
    """The fields of a struct, in their order."""
    for field in shape.fields:
        default: Any = ABSENT
        if field.default is not msgspec.NODEFAULT:
            default = msgspec.to_builtins(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            default = msgspec.to_builtins(field.default_factory())
        yield Field(field.encode_name, face_of(field.type), field.required, default)


def item_of(face: Face) -> Face:
    """The face of what a list or the values of a dict hold."""
    return face_of(face.shape.value_type if isinstance(face.shape, shapes.DictType) else face.shape.item_type)


def words_of(face: Face) -> list[str]:
    """The words among which a pick chooses, in the order in which one says them."""
    return sorted(face.shape.values, key=lambda one: _ORDERED.index(one) if one in _ORDERED else -1)


def kinds_of(face: Face) -> dict[str, shapes.StructType]:
    """The structs among which a choice chooses, by their kind."""
    bare = [option.type if isinstance(option, shapes.Metadata) else option for option in face.shape.types]
    return {str(option.tag): option for option in bare if isinstance(option, shapes.StructType)}


def tag_of(face: Face) -> str:
    """The field that names the kind of a choice."""
    return str(next(iter(kinds_of(face).values())).tag_field)


def languages_of(face: Face) -> tuple[str, ...]:
    """The languages in which words may be given."""
    bare = [option.type if isinstance(option, shapes.Metadata) else option for option in face.shape.types]
    found = next(option for option in bare if isinstance(option, shapes.DictType))
    key = found.key_type.type if isinstance(found.key_type, shapes.Metadata) else found.key_type
    known = {str(value) for value in key.values} if isinstance(key, shapes.LiteralType) else {"en"}
    return tuple(sorted(known, key=lambda one: LANGUAGES.index(one) if one in LANGUAGES else len(LANGUAGES)))


def about(shape: shapes.StructType) -> str:
    """What a struct says about itself: the first paragraph of its docstring."""
    text = (shape.cls.__doc__ or "").split("\n\n", maxsplit=1)[0]
    return " ".join(text.replace("``", "").split())
