"""What waits for a second person, and what became of it."""

from __future__ import annotations

import uuid

from stammis.accrual.models import Approval
from stammis.kit.pages import Page, page


def approvals(
    programme_id: uuid.UUID, *, waiting: bool = True, cursor: str | None = None, limit: int = 50
) -> Page[Approval]:
    """Give adjustments that wait for approval, or all there ever were; newest first. Raises BadCursor."""
    rows = Approval.objects.filter(programme_id=programme_id).select_related("member")
    if waiting:
        rows = rows.filter(state=Approval.State.WAITING)
    return page(rows, order=("-asked_at", "external_id", "member_id"), cursor=cursor, limit=limit)
