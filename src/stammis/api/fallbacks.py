"""Addresses where nothing is, methods that nobody answers and names that are not ours, as problem+json too."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from stammis.api.door import reply_problem
from stammis.api.problems import MethodNotAllowed, UnknownHost
from stammis.kit.errors import NotFound

_ROOT = "/api/v1/"
_NOT_ALLOWED = 405


@csrf_exempt
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """Say that there is no such address."""
    return reply_problem(NotFound("There is no such address."))


class HostProblems:
    """Django middleware: a request under /api/v1 to a host that is not ours is refused as problem+json.

    It stands before all others, since the first one that asks for the host would answer with a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if request.path.startswith(_ROOT):
            try:
                request.get_host()
            except DisallowedHost:
                return reply_problem(UnknownHost())
        return self._get_response(request)


class MethodProblems:
    """Django middleware: a method that an address does not answer is refused as problem+json under /api/v1."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        answer = self._get_response(request)
        if answer.status_code == _NOT_ALLOWED and request.path.startswith(_ROOT):
            return reply_problem(MethodNotAllowed(headers={"Allow": answer.get("Allow", "")}))
        return answer
