"""What went wrong, as ``application/problem+json``: one form for every call, with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from stammis.accrual import sentences
from stammis.intake.codes import fault
from stammis.kit.errors import Problem

CONTENT_TYPE = "application/problem+json"
_RENAMED = {"code": "coupon", "status": "state", "title": "name", "detail": "more", "errors": "problems"}

_PLACES = {
    "already_over": "/until",
    "as_of_past": "/?as_of",
    "in_future": "/occurred_at",
    "more_than_bought": "/lines",
    "negative_total": "/discounts",
    "no_rate": "/currency",
    "too_old": "/occurred_at",
    "unknown_level": "/level",
    "unknown_line": "/lines",
    "unknown_member": "/member",
    "unknown_receiver": "/to",
    "same_member": "/to",
    "below_minimum": "/amount",
    "no_whole_steps": "/amount",
    "no_exchange": "/to",
    "no_pool": "",
    "share_limit": "/share",
    "unknown_reward": "/reward",
    "unknown_status": "/status",
    "unknown_wallet": "/wallet",
}
_UNPROCESSABLE = 422
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""As RFC 9110 has them: Python's own differ from release to release."""


class UnknownHost(Problem):
    """This installation does not answer to the name in the header Host; its names are in STAMMIS_HOSTS."""

    code = "unknown_host"
    status = 400


class Unauthorized(Problem):
    """Send a valid API key: «Authorization: Bearer KEY»."""

    code = "unauthorized"
    status = 401


class MissingScope(Problem):
    """This key may not do that."""

    code = "missing_scope"
    status = 403


class AboveLimit(Problem):
    """This key may not give or take so many points at once; the scope adjustments:large lifts the limit."""

    code = "above_limit"
    status = 403


class MethodNotAllowed(Problem):
    """This address does not answer this method."""

    code = "method_not_allowed"
    status = 405


class TooLarge(Problem):
    """A body may have up to 32 MiB."""

    code = "body_too_large"
    status = 413


class TooSlow(Problem):
    """A body has to come within five minutes."""

    code = "body_too_slow"
    status = 408


class NotJson(Problem):
    """Send JSON, with «Content-Type: application/json»."""

    code = "not_json"
    status = 415


class TooMany(Problem):
    """This key has made all the requests it may make in this minute."""

    code = "too_many_requests"
    status = 429


class Failed(Problem):
    """Something broke on our side; it is in the log. Nothing was written."""

    code = "internal_error"
    status = 500


class Unavailable(Problem):
    """The database does not answer. Nothing may have been written: try again with the same id."""

    code = "unavailable"
    status = 503


def _title(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase


def document(
    status: int,
    code: str,
    message: str,
    errors: list[dict[str, str]] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make a problem's JSON document: title, status, code, detail, field errors, and what else there is to know."""
    said: dict[str, Any] = {"title": _title(status), "status": status, "code": code, "detail": message}
    if errors:
        said["errors"] = as_plain(errors)
    for name, value in (detail or {}).items():
        if name != "headers":
            said[_RENAMED.get(name, name)] = value
    return said


def as_plain(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give field errors as they are written: their sentences in English, which remember nothing."""
    return [{name: str(value) for name, value in each.items()} for each in errors]


class Refused(Problem):
    """The programme's rules refuse this."""

    def __init__(self, status: int, code: str, reason: str | None, detail: Mapping[str, Any]) -> None:
        self.document = refusal(status, code, reason, detail)
        super().__init__(self.document["detail"])


def document_of(problem: Problem) -> dict[str, Any]:
    """Make the document of one of our errors."""
    if isinstance(problem, Refused):
        return problem.document
    return document(problem.status, problem.code, problem.message, problem.errors, problem.detail)


def refusal(status: int, code: str, reason: str | None, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Make the document of what the programme's rules refuse; a 422 names the place."""
    message = sentences.refusal(code, reason, detail)
    more = {name: value for name, value in detail.items() if name not in {"errors", "pointer"}}
    if reason:
        more["reason"] = reason
    errors = detail.get("errors") or (
        [fault(str(detail.get("pointer") or _PLACES.get(code, "")), code, message)]
        if status == _UNPROCESSABLE
        else None
    )
    return document(status, code, message, errors, more)


def headers_of(problem: Problem) -> dict[str, str]:
    """Give the headers that belong to a problem's answer."""
    headers: dict[str, str] = dict(problem.detail.get("headers", {}))
    if isinstance(problem, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, Unavailable):
        headers["Retry-After"] = "2"
    if isinstance(problem, TooLarge | TooSlow):
        headers["Connection"] = "close"  # the rest of the body is not read
    return headers


encode = msgspec.json.Encoder(order=None).encode
