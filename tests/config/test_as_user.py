"""As an ordinary user: a folder of somebody else. Root may write everywhere and does not run this (see conftest.py)."""

from pathlib import Path

import pytest

from stammis.config.postgres.errors import NotAllowed
from stammis.config.postgres.server import connect_or_start


def test_a_folder_that_one_may_not_write_says_so(folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(NotAllowed, match="Choose another folder"):
        connect_or_start(folder)
    folder.chmod(0o700)
