"""Who calls, what the key may do, and how often."""

from __future__ import annotations

import time

from django.db import connection, transaction

from stammis.api.models import Minute
from stammis.api.problems import MissingScope, TooMany, Unauthorized
from stammis.staff.models import ApiKey
from stammis.staff.services import authenticate_key

_SWEPT_AFTER_MINUTES = 5
_TABLE = Minute._meta.db_table
_SPEND = f"""
INSERT INTO {_TABLE} (key_id, minute, used) VALUES (%s, %s, 1)
ON CONFLICT (key_id, minute) DO UPDATE SET used = {_TABLE}.used + 1 RETURNING used
"""  # noqa: S608 - the table's own name
_SWEEP = f"DELETE FROM {_TABLE} WHERE key_id = %s AND minute < %s"  # noqa: S608 - the table's own name


def plain_key(authorization: str | None) -> str:
    """Read the key's text out of an Authorization header. Raises Unauthorized."""
    scheme, _, plain = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not plain.strip():
        raise Unauthorized
    return plain.strip()


def admit(plain: str) -> ApiKey:
    """Give the key with this text and count the request against its limit. Raises Unauthorized and TooMany."""
    key = authenticate_key(plain)
    if key is None:
        raise Unauthorized
    if key.rate_per_minute is not None:
        spend(key)
    return key


def check_scope(key: ApiKey, scope: str) -> None:
    """Raise MissingScope where the key may not do this."""
    if scope not in key.scopes:
        raise MissingScope(f"This key lacks the scope {scope}.", scope=scope)


def spend(key: ApiKey) -> None:
    """Count a request of a key with a limit, over all processes. Raises TooMany with the seconds to wait."""
    seconds = time.time()
    minute = int(seconds // 60)
    with transaction.atomic(), connection.cursor() as db:
        db.execute(_SPEND, [key.id, minute])
        used = db.fetchone()[0]
        if used == 1:
            db.execute(_SWEEP, [key.id, minute - _SWEPT_AFTER_MINUTES])
    if key.rate_per_minute is not None and used > key.rate_per_minute:
        wait = str(60 - int(seconds % 60))
        raise TooMany(headers={"Retry-After": wait}, limit=key.rate_per_minute)
