"""A running ``stammis serve`` as a test sees it: its processes, and what it answers."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.config.installed import environment
from tests.ports import free_port
from tests.processes import end, until


@dataclass
class Serving:
    """A server that was started, by its process and its port."""

    process: subprocess.Popen[str]
    port: int

    def is_healthy(self) -> bool:
        """Whether its own web process answers ``GET /health`` with 200.

        It has one only once nothing else listens on the port, so this is no answer of a predecessor's.
        """
        if not self.running("stammis.config.web"):
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def running(self, part: str) -> list[int]:
        """The processes below it whose command line holds ``part``."""
        return [pid for pid in below(self.process.pid) if part in command_line(pid)]


def command_line(pid: int) -> str:
    """What a process was started with; empty once it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def below(pid: int) -> list[int]:
    """The children of a process, and theirs."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                found += [child, *below(child)]
    return found


@contextmanager
def serving(folder: Path, port: int | None = None) -> Iterator[Serving]:
    """Starts ``stammis serve`` and gives it once it is healthy; at the end it is gone."""
    chosen = port or free_port()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("stammis"), "serve", "--port", str(chosen)],
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    started = Serving(process, chosen)
    try:
        until(lambda: started.is_healthy() or process.poll() is not None)
        assert process.poll() is None
        yield started
    finally:
        left = below(process.pid)
        end(process)
        for pid in left:
            if "stammis" in command_line(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
