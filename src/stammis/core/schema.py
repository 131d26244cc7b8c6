"""The JSON Schema of programme documents, made from the types themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from stammis.core.programme import Programme

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def programme_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a programme document, with the types' own descriptions."""
    schema = msgspec.json.schema(Programme)
    return {"$schema": DIALECT, "title": "Programme", **schema}
