"""Ledger rows as they read now: what is still pending, what was cancelled, and until when their lots last."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from stammis.accrual.queries.members import standing_of
from stammis.core.calendars import instant, moment
from stammis.core.due import as_read
from stammis.core.standing import Standing
from stammis.ledger import queries as ledger
from stammis.ledger.models import Entry
from stammis.programmes import queries as programmes


def rows_view(member_id: uuid.UUID, entries: Sequence[Entry], now: dt.datetime) -> list[dict[str, Any]]:
    """Give rows of a member in the contract's form, each with its status and the end that its lot has now."""
    if not entries:
        return []
    rules = programmes.versions(entries[0].programme_id).at(instant(now))
    standing = as_read(standing_of(member_id), instant(now), rules)
    statuses = _statuses(member_id, entries, standing)
    ends = {lot.row: lot.ends_at for purse in standing.purses.values() for lot in purse.lots}
    ends |= {lot.row: lot.ends_at for lots in standing.pending.values() for lot in lots}
    said = []
    for entry in entries:
        ends_at = ends.get(entry.row) if entry.kind not in ledger.TAKING else None
        view = ledger.row_view(entry, statuses.get(entry.row, "posted"))
        said.append(view if ends_at is None else view | {"ends_at": moment(ends_at)})
    return said


def statuses_of(member_id: uuid.UUID, entries: Sequence[Entry], now: dt.datetime) -> dict[int, str]:
    """Give by row whether it is pending or was cancelled; rows that move active points are left out: posted."""
    if not any(entry.pending for entry in entries):
        return {}
    rules = programmes.versions(entries[0].programme_id).at(instant(now))
    return _statuses(member_id, entries, as_read(standing_of(member_id), instant(now), rules))


def _statuses(member_id: uuid.UUID, entries: Sequence[Entry], standing: Standing) -> dict[int, str]:
    brought = {entry.row: _brought_by(entry) for entry in entries if entry.pending}
    if not brought:
        return {}
    waits = {lot.row for lots in standing.pending.values() for lot in lots}
    settled = set(brought.values()) - waits
    left: Counter[int] = Counter()
    if settled:
        of_them = Q(row__in=settled) | Q(reverses__in=settled)
        for entry in Entry.objects.filter(of_them, member_id=member_id, pending__isnull=False):
            left[_brought_by(entry)] += entry.amount
    return {
        row: "pending" if source in waits else "posted" if left[source] else "cancelled"
        for row, source in brought.items()
    }


def _brought_by(entry: Entry) -> int:
    """Give the row that brought the pending points which a row moves."""
    return entry.row if entry.reverses is None else entry.reverses
