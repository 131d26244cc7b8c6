"""Members with what they have now."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from stammis.accrual.models import Standing as StandingRow
from stammis.accrual.records import read_standing
from stammis.core.calendars import instant
from stammis.core.progress import tier_progress
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.views import expiring, pending_view, tier_view, wallet_view
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme


def standing_of(member_id: uuid.UUID) -> Standing:
    """Give where a member stands after their latest event; ``core.views`` tells how it reads at an instant."""
    state = StandingRow.objects.filter(member_id=member_id).values_list("state", flat=True).first()
    return Standing() if state is None else read_standing(state)


def views_of(standing: Standing, rules: Rules, now: dt.datetime) -> dict[str, Any]:
    """Give wallets, what expires, levels and progress as they read now, by the contract's names."""
    at = instant(now)
    return {
        "wallets": wallet_view(standing, rules, at),
        "expiring": expiring(standing, rules, at),
        "pending": pending_view(standing, rules, at),
        "tiers": tier_view(standing, rules, at),
        "progress": tier_progress(standing, rules, at),
    }


def member_view(programme: Programme, reference: str, now: dt.datetime) -> dict[str, Any]:
    """Give a member's record and what they have now, in the contract's form. Raises UnknownMember."""
    member = members.find(programme.id, reference)
    rules = programmes.versions(programme.id).at(instant(now))
    return _record(member) | views_of(standing_of(member.id), rules, now)


def _record(member: Member) -> dict[str, Any]:
    return {
        "member": member.reference,
        "email": member.email,
        "phone": member.phone,
        "name": member.name,
        "birthday": member.birthday,
        "locale": member.locale,
        "joined_at": member.joined_at,
        "attributes": member.attributes,
        "labels": member.labels,
        "consents": member.consents,
    }
