"""The programme: in sentences, with its history; changed through its file, which is checked before it is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.console import climbing, formats, programmes, reviewing
from stammis.console.access import may
from stammis.console.forms.programme import ProgrammeForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.drafts import published
from stammis.core.document import as_document
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes import queries, services, yaml
from stammis.programmes.drafts import OPEN
from stammis.programmes.models import Programme, Version
from stammis.programmes.plan import plan
from stammis.programmes.sentences import describe
from stammis.programmes.sentences.parts import part_changes
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SEE)
@require_GET
def programme(request: StaffRequest, number: int | None = None) -> HttpResponse:
    """Show a version in sentences (the one in force, unless the address names another), and all versions beside it."""
    shown = programmes.required(request)
    history = _history(shown)
    wanted = next((one for one in history if one["number"] == number), None) if number else _present(history)
    if wanted is None:
        raise Http404
    versions = queries.versions(shown.id)
    document = versions.document(wanted["number"])
    before = wanted["number"] - 1
    context = {
        "programme": shown,
        "version": wanted,
        "history": history,
        "chapters": describe(document),
        "changes": part_changes(versions.document(before), document) if before else [],
        "drafts": shown.drafts.filter(state__in=OPEN).count(),
    }
    return draw(request, "console/programme/programme.html", context)


@may(Permission.SEE)
@require_GET
def export(request: StaffRequest, number: int) -> HttpResponse:
    """Give a version as the file that would publish it."""
    shown = programmes.required(request)
    version = shown.versions.filter(number=number).first()
    if version is None:
        raise Http404
    response = HttpResponse(
        yaml.dump(as_document(services.read(version.document))), content_type="application/yaml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{shown.slug}-{number}.yaml"'
    return response


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest) -> HttpResponse:
    """Take a programme file, say what is wrong with it or what it changes, and publish it when asked to."""
    shown = programmes.chosen(request)
    form = ProgrammeForm(request.POST or None, request.FILES or None, initial={"text": _present_file(shown)})
    context: dict[str, Any] = {"form": form, "programme": shown}
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            document = _dated(yaml.load(text), form.cleaned_data["begins"])
            parsed = services.read(document)
            planned = plan(document, now=clock.now())
            if request.POST.get("step") == "publish":
                return _keep(request, document, form.cleaned_data["note"])
        except Problem as error:
            return draw(request, "console/programme/change.html", context | {"problem": error})
        context |= {
            "plan": planned,
            "moves": climbing.moved_by(planned, clock.now()),
            "chapters": describe(parsed),
            "text": text,
            "note": form.cleaned_data["note"],
        }
    return draw(request, "console/programme/change.html", context)


@may(Permission.RUN)
@require_GET
def begin(request: StaffRequest) -> HttpResponse:
    """Begin a programme with one of the files that come along."""
    name = request.GET.get("template", "")
    if name in programmes.TEMPLATES:
        form = ProgrammeForm(initial={"text": programmes.template(name)})
        return draw(request, "console/programme/change.html", {"form": form, "programme": None})
    return redirect("console:first_steps")


def _keep(request: StaffRequest, document: dict[str, Any], note: str) -> HttpResponse:
    """Publish a new programme; of one that is there keep a draft, which somebody else approves."""
    parsed = services.read(document)
    known = Programme.objects.filter(slug=parsed.programme).first()
    if known is not None:
        request.session[programmes.CHOICE] = known.slug
        said = {"who": request.user.email, "at": formats.moment(clock.now())}
        name = note or _("From a file, %(at)s, %(who)s") % said
        draft = services.begin(known, name, reviewing.author(request, note), as_document(parsed))
        record_audit(request.user.email, "programmes.begin_draft", subject=draft.name)
        messages.success(request, _("The file is kept as a draft. Send it to review when it says what it should."))
        return redirect("console:draft", draft.id)
    version = services.publish(document, by=request.user.email, now=clock.now(), note=note)
    record_audit(request.user.email, "programmes.publish", subject=version.programme.slug, version=version.number)
    request.session[programmes.CHOICE] = version.programme.slug
    messages.success(request, published(version.number, version.starts_at))
    return redirect("console:programme_version", version.number)


def _dated(document: dict[str, Any], begins: dt.date | None) -> dict[str, Any]:
    """Let the document begin on the day that was chosen beside it, if one was."""
    return document | {"from": begins.isoformat()} if begins else document


def _history(programme: Programme) -> list[dict[str, Any]]:
    """Give the versions, newest first, each with its place in time."""
    now, current = clock.now(), 0
    rows: list[Version] = list(programme.versions.order_by("starts_at", "number"))
    for version in rows:
        if version.starts_at <= now:
            current = version.number
    return [
        {
            "number": version.number,
            "starts_at": version.starts_at,
            "published_at": version.published_at,
            "published_by": version.published_by,
            "note": version.note,
            "state": "present" if version.number == current else "coming" if version.starts_at > now else "past",
        }
        for version in sorted(rows, key=lambda version: -version.number)
    ]


def _present(history: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in history if one["state"] == "present"), history[0] if history else None)


def _present_file(programme: Programme | None) -> str:
    """Write the newest version as the beginning of the next one, which does not begin when that one did."""
    newest = programme.versions.order_by("-number").first() if programme else None
    return _file(newest, but="from") if newest else ""


def _file(version: Version, but: str = "") -> str:
    """Write a version as a file, its fields in the order in which the reference tells of them."""
    document = as_document(services.read(version.document))
    return yaml.dump({name: value for name, value in document.items() if name != but and value != {}})
