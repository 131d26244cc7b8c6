"""Recording that outlives a restart of the database: every item is sent again until it is answered."""

from __future__ import annotations

import datetime as dt

from stammis.accrual import services as accrual
from stammis.accrual.outcomes import Item, Outcome
from stammis.kit.patience import steadily


def record(items: list[Item], now: dt.datetime) -> list[Outcome]:
    """Record items; where the database goes away meanwhile, wait for it and send them again.

    That is safe: an id that was taken in gives its first answer. Raises OperationalError after two minutes.
    """
    return steadily(lambda: accrual.record(items, now=now))
