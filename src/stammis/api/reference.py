"""The OpenAPI document, and a page that shows it: nothing is fetched from elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stammis.api.openapi.describing import TAGS, Description
from stammis.api.openapi.document import openapi_document, operations

_DOCUMENT: list[bytes] = []
_REF = "#/components/schemas/"


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Give the document."""
    if not _DOCUMENT:
        _DOCUMENT.append(msgspec.json.format(msgspec.json.encode(openapi_document()), indent=1))
    return HttpResponse(_DOCUMENT[0], content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show all calls on one page."""
    document = openapi_document()
    calls = [_call(*each) for each in operations()]
    groups = [
        {"name": name, "what": what, "calls": [call for call in calls if call["tag"] == name]}
        for name, what in TAGS.items()
    ]
    types = [
        {"name": name, "what": schema.get("description", ""), "fields": _fields(schema)}
        for name, schema in document["components"]["schemas"].items()
    ]
    return render(request, "api/reference.html", {"document": document, "groups": groups, "types": types})


def _call(method: str, address: str, operation: Description) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "tag": operation["tags"][0],
        "id": operation["operationId"],
        "method": method,
        "address": address,
        "summary": operation["summary"],
        "what": operation.get("description", ""),
        "scopes": [scope for each in operation.get("security", []) for scope in each.get("key", [])],
        "parameters": [
            {
                "name": each["name"],
                "place": each["in"],
                "type": _type(each["schema"]),
                "required": each.get("required", False),
                "what": each.get("description", ""),
            }
            for each in operation.get("parameters", [])
        ],
        "body": _named(body.get("schema", {})),
        "examples": [
            {"name": name, "text": msgspec.json.format(msgspec.json.encode(example["value"]), indent=2).decode()}
            for name, example in body.get("examples", {}).items()
        ],
        "answers": [
            {"status": status, "what": each["description"], "type": _answer(each)}
            for status, each in sorted(operation["responses"].items())
        ],
    }


def _answer(response: Description) -> str:
    return next((_named(each.get("schema", {})) for each in response.get("content", {}).values()), "")


def _named(schema: Description) -> str:
    return str(schema.get("$ref", "")).removeprefix(_REF)


def _fields(schema: Description) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(each),
            "points_to": _points_to(each),
            "required": name in required,
            "what": each.get("description", ""),
        }
        for name, each in schema.get("properties", {}).items()
    ]


def _points_to(schema: Description) -> str:
    """Give the name of the type that a field holds, one or many of."""
    candidates = [schema, schema.get("items", {}), schema.get("additionalProperties", {}), *schema.get("anyOf", [])]
    return next((name for each in candidates if isinstance(each, dict) and (name := _named(each))), "")


def _type(schema: Any) -> str:
    """Say a schema in a few words."""
    if not isinstance(schema, dict) or not schema:
        return "anything"
    if "$ref" in schema:
        return _named(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema.get('items', {}))}"
        case "object" if "additionalProperties" in schema:
            return f"object of {_type(schema['additionalProperties'])}"
        case "string":
            return str(schema.get("format", "text"))
        case "integer":
            return "whole number"
        case kind:
            return str(kind)
