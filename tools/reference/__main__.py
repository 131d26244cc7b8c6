"""``python -m tools.reference write|check``: writes the generated pages anew, or says which are stale."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")
django.setup()

from tools.reference import (  # noqa: E402 - Django must be set up before its tables are looked at
    calls,
    commands,
    environment,
    errors,
    figures,
    metrics,
    schema,
    tables,
)

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES: dict[str, Callable[[], str]] = {
    "README.md": figures.page,
    "docs/reference/api.md": calls.page,
    "docs/reference/commands.md": commands.page,
    "docs/reference/environment.md": environment.page,
    "docs/reference/errors.md": errors.page,
    "docs/reference/metrics.md": metrics.page,
    "docs/reference/programme.schema.json": schema.page,
    "docs/reference/tables.md": tables.page,
}


def main(arguments: list[str]) -> int:
    """Write or check the pages. Gives the exit status."""
    match arguments:
        case ["write"]:
            for name, page in PAGES.items():
                (PROJECT / name).write_text(page(), "utf-8")
            return 0
        case ["check"]:
            stale = [name for name, page in PAGES.items() if (PROJECT / name).read_text("utf-8") != page()]
            print("\n".join(f"{name} is stale: run «make docs»" for name in stale))
            return 1 if stale else 0
        case _:
            print("usage: python -m tools.reference write|check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
