"""Drafts: which there are, what each would change, and its way from one person to the next until it is published."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.console import climbing, formats, programmes, reviewing
from stammis.console.access import may
from stammis.console.backtests import costs
from stammis.console.editor import parts
from stammis.console.forms.drafts import BeginForm, PublishForm, TextForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes import drafts as reading
from stammis.programmes import services, yaml
from stammis.programmes.models import Draft, Programme
from stammis.programmes.plan import plan_of
from stammis.programmes.services import Author
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

Act = Callable[[Draft, Author], Draft]
ACTS: dict[str, tuple[Act, str | Promise]] = {
    "ask": (services.ask_for_review, gettext_lazy("The draft is in review. Somebody else approves it.")),
    "approve": (services.approve, gettext_lazy("The draft is approved. It can be published.")),
    "send_back": (services.send_back, gettext_lazy("The draft went back to its authors.")),
    "undo": (services.undo, gettext_lazy("The last change was taken back.")),
    "discard": (services.discard, gettext_lazy("The draft was put away. Its history stays.")),
}


@may(Permission.SEE)
@require_GET
def drafts(request: StaffRequest) -> HttpResponse:
    """List the drafts of the programme: what is being worked on, then what was published or put away."""
    shown = programmes.required(request)
    known = list(shown.drafts.order_by("-changed_at")[:200])
    context = {
        "programme": shown,
        "open": [one for one in known if one.state in reading.OPEN],
        "closed": [one for one in known if one.state not in reading.OPEN],
        "form": BeginForm(),
    }
    return draw(request, "console/drafts/list.html", context)


@may(Permission.RUN)
@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Begin a draft with what is published now."""
    shown = programmes.required(request)
    form = BeginForm(request.POST)
    if not form.is_valid():
        context = {"programme": shown, "open": [], "closed": [], "form": form}
        return draw(request, "console/drafts/list.html", context, status=422)
    draft = services.begin(shown, form.cleaned_data["name"], reviewing.author(request))
    record_audit(request.user.email, "programmes.begin_draft", subject=draft.name)
    return redirect("console:draft_edit", draft.id)


@may(Permission.SEE)
@require_GET
def draft(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Show a draft: what it would change, who did what with it, and what comes next."""
    shown = programmes.required(request)
    return draw(request, "console/drafts/draft.html", _page(request, shown, reading.find(shown, draft_id)))


@may(Permission.RUN)
@require_POST
def act(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Send a draft on its way: to review, approved, back, or put away."""
    shown = programmes.required(request)
    found = reading.find(shown, draft_id)
    does, said = ACTS.get(request.POST.get("act", ""), (None, ""))
    if does is None:
        return redirect("console:draft", found.id)
    try:
        done = does(found, reviewing.author(request, request.POST.get("note", "")))
    except Problem as error:
        context = _page(request, shown, found) | {"problem": error}
        return draw(request, "console/drafts/draft.html", context, status=error.status)
    record_audit(request.user.email, f"programmes.draft_{request.POST['act']}", subject=done.name)
    messages.success(request, str(said))
    return redirect("console:draft", found.id)


@may(Permission.RUN)
@require_POST
def publish(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Publish an approved draft, from a day on or at once."""
    shown = programmes.required(request)
    found = reading.find(shown, draft_id)
    form = PublishForm(request.POST)
    if form.is_valid():
        author = reviewing.author(request, form.cleaned_data["note"] or found.name)
        try:
            version = services.publish_draft(found, author, begins=form.cleaned_data["begins"])
        except Problem as error:
            form.add_error(None, error.told())
        else:
            record_audit(request.user.email, "programmes.publish", subject=shown.slug, version=version.number)
            messages.success(request, published(version.number, version.starts_at))
            return redirect("console:programme_version", version.number)
    return draw(request, "console/drafts/draft.html", _page(request, shown, found) | {"publishing": form}, status=422)


def published(number: int, starts_at: dt.datetime) -> str:
    """Say that a version is published, and from when on it decides."""
    said = _("Version %(number)d is published. It decides what happens from %(moment)s on.")
    return said % {"number": number, "moment": formats.moment(starts_at)}


@may(Permission.SEE)
@require_GET
def file(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Give a draft as the file that says the same."""
    shown = programmes.required(request)
    found = reading.find(shown, draft_id)
    response = HttpResponse(yaml.dump(found.document), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{shown.slug}-draft.yaml"'
    return response


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Edit a draft as a file; what can be read is kept, mistakes and all, and they are named."""
    shown = programmes.required(request)
    found = reading.find(shown, draft_id)
    if found.state not in reading.OPEN:
        return redirect("console:draft", found.id)
    form = TextForm(request.POST or None, initial={"text": yaml.dump(found.document)})
    context: dict[str, Any] = {"programme": shown, "draft": found, "form": form, "after": found.steps}
    status = 200
    if form.is_valid():
        try:
            document = yaml.load(form.cleaned_data["text"])
            after = request.POST.get("after", "")
            author = reviewing.author(request)
            found = services.save(found, document, author, after=int(after) if after.isdecimal() else None)
            messages.success(request, _("Saved."))
            return redirect("console:draft_text", found.id)
        except Problem as error:
            form.add_error("text", error.told())
            status = error.status
    context["mistakes"] = [] if request.method == "POST" else reading.readable(found.document)[1]
    context["places"] = parts.mistakes(found.document, context["mistakes"])
    return draw(request, "console/drafts/text.html", context, status=status)


def _page(request: StaffRequest, shown: Programme, found: Draft) -> dict[str, Any]:
    """Everything that the page of a draft shows."""
    planned = plan_of(found, now=clock.now())
    problem, change = (planned, None) if isinstance(planned, Problem) else (None, planned)
    newest = shown.versions.order_by("-number").first()
    writers = reading.authors(found)
    own = request.user.email == reading.last_author(found)
    return {
        "programme": shown,
        "draft": found,
        "plan": change,
        "moves": climbing.moved_by(change, clock.now()) if change else [],
        "cost": costs.of(shown, found) if change and not change.same else None,
        "mistakes": problem,
        "places": parts.mistakes(found.document, reading.readable(found.document)[1]) if problem else [],
        "story": reading.story(found),
        "writers": sorted(writers),
        "own": own,
        "alone": own and not reviewing.others_may(request.user),
        "is_open": found.state in reading.OPEN,
        "overtaken": newest.number if newest is not None and newest.number != found.base else None,
        "publishing": PublishForm(initial={"begins": found.document.get("from"), "note": found.name}),
    }
