"""A data folder of a test's own, and what root's server leaves elsewhere is removed with it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from stammis.config.postgres.home import POINTER
from stammis.config.postgres.server import Server

IS_ROOT = os.geteuid() == 0


@contextmanager
def data_folder(name: str = "data") -> Iterator[Path]:
    """Gives an empty folder that the database's user can reach, and removes all that was made for it."""
    around = Path(tempfile.mkdtemp(prefix="stammis-test-"))
    around.chmod(0o755)
    folder = around / name
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        remove(folder)
        shutil.rmtree(around, ignore_errors=True)


def remove(folder: Path) -> None:
    """Removes a data folder and the place that its pointer names."""
    pointer = folder / POINTER
    if pointer.is_file():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def ask(server: Server, question: str) -> object:
    """Gives the first value that a question to the database has as its answer; writes are kept."""
    with psycopg.connect(server.dsn) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Gives the environment of a person who works with one installation and has set these variables besides."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STAMMIS_", "DATABASE_", "DJANGO_"))
    }
    return kept | {"STAMMIS_DATA": str(folder)} | variables


def stammis(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the command ``stammis`` as a person would."""
    return subprocess.run(
        [Path(sys.executable).with_name("stammis"), *arguments],
        env=environment(folder, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
