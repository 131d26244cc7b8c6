"""Many clients at once, by wrk (a Debian package)."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scratch import NotMeasured

SCRIPT = Path(__file__).parent / "purchases.lua"


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw. ``refused`` are answers of 400 and above, ``failed`` requests without an answer."""

    requests: int
    seconds: float
    refused: int
    failed: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Accepted requests in a second."""
        return (self.requests - self.refused) / self.seconds


def find() -> Path:
    """Find wrk. Raises NotMeasured, with the command to run, where it is absent."""
    found = shutil.which("wrk") or shutil.which("/usr/bin/wrk")
    if not found:
        raise NotMeasured("wrk is not installed, so single purchases are not measured:\n  sudo apt-get install wrk")
    return Path(found)


def run(address: str, key: str, *, prefix: str, members: int, seconds: int, clients: int) -> Load:
    """Send purchases for so many seconds; every id begins with ``prefix``. Raises NotMeasured where any fails."""
    ended = subprocess.run(
        [
            *(find(), "--threads=1", f"--connections={clients}", f"--duration={seconds}s", "--timeout=10s"),
            *(f"--script={SCRIPT}", f"{address}/api/v1/purchases", "--", key, prefix, str(members)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line.removeprefix("measured ") for line in ended.stdout.splitlines() if line.startswith("measured ")]
    if ended.returncode or not told:
        raise NotMeasured(f"wrk failed:\n{(ended.stderr + ended.stdout)[-2000:]}")
    load = Load(**json.loads(told[0]))
    if load.refused or load.failed:
        raise NotMeasured(f"{load.refused} of {load.requests} purchases were refused and {load.failed} got no answer.")
    return load
