"""``stammis serve``: database, web, lanes for batches and worker in one, each started again whenever it ends."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

import structlog
from django.utils.translation import gettext_noop

from stammis.config.postgres import processes
from stammis.config.postgres.home import short_temp
from stammis.config.postgres.server import Server
from stammis.kit.errors import Problem

TICK_SECONDS = 0.2
STOP_SECONDS = 15.0
STEADY_SECONDS = 20.0  # whoever ran so long begins again at once
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 15.0
PORT_WAIT_SECONDS = 12.0  # a killed predecessor's web processes are ended after ten
_PYTHON = (sys.executable, "-P", "-m")
log = structlog.get_logger(__name__)


class PortTaken(Problem):
    """Something else listens on this port."""

    code = "port_taken"
    status = 409


class Pauses:
    """How long to wait before the next try: longer after each quick end."""

    def __init__(self) -> None:
        self.failures = 0
        self.next_at = 0.0

    def after(self, ran_seconds: float) -> float:
        """Take note of an end after so long; give the seconds to wait."""
        self.failures = 0 if ran_seconds > STEADY_SECONDS else self.failures + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1), LONGEST_PAUSE_SECONDS) if self.failures else 0
        self.next_at = time.monotonic() + pause
        return pause

    def is_over(self) -> bool:
        """Whether it is time for the next try."""
        return time.monotonic() >= self.next_at


class Child:
    """A program that has to run: started again whenever it ends, with all that it has started."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = command
        self.pauses = Pauses()
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    def watch(self) -> None:
        """Start it if it does not run and its pause is over; take note if it has ended."""
        if self.process is None:
            if self.pauses.is_over():
                self._start()
            return
        status = self.process.poll()
        if status is not None:
            self._end_group(signal.SIGKILL)
            self.process = None
            pause = self.pauses.after(time.monotonic() - self.started_at)
            log.warning("ended", child=self.name, status=status, again_in_seconds=pause)

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until it has ended, then end whatever it has left behind."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("killed", child=self.name, waited_seconds=STOP_SECONDS)
        self._end_group(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at a terminal is for us; we end them in order
            preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - this process has one thread
        )
        log.info("started", child=self.name, pid=self.process.pid)

    def _end_group(self, what: signal.Signals) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, what)


class Supervisor:
    """Keeps the children and the embedded database running until it is told to stop."""

    def __init__(self, *, host: str, port: int, server: Server | None) -> None:
        self.host = host
        self.port = port
        self.server = server
        self.database_pauses = Pauses()
        self.children: tuple[Child, ...] = ()
        self.is_ready = False
        self.is_stopping = False

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises PortTaken."""
        wait_for_port(self.host, self.port)
        with place_for_batches() as place:
            os.environ["STAMMIS_BATCHES"] = place
            self.children = programs(self.host, self.port, place)
            self._supervise()

    def _supervise(self) -> None:
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self.is_stopping:
                self._keep_database()
                for child in self.children:
                    child.watch()
                self._tell_when_ready()
                time.sleep(TICK_SECONDS)
            log.info("stopping")
        finally:
            for child in self.children:
                child.stop()
            deadline = time.monotonic() + STOP_SECONDS
            for child in self.children:
                child.wait(deadline)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _keep_database(self) -> None:
        """See to it that somebody looks after the embedded server; its keeper restarts the server by itself."""
        if self.server is None or self.server.alive() or not self.database_pauses.is_over():
            return
        log.warning("database_gone")
        begun = time.monotonic()
        try:
            self.server.start()
        except (Problem, OSError) as error:
            pause = self.database_pauses.after(time.monotonic() - begun)
            log.error("database_does_not_start", error=str(error), again_in_seconds=pause)  # noqa: TRY400 - said plainly
        else:
            log.info("database_back", after_seconds=round(time.monotonic() - begun, 2))

    def _tell_when_ready(self) -> None:
        if not self.is_ready and is_healthy(self.host, self.port):
            self.is_ready = True
            log.info("ready", address=address(self.host, self.port))

    def _stop(self, *_: object) -> None:
        self.is_stopping = True


@contextlib.contextmanager
def place_for_batches() -> Iterator[str]:
    """Give the path of the lanes' socket, in a private folder; none (empty) where no folder can be made.

    Batches are recorded in the web processes then: slower, but nothing else needs the folder.
    """
    with contextlib.ExitStack() as folder:
        try:
            made = folder.enter_context(tempfile.TemporaryDirectory(prefix="stammis-", dir=short_temp()))
        except (Problem, OSError) as error:
            log.warning("no_folder_for_batches", error=str(error))
            yield ""
        else:
            yield f"{made}/batches"


def programs(host: str, port: int, place: str) -> tuple[Child, ...]:
    """Give the programs that have to run beside the database; ``place`` is the lanes' socket, if they have one."""
    children = [Child("web", (*_PYTHON, "stammis.config.web", host, str(port)))]
    if place:
        children.append(Child("batches", (*_PYTHON, "stammis.config.batches", str(os.getpid()), place)))
    return (*children, Child("worker", (*_PYTHON, "stammis.config.worker")))


def address(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not listened on
    return f"http://{named}:{port}/"


def is_healthy(host: str, port: int) -> bool:
    """Whether ``GET /health`` answers 200."""
    named = address(host, port).removeprefix("http://").rpartition(":")[0]
    connection = http.client.HTTPConnection(named.strip("[]"), port, timeout=2)
    try:
        connection.request("GET", "/health", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for_port(host: str, port: int) -> None:
    """Wait until nothing listens there: the web server of a killed predecessor ends in a moment. Raises PortTaken."""
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while True:
        try:
            family, kind, protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as error:
            if time.monotonic() < deadline and error.errno == errno.EADDRINUSE:
                time.sleep(TICK_SECONDS)
                continue
            raise PortTaken(
                gettext_noop("Cannot listen on %(host)s port %(port)s: %(words)s. Choose another with --port or PORT."),
                values={"host": host, "port": port, "words": error.strerror or error},
            ) from error
        else:
            return
