"""Why a member would have had more or less in a back-test; where many share a budget, the worker finds it out."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from stammis.api.door import api, let_in, reply
from stammis.api.languages import spoken
from stammis.api.openapi.describing import Description, described, path_id, path_uuid
from stammis.api.openapi.examples import BACKTEST_ID, MEMBER_ID
from stammis.api.scoping import programme_of
from stammis.api.shapes import BacktestWhyAnswer, FindingOutAnswer
from stammis.members.queries import find
from stammis.simulation import queries, tasks
from stammis.simulation.queries import NotComparable, Side

_ID = path_uuid("id", "The back-test.", BACKTEST_ID)
_OTHER: Description = {
    "name": "other",
    "in": "query",
    "description": "The back-test beside it; without it, what was published over the same.",
}
_AGAIN_SECONDS = "1"


@api.get(
    "backtests/{uuid:id}/members/{ref:m}/why",
    operation_id="why_backtest",
    summary="Why a member would have had more or less",
    description="The events that came to something else than in the back-test beside it, with the rules on both sides."
    " Where the member shares a budget or points with others, all of them have to be folded: the worker does it, and"
    " the answer is 202 until it is done; then it is kept. lang: en, fi, sv or pl; without it, by Accept-Language."
    " 409: not_comparable.",
    openapi_extra=described(
        "Back-tests",
        scope="backtests:read",
        answers={200: BacktestWhyAnswer, 202: FindingOutAnswer},
        problems=(404, 409, 422),
        parameters=[_ID, path_id("m", "The caller's id of the member.", MEMBER_ID), _OTHER],
    ),
)
def why_backtest(
    request: HttpRequest,
    id: uuid.UUID,
    m: str,
    *,
    other: uuid.UUID | None = None,
    lang: str | None = None,
    programme: str | None = None,
) -> HttpResponse:
    """Tell what came to something else, or have it found out."""
    scope = programme_of(let_in(request, "backtests:read"), programme)
    run, member = queries.run(scope, id), find(scope.id, m)
    beside = queries.run(scope, other) if other is not None else run.compared_with
    if beside is None:
        raise NotComparable
    found = queries.under_way(run, member.id, beside)
    with translation.override(spoken(lang) or translation.get_language()):
        told = None if found else queries.why(run, member.id, beside)
    if told is None:
        found = found or tasks.ask_why(run, member, beside)
        plain = {name: getattr(found, name) for name in ("state", "done", "total", "message")}
        answer = reply(plain, 202)
        answer["Retry-After"] = _AGAIN_SECONDS
        return answer
    moments = [
        {"type": each.kind, "id": each.id, "occurred_at": each.at, "other": _side(each.today)}
        | {"tried": _side(each.tried)}
        for each in told.moments
    ]
    return reply({"member": member.reference, "alike": told.alike, "moments": moments})


def _side(side: Side) -> dict[str, Any]:
    """Tell what an event came to on one side."""
    parts = {"parts": side.parts, "not_applied": side.not_applied}
    return {"version": side.version, "points": side.points, "tiers": side.tiers} | {
        name: [
            {"rule": each.rule, "name": each.name, "amount": each.amount}
            | {"because": each.because, "sentence": each.sentence}
            for each in found
        ]
        for name, found in parts.items()
    }
