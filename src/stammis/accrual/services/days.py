"""Days that pass: what falls due by itself, for members to whom nothing else happens."""

from __future__ import annotations

import datetime as dt
import uuid

from stammis.accrual.outcomes import Accepted, Due, Item
from stammis.accrual.records import read_standing
from stammis.accrual.services.deciding import Subject, days_of
from stammis.accrual.services.intake import record
from stammis.accrual.services.loading import begin, read_versions
from stammis.accrual.services.new_versions import review_new_versions
from stammis.accrual.services.writing import Writing
from stammis.core.calendars import instant
from stammis.kit import arrays
from stammis.kit.pipeline import Transaction
from stammis.ledger.services import seals
from stammis.programmes import queries as programmes

CHUNK = 200
"""So many members are locked at once."""

_DUE = """
SELECT s.member_id, s.programme_id, s.state
FROM accrual_standing AS s
WHERE s.due_at <= $1
  AND NOT EXISTS (
      SELECT 1 FROM (SELECT e.recorded_at FROM activity_event AS e WHERE e.member_id = s.member_id
                     ORDER BY e.seq DESC LIMIT 1) AS latest
      WHERE latest.recorded_at > $2)
ORDER BY s.due_at LIMIT $3
FOR UPDATE OF s SKIP LOCKED
"""


def pass_days(until: dt.datetime, *, limit: int | None = None, quiet_seconds: int = 0) -> int:
    """Apply what fell due up to and including ``until``, the installation's time; give the number of days applied.

    Members with an event recorded in the last ``quiet_seconds`` are left for later, as a history may be coming in. At
    most ``limit`` members are looked at. A member whom somebody else is just deciding about is passed over.
    """
    review_new_versions(until)
    quiet_since = until - dt.timedelta(seconds=quiet_seconds) if quiet_seconds else until + dt.timedelta(days=36_500)
    days, left = 0, limit
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        members, applied, passed_on = _chunk(until, quiet_since, size)
        days += applied
        if members < size and not passed_on:
            break
        left = None if left is None else left - members
    return days


def _chunk(until: dt.datetime, quiet_since: dt.datetime, size: int) -> tuple[int, int, bool]:
    """Give how many members were looked at, the days applied, and whether others got something that may be due too."""
    now = arrays.microseconds(until)
    with Transaction() as transaction:
        begin(transaction)
        due = transaction.send(
            _DUE, arrays.one_instant(now), arrays.one_instant(arrays.microseconds(quiet_since)), arrays.one_int(size)
        )
        rows = transaction.sync()[due]
        subjects = [Subject(rows.value(row, 0), rows.value(row, 1), read_standing(rows.value(row, 2))) for row in rows]
        if not subjects:
            return 0, 0, False
        stamps = transaction.send(programmes.STAMPS, arrays.uuids(list({subject.programme for subject in subjects})))
        closed = seals.ask_closed(transaction)
        answers = transaction.sync()
        versions = read_versions(answers[stamps])
        writing = Writing(max(now, seals.read_closed(answers[closed])))
        tied = [subject for subject in subjects if subject.standing.ties is not None]
        for subject in subjects:
            if subject.standing.ties is not None:
                continue
            days, subject.standing = days_of(subject.standing, instant(until), versions[subject.programme])
            for day in days:
                writing.add(subject, day)
            writing.subjects[subject.id] = subject  # even if nothing happened: its next due day moved on
        writing.send(transaction)
        transaction.commit()
    passed_on = False
    if tied:  # others are concerned by what falls due for them, and have to be locked as well
        items = [Item(uuid.UUID(bytes=each.programme), Due(each.id, until)) for each in tied]
        outcomes = record(items, now=until)
        passed_on = any(isinstance(outcome, Accepted) for outcome in outcomes)
    return len(subjects), len(writing.events) + len(tied), passed_on
