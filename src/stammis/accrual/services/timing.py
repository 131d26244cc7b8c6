"""Timing: what lies too far back for a programme, or ahead of the installation's clock, is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from stammis.accrual.outcomes import Declined, declined
from stammis.core.calendars import instant
from stammis.core.events import AnyEvent
from stammis.programmes.queries import Versions

AHEAD = dt.timedelta(minutes=5)
"""So far ahead of the installation's clock may a caller's clock be."""


class Timing:
    """How far back and ahead events may lie of ``now``, by programme."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._latest = now + AHEAD
        self._oldest: dict[bytes, dt.datetime] = {}

    def untimely(self, event: AnyEvent, programme: bytes, versions: Mapping[bytes, Versions]) -> Declined | None:
        """Refuse what lies too far back for the programme, or ahead of the clock."""
        oldest = self._oldest.get(programme)
        if oldest is None:
            age = dt.timedelta(days=versions[programme].at(instant(self._now)).programme.declared_age_days)
            oldest = self._oldest[programme] = self._now - age
        if event.occurred_at > self._latest:
            return declined("in_future", latest=_told(self._latest))
        if event.occurred_at < oldest:
            return declined("too_old", oldest=_told(oldest))
        return None


def _told(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
