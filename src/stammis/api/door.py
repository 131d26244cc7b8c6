"""The door: who may come in, and how errors leave. The views hang themselves into it."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.docs import Swagger

from stammis.api import problems
from stammis.api.access import admit, check_scope, plain_key
from stammis.api.problems import Failed, Unauthorized, Unavailable
from stammis.intake.codes import fault
from stammis.kit.errors import Invalid, NotFound, Problem
from stammis.staff.models import ApiKey

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class KeyedRequest(HttpRequest):
    """A request that came with a valid API key."""

    auth: ApiKey


def key_of(request: HttpRequest) -> ApiKey:
    """Give the caller's key. Raises Unauthorized and TooMany."""
    return admit(plain_key(request.headers.get("Authorization")))


def let_in(request: HttpRequest, scope: str) -> ApiKey:
    """Give the key of a request that has come in, if it may do this. Raises MissingScope."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]  # the framework puts it there
    check_scope(key, scope)
    return key


api = NinjaAPI(
    title="Stammis",
    version=version("stammis"),
    urls_namespace="api",
    auth=key_of,
    openapi_url=None,
    docs=Swagger(),
    docs_url=None,
)


def reply(document: Any, status: int = 200, *, replay: bool = False) -> HttpResponse:
    """Answer with a JSON document; ``replay`` marks an answer that was given before."""
    return reply_raw(_encode(document), status, replay=replay)


def reply_raw(body: bytes, status: int, *, replay: bool = False) -> HttpResponse:
    """Answer with JSON that is already written."""
    answer = HttpResponse(body, content_type="application/json", status=status)
    if replay:
        answer["Idempotent-Replay"] = "true"
    return answer


def reply_problem(problem: Problem) -> HttpResponse:
    """Answer with problem+json."""
    return reply_document(problems.document_of(problem), problems.headers_of(problem))


def reply_document(document: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    """Answer with a problem's document."""
    return HttpResponse(
        _encode(document), content_type=problems.CONTENT_TYPE, status=document["status"], headers=headers
    )


@api.exception_handler(Problem)
def _problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return reply_problem(problem)


@api.exception_handler(AuthenticationError)
def _unauthorized(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return reply_problem(Unauthorized())


@api.exception_handler(Http404)
def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return reply_problem(NotFound())


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the query parameters that could not be read."""
    return reply_problem(
        Invalid(errors=[fault(f"/?{each['loc'][-1]}", "bad_form", each["msg"]) for each in error.errors])
    )


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    _log.warning("database lost: %s", error)
    return reply_problem(Unavailable())


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.exception("a call failed: %s", request.path, exc_info=error)
    return reply_problem(Failed())
