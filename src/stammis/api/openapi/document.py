"""The document itself: the addresses that Django knows, those of the hot path, and the types as schemas."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from stammis.api import shapes
from stammis.api.door import api
from stammis.api.openapi.describing import PARAMETERS, TAGS, Description, ref
from stammis.api.openapi.hot import hot_paths
from stammis.intake import bodies, documents, numbers

_PREFIX = "api/v1/"
_METHODS = ("get", "put", "post", "delete")
_NUL_FREE = "^[^\\x00]*$"

INTRODUCTION = """\
Record what members do, read what they have and why, and let them take rewards.

Money is decimal text with its ISO 4217 currency; JSON numbers are refused. Points are whole numbers in the wallet's
smallest unit (`decimals` beside). Times carry an offset. Ids are yours, up to 200 characters, unique for their kind in
a programme. The same id with the same body gives the first answer and status again, with `Idempotent-Replay: true`, for
ever; another body is a 409 `id_reused`. Only what was accepted is remembered: a refused call may be tried again with
its id.

Errors are `application/problem+json` with a stable `code`; a 422 lists every fault with a JSON pointer."""


@cache
def openapi_document() -> Description:
    """Make the OpenAPI 3.1 document. It does not change while the process runs."""
    made = api.get_openapi_schema(path_prefix=_PREFIX)
    paths: dict[str, Any] = {**hot_paths(), **_health()}
    for address, operations in deepcopy(dict(made["paths"])).items():
        paths.setdefault(address, {}).update({method: _tidied(each) for method, each in operations.items()})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stammis",
            "version": api.version,
            "summary": "Earn, spend and explain loyalty points.",
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": what} for name, what in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: stammis key create NAME."}
            },
        },
        "security": [{"key": []}],
    }


def _tidied(operation: Description) -> Description:
    """Take what was said by hand over what the framework guessed: parameters once, answers with their types."""
    said: dict[tuple[str, str], Description] = {}
    for parameter in operation.get("parameters", []):
        place = (parameter["in"], parameter["name"])
        said[place] = {**said.get(place, {}), **parameter}
    for parameter in said.values():
        parameter["schema"] = _plain(parameter["schema"])
        parameter.pop("examples", None)
        if parameter["name"] in PARAMETERS and "description" not in parameter:
            parameter["description"] = PARAMETERS[parameter["name"]]
    operation["parameters"] = list(said.values())
    operation["responses"] = {str(status): each for status, each in operation["responses"].items() if "content" in each}
    return operation


def _plain(schema: Description) -> Description:
    """Take the framework's titles out of a parameter's schema, and null: a parameter is there or it is not."""
    real = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    plain = {**schema, **real[0]} if len(real) == 1 else schema
    return {name: value for name, value in plain.items() if name not in {"title", "anyOf", "default"}}


def _schemas() -> dict[str, Any]:
    _, sent = msgspec.json.schema_components(
        [*_structs(bodies), *_structs(documents), *_structs(numbers)], ref_template="#/components/schemas/{name}"
    )
    _, answered = msgspec.json.schema_components(_structs(shapes), ref_template="#/components/schemas/{name}")
    sent.pop("RawBatch", None)
    _without_nul(sent)
    schemas = {**sent, **answered}
    _as_markdown(schemas)
    return dict(sorted(schemas.items()))


def _structs(module: Any) -> list[type[Struct]]:
    return [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Struct)]


def _without_nul(schema: Any) -> None:
    """Say of every text that callers send in no other form that it holds no NUL."""
    if isinstance(schema, dict):
        if schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
            schema["pattern"] = _NUL_FREE
        for name, each in schema.items():
            if name != "examples":
                _without_nul(each)
    elif isinstance(schema, list):
        for each in schema:
            _without_nul(each)


def _as_markdown(schema: Any) -> None:
    """Write code in descriptions as Markdown does."""
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            schema["description"] = schema["description"].replace("``", "`")
        for each in schema.values():
            _as_markdown(each)
    elif isinstance(schema, list):
        for each in schema:
            _as_markdown(each)


def _health() -> dict[str, dict[str, Description]]:
    answer = {"content": {"application/json": {"schema": ref(shapes.HealthAnswer)}}}
    return {
        "/health": {
            "get": {
                "operationId": "health",
                "summary": "Whether the installation works, and its clock",
                "tags": ["Numbers"],
                "security": [],
                "responses": {
                    "200": {"description": "It works.", **answer},
                    "503": {"description": "The database does not answer.", **answer},
                },
            }
        }
    }


def operations() -> list[tuple[str, str, Description]]:
    """Give all operations: method, address, description; by tag and address."""
    order = {name: place for place, name in enumerate(TAGS)}
    found = [
        (method.upper(), address, operation)
        for address, methods in openapi_document()["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
    ]
    return sorted(found, key=lambda each: (order.get(each[2]["tags"][0], len(order)), each[1], each[0]))


def anchor(operation_id: str) -> str:
    """Give the name under which the reference page shows an operation."""
    return re.sub(r"[^a-z]+", "-", operation_id)
