"""Sealing: days that are over are closed to everybody who posts, then sealed."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from stammis.accrual.services.loading import PURCHASES
from stammis.ledger.models import Seal
from stammis.ledger.services import seals


def seal_days(now: dt.datetime) -> list[Seal]:
    """Seal the days that are over at the installation's time ``now``; give the new links, oldest first.

    A day is closed while nobody posts, which takes a moment; whoever comes later posts into the day after. Its rows are
    read afterwards, beside whatever goes on.
    """
    until = seals.to_seal(now)
    if until is not None:
        with transaction.atomic(), connection.cursor() as db:
            db.execute("SELECT pg_advisory_xact_lock(%s)", [PURCHASES])
            seals.close(until)
    return seals.seal(now)
