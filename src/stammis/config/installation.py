"""An installation opened for use: its folder, its secret, its database with up-to-date tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connections

from stammis.config import database, environment, folder
from stammis.config.postgres.server import Server, connect_or_start


@dataclass(frozen=True, slots=True)
class Installation:
    """An open installation."""

    folder: Path
    server: Server | None
    """The embedded server; None where DATABASE_URL names another one."""
    is_new: bool
    """Whether it had no tables before."""


def set_up() -> None:
    """Make Django ready without asking a database; what is done already is not done again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")
    if not apps.ready:
        django.setup()


@contextmanager
def installation(
    data: str | os.PathLike[str] | None = None,
    *,
    migrate: bool = False,
    looks_only: bool = False,
    wait_seconds: float = 0,
) -> Iterator[Installation]:
    """Open an installation, new or not, and leave it at the end. Tables of an empty database are always made.

    ``looks_only``: there must be one already, a folder that was never used is refused (NoInstallation). ``migrate``
    also brings existing tables up to this release; ``wait_seconds``: how long a database of one's own may take to
    answer. For the time being Django and child processes know its database and its secret.
    Raises what ``stammis.config.postgres`` and ``stammis.config.database`` raise.
    """
    set_up()
    place = folder.resolve(data)
    if looks_only and not environment.read("DATABASE_URL"):
        folder.expect(place)
    with _environment(place) as server:
        database.check(wait_seconds)
        is_new = database.is_empty()
        if is_new or migrate:
            database.migrate()
        elif database.waiting():
            raise database.OlderTables
        try:
            yield Installation(place, server, is_new)
        finally:
            connections.close_all()


@contextmanager
def database_only(data: str | os.PathLike[str] | None = None) -> Iterator[Installation]:
    """Open an installation's database as it is: for a backup, a restore and a look before an upgrade."""
    set_up()
    place = folder.resolve(data)
    with _environment(place) as server:
        database.check()
        try:
            yield Installation(place, server, database.is_empty())
        finally:
            connections.close_all()


@contextmanager
def _environment(place: Path) -> Iterator[Server | None]:
    """Point Django and all children to the installation, and back again."""
    before = dict(os.environ)
    server: Server | None = None
    os.environ["STAMMIS_DATA"] = str(place)
    try:
        if not environment.read("STAMMIS_SECRET_KEY"):
            folder.prepare(place)
            os.environ["STAMMIS_SECRET_KEY"] = folder.secret_key(place) or ""
        settings.SECRET_KEY = environment.read("STAMMIS_SECRET_KEY")
        if not environment.read("DATABASE_URL"):
            folder.prepare(place)
            server = connect_or_start(place)
            os.environ["DATABASE_URL"] = server.dsn
        database.point(environment.read("DATABASE_URL"))
        yield server
    finally:
        connections.close_all()
        if server is not None:
            server.stop()
        for name in ("STAMMIS_DATA", "STAMMIS_SECRET_KEY", "DATABASE_URL"):
            os.environ.pop(name, None)
            if name in before:
                os.environ[name] = before[name]
