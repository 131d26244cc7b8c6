"""Which database this process speaks to, whether it is new enough, and whether its tables are."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import Error, OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_noop

from stammis.kit.errors import Problem

OLDEST = 150_000
OLDEST_IN_WORDS = "15"
_MIGRATION_LOCK = 0x5354414D4D4953  # the letters of the name, as a number
_POLL_SECONDS = 0.5


class Unreachable(Problem):
    """No database answers. Check DATABASE_URL."""

    code = "database_unreachable"
    status = 503


class TooOld(Problem):
    """The database server is too old."""

    code = "database_too_old"
    status = 503


class NewerTables(Problem):
    """A newer release of stammis has written this database. Use that release, or restore a backup made before."""

    code = "newer_tables"
    status = 503


class OlderTables(Problem):
    """An older release of stammis has written this database. Run «stammis backup FILE», then «stammis upgrade»."""

    code = "older_tables"
    status = 503


def parse(url: str) -> dict[str, Any]:
    """Turn ``postgresql://user:password@host:port/name?option=value`` into Django's form."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or (unquote(parts.hostname) if parts.hostname else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "stammis",
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or options.pop("password", ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def point(url: str) -> None:
    """Let Django speak to another database from now on. Connections of this thread are closed."""
    connections.close_all()
    settings.DATABASES["default"].update(parse(url))


def check(wait_seconds: float = 0) -> None:
    """Connect. Raises Unreachable after waiting so long, and TooOld."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() >= deadline:
                raise Unreachable(
                    gettext_noop("No database answers. Check DATABASE_URL. The driver says: %(words)s"),
                    values={"words": str(error).strip()},
                ) from error
            time.sleep(_POLL_SECONDS)
        else:
            break
    version: int = connection.cursor().connection.info.server_version
    if version < OLDEST:
        raise TooOld(
            gettext_noop("The database is PostgreSQL %(found)s; stammis needs %(needed)s or newer."),
            values={"found": version // 10_000, "needed": OLDEST_IN_WORDS},
        )


def waiting() -> list[str]:
    """The migrations that this release brings and the database has not had. Raises NewerTables."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _name in known}
    if any(key[0] in ours and key not in known for key in executor.loader.applied_migrations):
        raise NewerTables
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _backwards in plan]


def is_empty() -> bool:
    """Whether the database has no tables of ours yet."""
    return "django_migrations" not in connection.introspection.table_names()


def migrate() -> None:
    """Bring the tables up to this release; one process at a time. Raises Problem where a migration fails."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            if waiting():
                call_command("migrate", verbosity=0, interactive=False)
        except Error as error:
            raise Problem(
                gettext_noop("A migration failed, and what it had begun was undone: %(words)s"),
                values={"words": str(error).strip()},
            ) from error
        finally:
            connection.cursor().execute("select pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
