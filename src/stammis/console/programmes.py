"""Which programme a reader looks at: the one they chose, else the first by name."""

from __future__ import annotations

import zoneinfo
from importlib import resources

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme

CHOICE = "programme"
# The files to begin with: name, what it is for, in a few words.
TEMPLATES = {
    "cafe-stamps": (_("Stamps for a café"), _("A stamp for every hot drink, the tenth drink is free.")),
    "shop-points": (_("Points for a shop"), _("Points for money spent, which pay at the till.")),
    "grocery-tiers": (_("Levels for a grocery"), _("Points, levels by spend, and categories that count more.")),
}


class NoProgramme(NotFound):
    """There is no programme yet."""

    code = "no_programme"


def listed() -> list[Programme]:
    """Give all programmes by name."""
    return list(Programme.objects.order_by("name", "slug"))


def chosen(request: HttpRequest) -> Programme | None:
    """Give the programme that this page is about, or None where none is published yet; asked once for a request."""
    known: list[Programme] | None = getattr(request, "_programmes", None)
    if known is None:
        known = listed()
        request._programmes = known  # type: ignore[attr-defined] # noqa: SLF001 - remembered for this request alone
    slug = request.session.get(CHOICE, "")
    return next((one for one in known if one.slug == slug), known[0] if known else None)


def required(request: HttpRequest) -> Programme:
    """Give the programme that this page is about. Raises NoProgramme."""
    found = chosen(request)
    if found is None:
        raise NoProgramme
    return found


def activate_zone(request: HttpRequest, programme: Programme | None) -> None:
    """Show times in the zone that the reader chose; without a choice, in the programme's."""
    zone = request.COOKIES.get("stammis_zone", "")
    if zone in zoneinfo.available_timezones():
        timezone.activate(zone)
    elif programme is not None:
        timezone.activate(programme.zone)
    else:
        timezone.deactivate()


def template(name: str) -> str:
    """Give the text of a programme file to begin with, one of ``TEMPLATES``."""
    return resources.files("stammis.programmes").joinpath("templates", f"{name}.yaml").read_text("utf-8")
