"""A new cluster, its two roles and its settings."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from stammis.config.postgres.binaries import Binaries
from stammis.config.postgres.errors import read_failure, said_plainly
from stammis.config.postgres.home import PORT, Home, write_safely

SUPERUSER = "postgres"
OWNER = "stammis"
DATABASE = "stammis"

# The application is no superuser: rights that are taken away from it are really gone.
SETTINGS = f"""\
# Written at every start. To change a setting, say ALTER SYSTEM SET … as the role {SUPERUSER}.
listen_addresses = ''
port = {PORT}
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = '256MB'
effective_cache_size = '1GB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
synchronous_commit = on
wal_compression = pglz
min_wal_size = '256MB'
max_wal_size = '2GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
password_encryption = 'scram-sha-256'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, mdy'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
log_destination = 'stderr'
log_line_prefix = '%m [%p] '
log_checkpoints = off
dynamic_shared_memory_type = posix
"""

# Parallel queries share memory there; containers often have 64 MB only, and a query would fail for want of it.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only its size is looked at
ENOUGH_BYTES = 512 * 1024 * 1024
# One call flushes the disk before recovery; the alternative opens every file of the cluster. Only Linux has it.
QUICK_RECOVERY = "recovery_init_sync_method = syncfs\n"
WITHOUT_PARALLEL = """\
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
"""

ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


def make(home: Home, binaries: Binaries) -> None:
    """Make the cluster if there is none. It is complete or absent: it is made beside its place and renamed.

    Raises DiskFull, DiskReadOnly, NotAllowed or DatabaseFailed.
    """
    with said_plainly(home.path):
        if not home.cluster.exists():
            _make(home, binaries)
        if (home.cluster / "postgresql.conf").read_text() != settings():
            write_safely(home.cluster / "postgresql.conf", settings(), home)


def settings(shared_memory: Path = SHARED_MEMORY) -> str:
    """The server's settings on this machine."""
    text = SETTINGS
    if sys.platform == "linux":
        text += QUICK_RECOVERY
    if shared_memory.is_dir():
        state = os.statvfs(shared_memory)
        text += WITHOUT_PARALLEL if state.f_blocks * state.f_frsize < ENOUGH_BYTES else ""
    return text


def _make(home: Home, binaries: Binaries) -> None:
    made = home.path / "cluster.new"
    shutil.rmtree(made, ignore_errors=True)
    password = secrets.token_urlsafe(32)
    write_safely(home.password, password, home)
    _run(
        home,
        [
            binaries.program("initdb"),
            f"--pgdata={made}",
            f"--username={SUPERUSER}",
            f"--pwfile={home.password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=libc",
            "--locale=C",
        ],
    )
    commands = (
        f"create role {OWNER} login createdb password '{password}';\n"
        f"create database {DATABASE} owner {OWNER};\n"
        f"revoke all on database {DATABASE} from public;\n"
    )
    _run(home, [binaries.program("postgres"), "--single", "-D", made, "-c", "exit_on_error=true", "postgres"], commands)
    write_safely(made / "postgresql.conf", settings(), home)
    made.rename(home.cluster)


def _run(home: Home, command: list[str | Path], words: str = "") -> None:
    drop = home.account.drop() if home.account else {}
    ended = subprocess.run(
        command,
        input=words,
        text=True,
        errors="replace",
        capture_output=True,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        **drop,
    )
    if ended.returncode != 0:
        raise read_failure(ended.stderr[-2000:], home.path)
