"""The programme: in sentences, with its history; changed through its file, which is checked before it is published."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.console import climbing, formats, programmes
from stammis.console.access import may
from stammis.console.forms.programme import ProgrammeForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.document import as_document
from stammis.core.programme import Programme as Document
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes import queries, services, yaml
from stammis.programmes.models import Programme, Version
from stammis.programmes.sentences import Change, describe, differences
from stammis.programmes.services import StartsInPast
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
        "changes": _changes(versions.document(before), document) if before else [],
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
            if request.POST.get("step") == "publish":
                return _publish(request, document, form.cleaned_data["note"])
        except Problem as error:
            return draw(request, "console/programme/change.html", context | {"problem": error})
        context |= {"plan": _plan(parsed), "text": text, "note": form.cleaned_data["note"]}
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


def _publish(request: StaffRequest, document: dict[str, Any], note: str) -> HttpResponse:
    version = services.publish(document, by=request.user.email, now=clock.now(), note=note)
    record_audit(request.user.email, "programmes.publish", subject=version.programme.slug, version=version.number)
    request.session[programmes.CHOICE] = version.programme.slug
    messages.success(
        request,
        _("Version %(number)d is published. It decides what happens from %(moment)s on.")
        % {"number": version.number, "moment": formats.moment(version.starts_at)},
    )
    return redirect("console:programme_version", version.number)


def _changes(old: Document, new: Document) -> list[Change]:
    """Give what changes; when a version begins is said beside its number."""
    return [change for change in differences(old, new) if change.pointer != "/from"]


def _without_begin(document: Document) -> dict[str, Any]:
    return {name: value for name, value in as_document(document).items() if name != "from"}


def _dated(document: dict[str, Any], begins: dt.date | None) -> dict[str, Any]:
    """Let the document begin on the day that was chosen beside it, if one was."""
    return document | {"from": begins.isoformat()} if begins else document


def _plan(parsed: Document) -> dict[str, Any]:
    """Say what would change, against the newest version of the same programme; everything, where it is new."""
    known = Programme.objects.filter(slug=parsed.programme).first()
    newest = known.versions.order_by("-number").first() if known else None
    if known is None or newest is None:
        return {"new": True, "chapters": describe(parsed), "begins": parsed.from_, "name": services.english(parsed)}
    before = queries.versions(known.id).document(newest.number)
    today = clock.now().astimezone(ZoneInfo(known.zone)).date()
    if parsed.from_ and parsed.from_ < today:
        raise StartsInPast
    return {
        "new": False,
        "changes": _changes(before, parsed),
        "moves": climbing.moves(known, parsed, parsed.from_, clock.now()) if before.tiers != parsed.tiers else [],
        "same": _without_begin(before) == _without_begin(parsed),
        "begins": parsed.from_ if parsed.from_ and parsed.from_ > today else None,
        "number": newest.number + 1,
        "name": known.name,
    }


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
