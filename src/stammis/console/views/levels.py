"""Levels: one given by hand, and those that end soon."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted
from stammis.accrual.sentences import refusal
from stammis.accrual.sentences.levels import level_name
from stammis.console import climbing, programmes, standings
from stammis.console.access import may
from stammis.console.forms.levels import LevelForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import back_to, find
from stammis.kit import clock
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

DAYS = 30
MOST_DAYS = 366


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def level(request: StaffRequest, member_id: uuid.UUID, tier_set: str) -> HttpResponse:
    """Give a member a level by hand, with a reason and an end, or take that back."""
    programme, shown = find(request, member_id)
    rules, _at = standings.rules_now(programme)
    tiers = next((each for each in rules.programme.tiers if each.id == tier_set), None) if rules else None
    if shown.reference is None or rules is None or tiers is None:
        raise Http404
    held = queries.views_of(queries.standing_of(shown.id), rules, clock.now())["tiers"][tier_set]
    form = LevelForm(request.POST or None, tiers=tiers)
    context: dict[str, Any] = {
        "form": form,
        "member": shown,
        "programme": programme,
        "tier_set": tier_set,
        "set_name": words.name(tiers.name, tiers.id),
        "held": level_name(tier_set, held, rules.programme),
    }
    if form.is_valid():
        asked = form.asked()
        sure = request.POST.get("step") == "do"
        outcome = services.give_level(
            programme.id, shown.reference, tier_set=tier_set, **asked, now=clock.now(), dry_run=not sure
        )
        if not isinstance(outcome, Accepted):
            form.add_error(None, refusal(outcome.code, outcome.reason, outcome.detail))
        elif sure:
            record_audit(
                request.user.email,
                "levels.give",
                subject=shown.reference,
                set=tier_set,
                level=asked["level"],
                reason=asked["reason"],
            )
            messages.success(request, _("The level is changed, with your reason."))
            return back_to(request, shown)
        else:
            after = level_name(tier_set, outcome.answer.tiers[tier_set], rules.programme)
            context["plan"] = {"level": after, "until": asked["until"]}
    return draw(request, "console/members/level_form.html", context)


@may(Permission.SEE)
@require_GET
def falling(request: StaffRequest) -> HttpResponse:
    """List whose level ends within some days, soonest first, with what keeps it."""
    programme = programmes.required(request)
    rules, _at = standings.rules_now(programme)
    asked = request.GET.get("days", "")
    days = min(max(int(asked), 1), MOST_DAYS) if asked.isdecimal() else DAYS
    lists = climbing.falling(programme, rules, days, clock.now()) if rules else []
    return draw(request, "console/members/falling.html", {"programme": programme, "lists": lists, "days": days})
