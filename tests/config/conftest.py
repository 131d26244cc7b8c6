"""What the tests of the installation share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stammis.config.postgres.server import Server, connect_or_start
from tests.config.installed import IS_ROOT, data_folder

collect_ignore = ["test_as_user.py" if IS_ROOT else "test_as_root.py"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder."""
    with data_folder() as path:
        yield path


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """A running server for tests that only look at it."""
    with data_folder() as path, connect_or_start(path) as running:
        yield running


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """A running server of its own."""
    running = connect_or_start(folder)
    yield running
    running.stop()
