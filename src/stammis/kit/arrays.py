"""PostgreSQL's binary form of parameters and answers: columns of values go out as one array each, in one pass.

A library that looks at every value costs more than the database does; these functions know what they are given.
"""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from collections.abc import Sequence
from itertools import repeat
from operator import is_
from typing import NamedTuple

_BOOL, _BYTEA, _INT8, _INT2, _INT4, _TEXT, _TIMESTAMPTZ, _UUID = 16, 17, 20, 21, 23, 25, 1184, 2950
_ARRAYS = {
    _BOOL: 1000,
    _BYTEA: 1001,
    _INT2: 1005,
    _INT4: 1007,
    _TEXT: 1009,
    _INT8: 1016,
    _TIMESTAMPTZ: 1185,
    _UUID: 2951,
}
_HEAD = struct.Struct("!5i")
_SIZE = struct.Struct("!i").pack
_NULL = _SIZE(-1)
_TWO, _FOUR, _EIGHT = struct.Struct("!ih"), struct.Struct("!ii"), struct.Struct("!iq")
"""A value of so many bytes, after its width."""
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_UNIX_EPOCH_SECONDS = 946_684_800
"""Seconds from 1970 to 2000, from which PostgreSQL counts."""


class Param(NamedTuple):
    """A parameter as it is sent: its type, and its bytes (None: NULL)."""

    oid: int
    value: bytes | None


def _array(oid: int, size: int, parts: bytes, *, nulls: bool = False) -> Param:
    return Param(_ARRAYS[oid], _HEAD.pack(1 if size else 0, nulls, oid, size, 1)[: None if size else 12] + parts)


def _repeated(values: Sequence[object]) -> bool:
    """Tell a column whose values are all one object: then one of them is written so many times."""
    first = values[0]
    return first is values[-1] and all(map(is_, values, repeat(first)))


def uuids(values: Sequence[bytes]) -> Param:
    """Give a ``uuid[]`` of values of 16 bytes each."""
    size = _SIZE(16)
    return _array(_UUID, len(values), size + size.join(values) if values else b"")


def _whole(oid: int, one: struct.Struct, values: Sequence[int | None]) -> Param:
    width = one.size - 4
    pack = one.pack
    if not values or None not in values:
        return _array(oid, len(values), b"".join(map(pack, repeat(width), values)))
    parts = b"".join([_NULL if value is None else pack(width, value) for value in values])
    return _array(oid, len(values), parts, nulls=True)


def ints(values: Sequence[int | None]) -> Param:
    """Give an ``int4[]``."""
    return _whole(_INT4, _FOUR, values)


def smallints(values: Sequence[int | None]) -> Param:
    """Give an ``int2[]``."""
    return _whole(_INT2, _TWO, values)


def bigints(values: Sequence[int | None]) -> Param:
    """Give an ``int8[]``."""
    return _whole(_INT8, _EIGHT, values)


def instants(values: Sequence[int | None]) -> Param:
    """Give a ``timestamptz[]`` of microseconds since 1970 (see ``microseconds``)."""
    shift = _UNIX_EPOCH_SECONDS * 1_000_000
    return _whole(_TIMESTAMPTZ, _EIGHT, [None if value is None else value - shift for value in values])


def raws(values: Sequence[bytes | None]) -> Param:
    """Give a ``bytea[]``."""
    return _sized(_BYTEA, values)


def encoded(values: Sequence[bytes | None]) -> Param:
    """Give a ``text[]`` of values that are UTF-8 already, such as JSON."""
    return _sized(_TEXT, values)


def _sized(oid: int, values: Sequence[bytes | None]) -> Param:
    parts: list[bytes] = []
    add = parts.append
    nulls = False
    for value in values:
        if value is None:
            nulls = True
            add(_NULL)
        else:
            add(_SIZE(len(value)))
            add(value)
    return _array(oid, len(values), b"".join(parts), nulls=nulls)


def texts(values: Sequence[str | None]) -> Param:
    """Give a ``text[]``."""
    if values and _repeated(values):
        only = values[0]
        part = _NULL if only is None else _SIZE(len(only.encode())) + only.encode()
        return _array(_TEXT, len(values), part * len(values), nulls=only is None)
    return _sized(_TEXT, [None if value is None else value.encode() for value in values])


def one_uuid(value: bytes) -> Param:
    """Give a ``uuid``."""
    return Param(_UUID, value)


def one_text(value: str) -> Param:
    """Give a ``text``."""
    return Param(_TEXT, value.encode())


def one_int(value: int) -> Param:
    """Give an ``int8``."""
    return Param(_INT8, struct.pack("!q", value))


def one_instant(value: int) -> Param:
    """Give a ``timestamptz`` of microseconds since 1970."""
    return Param(_TIMESTAMPTZ, struct.pack("!q", value - _UNIX_EPOCH_SECONDS * 1_000_000))


def microseconds(moment: dt.datetime) -> int:
    """Give a moment as microseconds since 1970."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds + _UNIX_EPOCH_SECONDS) * 1_000_000 + since.microseconds


def microseconds_of(value: bytes) -> int:
    """Give a ``timestamptz`` of an answer as microseconds since 1970."""
    return int.from_bytes(value, "big", signed=True) + _UNIX_EPOCH_SECONDS * 1_000_000


def read_instant(value: bytes) -> dt.datetime:
    """Read a ``timestamptz`` from an answer."""
    return _EPOCH + dt.timedelta(microseconds=int.from_bytes(value, "big", signed=True))


def read_int(value: bytes) -> int:
    """Read a whole number of any width from an answer."""
    return int.from_bytes(value, "big", signed=True)


def read_uuid(value: bytes) -> uuid.UUID:
    """Read a ``uuid`` from an answer."""
    return uuid.UUID(bytes=value)
