"""The frame around every page: the rail of what exists, the installation's clock, the reader's choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammis.console import programmes
from stammis.console.requests import wants_fragment
from stammis.kit import clock
from stammis.staff import roles
from stammis.staff.models import Person
from stammis.staff.roles import Permission

# Nothing comes from elsewhere and nothing runs that is not in a file of ours.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
LANGUAGES = {"en": "English", "fi": "Suomi", "sv": "Svenska", "pl": "Polski"}
THEMES = {"system": (_("As the system"), "monitor"), "light": (_("Light"), "sun"), "dark": (_("Dark"), "moon")}


@dataclass(frozen=True)
class Place:
    """An entry of the rail."""

    name: str | Promise
    view: str
    icon: str
    permission: Permission = Permission.SEE
    group: str = ""  # places of one group stand together


PLACES = (
    Place(_("Overview"), "overview", "layout-dashboard"),
    Place(_("Members"), "members", "users"),
    Place(_("Programme"), "programme", "scroll-text"),
    Place(_("Back-tests"), "backtests", "flask-conical"),
    Place(_("Corrections"), "corrections", "wrench"),
    Place(_("Rewards"), "rewards", "gift"),
    Place(_("Households"), "pools", "house"),
    Place(_("Liability"), "liability", "landmark"),
    Place(_("Approvals"), "approvals", "stamp", Permission.RUN, "run"),
    Place(_("Imports"), "imports", "file-up", Permission.RUN, "run"),
    Place(_("API keys"), "keys", "key-round", Permission.OWN, "own"),
    Place(_("People"), "people", "user-cog", Permission.OWN, "own"),
    Place(_("Audit"), "audit", "history", Permission.OWN, "own"),
    Place(_("Settings"), "settings", "settings", Permission.SEE, "own"),
)


def draw(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw a page in its frame, or, where htmx asked for a part, the part alone.

    Templates extend ``layout`` and write their title as ``heading``; what they need of the frame is under ``frame``.
    """
    fragment = wants_fragment(request)
    layout = "console/fragment.html" if fragment else "console/frame.html"
    response = render(
        request,
        template,
        {
            "layout": layout,
            "heading": "h2" if fragment else "h1",
            "frame": None if fragment else frame(request),
            **_permissions(request),
            **(context or {}),
        },
        status=status,
    )
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store" if isinstance(request.user, Person) else "no-cache"
    response["Vary"] = "HX-Request, Cookie"
    return response


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame shows: places, clock, theme and languages."""
    theme = request.COOKIES.get("stammis_theme", "system")
    known: dict[str, Any] = {
        "theme": theme if theme in THEMES else "system",
        "themes": [(key, *value) for key, value in THEMES.items()],
        "languages": list(LANGUAGES.items()),
        "here": request.get_full_path(),
        "zone": request.COOKIES.get("stammis_zone", ""),
    }
    if not isinstance(request.user, Person):
        return known
    return known | {
        "places": _places(request, request.user),
        "programme": programmes.chosen(request),
        "programmes": programmes.listed(),
        "installation": clock.installation(),
        "now": clock.now(),
    }


def _permissions(request: HttpRequest) -> dict[str, bool]:
    """Say what the reader may do: ``may_serve``, ``may_run``, ``may_own``."""
    person = request.user
    return {f"may_{one}": isinstance(person, Person) and roles.may(person, one) for one in Permission}


def _places(request: HttpRequest, person: Person) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    group = ""
    for place in PLACES:
        if not roles.may(person, place.permission):
            continue
        address = reverse(f"console:{place.view}")
        shown.append(
            {
                "name": place.name,
                "address": address,
                "icon": place.icon,
                "here": request.path == address if place.view == "overview" else request.path.startswith(address),
                "apart": place.group != group,
            }
        )
        group = place.group
    return shown
