"""Acts between members from a member's page: each shows what will happen before it does."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.accrual import queries, services
from stammis.accrual.outcomes import Accepted, Item, Outcome, Proof
from stammis.console import formats
from stammis.console.access import may
from stammis.console.forms.between import ExchangeForm, GiveForm, MergeForm, ProofForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import back_to, find
from stammis.console.views.points import decimals_of, plan_of, refused, subject_of
from stammis.core.effects import Posted
from stammis.core.events import Exchange, Merged, Transfer, Unmerged
from stammis.core.rules import Rules
from stammis.kit import clock
from stammis.members.models import Member
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def give(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Give a member's points to another, or to a charity."""
    programme, shown, reference, rules = subject_of(request, member_id)
    form = GiveForm(request.POST or None, document=rules.programme)
    page = _page(_("Give points"), "give", form, shown, confirm=_("Give them"))
    if form.is_valid():
        asked = form.cleaned_data
        event = Transfer(
            occurred_at=clock.now(),
            id=asked["id"],
            member=reference,
            to=asked["to"],
            wallet=asked["wallet"],
            amount=asked["amount"],
        )
        outcome = _record(request, Item(programme.id, event, ("transfer", event.id)))
        if not isinstance(outcome, Accepted):
            form.add_error("to" if outcome.code in {"unknown_receiver", "same_member"} else "amount", refused(outcome))
        elif _sure(request):
            facts = {name: asked[name] for name in ("id", "to", "wallet", "amount")}
            record_audit(request.user.email, "points.transfer", subject=reference, **facts)
            messages.success(request, _("%(member)s has the points.") % {"member": asked["to"]})
            return back_to(request, shown)
        else:
            page["plan"] = plan_of(outcome, asked["wallet"], shown, rules)
            page["facts"] = [(_("For whom"), asked["to"])]
    return draw(request, "console/members/act.html", page)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def exchange(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Change a member's points of one wallet for points of another."""
    programme, shown, reference, rules = subject_of(request, member_id)
    if not rules.programme.exchange:
        raise Http404
    form = ExchangeForm(request.POST or None, document=rules.programme)
    page = _page(_("Change points"), "exchange", form, shown, confirm=_("Change them"))
    if form.is_valid():
        asked = form.cleaned_data
        giving, _arrow, getting = asked["wallet"].partition(">")
        event = Exchange(
            occurred_at=clock.now(),
            id=asked["id"],
            member=reference,
            wallet=giving,
            to=getting,
            amount=asked["amount"],
        )
        outcome = _record(request, Item(programme.id, event, ("exchange", event.id)))
        if not isinstance(outcome, Accepted):
            form.add_error("amount", refused(outcome))
        elif _sure(request):
            facts = {"id": event.id, "from": giving, "to": getting, "amount": event.amount}
            record_audit(request.user.email, "points.exchange", subject=reference, **facts)
            messages.success(request, _("The points are changed."))
            return back_to(request, shown)
        else:
            page["facts"] = _moves(outcome, rules)
    return draw(request, "console/members/act.html", page)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def merge(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let an account go on in another."""
    programme, shown, reference, rules = subject_of(request, member_id)
    form = MergeForm(request.POST or None)
    text = _("This account ends. Its points move with their last days, and its id leads to the other from now on.")
    page = _page(_("Merge into another"), "merge", form, shown, confirm=_("Merge them"), text=text)
    if form.is_valid():
        asked = form.cleaned_data
        event = Merged(occurred_at=clock.now(), id=asked["id"], member=reference, into=asked["into"])
        outcome = _record(request, Item(programme.id, event, ("merge", event.id)))
        if not isinstance(outcome, Accepted):
            form.add_error("into", refused(outcome))
        elif _sure(request):
            record_audit(request.user.email, "members.merge", subject=reference, into=asked["into"], id=event.id)
            messages.success(request, _("The account goes on as %(member)s.") % {"member": asked["into"]})
            return back_to(request, shown)
        else:
            page["facts"] = [(_("Goes on as"), asked["into"]), *_left(outcome, rules)]
    return draw(request, "console/members/act.html", page)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def part(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Undo a merge."""
    programme, shown = find(request, member_id)
    ties = queries.standing_of(shown.id).ties
    if ties is None or ties.merge is None or shown.reference is None:
        raise Http404
    form = forms.Form(request.POST or None)
    text = _("What this account brought goes back to it. What was spent meanwhile the other account owes.")
    page = _page(_("Part the accounts"), "part", form, shown, confirm=_("Part them"), text=text)
    page["ask_at_once"] = True
    if request.method == "POST":
        event = Unmerged(occurred_at=clock.now(), merge=ties.merge, member="")
        outcome = services.record([Item(programme.id, event)], now=clock.now())[0]
        if isinstance(outcome, Accepted):
            record_audit(request.user.email, "members.part", subject=shown.reference, merge=ties.merge)
            messages.success(request, _("The account is on its own again."))
            return back_to(request, shown)
        form.add_error(None, refused(outcome))
    return draw(request, "console/members/act.html", page)


@may(Permission.SERVE)
@require_http_methods(["GET", "POST"])
def verify(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let what a guest bought become the member's, whose address it is."""
    programme, shown, reference, rules = subject_of(request, member_id)
    form = ProofForm(request.POST or None, initial={"email": shown.email})
    text = _("Only where the member has proven the address: what a guest bought with it becomes the member's.")
    page = _page(_("Claim purchases of a guest"), "verify", form, shown, confirm=_("Claim them"), text=text)
    if form.is_valid():
        email = form.cleaned_data["email"]
        outcome = _record(request, Item(programme.id, Proof(reference, email, clock.now())))
        if not isinstance(outcome, Accepted):
            form.add_error("email", refused(outcome))
        elif _sure(request):
            record_audit(request.user.email, "members.verify", subject=reference, email=email)
            messages.success(request, _("The purchases are the member's."))
            return back_to(request, shown)
        else:
            page["facts"] = [(_("Mail address"), email), *_moves(outcome, rules)]
    return draw(request, "console/members/act.html", page)


def _page(title: str, view: str, form: forms.Form, shown: Member, *, confirm: str, text: str = "") -> dict[str, Any]:
    return {"title": title, "view": f"console:{view}", "form": form, "member": shown, "confirm": confirm, "text": text}


def _sure(request: StaffRequest) -> bool:
    return request.POST.get("step") == "do"


def _record(request: StaffRequest, item: Item) -> Outcome:
    """Do what was confirmed; before that say what it would do."""
    return services.record([item], now=clock.now(), dry_run=not _sure(request))[0]


def _moves(outcome: Accepted, rules: Rules) -> list[tuple[str, str]]:
    """Give by wallet how its points would change."""
    changes: dict[str, int] = {}
    for effect in outcome.answer.effects:
        if isinstance(effect, Posted):
            changes[effect.wallet] = changes.get(effect.wallet, 0) + effect.amount
    if not changes:
        return [(_("Change"), _("none"))]
    return [
        (_name(wallet, rules), formats.signed(each, decimals_of(rules, wallet))) for wallet, each in changes.items()
    ]


def _left(outcome: Accepted, rules: Rules) -> list[tuple[str, str]]:
    """Give by wallet what would go along: all that is active now, since the account ends."""
    there = {wallet: view.active for wallet, view in outcome.answer.wallets.items() if view.active}
    return [(_name(wallet, rules), formats.signed(-each, decimals_of(rules, wallet))) for wallet, each in there.items()]


def _name(wallet: str, rules: Rules) -> str:
    found = words.wallet_of(rules.programme, wallet)
    return words.name(found.name, wallet) if found else wallet
