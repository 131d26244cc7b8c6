"""What ``stammis serve`` keeps running."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from stammis.config.supervisor import place_for_batches, programs


def names(place: str) -> list[str]:
    return [child.name for child in programs("127.0.0.1", 8000, place)]


def test_batches_have_lanes_in_a_folder_that_nobody_else_can_enter() -> None:
    with place_for_batches() as place:
        folder = Path(place).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert names(place) == ["web", "batches", "worker"]
    assert not folder.exists()


def test_where_no_folder_can_be_made_all_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with place_for_batches() as place:
        assert names(place) == ["web", "worker"]
