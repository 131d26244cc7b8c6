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
from stammis.members.models import Member, Membership
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme


def standing_of(member_id: uuid.UUID) -> Standing:
    """Give where a member stands after their latest event; ``core.views`` tells how it reads at an instant."""
    state = StandingRow.objects.filter(member_id=member_id).values_list("state", flat=True).first()
    return Standing() if state is None else read_standing(state)


def pending_points(member_id: uuid.UUID, row: int) -> list[tuple[str, int]]:
    """Give the wallet and how much is still pending of what a row brought; nothing where it is not pending."""
    pending = standing_of(member_id).pending
    return [(wallet, lot.left) for wallet, lots in pending.items() for lot in lots if lot.row == row]


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
    pools = [_part(part, rules, instant(now)) for part in members.parts_of(member.id)]
    return _record(member) | {"pools": pools} | views_of(standing_of(member.id), rules, now)


def pool_view(programme: Programme, reference: str, now: dt.datetime) -> dict[str, Any]:
    """Give a pool or a charity, who takes part and what is in it, in the contract's form. Raises UnknownMember."""
    pool = members.find_account(programme.id, reference)
    rules = programmes.versions(programme.id).at(instant(now))
    standing = standing_of(pool.id)
    return {
        "pool": pool.reference,
        "kind": pool.kind,
        "name": pool.name,
        "members": [
            {
                "member": part.member.reference,
                "name": part.member.name,
                "share": part.share,
                "rights": part.rights,
                "joined_at": part.joined_at,
            }
            for part in members.members_of(pool.id)
        ],
        "wallets": wallet_view(standing, rules, instant(now)),
        "expiring": expiring(standing, rules, instant(now)),
    }


def _part(part: Membership, rules: Rules, at: int) -> dict[str, Any]:
    """Give a member's part in a pool; what is in it only to who may view it."""
    return {
        "pool": part.pool.reference,
        "kind": part.pool.kind,
        "name": part.pool.name,
        "share": part.share,
        "rights": part.rights,
        "wallets": wallet_view(standing_of(part.pool_id), rules, at) if "view" in part.rights else None,
    }


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
        "also_known_as": members.aliases(member),
    }
