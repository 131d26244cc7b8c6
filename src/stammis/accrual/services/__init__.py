"""Everything that moves points or changes what rules know about a member, and the proof that it is right."""

from __future__ import annotations

from stammis.accrual.services.approvals import NotWaiting, OwnApproval, approve, ask_approval, refuse_approval
from stammis.accrual.services.comparing import Difference
from stammis.accrual.services.days import pass_days
from stammis.accrual.services.intake import record, record_free
from stammis.accrual.services.proof import verify
from stammis.accrual.services.sealing import seal_days
from stammis.accrual.services.verbs import (
    adjust,
    cancel_redemption,
    change_member,
    give_level,
    redeem,
    restore_pending,
    settle_pending,
)

__all__ = [
    "Difference",
    "NotWaiting",
    "OwnApproval",
    "adjust",
    "approve",
    "ask_approval",
    "cancel_redemption",
    "change_member",
    "give_level",
    "pass_days",
    "record",
    "record_free",
    "redeem",
    "refuse_approval",
    "restore_pending",
    "seal_days",
    "settle_pending",
    "verify",
]
