"""Reading a document against its types: every misfit at once, with place, code, sentence and the nearest name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import reduce
from typing import Any, Final

from msgspec import Struct
from msgspec import inspect as shapes

from stammis.core.wording import Worded, together, wording

DEEPEST: Final = 40
"""Levels of nesting that a document may have."""

FORMS: Final = {
    r"^[a-z0-9][a-z0-9_-]{0,62}$": wording(
        "an id: a-z, 0-9, - and _, at most 63 characters, beginning with a letter or digit"
    ),
    r"^[0-9]{1,12}(\.[0-9]{1,6})?$": wording('a number such as 5 or "2.50", not below zero, with at most six decimals'),
    r"^[A-Z]{3}$": wording("a currency code such as EUR"),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$": wording('a time of day such as "08:30"'),
}

UNKNOWN: Final = {
    "unknown_currency": wording("There is no currency «%(name)s»."),
    "unknown_event": wording("There is no type of event «%(name)s»."),
    "unknown_field": wording("There is no field «%(name)s»."),
    "unknown_holidays": wording("There is no list of holidays «%(name)s»."),
    "unknown_kind": wording("There is no kind «%(name)s»."),
    "unknown_level": wording("There is no level «%(name)s»."),
    "unknown_measure": wording("There is no measure «%(name)s»."),
    "unknown_property": wording("There is no property «%(name)s»."),
    "unknown_rule": wording("There is no rule «%(name)s»."),
    "unknown_status": wording("There is no status «%(name)s»."),
    "unknown_tier_set": wording("There is no tier set «%(name)s»."),
    "unknown_timezone": wording("There is no time zone «%(name)s»."),
    "unknown_value": wording("There is no value «%(name)s»."),
    "unknown_wallet": wording("There is no wallet «%(name)s»."),
}
"""What is said of a name that nothing has, by the problem's code."""


