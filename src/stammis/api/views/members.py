"""Members: their record, what they have, and finding them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.accrual.outcomes import Item, MemberFields
from stammis.api.deciding import decide
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, described, path_id
from stammis.api.openapi.examples import ANNA, MEMBER_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import MemberAnswer, MembersAnswer
from stammis.intake.bodies import MemberBody
from stammis.intake.reading import read_facts
from stammis.kit import clock
from stammis.members import queries as members
from stammis.members.models import Member

_MEMBER = path_id("m", "The caller's id of the member.", MEMBER_ID)


@api.put(
    "members/{ref:m}",
    operation_id="put_member",
    summary="Add a member, or change facts about one",
    description="What is given replaces what was there, null clears it, what is absent stays. It never conflicts: an"
    " Idempotency-Key that came with another request before is no obstacle, what is given now is applied.",
    openapi_extra=described(
        "Members",
        scope="members:write",
        body=MemberBody,
        examples={"a new member": ANNA},
        answers={200: MemberAnswer},
        problems=(404,),
        parameters=[_MEMBER, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def put_member(request: HttpRequest, m: str) -> HttpResponse:
    """Write facts about a member and give the record as it is then."""
    key = let_in(request, "members:write")
    facts, named = read_facts(request.body)
    programme = programme_of(key, named)

    def write() -> tuple[int, dict[str, Any]]:
        decide(Item(programme.id, MemberFields(m, facts)))
        return 200, queries.member_view(programme, m, clock.now())

    return once(request, key, hashlib.sha256(request.body).digest(), write, conflicts=False)


@api.get(
    "members/{ref:m}",
    operation_id="get_member",
    summary="A member's record, wallets, tiers and what expires",
    openapi_extra=described(
        "Members", scope="members:read", answers={200: MemberAnswer}, problems=(404, 422), parameters=[_MEMBER]
    ),
)
def get_member(request: HttpRequest, m: str, programme: str | None = None) -> HttpResponse:
    """Give a member as they stand now."""
    key = let_in(request, "members:read")
    return reply(queries.member_view(programme_of(key, programme), m, clock.now()))


@api.get(
    "members",
    operation_id="find_members",
    summary="Find members by the beginning of any word of name, mail, phone or id",
    openapi_extra=described("Members", scope="members:read", answers={200: MembersAnswer}, problems=(404, 422)),
)
def find_members(
    request: HttpRequest, q: str = "", cursor: str | None = None, limit: int = 50, programme: str | None = None
) -> HttpResponse:
    """Give a page of members."""
    key = let_in(request, "members:read")
    found = members.search(programme_of(key, programme).id, q, cursor, limited(limit))
    return reply({"items": [_found(member) for member in found.rows], "next": found.after})


def _found(member: Member) -> dict[str, Any]:
    return {
        "member": member.reference,
        "name": member.name,
        "email": member.email,
        "phone": member.phone,
        "joined_at": member.joined_at,
        "labels": member.labels,
    }
