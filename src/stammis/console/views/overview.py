"""The overview: what the programme brings, in numbers that say what they mean."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.staff.roles import Permission


@may(Permission.SEE)
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """Show the numbers of the programme."""
    return draw(request, "console/overview.html")
