"""An installation's data folder: where it is, and the files in it that are not the database's.

``secret-key`` (0600) signs sessions and links. ``installation.json`` says who made the folder and when.
``postgres-18/`` is the embedded server's, or ``postgres-place`` points to where that lies.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import secrets
import uuid
from pathlib import Path

import platformdirs
from django.utils.translation import gettext_noop

from stammis.config.postgres import account
from stammis.config.postgres.errors import said_plainly
from stammis.config.postgres.home import write_safely
from stammis.kit.errors import Problem

FOR_ROOT = Path("/var/lib/stammis")
SECRET_FILE = "secret-key"  # noqa: S105 - the file's name
INSTALLATION_FILE = "installation.json"


class NoInstallation(Problem):
    """There is no installation in this folder."""

    code = "no_installation"
    status = 404


def resolve(option: str | os.PathLike[str] | None = None) -> Path:
    """Say which folder to use: the option, else STAMMIS_DATA, else the user's data folder (root: /var/lib/stammis)."""
    named = option or os.environ.get("STAMMIS_DATA")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return FOR_ROOT
    return platformdirs.user_data_path("stammis", appauthor=False)


def prepare(folder: Path) -> Path:
    """Make the folder with its secret key and its installation file, as far as they are missing.

    Nobody else can look into a folder that is made here; the rights of existing ones stay as they are.
    Raises DiskFull, DiskReadOnly or NotAllowed.
    """
    with said_plainly(folder):
        _make(folder)
        if not (folder / INSTALLATION_FILE).exists():
            about = {
                "id": str(uuid.uuid4()),
                "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "made_by": f"stammis {importlib.metadata.version('stammis')}",
            }
            write_safely(folder / INSTALLATION_FILE, json.dumps(about, indent=2) + "\n")
        if not (folder / SECRET_FILE).exists():
            write_safely(folder / SECRET_FILE, secrets.token_urlsafe(48) + "\n")
    return folder


def expect(folder: Path) -> None:
    """Raise NoInstallation where the folder was never prepared: what only looks makes nothing by a mistyped name."""
    if not (folder / INSTALLATION_FILE).exists():
        said = gettext_noop(
            "There is no installation in %(folder)s. Name its folder by --data, or make one: stammis init."
        )
        raise NoInstallation(said, values={"folder": folder})


def secret_key(folder: Path) -> str | None:
    """The secret key of a prepared folder; None where there is none yet, or it is not ours to read."""
    try:
        return (folder / SECRET_FILE).read_text().strip() or None
    except OSError:
        return None


def _make(folder: Path) -> None:
    """Make a private folder and the missing ones above it. As root, only the database's user may pass through."""
    if folder.is_dir():
        return
    _make(folder.parent)
    deputy = account.choose()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if folder.is_dir():
            return  # another process was quicker
        raise
    if deputy:
        os.chown(folder, 0, deputy.gid)
        folder.chmod(0o710)
