"""The history of a programme: which version held on a day, who changed what, each rule's story, the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.console import programmes, reviewing
from stammis.console.access import may
from stammis.console.forms.drafts import PublishForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.calendars import instant
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes import drafts as reading
from stammis.programmes import queries, services
from stammis.programmes.models import Draft, Programme, Version
from stammis.programmes.plan import plan
from stammis.programmes.sentences.parts import PartChange, named, part_changes
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@dataclass(frozen=True)
class Told:
    """A version in the history: what it changed, and the draft it came from with its authors and who approved it."""

    version: Version
    changes: tuple[PartChange, ...]
    draft: Draft | None
    authors: tuple[str, ...]
    approved_by: str
    shown: bool


@may(Permission.SEE)
@require_GET
def history(request: StaffRequest) -> HttpResponse:
    """Tell every version with its person, date and change; of one part alone, or up to the one that held on a day."""
    shown = programmes.required(request)
    part = request.GET.get("part", "")
    on = _day(request.GET.get("on", ""))
    held = _held(shown, on) if on else None
    told = [one for one in _told(shown, part) if one.shown]
    context = {
        "programme": shown,
        "told": told,
        "part": part,
        "names": _names(shown),
        "on": on,
        "held": held,
        "before_first": on is not None and held is None,
    }
    return draw(request, "console/drafts/history.html", context)


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def restore(request: StaffRequest, number: int) -> HttpResponse:
    """Go back to an earlier version: see what that changes, then send it to review as a draft."""
    shown = programmes.required(request)
    version = shown.versions.filter(number=number).first()
    if version is None:
        raise Http404
    coming = shown.versions.filter(starts_at__gt=clock.now()).order_by("-starts_at").first()
    begins = coming.starts_at.astimezone(ZoneInfo(shown.zone)).date() if coming else None
    form = PublishForm(request.POST or None, initial={"begins": begins})
    context: dict[str, Any] = {"programme": shown, "version": version, "form": form, "coming": coming}
    status = 200
    try:
        context["plan"] = plan(reading.start_of(version), now=clock.now())
        if form.is_valid():
            return _restored(request, shown, number, form)
    except Problem as error:
        context["problem"], status = error, error.status
    return draw(request, "console/drafts/restore.html", context, status=status)


def _restored(request: StaffRequest, shown: Programme, number: int, form: PublishForm) -> HttpResponse:
    name = _("Back to version %(number)d") % {"number": number}
    author = reviewing.author(request, form.cleaned_data["note"])
    draft = services.go_back(shown, number, name, author, begins=form.cleaned_data["begins"])
    record_audit(request.user.email, "programmes.restore", subject=shown.slug, version=number, draft=draft.name)
    messages.success(request, _("It is a draft in review. Somebody else approves it; then it can be published."))
    return redirect("console:draft", draft.id)


def _told(shown: Programme, part: str) -> list[Told]:
    """Tell the versions, newest first; with a part only what concerns it."""
    known = queries.versions(shown.id)
    published_drafts = Draft.objects.filter(programme=shown, state=Draft.State.PUBLISHED)
    drafts = {one.version: one for one in published_drafts}
    hands = reading.hands_in(shown, drafts.values())
    told: list[Told] = []
    before = None
    for version in shown.versions.order_by("number"):
        document = known.document(version.number)
        changes: tuple[PartChange, ...] = part_changes(before, document) if before is not None else ()
        kept = tuple(one for one in changes if not part or f"{one.list}/{one.id}" == part)
        draft = drafts.get(version.number)
        by = hands[draft.id] if draft else reading.Hands()
        told.append(
            Told(
                version=version,
                changes=kept,
                draft=draft,
                authors=tuple(sorted(by.authors)),
                approved_by=by.approved_by,
                shown=not part or bool(kept) or (before is None and part in _parts_of(version.document)),
            )
        )
        before = document
    return told[::-1]


def _parts_of(document: dict[str, Any]) -> dict[str, str]:
    """Give the parts of a document by their list and id, with their names."""
    return {
        f"{name}/{part['id']}": named(part)
        for name, parts in document.items()
        if isinstance(parts, list)
        for part in parts
        if isinstance(part, dict) and "id" in part
    }


def _names(shown: Programme) -> dict[str, str]:
    """Give every part that any version had, by its newest name."""
    found: dict[str, str] = {}
    for document in shown.versions.order_by("number").values_list("document", flat=True):
        found |= _parts_of(document)
    return dict(sorted(found.items()))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _held(shown: Programme, on: dt.date) -> Version | None:
    """Give the version that decided what happened on a day, at its end in the programme's zone."""
    end = dt.datetime.combine(on, dt.time(23, 59, 59), tzinfo=ZoneInfo(shown.zone))
    number = queries.versions(shown.id).at(instant(end)).version
    return shown.versions.filter(number=number).first() if number else None
