"""The keeper: a small process that is the server's parent. It starts a dead server again and stops an unused one.

``server.py`` runs it as ``python -m stammis.config.postgres.keeper HOME POSTGRES SOCKET UID GID``; nobody else does.
"""

from __future__ import annotations

import collections
import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

from stammis.config.postgres import processes
from stammis.config.postgres.account import Account
from stammis.config.postgres.cluster import ENVIRONMENT
from stammis.config.postgres.home import SOCKET_FILE, Home
from stammis.config.postgres.locks import EXCLUSIVE, Lock

TICK_SECONDS = 0.1
PATIENCE_SECONDS = 3.0  # for processes that outlive their server; they notice its death by themselves
GIVE_UP_SECONDS = 30.0
ATTEMPTS = 5
FIRST_ATTEMPTS = 2  # somebody waits for an answer
LOG_LIMIT_BYTES = 4 * 1024 * 1024
FAILED = 1  # the exit status after a start that failed; the server's last words are on stderr
READY = b"database system is ready to accept connections"


class Keeper:
    """Keeps one server alive for as long as anybody holds the users' lock."""

    def __init__(self, home: Home, postgres: Path, socket: Path) -> None:
        self.home = home
        self.postgres = postgres
        self.socket = socket
        self.users = home.lock(home.users_lock)
        self.words: collections.deque[bytes] = collections.deque(maxlen=20)
        self.was_ready = False
        self.stopping = False

    def keep(self) -> int:
        """Run until nobody uses the server, or until it fails several times in a row. Gives the exit status."""
        failures, attempts = 0, FIRST_ATTEMPTS
        while not self.stopping and failures < attempts:
            if failures:
                time.sleep(0.2 * 2**failures)
            self.words.clear()
            self.was_ready = False
            if not self.clear_the_way():
                self.words.append(b"Processes of an earlier server do not end.")
                break
            self.watch(self.start())
            failures, attempts = (0, ATTEMPTS) if self.was_ready else (failures + 1, attempts)
        if self.stopping:
            if self.home.path not in self.socket.parents:
                with contextlib.suppress(OSError):
                    self.socket.rmdir()
            return 0
        with contextlib.suppress(OSError):
            sys.stderr.buffer.write(b"\n".join(self.words))
            sys.stderr.flush()
        return FAILED

    def clear_the_way(self) -> bool:
        """Wait until no process of an earlier server lives, helping the stubborn ones to end. Gives success."""
        begun = time.monotonic()
        with self.home.lock(self.home.server_lock) as lock:
            cluster = self.home.cluster.resolve()
            while not lock.take(EXCLUSIVE, wait_seconds=TICK_SECONDS):
                waited = time.monotonic() - begun
                left = processes.working_in(cluster)
                first = processes.postmaster(cluster)
                if first in left:
                    processes.send([first], signal.SIGINT if waited < GIVE_UP_SECONDS / 2 else signal.SIGQUIT)
                elif waited > PATIENCE_SECONDS:
                    processes.send(left, signal.SIGQUIT if waited < GIVE_UP_SECONDS / 2 else signal.SIGKILL)
                if waited > GIVE_UP_SECONDS:
                    return False
        self.remove_stale_notes()
        return True

    def remove_stale_notes(self) -> None:
        """Remove the number of a dead server where a stranger, or a dead process that nobody reaped, has it now.

        PostgreSQL would take that process for a living server. Nobody holds the server's lock, so there is none.
        """
        pid = processes.postmaster(self.home.cluster)
        if pid is not None and processes.is_alive(pid):
            (self.home.cluster / "postmaster.pid").unlink(missing_ok=True)
            (self.socket / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server as a child that ends with us, and that inherits the server's lock."""
        with self.home.lock(self.home.server_lock) as lock:
            lock.take(EXCLUSIVE, wait_seconds=TICK_SECONDS)
            drop = self.home.account.drop() if self.home.account else {}
            return subprocess.Popen(
                [self.postgres, "-D", self.home.cluster, "-k", self.socket, "-c", "listen_addresses="],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                env=ENVIRONMENT,
                umask=0o077,
                pass_fds=[lock.fd],
                preexec_fn=processes.end_with_parent(signal.SIGINT),  # noqa: PLW1509 - this process has one thread
                **drop,
            )

    def watch(self, server: subprocess.Popen[bytes]) -> None:
        """Write down what the server says until it ends; ask it to end when nobody uses it."""
        assert server.stderr is not None
        os.set_blocking(server.stderr.fileno(), False)
        with selectors.DefaultSelector() as selector, server.stderr as words:
            selector.register(words, selectors.EVENT_READ)
            asked_at: float | None = None
            while server.poll() is None:
                if selector.select(TICK_SECONDS):
                    self.write_down(words.read())
                if asked_at is None and (self.stopping or self.is_unused()):
                    asked_at = time.monotonic()
                    self.stopping = True
                    server.send_signal(signal.SIGINT)  # «fast»: open transactions are rolled back, the rest is written
                elif asked_at is not None and time.monotonic() - asked_at > 2 * GIVE_UP_SECONDS:
                    server.send_signal(signal.SIGQUIT)
            self.write_down(words.read())

    def is_unused(self) -> bool:
        """Whether nobody uses the server. If so, nobody can begin to until we have ended."""
        return self.users.take(EXCLUSIVE)

    def write_down(self, words: bytes | None) -> None:
        """Append to the log, best effort: on a full disk the server matters more."""
        if not words:
            return
        self.was_ready = self.was_ready or READY in words
        self.words.extend(words.splitlines())
        with contextlib.suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            fd = os.open(self.home.log, flags, 0o600)
            try:
                self.home.own(self.home.log)
                os.write(fd, words)
                if os.fstat(fd).st_size > LOG_LIMIT_BYTES:
                    self.home.log.replace(self.home.path / "log.old")
            finally:
                os.close(fd)

    def stop(self, *_: object) -> None:
        """End soon: we were asked to."""
        self.stopping = True


def main(arguments: list[str]) -> int:
    """Keep the server of a home that was made ready. Gives the exit status."""
    path, postgres, socket, uid, gid = arguments
    home = Home(Path(path), Account("", int(uid), int(gid)) if uid else None)
    lock: Lock = home.lock(home.keeper_lock)
    if not lock.take(EXCLUSIVE, wait_seconds=2):
        return 0  # another keeper is there
    keeper = Keeper(home, Path(postgres), Path(socket))
    signal.signal(signal.SIGTERM, keeper.stop)
    signal.signal(signal.SIGINT, keeper.stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return keeper.keep()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
