"""Sees to the Debian packages that tests and measurements need.

Usage: debian.py install test|bench, or debian.py packages NAME…
As root on a Debian-like system the missing ones are installed; anybody else is told the command. No database cluster is
made and no service is started by it: the tests start servers of their own.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# Each package, and the file by which it is known to be there.
PACKAGES = {
    "chromium": Path("/usr/bin/chromium"),
    "postgresql-15": Path("/usr/lib/postgresql/15/bin/postgres"),
    "wrk": Path("/usr/bin/wrk"),
}
JOBS = {"test": ("chromium", "postgresql-15"), "bench": ("postgresql-15", "wrk")}

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/stammis.conf")
NO_SERVICE = Path("/usr/sbin/policy-rc.d")
OURS = "# Written by the tests of Stammis while packages are installed; safe to remove.\n"
TURN = Path("/run/lock/stammis-debian.lock")
LOCK_SECONDS = 600


def main(arguments: list[str]) -> int:
    """Installs what is missing, or says how to; a missing package is no failure here, its tests are skipped by name."""
    match arguments:
        case ["install", job] if job in JOBS:
            wanted = [package for package in JOBS[job] if not PACKAGES[package].exists()]
        case ["packages", *names] if names:
            wanted = names
        case _:
            print("usage: debian.py install test|bench, or debian.py packages NAME…", file=sys.stderr)
            return 2
    if not wanted:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Not installed: {', '.join(wanted)}. What needs them is left out. To have it:\n  {command(*wanted)}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    install(wanted)
    return 0


def command(*packages: str) -> str:
    """The command by which a person installs the packages."""
    return f"sudo apt-get install {' '.join(packages)}"


def install(packages: list[str]) -> None:
    """Installs packages, one call at a time on this machine, waiting for anybody else's use of the package system."""
    print(f"Installing {', '.join(packages)} with apt-get.", flush=True)
    with ExitStack() as stack:
        stack.enter_context(turn())
        stack.enter_context(written(NO_CLUSTER, OURS + "create_main_cluster = false\n", mode=0o644))
        stack.enter_context(written(NO_SERVICE, "#!/bin/sh\n" + OURS + "exit 101\n", mode=0o755))
        # One by one: a release without one of them still gets the others.
        for package in packages:
            if not apt_get("install", package):
                apt_get("update")
                if not apt_get("install", package):
                    print(f"apt-get could not install {package}; what needs it is left out.", flush=True)


def apt_get(verb: str, *packages: str) -> bool:
    """Runs apt-get without questions; False where it failed, its own words shown."""
    options = ["--yes", "--quiet=2", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}", "--no-install-recommends"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["/usr/bin/apt-get", *options, verb, *packages],
        check=False,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-10:]), flush=True)
    return done.returncode == 0


@contextmanager
def turn() -> Iterator[None]:
    """Lets one call at a time on this machine touch the package system."""
    TURN.parent.mkdir(parents=True, exist_ok=True)
    with TURN.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def written(path: Path, text: str, *, mode: int) -> Iterator[None]:
    """Keeps a file of ours in place for a while; one that somebody else wrote is left alone."""
    if path.exists() and OURS not in path.read_text("utf-8"):
        yield
        return
    made = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        for folder in made:
            if not any(folder.iterdir()):
                folder.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
