"""One act of one member each, for the doors: they build the event and record it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from stammis.accrual.outcomes import Item, MemberFields, Outcome
from stammis.accrual.services.intake import record
from stammis.core.events import Adjustment, LevelGiven, PendingRestored, PendingSettled, Redemption, RedemptionCancelled


def change_member(programme_id: uuid.UUID, reference: str, fields: dict[str, Any], *, now: dt.datetime) -> Outcome:
    """Write facts about a member, who is enrolled where there is none yet: what is given replaces, None clears."""
    return record([Item(programme_id, MemberFields(reference, fields))], now=now)[0]


def adjust(
    programme_id: uuid.UUID,
    member: str,
    *,
    id: str,
    wallet: str,
    amount: int,
    reason: str,
    now: dt.datetime,
    digest: bytes | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Give (above zero) or take points by hand, in the wallet's smallest unit, with a reason."""
    event = Adjustment(occurred_at=now, id=id, member=member, wallet=wallet, amount=amount, reason=reason)
    return record([Item(programme_id, event, ("adjustment", id), digest)], now=now, dry_run=dry_run)[0]


def settle_pending(
    programme_id: uuid.UUID,
    member_id: uuid.UUID,
    row: int,
    *,
    id: str,
    member: str,
    released: bool,
    reason: str,
    now: dt.datetime,
    dry_run: bool = False,
) -> Outcome:
    """Let the pending points that a row brought be active now or, not released, take them away; with a reason."""
    event = PendingSettled(
        occurred_at=now, id=id, member=member, account=member_id.hex, row=row, released=released, reason=reason
    )
    return record([Item(programme_id, event, ("pending", id))], now=now, dry_run=dry_run)[0]


def restore_pending(programme_id: uuid.UUID, taken: str, *, now: dt.datetime, dry_run: bool = False) -> Outcome:
    """Let pending points wait again that an act took away."""
    event = PendingRestored(occurred_at=now, taken=taken)
    return record([Item(programme_id, event, ("pending_restored", taken))], now=now, dry_run=dry_run)[0]


def give_level(
    programme_id: uuid.UUID,
    member: str,
    *,
    tier_set: str,
    level: str | None,
    reason: str,
    until: dt.date | None = None,
    only: bool = False,
    now: dt.datetime,
    dry_run: bool = False,
) -> Outcome:
    """Give a member a level by hand, through a local day or for good; without a level, take back what was so given.

    With ``only`` it is that level and no other, else at least that one.
    """
    event = LevelGiven(occurred_at=now, member=member, set=tier_set, level=level, until=until, only=only, reason=reason)
    return record([Item(programme_id, event)], now=now, dry_run=dry_run)[0]


def redeem(
    programme_id: uuid.UUID,
    member: str,
    *,
    id: str,
    reward: str,
    quantity: int = 1,
    now: dt.datetime,
    occurred_at: dt.datetime | None = None,
    digest: bytes | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Give a member a reward for points."""
    event = Redemption(occurred_at=occurred_at or now, id=id, member=member, reward=reward, quantity=quantity)
    return record([Item(programme_id, event, ("redemption", id), digest)], now=now, dry_run=dry_run)[0]


def cancel_redemption(
    programme_id: uuid.UUID, redemption: str, *, now: dt.datetime, occurred_at: dt.datetime | None = None
) -> Outcome:
    """Undo a redemption: the points come back, the code is void."""
    event = RedemptionCancelled(occurred_at=occurred_at or now, redemption=redemption)
    return record([Item(programme_id, event)], now=now)[0]
