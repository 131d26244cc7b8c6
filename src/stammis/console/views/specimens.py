"""The parts page: every component once. Nothing stands on a page that is not here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stammis.console import formats
from stammis.console.access import may
from stammis.console.drawings import Chart
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit.charts import Figure, Series
from stammis.kit.pages import Page
from stammis.staff.models import Role
from stammis.staff.roles import Permission

TONES = ("accent", "good", "warn", "bad", "info")
COLOURS = (
    *("ground", "surface", "raised", "sunken", "line", "line-strong", "text", "muted"),
    *(f"{tone}{soft}" for tone in TONES for soft in ("", "-soft")),
    *(f"chart-{number}" for number in range(1, 6)),
)


class SpecimenForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on the card."))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=[("members:read", "members:read"), ("members:write", "members:write")],
        widget=forms.CheckboxSelectMultiple,
    )
    sure = forms.BooleanField(label=_("I have read what will happen"))


@may(Permission.SEE)
@require_GET
def parts(request: StaffRequest) -> HttpResponse:
    """Show every part once."""
    form = SpecimenForm({"role": "agent", "scopes": ["members:read"], "sure": "on"})
    context = {
        "form": form,
        "colours": COLOURS,
        "charts": list(_charts()),
        "page": Page((1, 2), after="x"),
        "at": dt.datetime(2017, 3, 4, 14, 31, 5, tzinfo=dt.UTC),
        "sentences": [_("1 point for each US$1.00."), _("Fruit and vegetables count twice.")],
    }
    return draw(request, "console/specimens.html", context)


def _charts() -> list[Chart]:
    months = tuple(formats.month(dt.date(2017, number, 1), form="MMM") for number in range(1, 13))
    sales = tuple(310_000.0 + 9_000 * ((7 * number) % 11) for number in range(12))
    issued = tuple(value * 0.9 for value in sales)
    redeemed: tuple[float | None, ...] = (*(value * 0.3 for value in sales[:11]), None)
    new = tuple(max(0.02, 0.6 - 0.055 * number) for number in range(12))
    old = tuple(1 - value for value in new)
    levels = (1890.0, 456.0, 123.0)
    drawn: list[dict[str, Any]] = [
        {
            "kind": "bars",
            "title": _("Gross sales by month"),
            "labels": months,
            "series": (Series(_("Gross sales"), sales),),
            "texts": (_texts(sales),),
        },
        {
            "kind": "lines",
            "title": _("Points by month"),
            "labels": months,
            "series": (Series(_("Issued"), issued), Series(_("Redeemed"), redeemed)),
            "texts": (_texts(issued), _texts(redeemed)),
        },
        {
            "kind": "shares",
            "title": _("New and returning customers"),
            "labels": months,
            "series": (Series(_("Returning"), old), Series(_("New"), new)),
            "texts": (tuple(map(formats.percent, old)), tuple(map(formats.percent, new))),
        },
        {
            "kind": "levels",
            "title": _("Members by level"),
            "labels": ("Member", "Silver", "Gold"),
            "series": (Series(_("Members"), levels),),
            "texts": (_texts(levels),),
            "height": 130,
        },
    ]
    return [
        Chart(key=f"specimen-{one['kind']}", title=one.pop("title"), head=_("Month"), figure=Figure(**one))
        for one in drawn
    ]


def _texts(values: tuple[float | None, ...]) -> tuple[str, ...]:
    return tuple("" if value is None else formats.number(round(value), 0) for value in values)
