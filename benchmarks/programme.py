"""The programme of twenty rules on which purchases are measured."""

from __future__ import annotations

from pathlib import Path

from stammis.core.document import parse
from stammis.core.rules import Rules, compile_rules
from stammis.programmes.yaml import load

FILE = Path(__file__).parent / "programme.yaml"


def rules() -> Rules:
    """The programme, compiled."""
    return compile_rules(parse(load(FILE.read_bytes())), version=1)
