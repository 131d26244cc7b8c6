"""A pin that is missing, out of range or without its hash is refused."""

from pathlib import Path

import pytest

from tests.house.pins import stale_pins
from tests.house.tree import plant

PROJECT = '[project]\ndependencies = ["Some_Package[extra]>=2,<3"]\n[dependency-groups]\ndev = ["tester"]\n'
PINNED = "some-package==2.1 \\\n    --hash=sha256:00\n"
TESTER = "tester==1 \\\n    --hash=sha256:00\n"


def test_pins_within_their_range_pass(tmp_path: Path) -> None:
    files = {"pyproject.toml": PROJECT, "requirements.txt": PINNED, "requirements-dev.txt": PINNED + TESTER}
    assert stale_pins(plant(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("run", "develop"),
    [
        ("", PINNED + TESTER),
        (PINNED, PINNED),
        (PINNED.replace("2.1", "3.0"), PINNED + TESTER),
        ("some-package==2.1\n", PINNED + TESTER),
    ],
)
def test_stale_pins_are_refused(run: str, develop: str, tmp_path: Path) -> None:
    files = {"pyproject.toml": PROJECT, "requirements.txt": run, "requirements-dev.txt": develop}
    assert len(stale_pins(plant(tmp_path, files))) == 1
