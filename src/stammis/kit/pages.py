"""Pages of a long list: each begins where the last one ended (a cursor), so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from django.db.models import Model, Q, QuerySet

from stammis.kit.errors import Invalid

Row = TypeVar("Row")
Table = TypeVar("Table", bound=Model)
Key = str | int | bool | dt.datetime | dt.date | uuid.UUID | None


class BadCursor(Invalid):
    """This place in the list cannot be read. Start again from its beginning."""

    code = "bad_cursor"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors with which to ask for what comes after and before; None at either end."""

    rows: Sequence[Row]
    after: str | None = None
    before: str | None = None


def write_cursor(keys: Sequence[Key], *, back: bool = False) -> str:
    """Write a place in a list as short text that goes into an address: the sort keys of a row, and the direction."""
    packed = msgspec.json.encode([int(back), [[_mark(key), str(key) if _mark(key) else key] for key in keys]])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(text: str) -> tuple[list[Key], bool]:
    """Read what ``write_cursor`` wrote: the keys and whether it points back. Raises BadCursor."""
    try:
        packed = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        back, keys = msgspec.json.decode(packed, type=tuple[int, list[tuple[str, Any]]])
        return [_unmark(mark, key) for mark, key in keys], bool(back)
    except (binascii.Error, ValueError, KeyError, msgspec.DecodeError) as error:
        raise BadCursor from error


def page(rows: QuerySet[Table], *, order: Sequence[str], cursor: str | None = None, limit: int = 50) -> Page[Table]:
    """Give one page of a query, ordered by ``order`` (names of fields, ``-`` before a descending one).

    The last name must make the order total, and no field of it may be null. Raises BadCursor.
    """
    keys, back = read_cursor(cursor) if cursor else ([], False)
    if keys:
        if len(keys) != len(order):
            raise BadCursor
        rows = rows.filter(_beyond(order, keys, back=back))
    found = list(rows.order_by(*(_turned(name) for name in order) if back else order)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    if not found:
        return Page(())
    return Page(
        found,
        after=write_cursor(_keys(found[-1], order)) if more or back else None,
        before=write_cursor(_keys(found[0], order), back=True) if (more if back else bool(keys)) else None,
    )


def _beyond(order: Sequence[str], keys: Sequence[Key], *, back: bool) -> Q:
    """Say «after these keys» (or before them) as a condition, one alternative for each leading part that is equal."""
    beyond, equal = Q(), Q()
    for name, key in zip(order, keys, strict=True):
        field = name.removeprefix("-")
        direction = "lt" if name.startswith("-") != back else "gt"
        beyond |= equal & Q(**{f"{field}__{direction}": key})
        equal &= Q(**{field: key})
    first = order[0].removeprefix("-")
    bound = "lte" if order[0].startswith("-") != back else "gte"
    return Q(**{f"{first}__{bound}": keys[0]}) & beyond  # the plain bound lets the index begin at the right place


def _keys(row: Model, order: Sequence[str]) -> list[Key]:
    return [getattr(row, name.removeprefix("-")) for name in order]


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _mark(key: Key) -> str:
    match key:
        case dt.datetime():
            return "t"
        case dt.date():
            return "d"
        case uuid.UUID():
            return "u"
        case _:
            return ""


def _unmark(mark: str, key: Any) -> Key:
    match mark:
        case "t":
            return dt.datetime.fromisoformat(key)
        case "d":
            return dt.date.fromisoformat(key)
        case "u":
            return uuid.UUID(key)
        case "" if key is None or isinstance(key, str | int):
            return key
        case _:
            raise BadCursor
