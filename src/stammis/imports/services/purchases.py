"""Purchases out of a file: one row for each line, the rows of a purchase one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from stammis.accrual.outcomes import Item
from stammis.core.wording import Worded, as_worded
from stammis.imports.files import LONGEST_RAW, Bad, Columns, Row
from stammis.imports.models import Run
from stammis.imports.services import runs
from stammis.imports.services.taking import CHUNK, Read, take_in
from stammis.intake.bodies import MOST_LINES
from stammis.intake.reading import read_purchase
from stammis.kit.errors import Invalid
from stammis.programmes.models import Programme

OF_PURCHASE = (
    "purchase",
    "member",
    "email",
    "occurred_at",
    "currency",
    "channel",
    "store",
    "partner",
    "payment",
    "status",
    "rounding",
    "reward_discount",
    "shop_discount",
    "coupons",
    "points_wallet",
    "points",
)
OF_LINE = ("line", "sku", "name", "category", "quantity", "amount", "tax", "kind")
COLUMNS = Columns((*OF_PURCHASE, *OF_LINE), needed=("purchase", "occurred_at", "amount"))
"""``coupons`` are divided by ``|``. A later row of a purchase may leave the purchase's columns empty or repeat them."""

_PLAIN = ("member", "occurred_at", "channel", "store", "partner", "payment", "status", "rounding")
_PLACES = {
    "id": "purchase",
    "contact": "email",
    "discounts": "reward_discount",
    "points": "points",
}


@dataclass
class Group:
    """The rows of one purchase, and what is wrong with them."""

    id: str
    rows: list[Row] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    line: int = 0

    def add(self, row: Row | Bad) -> None:
        """Adds a row; of a purchase with too many lines no more than that is kept."""
        self.line = self.line or row.line
        if isinstance(row, Bad):
            self.bad.append(row)
        elif len(self.rows) <= MOST_LINES:
            self.bad += _contradictions(self.rows[0], row) if self.rows else []
            self.rows.append(row)


def import_purchases(
    path: Path,
    programme: Programme,
    *,
    by: str,
    clock: Callable[[], dt.datetime],
    progress: runs.Progress | None = None,
) -> Run:
    """Take purchases in from a CSV or Parquet file; bad rows are listed with the run. Raises BadFile.

    A purchase with a bad row is left out as a whole. The same file may be read again: nothing is taken in twice.
    """

    def read(rows: Iterator[Row | Bad]) -> Iterator[Read]:
        for group in groups(rows):
            yield Read(_read(group, programme), group.line, group.id, len(group.rows))

    return take_in(path, COLUMNS, programme, Run.Kind.PURCHASES, read, by=by, clock=clock, progress=progress)


def groups(rows: Iterator[Row | Bad]) -> Iterator[Group]:
    """Put rows together that stand one after the other and name the same purchase.

    A row that cannot be read spoils the purchase that it seems to name or in whose midst it stands, else only itself.
    """
    group: Group | None = None
    unknown: list[Bad] = []
    for row in rows:
        name = row.cells.get("purchase", "")
        if isinstance(row, Bad) and (group is None or group.id != name):
            unknown.append(row)
            if len(unknown) > CHUNK:
                yield from map(_alone, unknown[1:])
                del unknown[1:]
            continue
        lost, unknown = unknown, []
        if group is not None and group.id == name:
            group.bad += lost
        else:
            if group is not None:
                yield group
            group = Group(name, bad=[bad for bad in lost if bad.cells.get("purchase") == name])
            yield from (_alone(bad) for bad in lost if bad not in group.bad)
        group.add(row)
    if group is not None:
        yield group
    yield from map(_alone, unknown)


def _alone(bad: Bad) -> Group:
    return Group("", bad=[bad], line=bad.line)


def body(group: Group, currency: str) -> dict[str, Any]:
    """Give the rows of a purchase as the body that the API takes."""
    first = group.rows[0].cells
    said: dict[str, Any] = {name: first[name] for name in _PLAIN if name in first}
    said |= {"id": group.id, "currency": first.get("currency", currency)}
    if "email" in first:
        said["contact"] = {"email": first["email"]}
    discounts = [
        {"amount": first[column], "kind": kind}
        for column, kind in (("reward_discount", "reward"), ("shop_discount", "shop"))
        if column in first
    ]
    if discounts:
        said["discounts"] = discounts
    if "coupons" in first:
        said["coupons"] = [code.strip() for code in first["coupons"].split("|") if code.strip()]
    if "points" in first or "points_wallet" in first:
        said["points"] = {"wallet": first.get("points_wallet", "points"), "amount": _whole(first.get("points", ""))}
    said["lines"] = [_line(number, row.cells) for number, row in enumerate(group.rows, start=1)]
    return said


def _line(number: int, cells: dict[str, str]) -> dict[str, str]:
    line = {name: cells[name] for name in OF_LINE[1:] if name in cells}
    return {"id": cells.get("line", str(number)), "quantity": "1"} | line


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < CHUNK else text


def _contradictions(first: Row, row: Row) -> list[Bad]:
    """List where a later row of a purchase says something else about it than the first."""

    def said(name: str) -> Worded:
        return Worded("The first row of this purchase says «%(value)s».", value=first.cells.get(name, "")[:100])

    return [
        Bad(row.line, name, "differs", said(name), row.cells[name][:LONGEST_RAW])
        for name in OF_PURCHASE
        if name in row.cells and row.cells[name] != first.cells.get(name, "")
    ]


def _read(group: Group, programme: Programme) -> Item | list[Bad]:
    if not group.bad and len(group.rows) > MOST_LINES:
        message = Worded("A purchase has at most %(most)s lines.", most=MOST_LINES)
        group.bad.append(Bad(group.line, "", "too_many_lines", message, group.id))
    if group.bad:
        return group.bad
    try:
        said = read_purchase(msgspec.json.encode(body(group, programme.currency)))
    except Invalid as error:
        return [_bad(group, each) for each in error.errors]
    return Item(programme.id, said.event, ("purchase", group.id), said.digest, said.body)


def _bad(group: Group, fault: dict[str, str]) -> Bad:
    """Say in which line and column of the file a fault of the body lies."""
    first, _slash, rest = fault["pointer"].removeprefix("/").partition("/")
    line, column = group.line, _PLACES.get(first, first)
    if first == "lines":
        place, _slash, name = rest.partition("/")
        line = group.rows[int(place)].line if place.isdigit() else line
        column = "line" if name == "id" else name
    elif first == "points" and rest == "wallet":
        column = "points_wallet"
    elif first == "discounts" and "reward_discount" not in group.rows[0].cells:
        column = "shop_discount"
    return Bad(line, column, fault["code"], as_worded(fault["message"]), group.id)
