"""Reading what the engine keeps: members with what they have, their story, purchases, and why points moved."""

from __future__ import annotations

from stammis.accrual.queries.approvals import approvals
from stammis.accrual.queries.causes import UnknownEvent, why_answer, why_event, why_purchase
from stammis.accrual.queries.holds import UnknownHold, hold_document, hold_view, open_holds
from stammis.accrual.queries.levels import Move, SetMoves, UnknownTierSet, falling, holding, what_if
from stammis.accrual.queries.members import member_view, pending_points, pool_view, standing_of, views_of
from stammis.accrual.queries.moments import TooFarBack, moment_of, why_moment
from stammis.accrual.queries.purchases import UnknownPurchase, purchase_view
from stammis.accrual.queries.reasons import Explained, explain, why
from stammis.accrual.queries.rows import rows_view, statuses_of
from stammis.accrual.queries.timeline import records_of, timeline
from stammis.accrual.queries.trials import Gain, Trial, drafted, made_up, try_out

__all__ = [
    "Explained",
    "Gain",
    "Move",
    "SetMoves",
    "TooFarBack",
    "Trial",
    "UnknownEvent",
    "UnknownHold",
    "UnknownPurchase",
    "UnknownTierSet",
    "approvals",
    "drafted",
    "explain",
    "falling",
    "hold_document",
    "hold_view",
    "holding",
    "made_up",
    "member_view",
    "moment_of",
    "open_holds",
    "pending_points",
    "pool_view",
    "purchase_view",
    "records_of",
    "rows_view",
    "standing_of",
    "statuses_of",
    "timeline",
    "try_out",
    "views_of",
    "what_if",
    "why",
    "why_answer",
    "why_event",
    "why_moment",
    "why_purchase",
]
