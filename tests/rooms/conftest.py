"""What several rooms' tests begin with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from stammis.kit import clock
from tests.rooms.till import NOW


@pytest.fixture
def hour_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own, an hour after what the till says."""
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
