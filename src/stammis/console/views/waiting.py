"""What came before its purchase: returns and statuses that wait, were applied, or were refused with a reason."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from stammis.accrual.sentences import refusal
from stammis.activity import queries
from stammis.activity.models import Deferred
from stammis.console import programmes
from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.staff.roles import Permission


@may(Permission.RUN)
@require_GET
def waiting(request: StaffRequest) -> HttpResponse:
    """List what waits or waited, newest first; the state asked for lives in the address."""
    programme = programmes.required(request)
    state = request.GET.get("state", "")
    asked = state if state in Deferred.State.values else None
    page = queries.deferred(programme.id, asked, request.GET.get("cursor") or None)
    rows = [(one, refusal(one.code, one.detail.get("reason"), one.detail) if one.code else "") for one in page.rows]
    return draw(request, "console/imports/waiting.html", {"page": page, "rows": rows, "state": state})
