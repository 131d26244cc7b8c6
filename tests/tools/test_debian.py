"""Installing Debian packages leaves nothing behind and touches nothing of others."""

import os
import sys
from pathlib import Path

import pytest

from tools import debian

SILENCE = debian.OURS + "create_main_cluster = false\n"


def test_our_file_and_its_folder_are_there_only_for_a_while(tmp_path: Path) -> None:
    path = tmp_path / "postgresql-common" / "createcluster.d" / "stammis.conf"
    with debian.written(path, SILENCE, mode=0o644):
        assert path.read_text("utf-8") == SILENCE
    assert list(tmp_path.iterdir()) == []


def test_our_file_goes_when_the_installation_fails(tmp_path: Path) -> None:
    path = tmp_path / "policy-rc.d"

    def fail() -> None:
        with debian.written(path, SILENCE, mode=0o755):
            assert os.access(path, os.X_OK)
            sys.exit(1)

    with pytest.raises(SystemExit):
        fail()
    assert not path.exists()


def test_a_file_that_somebody_else_wrote_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "policy-rc.d"
    path.write_text("#!/bin/sh\nexit 101\n", "utf-8")
    with debian.written(path, SILENCE, mode=0o755):
        assert path.read_text("utf-8") == "#!/bin/sh\nexit 101\n"
    assert path.exists()


def test_what_a_killed_installation_left_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "policy-rc.d"
    path.write_text(SILENCE, "utf-8")
    with debian.written(path, SILENCE, mode=0o755):
        pass
    assert not path.exists()


def test_an_ordinary_user_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setitem(debian.PACKAGES, "wrk", tmp_path / "absent")
    assert debian.main(["install", "bench"]) == 0
    assert "sudo apt-get install wrk" in capsys.readouterr().out


def test_another_word_is_a_usage_error() -> None:
    assert debian.main(["remove", "everything"]) == 2
