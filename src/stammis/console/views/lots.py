"""Points put aside are freed, and points last longer, by hand: each shows what will happen before it does."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted, Item
from stammis.accrual.sentences import part, refusal
from stammis.console.access import may
from stammis.console.forms.members import ExtendForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import back_to
from stammis.console.views.points import plan_of, subject_of
from stammis.core.events import Extension, HoldReleased
from stammis.kit import clock
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def free(request: StaffRequest, member_id: uuid.UUID, hold: str) -> HttpResponse:
    """Free points that were put aside."""
    programme, shown, reference, rules = subject_of(request, member_id)
    found = next((one for one in queries.open_holds(shown.id, clock.now()) if one.hold == hold), None)
    if found is None:
        raise Http404
    sure, now = request.method == "POST", clock.now()
    event = HoldReleased(occurred_at=now, hold=hold)
    outcome = services.record([Item(programme.id, event)], now=now, dry_run=not sure)[0]
    context: dict[str, Any] = {"member": shown, "programme": programme, "hold": hold}
    if not isinstance(outcome, Accepted):
        context["refused"] = refusal(outcome.code, outcome.reason, outcome.detail)
    elif sure:
        record_audit(request.user.email, "points.free", subject=reference, hold=hold)
        messages.success(request, _("The points are free again."))
        return back_to(request, shown)
    else:
        context["plan"] = plan_of(outcome, found.wallet, shown, rules)
    return draw(request, "console/members/free.html", context)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def extend(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let a member's open points last longer."""
    programme, shown, reference, rules = subject_of(request, member_id)
    form = ExtendForm(request.POST or None, document=rules.programme)
    context: dict[str, Any] = {"form": form, "member": shown, "programme": programme}
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("id", "wallet", "last_day", "reason")}
        sure, now = request.POST.get("step") == "do", clock.now()
        event = Extension(occurred_at=now, member=reference, **asked)
        item = Item(programme.id, event, ("extension", event.id))
        outcome = services.record([item], now=now, dry_run=not sure)[0]
        if not isinstance(outcome, Accepted):
            form.add_error("last_day", refusal(outcome.code, outcome.reason, outcome.detail))
        elif sure:
            record_audit(
                request.user.email, "points.extend", subject=reference, **asked | {"last_day": str(event.last_day)}
            )
            messages.success(request, _("The points last longer now."))
            return back_to(request, shown)
        else:
            context["said"] = " ".join(part(step, rules.programme).sentence for step in outcome.answer.steps)
    return draw(request, "console/members/extend.html", context)
