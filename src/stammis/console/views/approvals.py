"""Points by hand that need a second person, and the limits above which they do."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted
from stammis.console import programmes, standings
from stammis.console.access import may
from stammis.console.forms.between import LimitsForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import find
from stammis.console.views.points import refused
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.staff.roles import Permission
from stammis.staff.services import limits as limiting


@may(Permission.RUN)
@require_GET
def approvals(request: StaffRequest) -> HttpResponse:
    """List what waits for approval, newest first; with «all» also what was decided."""
    programme = programmes.required(request)
    everything = request.GET.get("state") == "all"
    page = queries.approvals(programme.id, waiting=not everything, cursor=request.GET.get("cursor") or None)
    rules, _at = standings.rules_now(programme)
    decimals = {name: wallet.decimals for name, wallet in rules.wallets.items()} if rules else {}
    rows = [(one, decimals.get(one.wallet, 0)) for one in page.rows]
    context = {"page": page, "rows": rows, "everything": everything, "several_wallets": len(decimals) > 1}
    return draw(request, "console/approvals/list.html", context)


@may(Permission.RUN)
@require_POST
def decide(request: StaffRequest, member_id: uuid.UUID, act: str) -> HttpResponse:
    """Approve what somebody else asked for, or refuse it."""
    programme, shown = find(request, member_id)
    by, now = request.user.email, clock.now()
    try:
        if request.POST.get("step") == "approve":
            outcome = services.approve(programme, shown, act, by=by, now=now)
            if isinstance(outcome, Accepted):
                messages.success(request, _("It is posted."))
            else:
                messages.error(request, refused(outcome))
        else:
            services.refuse_approval(programme, shown, act, by=by, now=now)
            messages.success(request, _("It is refused; nothing moved."))
    except Problem as error:
        messages.error(request, error.told())
    return redirect("console:approvals")


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def limits(request: StaffRequest) -> HttpResponse:
    """Set how many points each role may give or take by hand at once."""
    form = LimitsForm(request.POST or None, initial=limiting.current())
    if form.is_valid():
        limiting.set_limits({role: form.cleaned_data[role] for role in limiting.ROLES}, by=request.user.email)
        messages.success(request, _("The limits are saved."))
        return redirect("console:settings")
    return draw(request, "console/settings/limits.html", {"form": form})
