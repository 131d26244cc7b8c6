"""Tiers: levels given by hand, and whose level falls soon."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse

from stammis.accrual import queries
from stammis.accrual.outcomes import Item
from stammis.api.deciding import decide
from stammis.api.door import api, let_in, reply
from stammis.api.listing import limited
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, described, path_id
from stammis.api.openapi.examples import A_LEVEL, MEMBER_ID, TIER_SET
from stammis.api.scoping import programme_of
from stammis.api.shapes import FallingAnswer, MemberAnswer
from stammis.core.events import LevelGiven
from stammis.intake.bodies import LevelBody
from stammis.intake.reading import decode
from stammis.kit import clock
from stammis.staff.services import record_audit

MOST_DAYS = 366
_SET = path_id("tier_set", "The id of the tier set in the programme.", TIER_SET)


@api.put(
    "members/{ref:m}/tiers/{ref:tier_set}",
    operation_id="put_level",
    summary="Give a member a level by hand, or take that back",
    description="The member holds at least this level (with only: exactly it) through the day until, whatever counts;"
    " null takes back what was given by hand before. The reason stands on the timeline and in the audit.",
    openapi_extra=described(
        "Members",
        scope="adjustments:write",
        body=LevelBody,
        examples={"a promise kept": A_LEVEL},
        answers={200: MemberAnswer},
        problems=(404, 409),
        parameters=[path_id("m", "The caller's id of the member.", MEMBER_ID), _SET, IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def put_level(request: HttpRequest, m: str, tier_set: str) -> HttpResponse:
    """Give a level by hand and answer the member as they are then."""
    key = let_in(request, "adjustments:write")
    body = decode(request.body, LevelBody)
    programme = programme_of(key, body.programme)

    def write() -> tuple[int, dict[str, Any]]:
        event = LevelGiven(
            occurred_at=clock.now(),
            member=m,
            set=tier_set,
            level=body.level,
            until=body.until,
            only=body.only,
            reason=body.reason,
        )
        decide(Item(programme.id, event))
        record_audit(key.name, "levels.give", subject=m, set=tier_set, level=body.level, reason=body.reason)
        return 200, queries.member_view(programme, m, clock.now())

    return once(request, key, hashlib.sha256(request.body).digest(), write)


@api.get(
    "tiers/{ref:tier_set}/falling",
    operation_id="falling_levels",
    summary="Whose level falls within so many days if nothing more counts, soonest first",
    openapi_extra=described(
        "Members", scope="members:read", answers={200: FallingAnswer}, problems=(404, 422), parameters=[_SET]
    ),
)
def falling_levels(
    request: HttpRequest, tier_set: str, days: int = 30, limit: int = 50, programme: str | None = None
) -> HttpResponse:
    """Give the members to tell before their level falls."""
    key = let_in(request, "members:read")
    found = queries.falling(
        programme_of(key, programme), tier_set, days=max(0, min(days, MOST_DAYS)), now=clock.now(), limit=limited(limit)
    )
    return reply(found)
