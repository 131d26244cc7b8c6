"""Corrections: which there are, asking for one, how far it is, what it comes to, and what is done about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.console import programmes
from stammis.console.access import may
from stammis.console.corrections import told
from stammis.console.corrections.told import Told
from stammis.console.forms.choosing import DRAFT, FILE, VERSION
from stammis.console.forms.corrections import CorrectionForm, ScopeForm
from stammis.console.frame import draw
from stammis.console.moments import laid, one_page
from stammis.console.requests import StaffRequest
from stammis.core.programme import Programme as Document
from stammis.kit.errors import Problem
from stammis.kit.pages import page
from stammis.kit.spreadsheets import Download
from stammis.members.models import Member
from stammis.programmes import yaml
from stammis.programmes.drafts import OPEN
from stammis.programmes.sentences import words
from stammis.simulation import queries, services, tasks
from stammis.simulation.models import Correction, CorrectionLine
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

State = Correction.State
SHOWN = 50
WHICH: tuple[queries.Which, ...] = ("all", "gains", "losses", "refused")


@may(Permission.SEE)
@require_GET
def corrections(request: StaffRequest) -> HttpResponse:
    """List the corrections, newest first."""
    found = queries.corrections(programmes.required(request)).select_related("programme")
    listed = page(found, order=("-id",), cursor=request.GET.get("cursor") or None, limit=30)
    context = {"page": listed, "corrections": [Told(each) for each in listed.rows]}
    return draw(request, "console/corrections/list.html", context)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def begin(request: StaffRequest) -> HttpResponse:
    """Ask what ran wrong and what should have decided, and hand it to the worker."""
    shown = programmes.required(request)
    versions = services.in_force(shown)
    form = CorrectionForm(
        request.POST or None,
        request.FILES or None,
        initial=_initial(list(versions)),
        versions=versions,
        drafts=list(shown.drafts.filter(state__in=OPEN).order_by("-changed_at")),
        zone=shown.zone,
    )
    problem: Problem | None = None
    if form.is_valid():
        try:
            made = services.begin_correction(shown, by=request.user.email, **form.asked(), **_right(form))
        except Problem as error:
            problem = error
        else:
            tasks.hand_over_correction(made)
            return redirect("console:correction", made.id)
    status = 422 if problem or form.is_bound else 200
    return draw(request, "console/corrections/new.html", {"form": form, "problem": problem}, status=status)


@may(Permission.SEE)
@require_GET
def correction(request: StaffRequest, correction_id: uuid.UUID) -> HttpResponse:
    """Show how far a correction is, and what it comes to. While somebody works on it the page asks again by itself."""
    found = queries.correction(programmes.required(request), correction_id)
    working = found.state in services.WORKING
    context: dict[str, Any] = {"told": Told(found), "correction": found, "working": working}
    if working:
        context |= {"progress": told.progress(found), "left": told.left(found)}
    if request.htmx and request.htmx.target == "progress":
        answer = draw(request, "console/corrections/progress.html", context)
        if not working or request.GET.get("state") != found.state:
            answer["HX-Refresh"] = "true"
        return answer
    if found.position is None:
        return draw(request, "console/corrections/correction.html", context)
    document = context["told"].document
    context |= _listed(request, found, document)
    if request.htmx and request.htmx.target == "lines":
        return draw(request, "console/corrections/rows.html", context)
    apart = queries.lines(found, which="apart")
    context |= {
        "sums": told.sums(found, document),
        "sentences": told.verdict(found, document),
        "apart": told.differences(list(apart[:SHOWN]), document),
        "scopes": ScopeForm(),
        "tells": bool(queries.totals(found)) and found.state in {State.POSTED, State.UNDONE},
    }
    return draw(request, "console/corrections/correction.html", context)


ACTS: dict[str, Callable[..., Correction]] = {
    "stop": services.stop_correction,
    "resume": services.resume_correction,
    "drop": services.drop_correction,
}


@may(Permission.RUN)
@require_POST
def act(request: StaffRequest, correction_id: uuid.UUID) -> HttpResponse:
    """Stop the planning, let the worker go on, or put the plan away."""
    shown = programmes.required(request)
    found = queries.correction(shown, correction_id)
    name = request.POST.get("act", "")
    if name in ACTS:
        ACTS[name](shown, found.id, by=request.user.email)
        if name == "resume":
            tasks.hand_over_correction(found)
        if name == "drop":
            messages.success(request, _("Nothing was posted. The plan stays here to be read."))
    return redirect("console:correction", found.id)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def decide(request: StaffRequest, correction_id: uuid.UUID) -> HttpResponse:
    """Say in numbers what would be posted, and post it once that is confirmed."""
    shown = programmes.required(request)
    found = queries.correction(shown, correction_id)
    form = ScopeForm(request.POST or request.GET)
    if found.state != State.DRAFT or not form.is_valid():
        return redirect("console:correction", found.id)
    chosen = form.cleaned_data["scope"]
    if request.method == "POST" and chosen != ScopeForm.NONE:
        scope = Correction.Scope(chosen)
        tasks.hand_over_correction(services.begin_posting(shown, found.id, by=request.user.email, scope=scope))
        return redirect("console:correction", found.id)
    document = Told(found).document
    moves = [] if chosen == ScopeForm.NONE else told.moves(found, document, Correction.Scope(chosen))
    context = {"told": Told(found), "correction": found, "scope": chosen, "moves": moves}
    return draw(request, "console/corrections/decide.html", context)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def undo(request: StaffRequest, correction_id: uuid.UUID) -> HttpResponse:
    """Say in numbers what undoing would post, and do it once that is confirmed."""
    shown = programmes.required(request)
    found = queries.correction(shown, correction_id)
    if found.state != State.POSTED:
        return redirect("console:correction", found.id)
    if request.method == "POST":
        tasks.hand_over_correction(services.begin_undoing(shown, found.id, by=request.user.email))
        return redirect("console:correction", found.id)
    document = Told(found).document
    context = {"told": Told(found), "correction": found, "moves": told.undoing(found, document)}
    return draw(request, "console/corrections/undo.html", context)


@may(Permission.SEE)
@require_GET
def why(request: StaffRequest, correction_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Tell event by event what a member got, and what it should have been."""
    found = queries.correction(programmes.required(request), correction_id)
    member = get_object_or_404(Member, programme_id=found.programme_id, id=member_id)
    document = Told(found).document
    lines = CorrectionLine.objects.filter(correction=found, member=member).select_related("member").order_by("wallet")
    if not lines:
        raise Http404
    rows = [(each, queries.explain(found, each.line, document)) for each in told.differences(list(lines), document)]
    context: dict[str, Any] = {"correction": found, "member": member, "lines": rows}
    try:
        reasons = queries.why_corrected(found, member)
    except Problem as error:
        context["problem"] = error
    else:
        context["page"] = one_page(reasons.moments, request.GET.get("cursor"))
        context["moments"] = _moments(context["page"].rows, document)
    return draw(request, "console/corrections/why.html", context)


