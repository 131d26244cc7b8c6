"""The files of the project, or of a broken one that a test has made."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
# Folders that tools fill and git ignores.
IGNORED = {
    ".data",
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "build",
    "dist",
    "site",
    "static_root",
    "test-results",
}


@dataclass(frozen=True)
class Tree:
    """A folder laid out like this project."""

    root: Path = PROJECT

    def files(self, *endings: str, under: str = "") -> Iterator[Path]:
        """Every file that git would keep, in order; with ``endings``, only those whose name ends so."""
        for folder, folders, names in os.walk(self.root / under):
            folders[:] = sorted(set(folders) - IGNORED)
            yield from (Path(folder) / name for name in sorted(names) if name.endswith(endings or ("",)))

    def modules(self, *, under: str = "", migrations: bool = False) -> Iterator[tuple[Path, ast.Module]]:
        """Every Python file with its syntax tree; migrations only on request, since Django writes them."""
        for path in self.files(".py", under=under):
            if migrations or "migrations" not in path.parts:
                yield path, parsed(path.read_text("utf-8"))

    def place(self, path: Path, line: int = 0) -> str:
        """Where something is wrong, as an editor opens it."""
        inside = path.relative_to(self.root)
        return f"{inside}:{line}" if line else str(inside)

    def room(self, path: Path) -> str:
        """The room that a file stands in; empty outside the rooms."""
        parts = path.relative_to(self.root).parts
        return parts[2] if parts[:2] == ("src", "stammis") and len(parts) > 3 else ""


@cache
def parsed(text: str) -> ast.Module:
    """The syntax tree of a file, which many agreements look at."""
    return ast.parse(text)


def words(name: str) -> set[str]:
    """The words of a name, in small letters: ``PointsManager`` and ``points_manager`` are points and manager."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def plant(root: Path, files: dict[str, str]) -> Tree:
    """Writes files into an empty folder: the broken tree that a check must refuse."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Tree(root)
