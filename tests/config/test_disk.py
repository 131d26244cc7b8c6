"""What a disk refuses is said plainly, and a new data folder is private."""

import errno
import os
from pathlib import Path

import pytest

from stammis.config import folder as data
from stammis.config.postgres.errors import (
    DatabaseFailed,
    DiskFull,
    DiskReadOnly,
    NotAllowed,
    read_failure,
    said_plainly,
)
from tests.config.installed import data_folder


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EROFS, DiskReadOnly), (errno.EACCES, NotAllowed)],
)
def test_the_systems_refusals_are_put_in_words(number: int, kind: type[DatabaseFailed]) -> None:
    with pytest.raises(kind, match="/some/place: "), said_plainly(Path("/some/place")):
        raise OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('initdb: error: could not write to file "x": No space left on device', DiskFull),
        ("FATAL:  could not create lock file: Read-only file system", DiskReadOnly),
        ("something nobody expected", DatabaseFailed),
        ("", DatabaseFailed),
    ],
)
def test_a_servers_last_words_are_understood(words: str, kind: type[DatabaseFailed]) -> None:
    failure = read_failure(words, Path("/some/place"))
    assert type(failure) is kind
    assert "/some/place" in failure.message


def test_a_new_data_folder_is_closed_to_the_world_and_has_a_secret_of_its_own() -> None:
    with data_folder() as around:
        folder = data.prepare(around / "new" / "folder")
        assert folder.stat().st_mode & 0o007 == 0
        assert (folder / data.SECRET_FILE).stat().st_mode & 0o777 == 0o600
        secret = data.secret_key(folder)
        assert secret is not None
        assert len(secret) >= 50
        assert data.secret_key(data.prepare(folder)) == secret


def test_the_folder_is_the_one_named_else_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMMIS_DATA", "/from/the/environment")
    assert data.resolve("/from/the/option") == Path("/from/the/option")
    assert data.resolve() == Path("/from/the/environment")
    monkeypatch.delenv("STAMMIS_DATA")
    assert data.resolve().name == "stammis"
