"""What a wallet promises and cannot keep: ends that do not exist, points that end before they are active."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping

from stammis.core.amounts import exact
from stammis.core.expiry import last_day
from stammis.core.reading import Problem, below, unknown
from stammis.core.wallets import Expiry, Never, OnDate, Pending, PendingDate, PendingDays, PendingStatus, Wallet, Yearly
from stammis.core.wording import Worded

WHOLE = 100
"""Percent."""
_CYCLE = range(dt.date(2024, 1, 1).toordinal(), dt.date(2028, 1, 1).toordinal())
"""Days of four years: a promise that holds on all of them holds."""


def wallet_faults(wallet: Wallet, pointer: str, statuses: Mapping[str, str] | None) -> Iterator[Problem]:
    """What is wrong with a wallet by itself; ``statuses`` are those that the programme maps, where they can be read."""
    if wallet.pays and (wallet.value is None or not exact(wallet.value)):
        message = Worded("A wallet that pays needs a value in money above zero.")
        yield Problem(below(pointer, "value"), "missing_value", message)
    yield from _limit_faults(wallet, below(pointer, "limit"))
    expiry = wallet.expiry
    if isinstance(expiry, Yearly) and expiry.day > calendar.monthrange(2024, expiry.month)[1]:
        message = Worded("Month %(month)s has no day %(day)s.", month=expiry.month, day=expiry.day)
        yield Problem(below(pointer, "expiry", "day"), "out_of_range", message)
    elif wallet.pending is not None:
        yield from pending_faults(wallet.pending, expiry, below(pointer, "pending"), statuses)


def _limit_faults(wallet: Wallet, pointer: str) -> Iterator[Problem]:
    limit = wallet.limit
    if limit is None:
        return
    if not wallet.pays:
        yield Problem(pointer, "pays_nothing", Worded("Only a wallet that pays can have a limit for orders."))
    if limit.share is None and limit.points is None:
        yield Problem(pointer, "missing_field", Worded("A limit is a share, points or both."))
    if limit.share is not None and not 0 < exact(limit.share) <= WHOLE:
        yield Problem(below(pointer, "share"), "out_of_range", Worded("Above 0 and at most 100 percent."))


def pending_faults(
    pending: Pending, expiry: Expiry | None, pointer: str, statuses: Mapping[str, str] | None
) -> Iterator[Problem]:
    """What is wrong with being pending so; ``expiry`` is that of the wallet, where it can be read."""
    if isinstance(pending, PendingStatus) and statuses is not None and pending.status not in statuses:
        yield unknown(below(pointer, "status"), "unknown_status", pending.status, statuses)
    if expiry is None:
        return
    if isinstance(pending, PendingDays) and (lasts := _shortest(expiry)) is not None and lasts <= pending.days:
        message = Worded(
            "Points may be usable for %(days)s days only: they would end before they are active.", days=lasts
        )
        yield Problem(below(pointer, "days"), "ends_while_pending", message)
    if isinstance(pending, PendingDate):
        first = pending.active_on.toordinal()
        last = expiry.last.toordinal() if isinstance(expiry, OnDate) else last_day(expiry, first - 1)
        if last is not None and last < first:
            message = Worded("Points earned before that day would end before they are active.")
            yield Problem(below(pointer, "active_on"), "ends_while_pending", message)


def _shortest(expiry: Expiry) -> int | None:
    """For how many days points are usable at least, the day on which they are earned included; None: for ever."""
    if isinstance(expiry, Never | OnDate):
        return None  # one date cannot be held against a span: who earns too late for it loses the points on that date
    return min((last_day(expiry, day) or 0) - day + 1 for day in _CYCLE)
