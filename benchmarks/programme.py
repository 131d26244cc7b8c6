"""The programme of twenty rules on which purchases are measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stammis.core.document import parse
from stammis.core.rules import Rules, compile_rules
from stammis.programmes.yaml import load

FILE = Path(__file__).parent / "programme.yaml"


def document() -> dict[str, Any]:
    """The programme as its file says it."""
    return load(FILE.read_bytes())


def rules() -> Rules:
    """The programme, compiled."""
    return compile_rules(parse(document()), version=1)
