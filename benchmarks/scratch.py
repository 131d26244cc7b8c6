"""An installation of its own for a measurement: a data folder in the temp folder, a server, a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from stammis.config.folder import prepare
from stammis.config.postgres.server import Server, connect_or_start

COMMAND = Path(sys.executable).parent / "stammis"
PROGRAMME = Path(__file__).parent / "programme.yaml"
READY_SECONDS = 120
STOP_SECONDS = 60
POLL_SECONDS = 0.02


class NotMeasured(Exception):
    """Something that a measurement needs is missing or failed; the message says what."""


@dataclass
class Scratch:
    """A data folder with its own server, and the command line upon it."""

    folder: Path

    def stammis(self, *arguments: str) -> str:
        """Run ``stammis``; give what it printed. Raises NotMeasured where it failed."""
        ended = subprocess.run(
            [COMMAND, *arguments], env=self.environment(), capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise NotMeasured(f"stammis {' '.join(arguments)} failed:\n{(ended.stdout + ended.stderr)[-2000:]}")
        return ended.stdout

    def environment(self, **more: str) -> dict[str, str]:
        """The environment for whatever works on this folder."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PORT"}}
        return kept | {"STAMMIS_DATA": str(self.folder)} | more

    @contextmanager
    def database(self) -> Iterator[Server]:
        """The folder's server, running while the block runs."""
        with connect_or_start(self.folder) as server:
            yield server

    @contextmanager
    def served(self, *, command: list[str] | None = None, port: int | None = None) -> Iterator[Served]:
        """``stammis serve`` on a free port, ready when the block begins, stopped at its end."""
        port = port or free_port()
        words = command or [str(COMMAND), "serve", "--port", str(port)]
        with (self.folder.parent / "serve.log").open("ab") as log:
            began = time.perf_counter()
            process = subprocess.Popen(
                words, env=self.environment(PORT=str(port)), stdout=log, stderr=log, start_new_session=True
            )
        try:
            served = Served(process, port)
            served.wait(self.folder.parent / "serve.log")
            served.ready_seconds = time.perf_counter() - began
            yield served
        finally:
            stop(process)


@dataclass
class Served:
    """A running ``stammis serve``."""

    process: subprocess.Popen[bytes]
    port: int
    ready_seconds: float = 0.0

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def wait(self, log: Path) -> None:
        """Wait until /health answers 200. Raises NotMeasured where it does not."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5) as answer:  # noqa: S310 - our own
                    if answer.status == 200:  # noqa: PLR2004 - the contract's word for «ready»
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(POLL_SECONDS)
        raise NotMeasured(f"stammis serve did not become ready:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours and wait for it; one that does not listen is killed with its group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def scratch() -> Iterator[Scratch]:
    """An empty data folder, removed at the end."""
    around = Path(tempfile.mkdtemp(prefix="stammis-bench-"))
    around.chmod(0o755)  # the server's own user must come through; the folder inside is closed
    try:
        yield Scratch(prepare(around / "installation"))
    finally:
        shutil.rmtree(around, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def postmaster(server: Server) -> int:
    """The process id of a database server."""
    return int((server.home.cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def superuser(server: Server, database: str) -> str:
    """The superuser's address of another database of the server."""
    return server.superuser_dsn.replace("@/postgres?", f"@/{database}?")


def bare_database(server: Server, name: str) -> str:
    """Make an empty database for a yardstick beside the installation's, in the same server; give its address."""
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())
        connection.execute(f"create database {name}".encode())
    return superuser(server, name)
