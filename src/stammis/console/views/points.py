"""Points and rewards given and taken by hand: each shows in numbers what will happen before it does."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted, Item, Outcome
from stammis.accrual.sentences import refusal
from stammis.console import balances, climbing, formats, standings, stories
from stammis.console.access import may
from stammis.console.forms.members import AdjustForm, RedeemForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import back_to, find
from stammis.console.views.rewards import catalogue
from stammis.core.events import RedemptionCancelled
from stammis.core.rules import Rules
from stammis.kit import clock
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.rewards.models import Issued
from stammis.staff.roles import Permission
from stammis.staff.services import limits, record_audit


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def adjust(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Give or take points by hand, with a reason."""
    programme, shown, reference, rules = subject_of(request, member_id)
    form = AdjustForm(request.POST or None, document=rules.programme)
    context: dict[str, Any] = {"form": form, "member": shown, "programme": programme}
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("id", "wallet", "amount", "reason")}
        sure = request.POST.get("step") == "do"
        limit = limits.above(request.user.role, asked["amount"], decimals_of(rules, asked["wallet"]))
        if sure and limit is not None:
            services.ask_approval(programme, shown, **asked, by=request.user.email, now=clock.now())
            messages.success(request, _("Somebody else has to approve it: it stands among the approvals."))
            return back_to(request, shown)
        outcome = services.adjust(programme.id, reference, **asked, now=clock.now(), dry_run=not sure)
        if not isinstance(outcome, Accepted):
            form.add_error("amount", refused(outcome))
        elif sure:
            record_audit(request.user.email, "points.adjust", subject=reference, **asked)
            said = _("%(points)s for %(name)s. It is in the ledger, with your reason.")
            written = formats.signed(asked["amount"], decimals_of(rules, asked["wallet"]))
            messages.success(request, said % {"points": written, "name": shown.name or reference})
            return back_to(request, shown)
        else:
            context["plan"] = plan_of(outcome, asked["wallet"], shown, rules)
            context["above_limit"] = limit is not None
    return draw(request, "console/members/adjust.html", context)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def redeem(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Give a member a reward for points."""
    programme, shown, reference, rules = subject_of(request, member_id)
    offered = catalogue(programme, rules.programme)
    form = RedeemForm(request.POST or None, offered=offered)
    context: dict[str, Any] = {"form": form, "member": shown, "programme": programme, "offered": offered}
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("id", "reward", "quantity")}
        sure = request.POST.get("step") == "do"
        outcome = services.redeem(programme.id, reference, **asked, now=clock.now(), dry_run=not sure)
        if not isinstance(outcome, Accepted):
            form.add_error("reward", refused(outcome))
        elif sure:
            record_audit(request.user.email, "rewards.redeem", subject=reference, **asked)
            issued = Issued.objects.get(member_id=shown.id, redemption=asked["id"])
            said = _("«%(reward)s» is issued. The code is %(code)s.")
            name = stories.reward_name(asked["reward"], rules.programme)
            messages.success(request, said % {"reward": name, "code": issued.code})
            return back_to(request, shown)
        else:
            wallet = rules.rewards[asked["reward"]].wallet
            context["plan"] = plan_of(outcome, wallet, shown, rules)
            context["reward"] = stories.reward_name(asked["reward"], rules.programme)
    return draw(request, "console/members/redeem.html", context)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def undo(request: StaffRequest, member_id: uuid.UUID, redemption: str) -> HttpResponse:
    """Take a reward back that was not used: its points return, its code is void."""
    programme, shown, reference, rules = subject_of(request, member_id)
    issued = get_object_or_404(Issued, member_id=shown.id, redemption=redemption)
    sure = request.method == "POST"
    now = clock.now()
    event = RedemptionCancelled(occurred_at=now, redemption=redemption)
    outcome = services.record([Item(programme.id, event)], now=now, dry_run=not sure)[0]
    name = stories.reward_name(issued.reward, rules.programme)
    context: dict[str, Any] = {"member": shown, "programme": programme, "issued": issued, "reward": name}
    if not isinstance(outcome, Accepted):
        context["refused"] = refused(outcome)
    elif sure:
        record_audit(request.user.email, "rewards.cancel", subject=reference, redemption=redemption)
        messages.success(request, _("«%(reward)s» is taken back. Its points are back.") % {"reward": name})
        return back_to(request, shown)
    else:
        context["plan"] = plan_of(outcome, issued.wallet, shown, rules)
    return draw(request, "console/members/undo.html", context)


def subject_of(request: StaffRequest, member_id: uuid.UUID) -> tuple[Programme, Member, str, Rules]:
    """Give the member whose points may move, with their own id and the rules in force."""
    programme, shown = find(request, member_id)
    rules, _at = standings.rules_now(programme)
    if shown.reference is None or shown.kind == Member.Kind.MERGED or rules is None:
        raise Http404
    return programme, shown, shown.reference, rules


def plan_of(outcome: Accepted, wallet: str, shown: Member, rules: Rules) -> dict[str, str]:
    """Say in numbers what an act would do: what there is, and what there would be."""
    at = int(clock.now().timestamp())
    standing = queries.standing_of(shown.id)
    before = next(one for one in balances.wallets(standing, rules, at) if one.id == wallet)
    there = outcome.answer.wallets.get(wallet)
    after = there.active if there is not None else 0
    levels = {level.id: words.name(level.name, level.id) for one in rules.programme.tiers for level in one.levels}
    held = {one.name: one.level for one in climbing.climbs(standing, rules, at)}
    moved = [level for level in outcome.answer.tiers.values() if level and levels.get(level) not in held.values()]
    return {
        "unit": before.unit,
        "before": formats.points(before.active, before.decimals),
        "change": formats.signed(after - before.active, before.decimals),
        "after": formats.points(after, before.decimals),
        "level": levels.get(moved[0], "") if moved else "",
    }


def refused(outcome: Outcome) -> str:
    """Say why an act was refused."""
    assert not isinstance(outcome, Accepted)
    return refusal(outcome.code, outcome.reason, outcome.detail)


def decimals_of(rules: Rules, wallet: str) -> int:
    """Give the decimals of a wallet's points."""
    return rules.wallets[wallet].decimals
