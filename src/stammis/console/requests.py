"""A request as our pages see it: somebody has signed in, and htmx may have sent it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from stammis.staff.models import Person


class StaffRequest(HttpRequest):
    """A request by somebody who has signed in."""

    user: Person
    htmx: HtmxDetails


def origin(request: HttpRequest) -> str:
    """Give the network address that asks: in production mode what the proxy before us last added, else the peer's."""
    if settings.PRODUCTION and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asked for a part of a page, to be put into the one that is there."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request
