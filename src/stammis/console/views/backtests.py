"""Back-tests: which there are, asking for one, how far it is, and what it came to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.console import programmes
from stammis.console.access import may
from stammis.console.backtests import asked, figures
from stammis.console.backtests.report import Report
from stammis.console.backtests.response import redeemed, supposed
from stammis.console.forms.backtests import STEP, BacktestForm, ResponseForm
from stammis.console.forms.choosing import DRAFT, FILE, WITHOUT
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.kit.pages import page
from stammis.programmes import drafts, yaml
from stammis.programmes import queries as published
from stammis.programmes.drafts import OPEN
from stammis.programmes.models import Programme
from stammis.simulation import queries, services, tasks
from stammis.simulation.models import Run
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

DEFAULT_RESPONSE = {"low": "0", "high": "1"}
RUNNING = (Run.State.QUEUED, Run.State.RUNNING)


@may(Permission.SEE)
@require_GET
def backtests(request: StaffRequest) -> HttpResponse:
    """List the back-tests, newest first, and the last proof that the ledger can be folded again."""
    shown = programmes.required(request)
    asked_for = queries.runs(shown).exclude(Q(document=None) & Q(without="") & Q(exact=False))
    listed = page(asked_for, order=("-id",), cursor=request.GET.get("cursor") or None, limit=30)
    proof = queries.runs(shown).filter(exact=True).first()
    context = {
        "page": listed,
        "tests": [asked.asked(run) for run in listed.rows],
        "proof": proof,
        "proven": queries.summary_of(proof) if proof else None,
    }
    return draw(request, "console/backtests/list.html", context)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def begin(request: StaffRequest) -> HttpResponse:
    """Ask what to try, and hand it to the worker."""
    shown = programmes.required(request)
    versions = published.versions(shown.id)
    form = BacktestForm(
        request.POST or None,
        request.FILES or None,
        initial=_initial(request, shown),
        programme=shown.id,
        drafts=list(shown.drafts.filter(state__in=OPEN).order_by("-changed_at")),
        document=versions.document(versions.stamp[0]),
    )
    problem: Problem | None = None
    if form.is_valid():
        try:
            run = services.begin(shown, by=request.user.email, **_what(form), **form.asked())
        except Problem as error:
            problem = error
        else:
            return _hand_over(request, run)
    status = 422 if problem or form.is_bound else 200
    return draw(request, "console/backtests/new.html", {"form": form, "problem": problem}, status=status)


@may(Permission.RUN)
@require_POST
def prove(request: StaffRequest) -> HttpResponse:
    """Let the worker fold the whole history by what is published and compare it with the ledger."""
    return _hand_over(request, services.begin_identity(programmes.required(request), by=request.user.email))


@may(Permission.RUN)
@require_POST
def cost(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Let the worker find out what a draft would have meant over the last days, and lead back to the draft."""
    shown = programmes.required(request)
    draft = drafts.find(shown, draft_id)
    by = request.user.email
    tasks.hand_over(services.begin_cost(shown, draft.document, name=draft.name, by=by, now=clock.now()))
    record_audit(by, "simulation.begin", subject=draft.name)
    return redirect(f"{reverse('console:draft', args=[draft.id])}#cost")


