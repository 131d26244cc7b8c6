"""A running server as seen by those who use it."""

from __future__ import annotations

import atexit
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from django.utils.translation import gettext_noop

from stammis.config.postgres import binaries, cluster
from stammis.config.postgres.errors import DatabaseFailed, read_failure, said_plainly
from stammis.config.postgres.home import PORT, Home, find
from stammis.config.postgres.keeper import FAILED
from stammis.config.postgres.locks import EXCLUSIVE, POLL_SECONDS, SHARED, Lock, is_held

STOP_SECONDS = 90.0
START_SECONDS = 300.0  # after a crash the last quarter of an hour is replayed, on a slow disk that takes its time
HOPELESS = ("authentication failed", "does not exist\n", "is not permitted")
SURE = 5  # looks in a row that must say «others use it»

_left_to_others: list[subprocess.Popen[bytes]] = []  # keepers of ours that go on for other processes


def _take_leave() -> None:
    """Forget those keepers of ours that have ended since: nobody else waits for them."""
    _left_to_others[:] = [keeper for keeper in _left_to_others if keeper.poll() is None]


atexit.register(_take_leave)


class Server:
    """The embedded server of one data folder. Use it as a context, or call ``stop`` at the end."""

    def __init__(self, folder: Path) -> None:
        """Find the server's files for a data folder, which must exist. Nothing is started yet."""
        self.folder = folder
        self.home: Home = find(folder)
        self._use: Lock | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """The address of the database, in the form of DATABASE_URL."""
        return self._address(cluster.OWNER, cluster.DATABASE)

    @property
    def superuser_dsn(self) -> str:
        """The address for the superuser: for tests and measurements, never for the application."""
        return self._address(cluster.SUPERUSER, "postgres")

    def start(self) -> Self:
        """Bring the server up unless it runs, and return when it accepts connections. Safe to call again at any time.

        Raises DiskFull, DiskReadOnly, NotAllowed, WrongMajorVersion or DatabaseFailed, all saying what to do.
        """
        with said_plainly(self.home.path):
            self._use_it()
            with self.home.lock(self.home.starting_lock) as starting:
                if not starting.take(EXCLUSIVE, wait_seconds=START_SECONDS):
                    raise DatabaseFailed(
                        gettext_noop("Another process has been starting the database in %(folder)s for minutes."),
                        values={"folder": self.home.path},
                    )
                self._bring_up()
        return self

    def alive(self) -> bool:
        """Whether the server runs and somebody looks after it. It may still be recovering."""
        if self._keeper is not None:
            self._keeper.poll()
        return is_held(self.home.keeper_lock) and is_held(self.home.server_lock)

    def stop(self) -> None:
        """Use it no longer. The last one to leave waits until the server has shut down."""
        if self._use is None:
            return
        self._use.close()
        self._use = None
        _take_leave()
        deadline = time.monotonic() + STOP_SECONDS
        others = 0
        while time.monotonic() < deadline and self._is_running() and others < SURE:
            others = others + 1 if self._others_use_it() else 0
            time.sleep(POLL_SECONDS)
        if self._keeper is not None and others >= SURE:
            _left_to_others.append(self._keeper)
        elif self._keeper is not None:
            self._keeper.wait(timeout=STOP_SECONDS)
        self._keeper = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _address(self, role: str, database: str) -> str:
        password = self.home.password.read_text().strip()
        host = quote(str(self.home.socket()), safe="")
        return f"postgresql://{role}:{quote(password)}@/{database}?host={host}&port={PORT}"

    def _use_it(self) -> None:
        if self._use is None:
            self._use = self.home.lock(self.home.users_lock)
        if not self._use.take(SHARED, wait_seconds=STOP_SECONDS):
            raise DatabaseFailed(
                gettext_noop("The database in %(folder)s is being stopped and does not end. See %(log)s."),
                values={"folder": self.home.path, "log": self.home.log},
            )

    def _bring_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        reason = ""
        self._forget_keeper()
        while time.monotonic() < deadline:
            if self._keeper is not None and self._keeper.poll() == FAILED:
                raise read_failure(self._last_words(), self.home.path)
            if not is_held(self.home.keeper_lock):
                self._start_keeper()
            try:
                with psycopg.connect(self.dsn, connect_timeout=10):
                    self._last_words()
                    return
            except psycopg.OperationalError as error:
                reason = str(error)
                if any(phrase in reason for phrase in HOPELESS):
                    raise DatabaseFailed(
                        gettext_noop("The database in %(folder)s turns us away: %(words)s"),
                        values={"folder": self.home.path, "words": reason},
                    ) from error
            time.sleep(POLL_SECONDS)
        raise DatabaseFailed(
            gettext_noop("The database in %(folder)s does not accept connections: %(words)s"),
            values={"folder": self.home.path, "words": reason},
        )

    def _start_keeper(self) -> None:
        """Start a keeper, unless the one that we started is on its way."""
        if self._keeper is not None and self._keeper.poll() is None:
            return
        self._forget_keeper()
        programs = binaries.find()
        account = self.home.account
        if account:
            programs = binaries.copy(programs, self.home.program)
        cluster.make(self.home, programs)
        user = [str(account.uid), str(account.gid)] if account else ["", ""]
        self._keeper = subprocess.Popen(
            [
                sys.executable,
                "-P",  # a file of the user's must not stand in for a module of ours
                "-m",
                "stammis.config.postgres.keeper",
                self.home.path,
                programs.program("postgres"),
                self.home.socket(),
                *user,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=True,  # Ctrl-C at a terminal is for those who use the server; it ends after them
        )

    def _forget_keeper(self) -> None:
        """Forget a keeper of ours that has ended since it was started."""
        if self._keeper is not None and self._keeper.poll() is not None:
            self._last_words()
            self._keeper = None

    def _last_words(self) -> str:
        """What our keeper has said, and close our ears: it speaks only when a start fails."""
        if self._keeper is None or self._keeper.stderr is None or self._keeper.stderr.closed:
            return ""
        with self._keeper.stderr as ears:
            return ears.read().decode(errors="replace") if self._keeper.poll() is not None else ""

    def _is_running(self) -> bool:
        return is_held(self.home.keeper_lock) or is_held(self.home.server_lock)

    def _others_use_it(self) -> bool:
        with self.home.lock(self.home.users_lock) as probe:
            return not probe.take(EXCLUSIVE) and probe.take(SHARED)


def connect_or_start(folder: Path) -> Server:
    """Give the running server of a data folder: another process's where there is one, else a new one.

    Call ``stop`` on it, or use it as a context; if this process dies, the server ends by itself unless others use it.
    """
    server = Server(folder)
    try:
        return server.start()
    except BaseException:
        server.stop()
        raise
