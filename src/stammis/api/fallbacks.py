"""Addresses where nothing is, and methods that nobody answers, as problem+json like everything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from stammis.api.door import reply_problem
from stammis.api.problems import MethodNotAllowed
from stammis.kit.errors import NotFound

_ROOT = "/api/v1/"
_NOT_ALLOWED = 405


@csrf_exempt
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """Say that there is no such address."""
    return reply_problem(NotFound("There is no such address."))


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
