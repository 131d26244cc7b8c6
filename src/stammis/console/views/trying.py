"""What if: what a cart would get a member on any day, by which version, why not more, and beside somebody else."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stammis.console import programmes, trying
from stammis.console.access import may
from stammis.console.editor.cart import Thought, think
from stammis.console.forms.trying import TryingForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit import clock
from stammis.kit.telling import told
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission


@may(Permission.SEE)
@require_GET
def what_if(request: StaffRequest) -> HttpResponse:
    """Try a cart; everything stands in the address, so that it can be passed on."""
    programme = programmes.required(request)
    now = clock.now()
    asked = "amount_1" in request.GET
    beginning = TryingForm.beginning(now, request.GET.get("member", ""))
    form = TryingForm(request.GET if asked else None, initial=beginning)
    context: dict[str, Any] = {"programme": programme, "form": form, "columns": []}
    if asked and form.is_valid():
        thought = think(form.cart(ZoneInfo(programme.zone)), programme, now)
        for problem in thought.problems:
            form.refuse(problem.pointer, told(problem.message))
        if thought.event is not None:
            context |= {"at": thought.at, **_tried(programme, form, thought)}
    return draw(request, "console/trying/what_if.html", context)


def _tried(programme: Programme, form: TryingForm, thought: Thought) -> dict[str, Any]:
    columns = []
    for name in ("member", "friend"):
        reference = form.cleaned_data[name]
        if not reference:
            continue
        found = trying.meant(programme, reference)
        if len(found) == 1:
            columns.append(trying.column(programme, found[0], thought))
        elif found:
            named = words.both(f"{one.name} ({one.reference})" for one in found)
            form.add_error(name, _("Several are found: %(members)s. Write the id.") % {"members": named})
        else:
            form.add_error(name, _("Nobody is found by this."))
    return {"columns": columns, "differences": trying.differences(columns) if len(columns) > 1 else []}
