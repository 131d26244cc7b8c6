"""What the tests themselves rest on: whose answer is taken for healthy, and that no process is left unwaited."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.faults.serving import Serving
from tests.processes import end, until

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


class Predecessor(BaseHTTPRequestHandler):
    """Answers everything with 200."""

    def do_GET(self) -> None:
        """Answers."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def predecessor() -> Iterator[int]:
    """The port on which something else is healthy."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Predecessor) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def deaf() -> Iterator[subprocess.Popen[str]]:
    """A process that does not listen to SIGTERM."""
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "deaf\n"
        yield process
        process.kill()


def test_the_answer_of_a_predecessor_is_not_taken_for_ones_own(predecessor: int, deaf: subprocess.Popen[str]) -> None:
    assert not Serving(deaf, predecessor).is_healthy()


def test_a_process_that_does_not_end_is_killed_and_waited_for(deaf: subprocess.Popen[str]) -> None:
    assert end(deaf, seconds=0.2) == -9
    assert deaf.returncode == -9


def test_what_never_comes_to_pass_is_a_failure() -> None:
    with pytest.raises(AssertionError, match="never came to pass"):
        until(lambda: False, seconds=0.1)
