"""Database tests speak to a real server of their own: ``--server embedded`` (the default) or ``--server debian-15``.

It is started when the first test asks for it and is gone at the end. ``DATABASE_URL`` names another one instead.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pytest_django.plugin import DjangoDbBlocker

from stammis.config.postgres import account, cluster
from stammis.config.postgres.processes import end_with_parent
from stammis.config.postgres.server import connect_or_start
from tests.config.installed import data_folder
from tests.processes import end, until
from tools.debian import PACKAGES, command

DEBIAN = "debian-15"
DEBIAN_PACKAGE = "postgresql-15"
LEAVES = 12


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets a run choose its server."""
    parser.addoption("--server", choices=["embedded", DEBIAN], default="embedded", help="database server of the tests")


@pytest.fixture(scope="session")
def database_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the run's database server, as in DATABASE_URL; its role may create databases."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
    elif request.config.getoption("--server") == DEBIAN:
        if not PACKAGES[DEBIAN_PACKAGE].exists():
            pytest.skip(f"not installed: {DEBIAN_PACKAGE}; run: {command(DEBIAN_PACKAGE)}")
        with debian_server() as address:
            yield address
    else:
        with data_folder() as folder, connect_or_start(folder) as server:
            yield server.dsn


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    database_address: str,
) -> None:
    """Points Django to the run's server before the test database is made."""
    said = conninfo_to_dict(database_address)
    connections["default"].settings_dict.update(
        HOST=said.get("host") or "",
        PORT=str(said.get("port") or ""),
        USER=said.get("user") or "",
        PASSWORD=said.get("password") or "",
        NAME=said.get("dbname") or "stammis",
    )


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The migrated test database, also for a run in which every test asks for a database of its own."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for one test that commits: a copy of the migrated one, since append-only tables cannot be emptied."""
    database = connections["default"]
    template, copy = database.settings_dict["NAME"], f"stammis_{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        connections.close_all()
        make_database(f'create database "{copy}" template "{template}"')
        database.settings_dict["NAME"] = copy
        try:
            yield
        finally:
            connections.close_all()
            database.settings_dict["NAME"] = template
            # «with (force)» would also end autovacuum, which is not ours to end; a plain drop asks it to go.
            make_database(
                "select pg_terminate_backend(pid) from pg_stat_activity"  # noqa: S608 - a name of our own
                f" where datname = '{copy}' and usename = current_user"
            )
            make_database(f'drop database "{copy}"')


def make_database(statement: str) -> None:
    """Says something about databases from outside of them."""
    said = connections["default"].settings_dict
    address = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "password": said["PASSWORD"]}
    address = {name: value for name, value in address.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as outside:
        when_nobody_is_there(outside, statement.encode())


def when_nobody_is_there(server: psycopg.Connection, statement: bytes | sql.Composed) -> None:
    """Copies or drops a database; again where somebody is still taking leave of it, for which PostgreSQL waits 5 s."""
    for _ in range(LEAVES - 1):
        with suppress(psycopg.errors.ObjectInUse):
            server.execute(statement)
            return
    server.execute(statement)


@contextmanager
def debian_server() -> Iterator[str]:
    """Runs Debian's PostgreSQL 15 in a folder of its own, for an application role that is no superuser."""
    programs = PACKAGES[DEBIAN_PACKAGE].parent
    user = account.choose()
    drop = user.drop() if user else {}
    folder = Path(tempfile.mkdtemp(prefix="stammis-pg15-"))
    if user:
        user.own(folder)
    try:
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, cwd="/", env=cluster.ENVIRONMENT, stdout=subprocess.PIPE, **drop)
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", *options],
                cwd="/",
                env=cluster.ENVIRONMENT,
                stderr=log,
                preexec_fn=end_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - only sets who is told when we die
                **drop,
            )
        try:
            prepare(folder)
            yield f"postgresql://{cluster.OWNER}@/{cluster.DATABASE}?host={folder}"
        finally:
            end(server, how=signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(folder: Path) -> None:
    """Waits for the server and makes the application's role and database."""
    address = f"postgresql://postgres@/postgres?host={folder}"
    until(lambda: answers(address))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create role {cluster.OWNER} login createdb")
        when_nobody_is_there(connection, f"create database {cluster.DATABASE} owner {cluster.OWNER}".encode())


def answers(address: str) -> bool:
    """Whether a server accepts connections."""
    with suppress(psycopg.OperationalError), psycopg.connect(address):
        return True
    return False
