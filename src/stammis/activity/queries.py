"""Reading what happened and what waits."""

from __future__ import annotations

import uuid

from stammis.activity.models import Deferred, Receipt
from stammis.kit.pages import Page, page


def receipt(programme_id: uuid.UUID, kind: str, external_id: str) -> Receipt | None:
    """Give where an id of the caller's led, or None where it was not accepted."""
    return Receipt.objects.filter(programme_id=programme_id, kind=kind, external_id=external_id).first()


def deferred(
    programme_id: uuid.UUID, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Deferred]:
    """Give what came before its purchase, newest first: all of it, or what is waiting, applied or refused.

    Raises BadCursor.
    """
    rows = Deferred.objects.filter(programme_id=programme_id)
    if state is not None:
        rows = rows.filter(state=state)
    return page(rows, order=("-id",), cursor=cursor, limit=limit)
