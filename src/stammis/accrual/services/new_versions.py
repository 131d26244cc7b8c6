"""New versions: where one changes the tier sets, every level is reviewed on its first day."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection, transaction

from stammis.accrual.models import LevelReview
from stammis.core.calendars import moment
from stammis.programmes import queries as programmes
from stammis.programmes.models import Version

CHUNK = 5_000
"""So many standings are made due at once, in the order of their ids as everything locks them."""

_MAKE_DUE = """
WITH chunk AS (
    SELECT member_id FROM accrual_standing
    WHERE programme_id = %(programme)s AND member_id > %(after)s
    ORDER BY member_id LIMIT %(size)s FOR UPDATE
), moved AS (
    UPDATE accrual_standing AS s SET due_at = %(at)s FROM chunk
    WHERE s.member_id = chunk.member_id AND (s.due_at IS NULL OR s.due_at > %(at)s)
)
SELECT member_id FROM chunk ORDER BY member_id DESC LIMIT 1
"""


def review_new_versions(until: dt.datetime) -> int:
    """Make every level due for a review at the start of each version that has begun and changed the tier sets.

    Each version is looked at once; give how many were.
    """
    found = 0
    begun = Version.objects.filter(number__gt=1, starts_at__lte=until).values_list("programme_id", "number")
    for programme, number in set(begun) - set(LevelReview.objects.values_list("programme_id", "number")):
        versions = programmes.versions(programme)
        starts_at = next(at for at, known in versions.starts if known == number)
        if starts_at in versions.reviews:
            _make_due(programme, moment(starts_at))
        LevelReview.objects.bulk_create([LevelReview(programme_id=programme, number=number)], ignore_conflicts=True)
        found += 1
    return found


def _make_due(programme: uuid.UUID, at: dt.datetime) -> None:
    after: uuid.UUID | None = uuid.UUID(int=0)
    while after is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MAKE_DUE, {"programme": programme, "after": after, "at": at, "size": CHUNK})
            row = cursor.fetchone()
        after = row[0] if row else None
