"""Friendly pages for what went wrong, for programs a problem+json; the list of addresses names them."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from stammis.console.frame import POLICY, draw
from stammis.staff.models import Person

_CODES = {400: "bad_request", 403: "forbidden", 404: "not_found"}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """404: say so, and where to look."""
    return _draw(request, "console/errors/not_found.html", 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """403: say which role the reader has, and who can change it."""
    return _draw(request, "console/errors/forbidden.html", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """400: the request made no sense."""
    return _draw(request, "console/errors/bad_request.html", 400)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """403 after a form that was too old, or came from elsewhere."""
    return _draw(request, "console/errors/stale.html", 403)


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """500: drawn without the database, which may be what failed."""
    response = HttpResponse(render_to_string("console/errors/failed.html", {"frame": {}}), status=500)
    response["Content-Security-Policy"] = POLICY
    return response


def _draw(request: HttpRequest, template: str, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        problem = {"title": HTTPStatus(status).phrase, "status": status, "code": _CODES[status]}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    if isinstance(getattr(request, "user", None), Person):
        return draw(request, template, status=status)
    return draw(request, template, {"layout": "console/door.html"}, status=status)
