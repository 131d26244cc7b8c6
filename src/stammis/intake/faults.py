"""Everything that is wrong with a body, with its place: the slow way, walked only after the fast one has failed."""

from __future__ import annotations

import datetime as dt
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from typing import Annotated, Any

import msgspec
from msgspec import inspect

from stammis.core.reading import nearest
from stammis.core.wording import Worded, together, wording
from stammis.intake.amounts import MOST_DECIMALS, Unreadable, millionths, minor_units, signed_minor_units
from stammis.intake.bodies import ITEMS, YEARS, Body
from stammis.intake.codes import MESSAGES, Fault, fault
from stammis.intake.relations import relations

MOST_FAULTS = 100
LONGEST_NAME = 100
"""A longer name is like none of ours."""
ONE_OF = wording("Write one of: %(values)s.")
ENTRIES = wording("%(number)s entries are too many: at most %(most)s.")
CHARACTERS = wording("%(number)s characters are too many: at most %(most)s.")
_LARGEST_FLOAT = Decimal("1.7e308")


def faults(raw: bytes, body: type[Body], currency: str | None = None) -> list[Fault]:
    """List what is wrong with a body that could not be read, at most 100 things; ``currency`` is the programme's."""
    value, unreadable = _plain(raw)
    return unreadable or value_faults(value, body, currency)


def item_faults(raw: bytes, currency: str | None = None) -> list[Fault]:
    """List what is wrong with an item of a batch, told apart by its ``kind``."""
    value, unreadable = _plain(raw)
    if unreadable:
        return unreadable
    if not isinstance(value, dict):
        return [fault("", "wrong_type", Worded("An object is expected here."))]
    kind = value.get("kind")
    body = ITEMS.get(kind) if isinstance(kind, str) else None
    if body is None:
        code = "wrong_type" if "kind" in value else "missing_field"
        return [fault("/kind", code, Worded(ONE_OF, values=", ".join(ITEMS)))]
    return value_faults(value, body, currency)


def value_faults(value: Any, body: type[Body], currency: str | None = None) -> list[Fault]:
    """List what is wrong with a body that has been read as plain JSON values, at most 100 things."""
    found = chain(_walk(value, _shape(body), ""), relations(value, body, currency))
    return list({(each["pointer"], each["code"]): each for each in islice(found, MOST_FAULTS)}.values())


def _plain(raw: bytes) -> tuple[Any, list[Fault]]:
    """Read JSON as plain values, leniently enough to find the place of a NaN; or say why it is none."""
    if raw.startswith(BOM_UTF8):
        return None, [fault("", "bad_json", Worded("This begins with a byte order mark: send JSON without one."))]
    try:
        return json.loads(raw, parse_constant=_NotANumber, parse_float=Decimal), []
    except RecursionError:
        return None, [fault("", "too_deep")]
    except UnicodeDecodeError as error:
        message = Worded("This is not UTF-8: byte %(number)s cannot be read.", number=error.start + 1)
        return None, [fault("", "bad_json", message)]
    except ValueError as error:
        return None, [fault("", "bad_json", Worded("This is not JSON: %(words)s.", words=str(error)))]


class _NotANumber:
    """What NaN, Infinity or -Infinity is read as."""

    def __init__(self, written: str) -> None:
        self.written = written


@cache
def _shape(body: Any) -> inspect.Type:
    return inspect.type_info(body)


def _walk(value: Any, shape: inspect.Type, pointer: str, reads: str | None = None) -> Iterator[Fault]:
    """Follow a value along its type and yield what does not fit."""
    match shape:
        case inspect.Metadata(type=inner, extra=extra):
            yield from _walk(value, inner, pointer, (extra or {}).get("reads", reads))
        case inspect.UnionType(types=types):
            yield from _walk_union(value, types, pointer, reads)
        case _ if isinstance(value, _NotANumber):
            yield fault(pointer, "not_a_number")
        case inspect.StructType():
            yield from _walk_object(value, shape, pointer)
        case inspect.ListType(item_type=item):
            yield from _walk_list(value, shape, item, pointer)
        case inspect.DictType(key_type=key_type, value_type=value_type):
            yield from _walk_facts(value, shape, key_type, value_type, pointer)
        case inspect.StrType():
            yield from _walk_text(value, shape, pointer, reads)
        case inspect.DateTimeType() | inspect.DateType():
            yield from _walk_time(value, shape, pointer)
        case inspect.LiteralType(values=values) if not isinstance(value, str) or value not in values:
            yield fault(pointer, "wrong_type", Worded(ONE_OF, values=", ".join(map(str, values))))
        case inspect.IntType():
            yield from _walk_whole(value, shape, pointer)
        case inspect.FloatType():
            if not isinstance(value, Decimal):
                yield fault(pointer, "wrong_type")
            elif abs(value) > _LARGEST_FLOAT:
                yield fault(pointer, "out_of_range")
        case inspect.BoolType() if not isinstance(value, bool):
            yield fault(pointer, "wrong_type")
        case _:
            pass  # null and the like: whatever stands here is accepted


