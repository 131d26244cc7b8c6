"""Reading what was issued."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from stammis.kit.errors import NotFound
from stammis.rewards.models import Drawn, Issued, Stock


class UnknownRedemption(NotFound):
    """There is no redemption with this id."""

    code = "unknown_redemption"


def issued_counts(programme_id: uuid.UUID) -> dict[str, int]:
    """Give for each reward how many went out and were not given back."""
    return dict(Stock.objects.filter(programme_id=programme_id).values_list("reward", "issued"))


def drawn_by_budget(
    programme_id: uuid.UUID, periods: Collection[int] | None = None, *, stores: Collection[str] | None = None
) -> dict[tuple[str, str, int], int]:
    """Give what was drawn from each budget, by budget, whose it is and number of the period: of these or of all."""
    rows = Drawn.objects.filter(programme_id=programme_id)
    if periods is not None:
        rows = rows.filter(period__in=periods)
    if stores is not None:
        rows = rows.filter(store__in=stores)
    found = rows.values_list("budget", "store", "period", "points")
    return {(budget, store, period): points for budget, store, period, points in found}


def issued(member_id: uuid.UUID, redemption: str) -> Issued:
    """Give a member's redemption. Raises UnknownRedemption."""
    found = Issued.objects.filter(member_id=member_id, redemption=redemption).select_related("member").first()
    if found is None:
        raise UnknownRedemption
    return found
