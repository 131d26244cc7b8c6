"""Timing: what lies too far back for a programme, or ahead of the installation's clock, is refused."""

from __future__ import annotations

import datetime as dt
import uuid

from stammis.accrual.outcomes import Declined, declined
from stammis.accrual.services.writing import SECOND
from stammis.core.calendars import instant, moment
from stammis.core.events import AnyEvent
from stammis.kit import arrays
from stammis.programmes.queries import Versions

AHEAD = dt.timedelta(minutes=5)
"""So far ahead of the installation's clock may a caller's clock be."""


class Timing:
    """How far back and ahead events may lie of ``now``, by programme."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._bounds: dict[uuid.UUID, tuple[int, int]] = {}

    def untimely(self, event: AnyEvent, versions: Versions) -> Declined | None:
        """Refuse what lies too far back for the programme, or ahead of the clock."""
        bounds = self._bounds.get(versions.programme.id)
        if bounds is None:
            age = dt.timedelta(days=versions.at(instant(self._now)).programme.declared_age_days)
            bounds = self._bounds[versions.programme.id] = (
                arrays.microseconds(self._now - age),
                arrays.microseconds(self._now + AHEAD),
            )
        oldest, latest = bounds
        at = arrays.microseconds(event.occurred_at)
        if at > latest:
            return declined("in_future", latest=moment(latest // SECOND).isoformat(timespec="seconds"))
        if at < oldest:
            return declined("too_old", oldest=moment(oldest // SECOND).isoformat(timespec="seconds"))
        return None
