"""Facts about a member: what rules read of a record, as the event by which it becomes known."""

from __future__ import annotations

import datetime as dt
from typing import Final

from stammis.accrual.outcomes import Declined
from stammis.core.calendars import Calendar, instant
from stammis.core.events import Happening, MemberChanged, Scalar
from stammis.core.happening_checks import misreported
from stammis.core.reading import plain
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.members import services as members

_WITHHELD: Final = frozenset({"", "0", "false", "no", "off"})


def known(record: members.Record, now: dt.datetime) -> MemberChanged:
    """Give what rules read of a record, known from now on. An account of several people neither joins nor has days."""
    shared = record.kind in members.ACCOUNTS
    return MemberChanged(
        occurred_at=now,
        labels=record.labels,
        attributes={name: value for name, value in record.attributes.items() if isinstance(value, Scalar)},
        consents=tuple(sorted(purpose for purpose, given in record.consents.items() if is_given(given))),
        birthday=None if shared else record.birthday,
        joined_at=None if shared else record.joined_at,
        shared=shared,
    )


def is_given(value: object) -> bool:
    """Whether a consent is given: anything but false, null, zero, and a text that says no."""
    return value.strip().lower() not in _WITHHELD if isinstance(value, str) else bool(value)


def unfit(event: Happening, rules: Rules) -> Declined | None:
    """Refuse an event that does not fit what the programme declares of its type, with all its faults."""
    problems = misreported(event, rules.programme)
    if not problems:
        return None
    return Declined(422, "invalid_event", detail={"errors": [plain(each) for each in problems]})


def are_known(event: MemberChanged, standing: Standing, calendar: Calendar) -> bool:
    """Whether a standing has these facts already."""
    about = standing.about
    birthday = None if event.birthday is None else event.birthday.toordinal()
    joined = None if event.joined_at is None else calendar.day(instant(event.joined_at))
    return (
        standing.enrolled
        and (standing.labels, standing.attributes) == (event.labels, event.attributes)
        and (about.consents, about.birthday.day) == (event.consents, birthday)
        and joined in (None, about.joined.day)
    )
