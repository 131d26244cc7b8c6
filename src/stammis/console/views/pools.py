"""Households, companies and charities: what is in them, and who takes part."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted, Item, MemberFields
from stammis.console import balances, programmes, standings, stories
from stammis.console.access import may
from stammis.console.forms.between import JoinForm, PoolForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import find
from stammis.console.views.points import refused
from stammis.core.events import PoolChanged
from stammis.kit import clock
from stammis.kit.pages import page
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SEE)
@require_GET
def pools(request: StaffRequest) -> HttpResponse:
    """List pools and charities, by their ids."""
    programme = programmes.required(request)
    rows = members.accounts(programme.id)
    listed = page(rows, order=("reference", "id"), cursor=request.GET.get("cursor") or None)
    return draw(request, "console/pools/list.html", {"page": listed})


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """Add a household, a company or a charity."""
    programme = programmes.required(request)
    form = PoolForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        item = Item(programme.id, MemberFields(asked["reference"], {"name": asked["name"]}, asked["kind"]))
        outcome = services.record([item], now=clock.now())[0]
        if isinstance(outcome, Accepted):
            record_audit(request.user.email, "members.put_pool", subject=asked["reference"], kind=asked["kind"])
            return redirect("console:pool", outcome.answer.member_id)
        form.add_error("reference", refused(outcome))
    return draw(request, "console/pools/new.html", {"form": form})


@may(Permission.SEE)
@require_GET
def pool(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Show a pool: what is in it, who takes part, and what happened."""
    programme, shown = _pool(request, member_id)
    rules, at = standings.rules_now(programme)
    if rules is None:
        raise Http404
    context: dict[str, Any] = {
        "pool": shown,
        "wallets": balances.wallets(queries.standing_of(shown.id), rules, at),
        "parts": members.members_of(shown.id),
        "page": stories.timeline(shown.id, rules.programme, request.GET.get("cursor") or None),
    }
    return draw(request, "console/pools/pool.html", context)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def join(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let a member take part in a pool, or change the part."""
    programme, shown = _pool(request, member_id)
    form = JoinForm(request.POST or None, initial={"member": request.GET.get("member", "")})
    if form.is_valid():
        asked = form.cleaned_data
        event = PoolChanged(
            occurred_at=clock.now(),
            member=asked["member"],
            pool=shown.reference or "",
            account="",
            share=asked["share"],
            rights=tuple(asked["rights"]),
        )
        outcome = services.record([Item(programme.id, event)], now=clock.now())[0]
        if isinstance(outcome, Accepted):
            facts = {"pool": shown.reference, "share": asked["share"], "rights": asked["rights"]}
            record_audit(request.user.email, "members.join_pool", subject=asked["member"], **facts)
            messages.success(request, _("%(member)s takes part.") % {"member": asked["member"]})
            return redirect("console:pool", shown.id)
        form.add_error("share" if outcome.code == "share_limit" else "member", refused(outcome))
    return draw(request, "console/pools/join.html", {"form": form, "pool": shown})


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def leave(request: StaffRequest, member_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """Ask whether a member should leave a pool; then let them go."""
    programme, shown = _pool(request, member_id)
    who = next((each.member for each in members.members_of(shown.id) if each.member_id == part_id), None)
    if who is None:
        raise Http404
    if request.method == "POST":
        event = PoolChanged(
            occurred_at=clock.now(), member=who.reference or "", pool=shown.reference or "", account="", left=True
        )
        services.record([Item(programme.id, event)], now=clock.now())
        record_audit(request.user.email, "members.leave_pool", subject=who.reference or "", pool=shown.reference)
        messages.success(request, _("%(member)s has left.") % {"member": who.name or who.reference})
        return redirect("console:pool", shown.id)
    return draw(request, "console/pools/leave.html", {"pool": shown, "member": who})


def _pool(request: StaffRequest, member_id: uuid.UUID) -> tuple[Programme, Member]:
    programme, shown = find(request, member_id)
    if shown.kind not in members.ACCOUNTS:
        raise Http404
    return programme, shown
