"""The audit: who did what, newest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from stammis.console import audits
from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit.pages import page
from stammis.staff.models import Audit
from stammis.staff.roles import Permission


@may(Permission.OWN)
@require_GET
def audit(request: StaffRequest) -> HttpResponse:
    """List what was done; the address keeps who and what was asked for."""
    who, what = request.GET.get("who", "").strip(), request.GET.get("what", "")
    entries = Audit.objects.all()
    if who:
        entries = entries.filter(who__istartswith=who)
    if what in audits.SENTENCES:
        entries = entries.filter(what=what)
    listed = page(entries, order=("-id",), cursor=request.GET.get("cursor") or None)
    context = {
        "page": listed,
        "rows": [(entry, audits.sentence(entry)) for entry in listed.rows],
        "who": who,
        "what": what,
        "kinds": [(key, str(text) % {"subject": "…"}) for key, text in audits.SENTENCES.items()],
    }
    return draw(request, "console/audit.html", context)