@may(Permission.SEE)
@require_GET
def backtest(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show how far a back-test is, and what it came to. While it runs the page asks again by itself."""
    run = queries.run(programmes.required(request), run_id)
    running = run.state in RUNNING
    context: dict[str, Any] = {"test": asked.asked(run), "run": run, "running": running}
    context["progress"] = asked.progress(run)
    if bool(request.htmx) and request.htmx.target == "progress":
        answer = draw(request, "console/backtests/progress.html", context)
        if not running:
            answer["HX-Refresh"] = "true"
        return answer
    context["summary"] = queries.summary_of(run)
    if run.state == Run.State.DONE and run.compared_with is not None:
        context |= _results(request, run)
    return draw(request, "console/backtests/run.html", context)


ACTS: dict[str, Callable[[Run], None]] = {
    "cancel": services.cancel,
    "resume": tasks.hand_over,
    "remove": services.remove,
    "pin": services.pin,
    "unpin": lambda run: services.pin(run, pinned=False),
}


@may(Permission.RUN)
@require_POST
def act(request: StaffRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stop a back-test, go on with it, ask it again, pin it, or remove it with all that it came to."""
    run = queries.run(programmes.required(request), run_id)
    name = request.POST.get("act", "")
    if name == "again":
        return _hand_over(request, services.begin_again(run, by=request.user.email))
    if name in ACTS and not (name == "remove" and run.state in RUNNING):
        ACTS[name](run)
        record_audit(request.user.email, f"simulation.{name}", subject=asked.title(run))
        if name == "remove":
            messages.success(request, _("The back-test was removed."))
            return redirect("console:backtests")
    return redirect("console:backtest", run.id)


def _hand_over(request: StaffRequest, run: Run) -> HttpResponse:
    tasks.hand_over(run)
    record_audit(request.user.email, "simulation.begin", subject=asked.title(run))
    return redirect("console:backtest", run.id)


def _initial(request: StaffRequest, shown: Programme) -> dict[str, Any]:
    """Begin with the draft that the address names, and with the last days."""
    today = clock.now().astimezone(ZoneInfo(shown.zone)).date()
    initial: dict[str, Any] = {"first": today - dt.timedelta(days=services.DAYS)}
    if draft := request.GET.get("draft"):
        initial["what"] = f"{DRAFT}{draft}"
    return initial


def _what(form: BacktestForm) -> dict[str, Any]:
    """Give what is tried, as ``simulation.services.begin`` takes it. Raises BadDocument."""
    what = form.cleaned_data["what"]
    if what == FILE:
        file = form.cleaned_data["file"]
        return {"document": yaml.load(file.read()), "name": file.name}
    if what.startswith(WITHOUT):
        rule = what.removeprefix(WITHOUT)
        return {"without": rule, "name": _("Published, without «%(rule)s»") % {"rule": form.rules[rule]}}
    draft = form.drafts[what.removeprefix(DRAFT)]
    return {"document": draft.document, "name": draft.name}


def _results(request: StaffRequest, run: Run) -> dict[str, Any]:
    """What a back-test came to beside the run that the address names, or beside what was published."""
    assert run.compared_with is not None
    others = _others(run)
    other = next((each for each in others if str(each.id) == request.GET.get("with")), run.compared_with)
    try:
        report = Report(run, other, queries.compared(run, other))
    except Problem as error:
        return {"problem": error}
    charts = figures.drawn(report)
    for chart in charts:
        asks = f"?with={other.id}" if other != run.compared_with else ""
        chart.csv = reverse("console:backtest_chart", args=[run.id, chart.key, "csv"]) + asks
        chart.png = reverse("console:backtest_chart", args=[run.id, chart.key, "png"]) + asks
    response = ResponseForm(request.GET if "low" in request.GET else _response(run))
    return {
        "report": report,
        "other": other,
        "others": [asked.asked(each) for each in others],
        "charts": charts,
        "response": response,
        "supposed": supposed(report, response.elasticities) if response.is_valid() else None,
        "redeemed": redeemed(report, queries.supposed(run, other)),
        "tables": queries.TABLES,
    }


def _response(run: Run) -> dict[str, str]:
    """Give the range that a back-test was asked with, as the form speaks of it."""
    if run.response_low is None or run.response_high is None:
        return DEFAULT_RESPONSE
    return {"low": f"{run.response_low * STEP:g}", "high": f"{run.response_high * STEP:g}"}


def _others(run: Run) -> QuerySet[Run]:
    """Give the finished back-tests of the same days and members, of the history as it was then."""
    same = {name: getattr(run, name) for name in ("begins_on", "ends_on", "label", "sample", "position")}
    found = queries.runs(run.programme).filter(state=Run.State.DONE, exact=False, **same)
    return found.exclude(id=run.id).exclude(Q(document=None) & Q(without=""))[:50]
