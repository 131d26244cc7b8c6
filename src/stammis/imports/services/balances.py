"""Balances out of a file: one row for each lot that a member brings from an older system."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from stammis.accrual.outcomes import Item
from stammis.accrual.sentences import refused
from stammis.core.calendars import instant
from stammis.core.events import BroughtBalance
from stammis.core.rules import Rules
from stammis.core.wording import Worded
from stammis.imports.files import Bad, Columns, Row
from stammis.imports.models import Run
from stammis.imports.services import runs
from stammis.imports.services.taking import Read, take_in
from stammis.intake.reading import UNSAID, say
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme

LONGEST_ID = 200
COLUMNS = Columns(("member", "wallet", "amount", "ends_on", "earned_on", "id"), needed=("member", "amount"))
"""``amount`` is in points, with the wallet's decimals; without ``wallet`` the programme's first one is meant."""

_AMOUNT = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,4}))?")


def import_balances(
    path: Path,
    programme: Programme,
    *,
    by: str,
    clock: Callable[[], dt.datetime],
    progress: runs.Progress | None = None,
) -> Run:
    """Take balances in from a CSV or Parquet file; bad rows are listed with the run. Raises BadFile.

    The same file may be read again, also after an interruption: a row is known by its ``id``, or by its member, wallet
    and days and its place among rows that are alike in these. Credits may run meanwhile.
    """
    reader = _Reader(programme, clock())

    def read(rows: Iterator[Row | Bad]) -> Iterator[Read]:
        for row in rows:
            said = row if isinstance(row, Bad) else reader.read(row)
            shown = row.cells.get("member", "")[:LONGEST_ID]
            yield Read([said] if isinstance(said, Bad) else said, row.line, shown)

    return take_in(
        path, COLUMNS, programme, Run.Kind.BALANCES, read, by=by, clock=clock, progress=progress, dated=_dated
    )


class _Reader:
    """Reads rows into what members bring."""

    def __init__(self, programme: Programme, now: dt.datetime) -> None:
        self.programme = programme
        self.rules: Rules = programmes.versions(programme.id).at(instant(now))
        self.today = now.astimezone(self.rules.calendar.zone).date()
        self.alike: Counter[bytes] = Counter()

    def read(self, row: Row) -> Item | Bad:
        """Read a row, or say what is wrong with it."""
        cells = row.cells
        member, shown = cells.get("member", ""), cells.get("member", "")[:LONGEST_ID]
        if not 1 <= len(member) <= LONGEST_ID:
            return Bad(row.line, "member", "bad_form", Worded("An id has 1 to 200 characters."), shown)
        wallet = cells.get("wallet") or self.rules.programme.wallets[0].id
        found = self.rules.wallets.get(wallet)
        if found is None:
            return Bad(row.line, "wallet", "unknown_wallet", refused("unknown_wallet"), shown)
        amount = _units(cells.get("amount", ""), found.decimals)
        if amount is None:
            message = Worded(
                "Write a number of points with at most %(most)s decimals, such as 120.", most=found.decimals
            )
            return Bad(row.line, "amount", "bad_amount", message, shown)
        days: dict[str, dt.date | None] = {}
        for name in ("earned_on", "ends_on"):
            try:
                days[name] = dt.date.fromisoformat(cells[name]) if name in cells else None
            except ValueError:
                return Bad(row.line, name, "bad_date", Worded("Write a date such as 2027-12-31."), shown)
        earned_on, ends_on = days["earned_on"], days["ends_on"]
        if earned_on is not None and earned_on > self.today:
            return Bad(row.line, "earned_on", "in_future", refused("in_future"), shown)
        if ends_on is not None and ends_on < self.today:
            return Bad(row.line, "ends_on", "already_ended", refused("already_ended"), shown)
        event = BroughtBalance(
            occurred_at=UNSAID,
            id=cells.get("id") or self._id(member, wallet, earned_on, ends_on),
            member=member,
            wallet=wallet,
            amount=amount,
            earned_on=earned_on,
            ends_on=ends_on,
        )
        return Item(self.programme.id, event, ("balance", event.id), say(event).digest)

    def _id(self, *parts: str | dt.date | None) -> str:
        digest = sha256("\x1f".join(str(part or "") for part in parts).encode()).digest()
        self.alike[digest[:12]] += 1
        return f"balance-{digest[:20].hex()}-{self.alike[digest[:12]]}"


def _units(text: str, decimals: int) -> int | None:
    """Read points into whole smallest units; None where the text is no such number."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction = match.groups(default="")
    if len(fraction.rstrip("0")) > decimals:
        return None
    units = int(whole + fraction.rstrip("0").ljust(decimals, "0"))
    return -units if sign else units


def _dated(item: Item, now: dt.datetime) -> Item:
    """Let a balance come now; its own days are what its lot goes by."""
    assert isinstance(item.event, BroughtBalance)
    event = msgspec.structs.replace(item.event, occurred_at=now)
    return Item(item.programme_id, event, item.key, item.hash)
