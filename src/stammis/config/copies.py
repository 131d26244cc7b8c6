"""Copies of the database: written by pg_dump, read by pg_restore, both from the wheel."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.utils.translation import gettext_noop
from psycopg import pq

from stammis.config import environment
from stammis.config.postgres import binaries
from stammis.config.postgres.errors import said_plainly
from stammis.kit.errors import Problem


class CopyFailed(Problem):
    """The copy failed."""

    code = "copy_failed"
    status = 503


class NotACopy(Problem):
    """This file is not a backup written by «stammis backup»."""

    code = "not_a_copy"
    status = 422


def write(file: Path) -> int:
    """Write the database into a private file, whole or not at all. Gives its size in bytes. Raises CopyFailed."""
    part = file.with_name(file.name + ".part")
    with said_plainly(file):
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
                _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", output=target.fileno())
                os.fsync(target.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    return file.stat().st_size


def read(file: Path) -> None:
    """Read a copy into the empty database, whole or not at all. Raises NotACopy and CopyFailed."""
    with said_plainly(file), file.open("rb") as source:
        if source.read(5) != b"PGDMP":
            raise NotACopy(gettext_noop("%(file)s is not a backup written by «stammis backup»."), values={"file": file})
    name = dict(_variables())["PGDATABASE"]
    _run(
        "pg_restore", f"--dbname={name}", "--no-owner", "--no-privileges", "--single-transaction", str(file.absolute())
    )


def _variables() -> list[tuple[str, str]]:
    """The database's address as variables, which other users of this machine do not see."""
    options = pq.Conninfo.parse(environment.read("DATABASE_URL").encode())
    return [
        (option.envvar.decode(), option.val.decode())
        for option in options
        if option.envvar is not None and option.val is not None
    ]


def _run(program: str, *arguments: str, output: int | None = None) -> None:
    ended = subprocess.run(
        [binaries.find().program(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output if output is not None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        cwd="/",
        env=os.environ | dict(_variables()) | {"LC_ALL": "C"},
    )
    if ended.returncode != 0:
        words = ended.stderr.decode(errors="replace").strip()
        if "server version mismatch" in words:
            raise CopyFailed(
                gettext_noop(
                    "This server is newer than the pg_dump of this release (%(major)s). Use your own pg_dump."
                ),
                values={"major": binaries.MAJOR},
            )
        raise CopyFailed(gettext_noop("%(program)s failed:\n%(words)s"), values={"program": program, "words": words})
