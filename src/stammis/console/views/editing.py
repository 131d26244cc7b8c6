"""The editor: a draft in parts, each with its form, the problems beside their fields, and a preview next to it."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.console import programmes, reviewing
from stammis.console.access import may
from stammis.console.editor import parts
from stammis.console.editor.faces import ABSENT, Face
from stammis.console.editor.nodes import layout
from stammis.console.editor.normal import normal
from stammis.console.editor.reading import Act, read
from stammis.console.forms.drafts import HolidaysForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views import previews
from stammis.kit import clock
from stammis.kit.errors import Problem
from stammis.programmes import drafts as reading
from stammis.programmes import services
from stammis.programmes.models import Draft, Programme
from stammis.staff.roles import Permission

HOLIDAYS = "/holidays"


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Edit one part of a draft; buttons inside the form change its shape, and only saving keeps it."""
    shown = programmes.required(request)
    draft = reading.find(shown, draft_id)
    pointer = request.GET.get("part", _first(draft))
    if draft.state not in reading.OPEN:
        return redirect("console:draft", draft.id)
    if not parts.is_place(pointer):
        raise Http404
    face = parts.face_at(pointer)
    step = request.POST.get("step", "")
    if step in ("up", "down", "remove"):
        return _rearranged(request, draft, pointer, step)
    if step == "holidays" and pointer == HOLIDAYS:
        return _with_holidays(request, shown, draft)
    if step == "save":
        return _saved(request, shown, draft, pointer, face)
    if request.method == "POST":
        value = read(face, sent(request.POST), Act.of(request.POST.get("act", "")))
        return _form(request, shown, draft, pointer, value, checked=False, after=request.POST.get("after", ""))
    value = parts.value_at(draft.document, pointer)
    if value is ABSENT and not pointer.endswith(parts.NEW):
        return redirect("console:draft_edit", draft.id)
    return _form(request, shown, draft, pointer, value)


def sent(form: QueryDict) -> dict[str, list[str]]:
    """Give what a form sent, by its names."""
    return {name: [str(one) for one in values] for name, values in form.lists()}


def address(draft: Draft, pointer: str) -> str:
    """Give where a part of a draft is edited."""
    return f"{reverse('console:draft_edit', args=[draft.id])}?{urlencode({'part': pointer})}"


def _first(draft: Draft) -> str:
    """Give the part that is shown where none was asked for: the first rule, else the first wallet."""
    return "/earn/0" if draft.document.get("earn") else "/wallets/0" if draft.document.get("wallets") else ""


def _saved(request: StaffRequest, shown: Programme, draft: Draft, pointer: str, face: Face) -> HttpResponse:
    value = read(face, sent(request.POST))
    after = request.POST.get("after", "")
    document = parts.put(draft.document, pointer, value)
    try:
        if normal(parts.whole(), document) != normal(parts.whole(), draft.document):
            author = reviewing.author(request)
            draft = services.save(draft, document, author, after=int(after) if after.isdecimal() else None)
    except Problem as error:
        draft.refresh_from_db()
        messages.error(request, error.told())
        return _form(request, shown, draft, pointer, value, status=error.status)
    if pointer.endswith(f"/{parts.NEW}"):
        pointer = parts.last_of(document, pointer)
    _said(request, draft, pointer)
    return redirect(address(draft, pointer))


def _said(request: StaffRequest, draft: Draft, pointer: str) -> None:
    """Say that it is saved, and how much is still wrong."""
    wrong = reading.readable(draft.document)[1]
    here = [one for one in wrong if one.pointer.startswith(pointer)]
    if not wrong:
        messages.success(request, _("Saved. There are no mistakes."))
    elif here:
        messages.warning(request, _("Saved. What is still wrong stands beside the fields."))
    else:
        messages.warning(request, _("Saved. Other parts still have mistakes; they are marked."))


def _with_holidays(request: StaffRequest, shown: Programme, draft: Draft) -> HttpResponse:
    """Add a country's public holidays as a list, or to the list that there is."""
    form = HolidaysForm(request.POST)
    known = draft.document.get("holidays") or {}
    try:
        if form.is_valid():
            added = {name: sorted({*known.get(name, ()), *days}) for name, days in form.days().items()}
            services.save(draft, parts.put(draft.document, HOLIDAYS, {**known, **added}), reviewing.author(request))
            messages.success(request, _("The holidays are added."))
            return redirect(address(draft, HOLIDAYS))
    except Problem as error:
        form.add_error(None, error.told())
    return _form(request, shown, draft, HOLIDAYS, known, status=422, holidays=form)


def _holidays_form(shown: Programme) -> HolidaysForm:
    year = clock.now().astimezone(ZoneInfo(shown.zone)).year
    return HolidaysForm(initial={"first": year, "last": year + 1})


def _rearranged(request: StaffRequest, draft: Draft, pointer: str, step: str) -> HttpResponse:
    """Move a part in its list, or take it out."""
    value = parts.value_at(draft.document, pointer)
    if pointer.count("/") != 2 or value is ABSENT:  # noqa: PLR2004 - a part of a list: its field and its place
        raise Http404
    if step == "remove":
        document, pointer = parts.put(draft.document, pointer, ABSENT), ""
        messages.success(request, _("Removed. Undo brings it back."))
    else:
        document, pointer = parts.moved(draft.document, pointer, -1 if step == "up" else 1)
    draft = services.save(draft, document, reviewing.author(request))
    return redirect(address(draft, pointer) if pointer else reverse("console:draft", args=[draft.id]))


def _form(
    request: StaffRequest,
    shown: Programme,
    draft: Draft,
    pointer: str,
    value: Any,
    *,
    checked: bool = True,
    after: str = "",
    status: int = 200,
    holidays: HolidaysForm | None = None,
) -> HttpResponse:
    """Draw the editor with a part's form; ``checked`` shows what is wrong with the value."""
    face = parts.face_at(pointer)
    fresh = pointer.endswith(f"/{parts.NEW}")
    filled = {} if value is ABSENT else value
    document = parts.put(draft.document, pointer, filled)
    at = parts.last_of(document, pointer) if fresh else pointer
    problems = reading.readable(draft.document if fresh and value is ABSENT else document)[1]
    shown_problems = problems if checked else []
    node = layout(face, normal(face, filled), pointer=at, problems=shown_problems, choices=parts.choices(document))
    if face.optional:
        node.label = parts.label_of(document, pointer)
    context = {
        "programme": shown,
        "draft": draft,
        "groups": parts.groups(draft.document, reading.readable(draft.document)[0], {one.pointer for one in problems}),
        "pointer": pointer,
        "fresh": fresh,
        "in_list": pointer.count("/") == 2 and not fresh,  # noqa: PLR2004 - its field and its place
        "part_title": parts.label_of(draft.document, pointer),
        "node": node,
        "can_show": parts.can_show(face, value),
        "after": after or draft.steps,
        "here": address(draft, pointer),
        "holidays": (holidays or _holidays_form(shown)) if pointer == HOLIDAYS else None,
    }
    context |= previews.beside(request, shown, draft, document)
    return draw(request, "console/drafts/edit.html", context, status=status)
