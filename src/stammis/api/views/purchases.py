"""A purchase as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from stammis.accrual.queries import purchase_view
from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import described, path_id
from stammis.api.openapi.examples import PURCHASE_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import PurchaseAnswer
from stammis.kit import clock

_PURCHASE = path_id("id", "The purchase.", PURCHASE_ID)


@api.get(
    "purchases/{ref:id}",
    operation_id="get_purchase",
    summary="A purchase as it stands: its status, what came back, and what was posted for it",
    openapi_extra=described(
        "Purchases", scope="purchases:read", answers={200: PurchaseAnswer}, problems=(404, 422), parameters=[_PURCHASE]
    ),
)
def get_purchase(request: HttpRequest, id: str, programme: str | None = None) -> HttpResponse:
    """Give the purchase."""
    key = let_in(request, "purchases:read")
    return reply(purchase_view(programme_of(key, programme), id, clock.now()))
