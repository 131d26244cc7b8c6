"""All writes of the API's own: requests counted by minute, and first answers kept."""

from __future__ import annotations

from django.db import connection, transaction

from stammis.api.models import Minute, Remembered
from stammis.staff.models import ApiKey

_SWEPT_AFTER_MINUTES = 5
_MINUTES, _ANSWERS = Minute._meta.db_table, Remembered._meta.db_table
_COUNT = f"""
INSERT INTO {_MINUTES} (key_id, minute, used) VALUES (%s, %s, 1)
ON CONFLICT (key_id, minute) DO UPDATE SET used = {_MINUTES}.used + 1 RETURNING used
"""  # noqa: S608 - the table's own name
_SWEEP = f"DELETE FROM {_MINUTES} WHERE key_id = %s AND minute < %s"  # noqa: S608 - the table's own name
_TAKE = f"""
INSERT INTO {_ANSWERS} (key_id, idempotency_key, hash, status, body, at) VALUES (%s, %s, %s, 0, '', now())
ON CONFLICT DO NOTHING
"""  # noqa: S608 - the table's own name


@transaction.atomic
def count_request(key: ApiKey, *, minute: int) -> int:
    """Count a request of a key in a minute (since 1970), over all processes; give how many there were in it."""
    with connection.cursor() as db:
        db.execute(_COUNT, [key.id, minute])
        used: int = db.fetchone()[0]
        if used == 1:
            db.execute(_SWEEP, [key.id, minute - _SWEPT_AFTER_MINUTES])
    return used


def take(key: ApiKey, idempotency_key: str, *, hash: bytes) -> Remembered | None:  # noqa: A002 - the column's own name
    """Take an Idempotency-Key for a request, or give the answer that it was taken for before.

    It belongs into the transaction of the write itself: who comes with the same key meanwhile waits for its end.
    """
    with connection.cursor() as db:
        db.execute(_TAKE, [key.id, idempotency_key, hash])
        if db.rowcount == 1:
            return None
    return Remembered.objects.get(key=key, idempotency_key=idempotency_key)


def keep(key: ApiKey, idempotency_key: str, *, status: int, body: str) -> None:
    """Keep the first answer to the request for which the key was taken."""
    Remembered.objects.filter(key=key, idempotency_key=idempotency_key).update(status=status, body=body)
