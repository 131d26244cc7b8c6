"""Builds .venv from the pinned requirements: bootstrap.py [--chosen] run|develop.

Only the standard library is used, since nothing else is there yet. A second call finds its own stamp and does nothing.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tomllib
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "stammis-installed.json"
CATALOGUES = ROOT / "src" / "stammis"
REQUIREMENTS = {"run": "requirements.txt", "develop": "requirements-dev.txt"}
SHOWN_LINES = 30


class CannotBuild(Exception):
    """Why the environment cannot be built, and what to do about it."""


def main(arguments: list[str]) -> int:
    """Builds what the stage needs, or says in a sentence why it cannot."""
    chosen = "--chosen" in arguments
    stage = arguments[-1] if arguments else ""
    if stage not in REQUIREMENTS:
        print("usage: bootstrap.py [--chosen] run|develop", file=sys.stderr)
        return 2
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        wait_for_turn(folder)
        if not installed(stage, chosen=chosen):
            build(stage, chosen=chosen)
        compile_messages()
    except CannotBuild as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    finally:
        os.close(folder)
    return 0


def wait_for_turn(folder: int) -> None:
    """Lets one call at a time build in this folder."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another make is building this environment; waiting for it.", flush=True)
        fcntl.flock(folder, fcntl.LOCK_EX)


def fingerprint(stage: str) -> str:
    """What the installation of a stage depends on; another place of the folder breaks the commands' first lines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    parts = [
        str(ROOT),
        json.dumps([project["build-system"], project["project"]], sort_keys=True),
        (ROOT / REQUIREMENTS[stage]).read_text("utf-8"),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read_stamp() -> dict[str, str]:
    """What was installed last, by stage; empty when nothing was, or when it was not finished."""
    try:
        return dict(json.loads(STAMP.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def installed(stage: str, *, chosen: bool) -> bool:
    """Whether the environment has exactly what the stage asks for, made by the Python asked for."""
    stamp = read_stamp()
    same_python = not chosen or stamp.get("base") == base_python()
    return stamp.get(stage) == fingerprint(stage) and same_python and PYTHON.exists()


def base_python() -> str:
    """The interpreter behind this one, outside any environment."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


def build(stage: str, *, chosen: bool) -> None:
    """Makes the environment where it is missing or broken, and installs the stage's requirements and Stammis itself."""
    stamp = read_stamp()
    STAMP.unlink(missing_ok=True)
    other_python = chosen and stamp.get("base") not in (None, base_python())
    if other_python or not usable():
        make_environment()
    requirements = ROOT / REQUIREMENTS[stage]
    packages = sum(line[:1].isalnum() for line in requirements.read_text("utf-8").splitlines())
    print(f"Installing {packages} packages into .venv (once; a few minutes on a slow line).", flush=True)
    pip_install("--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
    print("Installing Stammis itself.", flush=True)
    pip_install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    write_stamp(stage)


def write_stamp(stage: str) -> None:
    """Notes that a stage is complete; what developing needs includes what running needs."""
    stages = REQUIREMENTS if stage == "develop" else [stage]
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(json.dumps({"base": base_python()} | {each: fingerprint(each) for each in stages}), "utf-8")
    unfinished.replace(STAMP)


def usable() -> bool:
    """Whether .venv has a Python that is new enough, has pip, and was made in this very place."""
    try:
        pip_begins = (ENVIRONMENT / "bin" / "pip").read_text("utf-8")[:1000]
        probe = [str(PYTHON), "-I", "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
        works = subprocess.run(probe, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
    return works and f"{ENVIRONMENT}/" in pip_begins


def make_environment() -> None:
    """Makes .venv anew from the interpreter behind this one."""
    if find_spec("ensurepip") is None:
        install_venv()
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Making .venv with Python {version} ({sys.executable}).", flush=True)
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotBuild(f"Python could not make {ENVIRONMENT}: {error}") from error


def install_venv() -> None:
    """Debian packs the part of Python that makes environments separately: root installs it, others are told how to."""
    package = f"python3.{sys.version_info.minor}-venv"
    print(f"This Python lacks what makes environments: {package}.", flush=True)
    if os.geteuid() == 0:
        subprocess.run([sys.executable, "-I", ROOT / "tools" / "debian.py", "packages", package], check=False)
    probe = subprocess.run([sys.executable, "-I", "-c", "import ensurepip"], check=False, capture_output=True)
    if probe.returncode:
        raise CannotBuild(f"Install it, then run make again:\n  sudo apt-get install {package}")


def pip_install(*arguments: str) -> None:
    """Runs pip in the environment, counting aloud; what it said is shown only when it fails."""
    command = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", *arguments]
    said: list[str] = []
    fetched = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied:")):
                fetched += 1
                if fetched % 20 == 0:
                    print(f"  {fetched} fetched", flush=True)
            elif line.startswith("Installing collected packages"):
                print("  unpacking", flush=True)
    if pip.returncode:
        raise CannotBuild(
            "".join(said[-SHOWN_LINES:]) + "\nThe packages could not be installed; pip's own words stand above. "
            "Run the same command again once the cause is gone: it goes on from here."
        )


def compile_messages() -> None:
    """Compiles the catalogues that are newer than their compiled form."""
    sources = [path for path in CATALOGUES.glob("**/locale/*/LC_MESSAGES/*.po") if outdated(path)]
    if sources:
        subprocess.run([PYTHON, "-I", ROOT / "tools" / "messages.py", "compile"], check=True)


def outdated(source: Path) -> bool:
    """Whether a catalogue was edited after it was last compiled."""
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
