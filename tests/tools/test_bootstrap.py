"""The environment is built once, anew when what it depends on has changed, and a Python that is too old is refused."""

import subprocess
from pathlib import Path

import pytest

from tools import bootstrap


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with nothing but what the environment is built from."""
    (tmp_path / "pyproject.toml").write_text('[build-system]\nrequires = []\n[project]\nname = "a"\n', "utf-8")
    (tmp_path / "requirements.txt").write_text("a==1\n", "utf-8")
    (tmp_path / "requirements-dev.txt").write_text("a==1\nb==1\n", "utf-8")
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(bootstrap.PYTHON)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", scripts / "python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


@pytest.mark.usefixtures("elsewhere")
def test_nothing_is_installed_before_the_first_time() -> None:
    assert not bootstrap.installed("run", chosen=False)


@pytest.mark.usefixtures("elsewhere")
def test_a_finished_installation_is_not_repeated() -> None:
    bootstrap.write_stamp("develop")
    assert bootstrap.installed("develop", chosen=False)
    assert bootstrap.installed("run", chosen=False)


@pytest.mark.usefixtures("elsewhere")
def test_what_is_needed_to_run_is_not_all_that_is_needed_to_develop() -> None:
    bootstrap.write_stamp("run")
    assert bootstrap.installed("run", chosen=False)
    assert not bootstrap.installed("develop", chosen=False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "a==2\n"),
        ("pyproject.toml", '[build-system]\nrequires = []\n[project]\nname = "a"\nscripts = {a = "a:main"}\n'),
    ],
)
def test_a_changed_requirement_is_installed(elsewhere: Path, name: str, text: str) -> None:
    bootstrap.write_stamp("run")
    (elsewhere / name).write_text(text, "utf-8")
    assert not bootstrap.installed("run", chosen=False)


def test_a_setting_of_a_linter_changes_nothing(elsewhere: Path) -> None:
    bootstrap.write_stamp("run")
    project = elsewhere / "pyproject.toml"
    project.write_text(project.read_text("utf-8") + "[tool.ruff]\nline-length = 100\n", "utf-8")
    assert bootstrap.installed("run", chosen=False)


def test_an_environment_that_was_moved_is_not_used(elsewhere: Path) -> None:
    pip = elsewhere / ".venv" / "bin" / "pip"
    pip.write_text(f"#!{elsewhere}/.venv/bin/python\n", "utf-8")
    assert bootstrap.usable()
    pip.write_text("#!/somewhere/else/.venv/bin/python\n", "utf-8")
    assert not bootstrap.usable()


def test_a_python_that_is_too_old_is_refused_in_words(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    script = Path(bootstrap.__file__).with_suffix(".sh")
    done = subprocess.run(
        ["/bin/sh", script, "run"], env={"PYTHON": str(old)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"PYTHON={old} is not a Python of 3.11 or newer.\n"
