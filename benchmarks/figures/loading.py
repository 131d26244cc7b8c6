"""The sample company, decided and posted by two commands, beside a replay of the rows that this left."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.processes import MIB, Peak
from benchmarks.replay import Recording, lay_bare, record, replay
from benchmarks.rounds import Figure, Target, spread
from benchmarks.scratch import COMMAND, NotMeasured, Scratch, scratch, superuser
from benchmarks.weight import Weight
from stammis.config.postgres import cluster

WRITERS = 2
MOST_SECONDS = 90
MOST_MIB = 600


def measure(rounds: int) -> list[Figure]:
    """Load into a new installation each round, then replay into bare tables of the same server."""
    seconds: list[float] = []
    peaks: list[float] = []
    ours: list[float] = []
    yardstick: list[float] = []
    told: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="stammis-bench-") as folder:
        recording: Recording | None = None
        for _ in range(rounds):
            with scratch() as place, place.database() as server:
                dsn = superuser(server, cluster.DATABASE)
                before = Weight.of(dsn)
                taken, peak = _load(place)
                after = Weight.of(dsn)
                recording = recording or record(dsn, Path(folder), writers=WRITERS)
                told |= {"a purchase": after.since(before, recording.purchases), "the replay": recording.weight()}
                lay_bare(dsn)
                yardstick.append(recording.purchases / replay(dsn, recording))
            seconds.append(taken)
            peaks.append(peak)
            ours.append(recording.purchases / taken)
    return [
        Figure(
            "loading",
            "loading the sample company, beside a replay of the same rows",
            "purchases/s",
            ours,
            yardstick,
            Target(0.3, 0.6),
            told | {"seconds": spread(seconds, 1)},
        ),
        Figure(
            "time to load", "the same, from an empty folder", "s", seconds, target=Target(MOST_SECONDS, at_most=True)
        ),
        Figure("memory of the loader", "all its processes", "MiB PSS", peaks, target=Target(MOST_MIB, at_most=True)),
    ]


def _load(place: Scratch) -> tuple[float, float]:
    """Load the sample company; give the seconds and the peak of memory in MiB."""
    with (place.folder.parent / "load.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [COMMAND, "demo", "--no-serve"], env=place.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        with Peak(process.pid).watched() as peak:
            ended = process.wait()
        seconds = time.perf_counter() - began
    if ended:
        raise NotMeasured(f"stammis demo failed:\n{(place.folder.parent / 'load.log').read_text()[-2000:]}")
    return seconds, peak.largest / MIB
