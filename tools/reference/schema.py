"""The JSON Schema of programme files."""

from __future__ import annotations

import json

from stammis.core.schema import programme_schema


def page() -> str:
    """The schema as JSON."""
    return json.dumps(programme_schema(), ensure_ascii=False, indent=2) + "\n"
