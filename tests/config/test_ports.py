"""A port that is taken is said before anything else is done."""

import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from stammis.config import supervisor
from stammis.config.cli import demo, serve
from stammis.config.supervisor import PortTaken


@pytest.mark.parametrize("command", [demo.command, serve.command])
def test_a_taken_port_is_told_before_any_work(
    command: click.Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PORT_WAIT_SECONDS", 0.0)
    folder = tmp_path / "data"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = CliRunner().invoke(command, ["--port", port, "--data", str(folder)])
    assert isinstance(ended.exception, PortTaken)
    assert port in str(ended.exception)
    assert not folder.exists()
