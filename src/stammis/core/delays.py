"""Delays: until when points that rules give are pending, prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from stammis.core.calendars import Calendar
from stammis.core.parcels import Awaits
from stammis.core.programme import Programme
from stammis.core.wallets import NotPending, Pending, PendingDate, PendingDays, PendingEvent, PendingStatus


@dataclass(frozen=True, slots=True)
class Delay:
    """A way of being pending: ``key`` tells it from others, in words that are kept with a purchase."""

    key: str
    calendar: Calendar
    days: int | None = None
    day: int | None = None
    status: str | None = None
    event: str | None = None

    def awaits(
        self, day: int, at: int, settled_at: int, *, purchase: str | None = None, status: str | None = None
    ) -> Awaits | None:
        """What points earned at an instant of a day wait for; None where they are active by ``settled_at``.

        ``purchase`` and its ``status`` are those of the purchase that earned them.
        """
        if self.event is not None:
            return Awaits(event=self.event, since=at)
        if self.status is not None:
            return None if purchase is None or status == self.status else Awaits(purchase=purchase, status=self.status)
        first = self.day if self.days is None else day + self.days
        assert first is not None
        active_at = self.calendar.starts_at(first)
        return Awaits(active_at) if active_at > settled_at else None


def delays_of(programme: Programme, calendar: Calendar) -> dict[str, Delay]:
    """The delay of each rule whose points are pending at first."""
    wallets = {wallet.id: wallet.pending for wallet in programme.wallets}
    found: dict[str, Delay] = {}
    for rule in programme.earn:
        pending = rule.pending or wallets[rule.wallet]
        delay = None if pending is None else _delay(pending, calendar)
        if delay is not None:
            found[rule.id] = delay
    return found


def _delay(pending: Pending, calendar: Calendar) -> Delay | None:
    match pending:
        case PendingDays():
            return Delay(f"days {pending.days}", calendar, days=pending.days)
        case PendingDate():
            return Delay(f"date {pending.active_on}", calendar, day=pending.active_on.toordinal())
        case PendingStatus():
            return Delay(f"status {pending.status}", calendar, status=pending.status)
        case PendingEvent():
            return Delay(f"event {pending.event}", calendar, event=pending.event)
        case NotPending():
            return None
        case _:
            assert_never(pending)
