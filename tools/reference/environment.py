"""The page of the environment: every variable that an operator may set."""

from __future__ import annotations

from stammis.config.environment import VARIABLES
from tools.reference.markdown import cell, code, table

INTRODUCTION = """\
# Environment

Settings come from the environment; there is no file of settings. None is needed to try Stammis out. The options of a
[command](commands.md) come before the environment.
"""
CLOSING = """\
Other variables are left alone. `TMPDIR` says where temporary files go: one of them, a private folder for the
database's socket, only where the path of the data folder is too long for it.
"""


def page() -> str:
    """The page as Markdown."""
    rows = ((code(one.name), cell(one.meaning), cell(one.default) or "–") for one in VARIABLES)
    return "\n".join((INTRODUCTION, table(("Variable", "Meaning", "Where it is not set"), rows), CLOSING))
