"""A member's page: who it is, what they have, what happened and why; and the record to put right."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Declined
from stammis.accrual.sentences import refusal
from stammis.console import balances, climbing, programmes, standings, stories
from stammis.console.access import may
from stammis.console.forms.members import RecordForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.rules import Rules
from stammis.kit import clock
from stammis.ledger import queries as ledger
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SEE)
@require_GET
def member(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Show a member: the standing beside the story, or beside the ledger where the address asks for it."""
    programme, shown = find(request, member_id)
    rules, at = _rules(programme)
    standing = queries.standing_of(shown.id)
    cursor, ledger_asked = request.GET.get("cursor") or None, request.GET.get("view") == "ledger"
    context: dict[str, Any] = {
        "programme": programme,
        "member": shown,
        "wallets": balances.wallets(standing, rules, at),
        "climbs": climbing.climbs(standing, rules, at) if standing.enrolled else [],
        "rewards": balances.open_rewards(shown, rules),
        "holds": balances.holds(queries.open_holds(shown.id, clock.now()), rules),
        "view": "ledger" if ledger_asked else "timeline",
        "may_serve_this": shown.reference is not None and shown.kind != Member.Kind.MERGED,
        "parts": members.parts_of(shown.id),
        "may_exchange": bool(rules.programme.exchange),
    }
    if ledger_asked:
        page = ledger.entries(shown.id, cursor)
        decimals = {wallet.id: wallet.decimals for wallet in rules.programme.wallets}
        statuses = queries.statuses_of(shown.id, page.rows, clock.now())
        context["rows"] = [
            {
                "entry": row,
                "id": ledger.row_id(shown.id, row.row),
                "decimals": decimals.get(row.wallet, 0),
                "status": statuses.get(row.row, ""),
            }
            for row in page.rows
        ]
        context["several_wallets"] = len(decimals) > 1
        return draw(request, "console/members/member.html", context | {"page": page})
    page_of_story = stories.timeline(shown.id, rules.programme, cursor)
    return draw(request, "console/members/member.html", context | {"page": page_of_story})


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def record(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Put a member's record right."""
    programme, shown = find(request, member_id)
    if shown.reference is None:
        raise Http404
    form = RecordForm(request.POST or None, initial=RecordForm.of(shown))
    if form.is_valid():
        changed = form.changes()
        outcome = services.change_member(programme.id, shown.reference, changed, now=clock.now())
        if isinstance(outcome, Declined):
            form.add_error(None, refusal(outcome.code, outcome.reason, outcome.detail))
        else:
            record_audit(request.user.email, "members.change", subject=shown.reference, fields=sorted(changed))
            messages.success(request, _("The record is saved."))
            return back_to(request, shown)
    return draw(request, "console/members/record.html", {"form": form, "member": shown, "programme": programme})


def find(request: StaffRequest, member_id: uuid.UUID) -> tuple[Programme, Member]:
    """Give a member of the chosen programme, with the programme."""
    programme = programmes.required(request)
    found = Member.objects.filter(id=member_id, programme=programme).first()
    if found is None:
        raise Http404
    return programme, found


def back_to(request: StaffRequest, shown: Member) -> HttpResponse:
    """Go to a member's page, also from the panel beside it."""
    if request.htmx:
        return HttpResponseClientRedirect(reverse("console:member", args=[shown.id]))
    return redirect("console:member", shown.id)


def _rules(programme: Programme) -> tuple[Rules, int]:
    rules, at = standings.rules_now(programme)
    if rules is None:
        raise Http404
    return rules, at
