"""Saying what an operation takes and gives, beside the code that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from stammis.api.problems import CONTENT_TYPE
from stammis.api.shapes import ProblemAnswer

Description = dict[str, Any]
_ALWAYS = (401, 403, 429, 500, 503)
_WITH_BODY = (413, 415, 422)
_JSON = "application/json"

TAGS = {
    "Purchases": "Purchases, their statuses and returns.",
    "Members": "Members, what they have, and why.",
    "Rewards": "What members take for points.",
    "Points": "Events, adjustments, and what waits.",
    "Programmes": "Drafts: written by some, approved by somebody else, published on a day.",
    "Back-tests": "Programmes tried on what really happened.",
    "Corrections": "What a wrong rule gave, put right afterwards.",
    "Numbers": "Metrics.",
}

PARAMETERS = {
    "at": "A time; without it, now.",
    "by": "A dimension to divide by: day, week, month, year, tier, channel, store or wallet, as the metric allows.",
    "cursor": "Where to go on: the `next` of the page before.",
    "from": "The first day; without it, from the beginning.",
    "lang": "en, fi, sv or pl; without it, by Accept-Language.",
    "limit": "Entries on a page, 1 to 200.",
    "name": "The metric.",
    "on": "At the end of this day; without it, the latest report.",
    "programme": "Which programme: needed where there are several and the key has none.",
    "q": "Beginnings of words.",
    "state": "Only those that wait, were applied or were refused.",
    "to": "The day after the last; without it, until now.",
    "types": "Only these types of events, with commas between them.",
    "wallet": "Which wallet's points; without it, the programme's first.",
}
"""What parameters of the same name mean everywhere."""

DRY_RUN: list[Description] = [
    {
        "name": "dry_run",
        "in": "query",
        "required": False,
        "description": "true: the same answer, nothing written.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "as_of",
        "in": "query",
        "required": False,
        "description": "Only with dry_run: let it happen at this time, to members as they stood then.",
        "schema": {"type": "string", "format": "date-time"},
    },
]
WHY: list[Description] = [
    {
        "name": "why",
        "in": "query",
        "required": False,
        "description": "Only with dry_run. true: every rule that was tried, in sentences.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "lang",
        "in": "query",
        "required": False,
        "description": "The language of these sentences: en (the default), fi, sv or pl.",
        "schema": {"type": "string", "enum": ["en", "fi", "sv", "pl"]},
    },
]
IDEMPOTENCY_KEY: Description = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


def ref(shape: type[Struct]) -> Description:
    """Point to a type's schema among the document's components."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def described(
    tag: str,
    *,
    scope: str | None,
    answers: Mapping[int, type[Struct]],
    body: type[Struct] | None = None,
    examples: Mapping[str, Any] | None = None,
    problems: Sequence[int] = (),
    parameters: Sequence[Description] = (),
    replays: bool = False,
    body_required: bool = True,
) -> Description:
    """Describe an operation: its answers and errors by status, its body with examples that the tests send."""
    statuses = {*problems, *_ALWAYS, *(_WITH_BODY if body else ())}
    said: Description = {
        "tags": [tag],
        "security": [{"key": [scope] if scope else []}],
        "responses": {
            **{str(status): _answer(status, shape, replays=replays) for status, shape in answers.items()},
            **{str(status): _problem(status) for status in sorted(statuses)},
        },
    }
    if parameters:
        said["parameters"] = list(parameters)
    if body is not None:
        content: Description = {"schema": ref(body)}
        if examples:
            content["examples"] = {name: {"value": value} for name, value in examples.items()}
        said["requestBody"] = {"required": body_required, "content": {_JSON: content}}
    return said


def path_id(name: str, what: str, example: str) -> Description:
    """Describe an id in the address."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": what,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\x00]+$"},
        "example": example,
    }


def path_uuid(name: str, what: str, example: str) -> Description:
    """Describe an id in the address that is a UUID."""
    return path_id(name, what, example) | {"schema": {"type": "string", "format": "uuid"}}


def _answer(status: int, shape: type[Struct], *, replays: bool) -> Description:
    said: Description = {
        "description": (shape.__doc__ or HTTPStatus(status).phrase).strip(),
        "content": {_JSON: {"schema": ref(shape)}},
    }
    if replays:
        said["headers"] = {
            "Idempotent-Replay": {
                "description": "true where this answer was given before.",
                "schema": {"const": "true"},
                "required": False,
            }
        }
    return said


def _problem(status: int) -> Description:
    return {"description": HTTPStatus(status).phrase, "content": {CONTENT_TYPE: {"schema": ref(ProblemAnswer)}}}
