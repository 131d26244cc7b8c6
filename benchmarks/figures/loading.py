"""The sample company, decided and posted by two commands, beside a replay of the rows that this left."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import MIB, Peak
from benchmarks.replay import Recording, by_two, lay_bare, record, replay
from benchmarks.rounds import Figure, Target, spread
from benchmarks.scratch import COMMAND, NotMeasured, Scratch, scratch, superuser
from benchmarks.weight import Weight
from stammis.config.postgres import cluster

MOST_SECONDS = 90
MOST_MIB = 600
BEGINS = "Loading the sample company"


class Loaded(NamedTuple):
    """How long the command took in all, how long of it from the first purchase on, and the peak of memory in MiB."""

    seconds: float
    loading: float
    mib: float


def measure(rounds: int) -> list[Figure]:
    """Load into a new installation each round, then replay into bare tables of the same server."""
    loads: list[Loaded] = []
    yardstick: list[float] = []
    told: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="stammis-bench-") as folder:
        recording: Recording | None = None
        for _ in range(rounds):
            with scratch() as place, place.database() as server:
                dsn = superuser(server, cluster.DATABASE)
                before = Weight.of(dsn)
                loads.append(_load(place))
                after = Weight.of(dsn)
                if recording is None:
                    told["the replay by two writers"] = by_two(dsn, Path(folder))
                    recording = record(dsn, Path(folder))
                told |= {"a purchase": after.since(before, recording.purchases), "the replay": recording.weight()}
                lay_bare(dsn)
                yardstick.append(recording.purchases / replay(dsn, recording))
    assert recording is not None
    purchases = recording.purchases
    return [
        Figure(
            "loading",
            "loading the sample company, beside a replay of the same rows",
            "purchases/s",
            [purchases / load.loading for load in loads],
            yardstick,
            Target(0.3, 0.6),
            told | {"seconds": spread([load.loading for load in loads], 1)},
        ),
        Figure(
            "time to load",
            "the same, from an empty database: tables, load, what is due, statistics",
            "s",
            [load.seconds for load in loads],
            target=Target(MOST_SECONDS, at_most=True),
        ),
        Figure(
            "memory of the loader",
            "all its processes together, at its peak",
            "MiB PSS",
            [load.mib for load in loads],
            target=Target(MOST_MIB, at_most=True),
        ),
    ]


def _load(place: Scratch) -> Loaded:
    """Load the sample company, from an empty database on."""
    told: list[str] = []
    began = loading = time.perf_counter()
    with subprocess.Popen(
        [COMMAND, "demo", "--no-serve"],
        env=place.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        with Peak(process.pid).watched() as peak:
            for line in process.stdout:
                if line.startswith(BEGINS):
                    loading = time.perf_counter()
                told.append(line)
            process.wait()
    ended = time.perf_counter()
    if process.returncode:
        raise NotMeasured(f"stammis demo failed:\n{''.join(told)[-2000:]}")
    return Loaded(ended - began, ended - loading, peak.largest / MIB)
