"""Points put aside are freed, and points last longer, by hand: each shows what will happen before it does."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.models import Approval
from stammis.accrual.outcomes import Accepted, Item
from stammis.accrual.sentences import part, refusal
from stammis.console import balances
from stammis.console.access import may
from stammis.console.forms.members import ExtendForm, SettleForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import back_to
from stammis.console.views.points import decimals_of, plan_of, refused, subject_of
from stammis.core.effects import Posted
from stammis.core.events import Extension, HoldReleased
from stammis.kit import clock
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission
from stammis.staff.services import limits, record_audit


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


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def settle(request: StaffRequest, member_id: uuid.UUID, number: int) -> HttpResponse:
    """Let pending points be active now, or take them away."""
    programme, shown, reference, rules = subject_of(request, member_id)
    now = clock.now()
    found = balances.waiting(queries.standing_of(shown.id), rules, int(now.timestamp()), number)
    if found is None:
        raise Http404
    wallet, waiting = found
    form = SettleForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "member": shown, "programme": programme, "waiting": waiting}
    named = words.wallet_of(rules.programme, wallet)
    unit = words.name(named.name, wallet) if named else wallet
    context |= {"decimals": decimals_of(rules, wallet), "unit": unit}
    if form.is_valid():
        id, reason = form.cleaned_data["id"], form.cleaned_data["reason"]
        released, sure = form.cleaned_data["act"] == "release", request.POST.get("step") == "do"
        amount = waiting.amount if released else -waiting.amount
        above = limits.above(request.user.role, amount, decimals_of(rules, wallet)) is not None
        if sure and above:
            act = Approval.Act.RELEASE if released else Approval.Act.CANCEL
            asked = {"id": id, "wallet": wallet, "amount": amount, "reason": reason, "act": act, "row": number}
            services.ask_approval(programme, shown, **asked, by=request.user.email, now=now)
            messages.success(request, _("Somebody else has to approve it: it stands among the approvals."))
            return back_to(request, shown)
        of = {"id": id, "member": reference, "released": released, "reason": reason}
        outcome = services.settle_pending(programme.id, shown.id, number, **of, now=now, dry_run=not sure)
        if not isinstance(outcome, Accepted):
            form.add_error(None, refused(outcome))
        elif sure:
            record_audit(request.user.email, "points.settle", subject=reference, **of, amount=amount)
            told = _("The points are active now.") if released else _("The pending points are gone.")
            messages.success(request, told)
            return back_to(request, shown)
        else:
            plan = plan_of(outcome, wallet, shown, rules)
            context |= {"plan": plan, "released": released, "above_limit": above}
    return draw(request, "console/members/settle.html", context)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def bring_back(request: StaffRequest, member_id: uuid.UUID, act: str) -> HttpResponse:
    """Let pending points wait again that were taken away by hand."""
    programme, shown, reference, rules = subject_of(request, member_id)
    sure, now = request.method == "POST", clock.now()
    outcome = services.restore_pending(programme.id, act, now=now, dry_run=not sure)
    context: dict[str, Any] = {"member": shown, "programme": programme, "act": act}
    if not isinstance(outcome, Accepted):
        context["refused"] = refused(outcome)
    elif outcome.replay:
        context["refused"] = _("They were brought back before.")
    elif sure:
        record_audit(request.user.email, "points.restore", subject=reference, act=act)
        messages.success(request, _("The points are back."))
        return back_to(request, shown)
    else:
        wallet = next(effect.wallet for effect in outcome.answer.effects if isinstance(effect, Posted))
        context["plan"] = plan_of(outcome, wallet, shown, rules)
    return draw(request, "console/members/bring_back.html", context)
