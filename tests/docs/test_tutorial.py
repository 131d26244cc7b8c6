"""The tutorial, typed as it stands: its commands run, its calls are answered, and the answers hold what it shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.config.installed import data_folder
from tests.docs import curl, markdown
from tests.docs.markdown import PROJECT, Block
from tests.ports import free_port
from tests.processes import SECONDS, end

PAGE = PROJECT / "docs" / "tutorial" / "your-own-company.md"
PORT = "8001"
LAST = "## The real one"


@dataclass
class Reader:
    """Somebody who follows the page in a folder of their own."""

    home: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None
    answer: Any = None

    def __post_init__(self) -> None:
        """Begin with a shell that knows nothing of an installation."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("STAMMIS_")}
        known.pop("DATABASE_URL", None)
        programs = f"{Path(sys.executable).parent}:{known['PATH']}"
        self.environment = {**known, "HOME": str(self.home), "PATH": programs}

    def does(self, block: Block) -> None:
        """Type a block."""
        text = block.text.replace(f":{PORT}", f":{self.port}").replace(f"--port {PORT}", f"--port {self.port}")
        call = curl.read(text)
        if call is not None:
            self.answer = self.calls(call)
        elif "stammis serve" in text:
            before, _, serve = text.rpartition("stammis serve")
            self.types(before)
            self.serves(serve.split())
        else:
            self.types(text)

    def types(self, text: str) -> None:
        """Run lines of shell; what they export is there afterwards."""
        kept = self.home / "environment"
        script = f"set -e\n{text}\nenv -0 > {kept}\n"
        ran = subprocess.run(
            ["/bin/sh", "-c", script], cwd=self.home, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{text}\n{ran.stdout}{ran.stderr}"
        self.environment = dict(line.split("=", 1) for line in kept.read_text().split("\0") if "=" in line)

    def serves(self, options: list[str]) -> None:
        """Start the server and wait until it is healthy."""
        with (self.home / "serve.log").open("wb") as log:
            command = [str(Path(sys.executable).with_name("stammis")), "serve", *options]
            self.server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/health").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        pytest.fail((self.home / "serve.log").read_text())

    def calls(self, call: curl.Call) -> Any:
        """Send a call and give its answer, which must be a good one."""
        answer = self.sends(call)
        assert answer.is_success, f"{call.method} {call.path}: {answer.text}"
        return answer.json()

    def sends(self, call: curl.Call) -> httpx.Response:
        """Send a call as it stands, with the reader's key and the row that the last answer named."""
        headers = {name: said.replace("$KEY", self.environment["KEY"]) for name, said in call.headers.items()}
        path = call.path.replace("ROW", self.answer["items"][-1]["id"]) if "ROW" in call.path else call.path
        url, query = f"http://{call.host}{path}", call.query
        return httpx.request(call.method, url, params=query, headers=headers, content=call.body, timeout=SECONDS)

    def stops(self) -> None:
        """End the server."""
        if self.server is not None:
            end(self.server)


def holds(answer: Any, shown: Any) -> bool:
    """Whether an answer holds all that the page shows of it."""
    match answer, shown:
        case dict(), dict():
            return all(name in answer and holds(answer[name], value) for name, value in shown.items())
        case list(), list():
            return len(answer) >= len(shown) and all(map(holds, answer, shown))
        case _:
            return bool(answer == shown)


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A reader, whose folder and server are gone at the end."""
    with data_folder("home") as home:
        reader = Reader(home)
        try:
            yield reader
        finally:
            reader.stops()


def test_the_tutorial_works_as_it_stands(reader: Reader) -> None:
    whole = PAGE.read_text("utf-8")
    last_line = whole[: whole.index(LAST)].count("\n")
    for block in markdown.blocks(PAGE):
        if block.line > last_line:
            break
        if block.language == "sh":
            reader.does(block)
        elif block.language == "json":
            shown = json.loads(block.text)
            assert holds(reader.answer, shown), f"{PAGE}:{block.line}: the answer is {json.dumps(reader.answer)}"


def test_an_answer_that_differs_from_the_page_is_found() -> None:
    assert holds({"a": [{"b": 1, "c": 2}], "d": 3}, {"a": [{"b": 1}]})
    assert not holds({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
    assert not holds({"a": []}, {"a": [{"b": 1}]})
