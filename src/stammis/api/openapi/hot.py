"""The calls of the hot path, as the OpenAPI document shows them."""

from __future__ import annotations

from stammis.api.openapi.describing import DRY_RUN, IDEMPOTENCY_KEY, WHY, Description, described, path_id
from stammis.api.openapi.examples import (
    A_BATCH,
    A_CANCELLATION,
    A_RETURN,
    A_REVIEW,
    AN_ORDER,
    MONEY_BACK,
    PURCHASE_ID,
)
from stammis.api.shapes import BatchAnswer, DecisionAnswer
from stammis.intake.bodies import BatchBody, EventBody, PurchaseBody, ReturnBody, StatusBody

_PURCHASE = path_id("id", "The purchase.", PURCHASE_ID)


def hot_paths() -> dict[str, dict[str, Description]]:
    """Describe them by address and method."""
    return {
        "/api/v1/purchases": {"post": _purchase()},
        "/api/v1/purchases/{id}/status": {"put": _status()},
        "/api/v1/purchases/{id}/returns": {"post": _return()},
        "/api/v1/events": {"post": _event()},
        "/api/v1/batch": {"post": _batch()},
    }


def _purchase() -> Description:
    return {
        "operationId": "record_purchase",
        "summary": "Record a purchase",
        "description": "What it is worth is decided, and posted, before the answer is given.",
        **described(
            "Purchases",
            scope="purchases:write",
            body=PurchaseBody,
            examples={"an order in a shop": AN_ORDER},
            answers={201: DecisionAnswer},
            problems=(404, 409),
            parameters=[*DRY_RUN, *WHY],
            replays=True,
        ),
    }


def _status() -> Description:
    return {
        "operationId": "change_purchase_status",
        "summary": "Move a purchase to another status",
        "description": "Any status that the programme maps to placed, completed or cancelled. "
        "202: the purchase has not arrived yet; the status is kept and applied when it does.",
        **described(
            "Purchases",
            scope="purchases:write",
            body=StatusBody,
            examples={"the order is cancelled": A_CANCELLATION},
            answers={200: DecisionAnswer, 202: DecisionAnswer},
            problems=(404, 409),
            parameters=[_PURCHASE, IDEMPOTENCY_KEY, *DRY_RUN, *WHY],
            replays=True,
        ),
    }


def _return() -> Description:
    return {
        "operationId": "return_goods",
        "summary": "Return goods, or give money back",
        "description": "202: the purchase has not arrived yet; the return is kept and applied when it does.",
        **described(
            "Purchases",
            scope="purchases:write",
            body=ReturnBody,
            examples={"a line comes back": A_RETURN, "money back for a damaged box": MONEY_BACK},
            answers={201: DecisionAnswer, 202: DecisionAnswer},
            problems=(404, 409),
            parameters=[_PURCHASE, *DRY_RUN, *WHY],
            replays=True,
        ),
    }


def _event() -> Description:
    return {
        "operationId": "record_event",
        "summary": "Record anything else that a member did",
        **described(
            "Points",
            scope="events:write",
            body=EventBody,
            examples={"a review": A_REVIEW},
            answers={201: DecisionAnswer},
            problems=(404, 409),
            parameters=[*DRY_RUN, *WHY],
            replays=True,
        ),
    }


def _batch() -> Description:
    return {
        "operationId": "record_batch",
        "summary": "Record up to 1,000 purchases, returns, statuses, events and members",
        "description": "They are decided in order; a bad item spoils no other. Each kind needs its own scope. Items are"
        " repeated by their own ids; an Idempotency-Key stands for those that have none (statuses), each at its place.",
        **described(
            "Points",
            scope=None,
            body=BatchBody,
            examples={"an evening's catch-up": A_BATCH},
            answers={200: BatchAnswer},
            problems=(404, 408),
            parameters=[IDEMPOTENCY_KEY, *DRY_RUN],
        ),
    }