@may(Permission.RUN)
@require_GET
def export(request: StaffRequest, correction_id: uuid.UUID) -> HttpResponseBase:
    """Give what to tell whom as CSV."""
    found = queries.correction(programmes.required(request), correction_id)
    record_audit(request.user.email, "correction.messages", subject=found.name, id=str(found.id))
    name = "messages" if found.state in {State.POSTED, State.UNDONE} else "draft-messages"
    return Download(f"{name}-{found.id.hex[-8:]}", queries.MESSAGE_HEAD, queries.messages(found))


def _initial(versions: list[int]) -> dict[str, Any]:
    """Begin with the version before the present one, which has mostly been published to end a mistake."""
    if len(versions) < 2:  # noqa: PLR2004 - there is none before it
        return {"wrong": str(versions[-1]) if versions else "", "right": FILE}
    return {"wrong": str(versions[-2]), "right": f"{VERSION}{versions[-1]}"}


def _right(form: CorrectionForm) -> dict[str, Any]:
    """Give what should have decided, as ``simulation.services.begin_correction`` takes it. Raises BadDocument."""
    right = form.cleaned_data["right"]
    if right == FILE:
        return {"document": yaml.load(form.cleaned_data["file"].read())}
    if right.startswith(VERSION):
        return {"version": int(right.removeprefix(VERSION))}
    return {"document": form.drafts[right.removeprefix(DRAFT)].document}


def _listed(request: StaffRequest, found: Correction, document: Document) -> dict[str, Any]:
    """Give the page of lines that the address asks for."""
    asked = request.GET.get("which", "all")
    which = asked if asked in WHICH else "all"
    order = request.GET.get("order", "")
    order = order if order in queries.ORDERS else "largest"
    q = request.GET.get("q", "").strip()[:200]
    lines = queries.lines(found, which=which, q=q)
    listed = page(lines, order=queries.ORDERS[order], cursor=request.GET.get("cursor") or None, limit=SHOWN)
    rows = told.differences(list(listed.rows), document)
    return {
        "page": listed,
        "rows": rows,
        "which": which,
        "order": order,
        "q": q,
        "several": len(queries.totals(found)) > 1,
        "asked": which != "all" or bool(q),
    }


def _moments(moments: Sequence[queries.Moment], document: Document) -> list[dict[str, Any]]:
    wallets = {each.id: each for each in document.wallets}
    return laid(
        moments,
        (_("As it was"), _("As it should have been")),
        unit=lambda wallet: words.name(wallets[wallet].name, wallet) if wallet in wallets else wallet,
        decimals={each.id: each.decimals for each in document.wallets},
    )