class Problem(Struct, frozen=True):
    """What is wrong with a document, and where: a JSON pointer, a stable code, a sentence, the nearest known name."""

    pointer: str
    code: str
    message: Worded
    nearest: str | None = None


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, if any does."""
    found = get_close_matches(str(name), list(known), 1, 0.6)
    return found[0] if found else None


def unknown(pointer: str, code: str, name: object, known: Iterable[str]) -> Problem:
    """The problem of a name that nothing has, with the nearest that something has."""
    names = sorted(known)
    close = nearest(name, names)
    said = [Worded(UNKNOWN[code], name=str(name)), *_meant(close)]
    if names and not close:
        said.append(Worded("Known: %(names)s.", names=", ".join(names[:12])))
    return Problem(pointer, code, together(*said), close)


def plain(problem: Problem) -> dict[str, str]:
    """A problem as programs read it: in English, without what is not known."""
    said = {"pointer": problem.pointer, "code": problem.code, "message": str(problem.message)}
    return said | ({"nearest": problem.nearest} if problem.nearest else {})


def _meant(close: str | None) -> list[Worded]:
    return [Worded("Did you mean «%(name)s»?", name=close)] if close else []


def below(pointer: str, *keys: object) -> str:
    """The JSON pointer of what lies below another."""
    return "".join((pointer, *(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)))


def misfits(value: Any, shape: shapes.Type, pointer: str = "", depth: int = 0) -> Iterator[Problem]:
    """Everything about a value that does not fit a shape."""
    if depth > DEEPEST:
        yield Problem(pointer, "too_deep", Worded("Nested more than %(most)s levels deep.", most=DEEPEST))
        return
    match shape:
        case shapes.Metadata():
            yield from misfits(value, shape.type, pointer, depth)
        case shapes.StructType():
            yield from _of_struct(value, shape, pointer, depth)
        case shapes.UnionType():
            yield from _of_union(value, shape, pointer, depth)
        case shapes.VarTupleType():
            yield from _of_list(value, shape, pointer, depth)
        case shapes.DictType():
            yield from _of_dict(value, shape, pointer, depth)
        case shapes.StrType():
            yield from _of_text(value, shape, pointer)
        case shapes.IntType():
            yield from _of_number(value, shape, pointer)
        case shapes.LiteralType():
            yield from _of_literal(value, shape, pointer)
        case shapes.BoolType():
            if not isinstance(value, bool):
                yield _wrong(pointer, Worded("true or false"), value)
        case shapes.DateType():
            if not _is_date(value):
                yield Problem(pointer, "wrong_format", Worded("Expected a date such as 2025-01-31."))
        case shapes.NoneType():
            if value is not None:
                yield _wrong(pointer, Worded("nothing"), value)
        case _:
            raise AssertionError(f"programmes have no {shape}")


def _kind(value: Any) -> Worded:
    match value:
        case None:
            return Worded("nothing")
        case bool():
            return Worded("true or false")
        case float():
            return Worded("a number with decimals")
        case int():
            return Worded("a number")
        case str():
            return Worded("a text")
        case list() | tuple():
            return Worded("a list")
        case dict():
            return Worded("a set of fields")
        case _:
            return Worded(type(value).__name__)


def _wrong(pointer: str, expected: Worded, value: Any) -> Problem:
    said = [Worded("Expected %(expected)s, found %(found)s.", expected=expected, found=_kind(value))]
    if isinstance(value, float):
        said.append(Worded('Write it in quotes: "%(value)s".', value=str(value)))
    return Problem(pointer, "wrong_type", together(*said))


def _of_struct(value: Any, shape: shapes.StructType, pointer: str, depth: int) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(pointer, Worded("a set of fields"), value)
        return
    fields = {field.encode_name: field for field in shape.fields}
    known = [*fields, *([shape.tag_field] if shape.tag_field else [])]
    for name in value:
        if name not in known:
            yield unknown(below(pointer, name), "unknown_field", name, known)
    for name, field in fields.items():
        if name in value:
            yield from misfits(value[name], field.type, below(pointer, name), depth + 1)
        elif field.required:
            yield Problem(below(pointer, name), "missing_field", Worded("«%(name)s» is needed here.", name=name))


def _of_union(value: Any, shape: shapes.UnionType, pointer: str, depth: int) -> Iterator[Problem]:
    kinds = {option.tag: option for option in shape.types if isinstance(option, shapes.StructType) and option.tag_field}
    plain = any(_may_be(value, option) for option in map(_bare, shape.types) if option not in kinds.values())
    if kinds and not plain:
        yield from _of_kinds(value, {str(tag): option for tag, option in kinds.items()}, pointer, depth)
        return
    options = [_bare(option) for option in shape.types]
    fitting = [option for option in options if _may_be(value, option)]
    if fitting:
        yield from misfits(value, fitting[0], pointer, depth)
    else:
        names = dict.fromkeys(name for name in map(_expected, options) if name)
        yield _wrong(pointer, reduce(_either, names), value)


def _either(one: Worded, other: Worded) -> Worded:
    return Worded("%(one)s or %(other)s", one=one, other=other)


def _bare(shape: shapes.Type) -> shapes.Type:
    return shape.type if isinstance(shape, shapes.Metadata) else shape


def _of_kinds(value: Any, kinds: dict[str, shapes.StructType], pointer: str, depth: int) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(pointer, Worded("a set of fields"), value)
        return
    tag_field = next(iter(kinds.values())).tag_field
    assert tag_field is not None
    if tag_field not in value:
        yield Problem(
            below(pointer, tag_field),
            "missing_field",
            Worded("«%(name)s» is needed: %(kinds)s.", name=tag_field, kinds=", ".join(kinds)),
        )
    elif not isinstance(value[tag_field], str) or value[tag_field] not in kinds:
        yield unknown(below(pointer, tag_field), "unknown_kind", value[tag_field], kinds)
    else:
        yield from _of_struct(value, kinds[value[tag_field]], pointer, depth)


def _may_be(value: Any, shape: shapes.Type) -> bool:
    match shape:
        case shapes.NoneType():
            return value is None
        case shapes.BoolType():
            return isinstance(value, bool)
        case shapes.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case shapes.StrType() | shapes.LiteralType():
            return isinstance(value, str)
        case shapes.DateType():
            return isinstance(value, str | dt.date)
        case shapes.DictType() | shapes.StructType():
            return isinstance(value, dict)
        case _:
            return False


def _form(shape: shapes.StrType) -> Worded:
    return Worded(FORMS.get(shape.pattern or "", wording("a text")))


def _expected(shape: shapes.Type) -> Worded | None:
    match shape:
        case shapes.BoolType():
            return Worded("true or false")
        case shapes.IntType():
            return Worded("a whole number")
        case shapes.StrType():
            return _form(shape)
        case shapes.LiteralType(values=values):
            return Worded("one of %(values)s", values=", ".join(str(one) for one in values))
        case shapes.DateType():
            return Worded("a date such as 2025-01-31")
        case shapes.DictType() | shapes.StructType():
            return Worded("a set of fields")
        case _:
            return None


def _of_list(value: Any, shape: shapes.VarTupleType, pointer: str, depth: int) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield _wrong(pointer, Worded("a list"), value)
        return
    if len(value) < (shape.min_length or 0):
        yield Problem(pointer, "empty", Worded("At least one is needed here."))
    for place, item in enumerate(value):
        yield from misfits(item, shape.item_type, below(pointer, place), depth + 1)


def _of_dict(value: Any, shape: shapes.DictType, pointer: str, depth: int) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(pointer, Worded("a set of fields"), value)
        return
    if len(value) < (shape.min_length or 0):
        yield Problem(pointer, "empty", Worded("At least one is needed here."))
    for key, item in value.items():
        yield from misfits(key, shape.key_type, below(pointer, key), depth + 1)
        yield from misfits(item, shape.value_type, below(pointer, key), depth + 1)


def _of_text(value: Any, shape: shapes.StrType, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong(pointer, _form(shape), value)
    elif shape.pattern is not None and re.search(shape.pattern.replace("$", r"\Z"), value) is None:
        yield Problem(
            pointer,
            "wrong_format",
            Worded("Expected %(expected)s.", expected=Worded(FORMS.get(shape.pattern, shape.pattern))),
        )
    elif len(value) < (shape.min_length or 0):
        yield Problem(pointer, "empty", Worded("This may not be empty."))
    elif shape.max_length is not None and len(value) > shape.max_length:
        yield Problem(pointer, "too_long", Worded("At most %(most)s characters.", most=shape.max_length))


def _of_number(value: Any, shape: shapes.IntType, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _wrong(pointer, Worded("a whole number"), value)
    elif shape.ge is not None and value < shape.ge:
        yield Problem(pointer, "out_of_range", Worded("At least %(least)s.", least=shape.ge))
    elif shape.le is not None and value > shape.le:
        yield Problem(pointer, "out_of_range", Worded("At most %(most)s.", most=shape.le))


def _of_literal(value: Any, shape: shapes.LiteralType, pointer: str) -> Iterator[Problem]:
    if not any(type(value) is type(option) and value == option for option in shape.values):
        known = [str(option) for option in shape.values]
        close = nearest(value, known)
        said = Worded("Expected one of %(values)s.", values=", ".join(known))
        yield Problem(pointer, "unknown_value", together(said, *_meant(close)), close)


def _is_date(value: Any) -> bool:
    if isinstance(value, dt.date):
        return not isinstance(value, dt.datetime)
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True
