"""Rewards: what can be had for points, taking one, and giving it back; and points given or taken by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.accrual.outcomes import Accepted, Item
from stammis.activity import queries as activity
from stammis.api.access import check_limit
from stammis.api.answers import answer_document
from stammis.api.deciding import record_act, record_said
from stammis.api.door import api, let_in, reply
from stammis.api.openapi.describing import DRY_RUN, IDEMPOTENCY_KEY, described, path_id
from stammis.api.openapi.examples import A_GIFT, A_REDEMPTION, REDEMPTION_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import CatalogueAnswer, DecisionAnswer, RedeemedAnswer, RedemptionAnswer
from stammis.core.effects import RewardMoved
from stammis.core.events import Adjustment, RedemptionCancelled
from stammis.intake.bodies import AdjustmentBody, CancelBody, RedemptionBody
from stammis.intake.reading import Said, decode, read_adjustment, read_redemption
from stammis.kit import clock
from stammis.kit.errors import NotFound
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.rewards import queries as rewards
from stammis.rewards.models import Issued
from stammis.rewards.queries import UnknownRedemption
from stammis.staff.models import ApiKey

_REDEMPTION = path_id("id", "The redemption.", REDEMPTION_ID)


@api.get(
    "rewards",
    operation_id="list_rewards",
    summary="What members can take for points now",
    openapi_extra=described("Rewards", scope="rewards:read", answers={200: CatalogueAnswer}, problems=(404, 422)),
)
def list_rewards(request: HttpRequest, programme: str | None = None) -> HttpResponse:
    """Give the rewards of the version in force."""
    key = let_in(request, "rewards:read")
    meant = programme_of(key, programme)
    rules = programmes.versions(meant.id).at(int(clock.now().timestamp()))
    issued = rewards.issued_counts(meant.id)
    items = [
        {
            "reward": reward.id,
            "name": words.name(reward.name, reward.id),
            "description": words.name(reward.description, "") if reward.description else None,
            "wallet": reward.wallet,
            "price": rules.rewards[reward.id].price,
            "left": None if reward.stock is None else max(0, reward.stock - issued.get(reward.id, 0)),
        }
        for reward in (rules.programme.rewards if rules else ())
    ]
    return reply({"items": items})


@api.post(
    "redemptions",
    operation_id="redeem",
    summary="Take a reward for points",
    description="409: sold_out, not_enough_points (with the reason expired where ended points would have covered it).",
    openapi_extra=described(
        "Rewards",
        scope="redemptions:write",
        body=RedemptionBody,
        examples={"a cloth bag": A_REDEMPTION},
        answers={201: RedeemedAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def redeem(request: HttpRequest) -> HttpResponse:
    """Issue a reward with its code."""
    return record_said(request, "redemptions:write", "redemption", read_redemption, write=_redeemed)


@api.get(
    "redemptions/{ref:id}",
    operation_id="get_redemption",
    summary="A redemption as it stands",
    openapi_extra=described(
        "Rewards", scope="rewards:read", answers={200: RedemptionAnswer}, problems=(404, 422), parameters=[_REDEMPTION]
    ),
)
def get_redemption(request: HttpRequest, id: str, programme: str | None = None) -> HttpResponse:
    """Give the issued reward and its state."""
    key = let_in(request, "rewards:read")
    receipt = activity.receipt(programme_of(key, programme).id, "redemption", id)
    if receipt is None:
        raise UnknownRedemption
    return reply(_issued(rewards.issued(receipt.member_id, id)))


@api.post(
    "redemptions/{ref:id}/cancel",
    operation_id="cancel_redemption",
    summary="Give a reward back",
    description="The points come back into the lots they came from, and the code is void.",
    openapi_extra=described(
        "Rewards",
        scope="redemptions:write",
        body=CancelBody,
        body_required=False,
        examples={"now": {}},
        answers={200: RedeemedAnswer},
        problems=(404, 409),
        parameters=[_REDEMPTION, IDEMPOTENCY_KEY, *DRY_RUN],
        replays=True,
    ),
)
def cancel_redemption(request: HttpRequest, id: str) -> HttpResponse:
    """Undo a redemption."""
    key = let_in(request, "redemptions:write")
    body = decode(request.body or b"{}", CancelBody)
    programme = programme_of(key, body.programme)
    event = RedemptionCancelled(occurred_at=body.occurred_at or clock.now(), redemption=id)
    return record_act(request, key, Item(programme.id, event), write=_redeemed)


@api.post(
    "adjustments",
    operation_id="adjust",
    summary="Give or take points by hand, with the reason",
    openapi_extra=described(
        "Points",
        scope="adjustments:write",
        body=AdjustmentBody,
        examples={"a token of goodwill": A_GIFT},
        answers={201: DecisionAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def adjust(request: HttpRequest) -> HttpResponse:
    """Post an adjustment."""
    return record_said(request, "adjustments:write", "adjustment", read_adjustment, check=_check_limit)


def _check_limit(key: ApiKey, said: Said, programme: Programme) -> None:
    """Raise AboveLimit where a key without adjustments:large gives or takes more than programs may at once."""
    event = said.event
    assert isinstance(event, Adjustment)
    check_limit(key, programme, event.wallet, event.amount)


def _redeemed(outcome: Accepted) -> dict[str, Any]:
    """Write what became of a redemption: the issued reward, and all that a decision says besides."""
    moved = next((each.reward for each in outcome.answer.effects if isinstance(each, RewardMoved)), None)
    if moved is None:
        raise NotFound
    return {
        "id": moved.redemption,
        "reward": moved.reward,
        "quantity": moved.quantity,
        "code": moved.code,
        "state": moved.state,
        "wallet": moved.wallet,
        "amount": moved.amount,
        **answer_document(outcome.answer),
    }


def _issued(issued: Issued) -> dict[str, Any]:
    return {
        "id": issued.redemption,
        "member": issued.member.reference,
        "reward": issued.reward,
        "quantity": issued.quantity,
        "code": issued.code,
        "state": issued.state,
        "wallet": issued.wallet,
        "amount": issued.amount,
        "purchase": issued.purchase_id,
        "issued_at": issued.issued_at,
    }
