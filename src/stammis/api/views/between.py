"""Between members: transfers, exchanges, merges, proven addresses, and pools."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.accrual.outcomes import Item, MemberFields, Proof
from stammis.api.deciding import decide, record_act, record_said
from stammis.api.door import api, let_in, reply
from stammis.api.once import once
from stammis.api.openapi.describing import DRY_RUN, IDEMPOTENCY_KEY, described, path_id
from stammis.api.openapi.examples import (
    A_HOUSEHOLD,
    A_MERGE,
    A_PART,
    A_PROOF,
    A_TRANSFER,
    AN_EXCHANGE,
    MEMBER_ID,
    POOL_ID,
)
from stammis.api.scoping import programme_of
from stammis.api.shapes import DecisionAnswer, PoolAnswer
from stammis.core.events import PoolChanged, Unmerged
from stammis.intake.between import read_exchange, read_merge, read_part, read_proof, read_transfer
from stammis.intake.bodies import CancelBody, ExchangeBody, MergeBody, PartBody, PoolBody, ProofBody, TransferBody
from stammis.intake.reading import decode
from stammis.kit import clock

_MEMBER = path_id("m", "The caller's id of the member.", MEMBER_ID)
_POOL = path_id("p", "The caller's id of the pool.", POOL_ID)


@api.post(
    "transfers",
    operation_id="transfer",
    summary="Give points to another member, or donate them",
    description="The lots go along with their last days. To an account of the kind «charity» it is a donation. "
    "409: not_enough_points, transfers_off, transfer_limit.",
    openapi_extra=described(
        "Points",
        scope="transfers:write",
        body=TransferBody,
        examples={"a present": A_TRANSFER},
        answers={201: DecisionAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def transfer(request: HttpRequest) -> HttpResponse:
    """Move points; the answer is about the member who gives."""
    return record_said(request, "transfers:write", "transfer", read_transfer)


@api.post(
    "exchanges",
    operation_id="exchange",
    summary="Change points of one wallet for points of another",
    description="At the rate that the programme declares, in whole steps of it. 409: not_enough_points.",
    openapi_extra=described(
        "Points",
        scope="transfers:write",
        body=ExchangeBody,
        examples={"points for miles": AN_EXCHANGE},
        answers={201: DecisionAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def exchange(request: HttpRequest) -> HttpResponse:
    """Change points."""
    return record_said(request, "transfers:write", "exchange", read_exchange)


@api.post(
    "merges",
    operation_id="merge",
    summary="Make two accounts one",
    description="The account «member» ends: its points move to «into» with their last days, and its id leads there "
    "from now on. 409: already_merged, in_a_pool, no_person.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=MergeBody,
        examples={"two cards made one": A_MERGE},
        answers={201: DecisionAnswer},
        problems=(404, 409),
        parameters=DRY_RUN,
        replays=True,
    ),
)
def merge(request: HttpRequest) -> HttpResponse:
    """Merge an account into another; the answer is about the one that ends."""
    return record_said(request, "members:write", "merge", read_merge)


@api.post(
    "merges/{ref:id}/undo",
    operation_id="undo_merge",
    summary="Part two accounts that were merged",
    description="What the account had brought goes back, less what has expired since; what was spent meanwhile the "
    "other owes. 409: not_merged, merged_further.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=CancelBody,
        body_required=False,
        examples={"now": {}},
        answers={200: DecisionAnswer},
        problems=(404, 409),
        parameters=[path_id("id", "The merge.", "M-1"), IDEMPOTENCY_KEY, *DRY_RUN],
        replays=True,
    ),
)
def undo_merge(request: HttpRequest, id: str) -> HttpResponse:
    """Undo a merge."""
    key = let_in(request, "members:write")
    body = decode(request.body or b"{}", CancelBody)
    programme = programme_of(key, body.programme)
    asked = Item(programme.id, Unmerged(occurred_at=body.occurred_at or clock.now(), merge=id, member=""))
    return record_act(request, key, asked)


@api.post(
    "members/{ref:m}/verify",
    operation_id="verify_contact",
    summary="Say that a mail address is proven to be the member's",
    description="What a guest with that address has bought becomes the member's, and earns as the programme says, "
    "dated as it was bought. 409: contact_taken.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=ProofBody,
        examples={"a confirmed address": A_PROOF},
        answers={200: DecisionAnswer},
        problems=(404, 409),
        parameters=[_MEMBER, IDEMPOTENCY_KEY, *DRY_RUN],
        replays=True,
    ),
)
def verify_contact(request: HttpRequest, m: str) -> HttpResponse:
    """Claim what a guest bought."""
    key = let_in(request, "members:write")
    email, named = read_proof(request.body)
    programme = programme_of(key, named)
    asked = Item(programme.id, Proof(m, email, clock.now()))
    return record_act(request, key, asked)


@api.put(
    "pools/{ref:p}",
    operation_id="put_pool",
    summary="Add a household, a company or a charity, or name it anew",
    description="Pools share the ids of members. 409: id_in_use.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=PoolBody,
        examples={"a household": A_HOUSEHOLD},
        answers={200: PoolAnswer},
        problems=(404, 409),
        parameters=[_POOL, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def put_pool(request: HttpRequest, p: str) -> HttpResponse:
    """Write an account of several."""
    key = let_in(request, "members:write")
    body = decode(request.body, PoolBody)
    programme = programme_of(key, body.programme)
    fields = {} if not isinstance(body.name, str | None) else {"name": body.name}

    def write() -> tuple[int, dict[str, Any]]:
        decide(Item(programme.id, MemberFields(p, fields, body.kind)))
        return 200, queries.pool_view(programme, p, clock.now())

    return once(request, key, hashlib.sha256(request.body).digest(), write)


@api.get(
    "pools/{ref:p}",
    operation_id="get_pool",
    summary="A pool: who takes part, and what is in it",
    openapi_extra=described(
        "Members", scope="members:read", answers={200: PoolAnswer}, problems=(404, 422), parameters=[_POOL]
    ),
)
def get_pool(request: HttpRequest, p: str, programme: str | None = None) -> HttpResponse:
    """Give a pool as it stands now."""
    key = let_in(request, "members:read")
    return reply(queries.pool_view(programme_of(key, programme), p, clock.now()))


@api.put(
    "pools/{ref:p}/members/{ref:m}",
    operation_id="join_pool",
    summary="Let a member take part in a pool, or change the part",
    description="share: per cent of what the member earns that goes to the pool. rights: earn for it, spend from it, "
    "view it. 409: already_merged, no_person.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=PartBody,
        examples={"half of what is earned": A_PART},
        answers={200: PoolAnswer},
        problems=(404, 409),
        parameters=[_POOL, _MEMBER],
    ),
)
def join_pool(request: HttpRequest, p: str, m: str) -> HttpResponse:
    """Let a member join."""
    key = let_in(request, "members:write")
    event, named = read_part(request.body, m, p, clock.now())
    programme = programme_of(key, named)
    decide(Item(programme.id, event))
    return reply(queries.pool_view(programme, p, clock.now()))


@api.delete(
    "pools/{ref:p}/members/{ref:m}",
    operation_id="leave_pool",
    summary="Let a member leave a pool",
    description="The points stay where they are. 409: not_in_pool.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        answers={200: PoolAnswer},
        problems=(404, 409, 422),
        parameters=[_POOL, _MEMBER],
    ),
)
def leave_pool(request: HttpRequest, p: str, m: str, programme: str | None = None) -> HttpResponse:
    """Let a member leave."""
    key = let_in(request, "members:write")
    meant = programme_of(key, programme)
    decide(Item(meant.id, PoolChanged(occurred_at=clock.now(), member=m, pool=p, account="", left=True)))
    return reply(queries.pool_view(meant, p, clock.now()))