def _walk_union(value: Any, types: tuple[inspect.Type, ...], pointer: str, reads: str | None) -> Iterator[Fault]:
    """Find the alternative that the value is meant to be, and walk along that one."""
    if value is None and any(isinstance(each, inspect.NoneType) for each in types):
        return
    if reads == "quantity":
        yield from _walk_quantity(value, pointer)
        return
    real = [each for each in types if not isinstance(each, inspect.NoneType)]
    first: list[Fault] | None = None
    for each in real:
        found = list(_walk(value, each, pointer, reads))
        if not found:
            return
        if first is None or all(one["code"] == "wrong_type" for one in first):
            first = found
    yield from first or ()


def _walk_object(value: Any, shape: inspect.StructType, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield fault(pointer, "wrong_type", Worded("An object is expected here."))
        return
    fields = {each.encode_name: each for each in shape.fields}
    for name in value:
        if name not in fields and name != shape.tag_field:
            yield fault(f"{pointer}/{_escape(name)}", "unknown_field", _unknown(name, fields))
    for name, each in fields.items():
        if name in value:
            yield from _walk(value[name], each.type, f"{pointer}/{name}")
        elif each.required:
            yield fault(f"{pointer}/{name}", "missing_field")


def _unknown(name: str, fields: Iterable[str]) -> Worded:
    close = nearest(name, fields) if len(name) <= LONGEST_NAME else None
    said = MESSAGES["unknown_field"]
    return together(said, Worded("Did you mean «%(name)s»?", name=close)) if close else said


def _walk_list(value: Any, shape: Any, item: inspect.Type, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield fault(pointer, "wrong_type", Worded("A list is expected here."))
        return
    yield from _length(value, shape, pointer, ENTRIES)
    for at, each in enumerate(value[: shape.max_length]):
        yield from _walk(each, item, f"{pointer}/{at}")


def _walk_facts(
    value: Any, shape: Any, key_type: inspect.Type, value_type: inspect.Type, pointer: str
) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield fault(pointer, "wrong_type", Worded("An object is expected here."))
        return
    yield from _length(value, shape, pointer, ENTRIES)
    for name, each in value.items():
        yield from _walk(name, key_type, f"{pointer}/{_escape(name)}")
        yield from _walk(each, value_type, f"{pointer}/{_escape(name)}")


def _walk_text(value: Any, shape: inspect.StrType, pointer: str, reads: str | None) -> Iterator[Fault]:
    if not isinstance(value, str):
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        yield fault(pointer, "number_for_money" if number and reads in {"money", "signed_money"} else "wrong_type")
        return
    if "\0" in value:
        yield fault(pointer, "nul_character")
        return
    if _has_half_characters(value):
        yield fault(pointer, "half_character")
        return
    yield from _length(value, shape, pointer, CHARACTERS)
    match reads:
        case "money":
            yield from _unreadable(pointer, lambda: minor_units(MOST_DECIMALS)(value))
        case "signed_money":
            yield from _unreadable(pointer, lambda: signed_minor_units(value, MOST_DECIMALS))
        case _:
            if shape.pattern is not None and not re.search(shape.pattern, value):
                yield fault(pointer, "bad_form")


def _walk_time(value: Any, shape: inspect.DateTimeType | inspect.DateType, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield fault(pointer, "wrong_type", Worded("A time or a date, written as text, is expected here."))
    elif isinstance(shape, inspect.DateType):
        if not _converts(value, dt.date):
            yield fault(pointer, "bad_date")
    elif not _converts(value, dt.datetime):
        yield fault(pointer, "bad_time")
    elif not _converts(value, Annotated[dt.datetime, msgspec.Meta(tz=True)]):
        yield fault(pointer, "no_offset")
    elif msgspec.convert(value, dt.datetime).year not in YEARS:
        yield fault(pointer, "out_of_range")


def _converts(value: str, to: Any) -> bool:
    try:
        msgspec.convert(value, to)
    except msgspec.ValidationError:
        return False
    return True


def _walk_whole(value: Any, shape: inspect.IntType, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield fault(pointer, "wrong_type", Worded("A whole number is expected here."))
    elif (shape.ge is not None and value < shape.ge) or (shape.le is not None and value > shape.le):
        message = Worded("This lies outside %(least)s to %(most)s.", least=str(shape.ge), most=str(shape.le))
        yield fault(pointer, "out_of_range", message)


def _walk_quantity(value: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(value, _NotANumber):
        yield fault(pointer, "not_a_number")
        return
    if isinstance(value, bool) or not isinstance(value, int | str):
        message = Worded("Write a whole number, or decimal text; JSON fractions are refused.")
        yield fault(pointer, "wrong_type", message)
        return
    yield from _unreadable(pointer, lambda: millionths(value))


def _unreadable(pointer: str, read: Callable[[], object]) -> Iterator[Fault]:
    try:
        read()
    except Unreadable as error:
        yield fault(pointer, error.code)


def _length(value: Any, shape: Any, pointer: str, too_long: str) -> Iterator[Fault]:
    if shape.min_length is not None and len(value) < shape.min_length:
        yield fault(pointer, "empty")
    if shape.max_length is not None and len(value) > shape.max_length:
        yield fault(pointer, "too_long", Worded(too_long, number=len(value), most=shape.max_length))


def _has_half_characters(text: str) -> bool:
    """Tell whether JSON escapes left half of a UTF-16 pair in the text: no such text can be stored or sent."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _escape(name: str) -> str:
    """Write a field's name as a part of a JSON pointer, shortened where it is monstrous."""
    shown = name[:200].encode("utf-8", "replace").decode()
    return shown.replace("~", "~0").replace("/", "~1")
