"""Back-tests: the sample year by twenty rules, what folding costs beside deciding alone, and how it grows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import history
from benchmarks.rounds import Figure, Target, alternate
from stammis.accrual.records import read_event
from stammis.core.events import AnyEvent
from stammis.core.fold import apply
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.world import World
from stammis.kit import collector
from stammis.snapshot import manifest
from stammis.snapshot.reading import Snapshot

PROCESSES = 2
KIB = 1024
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Cost:
    """What processes took: seconds by the clock, seconds of work, and the most memory of one of them in MiB."""

    wall: float
    work: float
    memory: float


def measure(rounds: int) -> list[Figure]:
    """Measure back-tests of the sample year, and of histories made up like it.

    Made-up histories hold some of the 64 buckets only: they are folded one after the other, and none knows of another.
    """
    with written(history.sample_year()) as (year, events):
        runs = [cost(year, PROCESSES) for _ in range(rounds)]
        ours, yardstick = beside_deciding(year, rounds)
        with written(history.made_up(100_000, 12, buckets=8)) as (many, more):
            short, whole = alternate(
                rounds, lambda _: cost(many, PROCESSES).work / more, lambda _: cost(year, PROCESSES).work / events
            )
    told = {"events": f"{events:,}", "work": f"{min(run.work for run in runs):.1f} s"}
    rates = [theirs / own for own, theirs in zip(short, whole, strict=True)]
    figures = [
        Figure("backtest-year", "sample year, 20 rules, 2 processes", "s", [r.wall for r in runs], [], LIMIT, told),
        Figure("backtest-cost", "folding beside deciding alone", "s", ours, yardstick, Target(1.5, at_most=True)),
        Figure("backtest-many", "100,000 members × 12, rate by the year's", "×", rates, [], Target(0.8)),
    ]
    with written(history.made_up(1_000_000, 2, buckets=4)) as (crowd, _):
        most = [cost(crowd, PROCESSES).memory for _ in range(rounds)]
        target = Target(500, at_most=True)
        figures.append(Figure("backtest-memory", "1,000,000 members × 2, a process", "MiB", most, [], target))
    with (
        written(history.made_up(20_000, 12, buckets=16)) as (once, _),
        written(history.made_up(20_000, 24, buckets=16)) as (twice, _),
    ):
        double, single = alternate(rounds, lambda _: cost(twice, 1).work, lambda _: cost(once, 1).work)
        figures.append(Figure("backtest-growth", "twice the history", "s", double, single, Target(2.1, at_most=True)))
    return figures


LIMIT = Target(15, at_most=True)


@contextmanager
def written(lives: Iterable[history.Lived]) -> Iterator[tuple[Path, int]]:
    """Give a run's folder with these histories, and how many events they have."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        folder.mkdir()
        yield folder, history.write(folder, lives)


def cost(folder: Path, processes: int) -> Cost:
    """Fold all units by so many processes, each half of them (or all); tell what it took, starting them included."""
    units = units_anew(folder)
    began = time.perf_counter()
    started = [started_for(folder, subprocess.DEVNULL) for _ in range(processes)]
    for place, process in enumerate(started):
        assert process.stdin is not None
        process.stdin.write("".join(f"{unit}\n" for unit in units[place::processes]))
        process.stdin.close()
    most = 0.0
    usages: dict[int, float] = {}
    while len(usages) < processes:
        for process in started:
            if process.pid in usages:
                continue
            most = max(most, _memory(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                usages[ended] = usage.ru_utime + usage.ru_stime
                process.returncode = os.waitstatus_to_exitcode(status)
                assert process.returncode == 0, "a process failed"
        time.sleep(LOOK_SECONDS)
    return Cost(wall=time.perf_counter() - began, work=sum(usages.values()), memory=most)


def units_anew(folder: Path) -> list[str]:
    """Forget what units came to; give their names."""
    units = history.units(folder)
    for unit in units:
        shutil.rmtree(folder / unit, ignore_errors=True)
    return units


def started_for(folder: Path, said: int) -> subprocess.Popen[str]:
    """Start a process of a run, which reads the names of its units and says each when it is done."""
    command = [sys.executable, "-P", "-m", "stammis.simulation.work", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, text=True)


def _memory(pid: int) -> float:
    """The most memory in MiB that a process had so far. What ``wait4`` tells counts its parent's as well."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), None)
    return 0.0 if line is None else int(line.split()[1]) / KIB


def beside_deciding(folder: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Give the work of a process on all units, less that of one that has nothing to do, and of deciding them alone.

    Unit by unit in turn: a machine that is quicker in one second than in the next is so for both.
    """
    found = manifest.read(folder / "snapshot")
    assert found is not None
    snapshot = Snapshot(folder / "snapshot", found)
    programme = history.programme()
    bodies = {
        unit: [
            [bytes(each.body) for each in events]
            for bucket in history.buckets(unit)
            if bucket in snapshot.buckets
            for _, events in snapshot.histories(bucket)
        ]
        for unit in history.units(folder)
    }
    collector.calm()  # as those do that fold
    ours, theirs = [], []
    for _ in range(rounds):
        decided = 0.0
        with working(folder) as (process, ask):
            for unit, lives in bodies.items():
                ask(unit)
                # read anew: texts that were looked up once are quicker
                decided += deciding([list(map(read_event, life)) for life in lives], programme)
        ours.append(work_of(process) - idle(folder))
        theirs.append(decided)
    return ours, theirs


@contextmanager
def working(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], None]]]:
    """Start a process of a run, and give it with what asks it for a unit and waits until that is done."""
    units_anew(folder)
    process = started_for(folder, subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    given, said = process.stdin, process.stdout

    def ask(unit: str) -> None:
        given.write(f"{unit}\n")
        given.flush()
        assert said.readline().startswith(unit), "a process failed"

    try:
        yield process, ask
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        given.close()
        said.close()


def work_of(process: subprocess.Popen[str]) -> float:
    """The seconds of work of a process that has nothing more to do."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "a process failed"
    return usage.ru_utime + usage.ru_stime


def idle(folder: Path) -> float:
    """The work of a process that is started for nothing."""
    with working(folder) as (process, _):
        pass
    return work_of(process)


def deciding(lives: list[list[AnyEvent]], programme: Rules) -> float:
    """Seconds of work of ``decide`` and ``evolve`` on events that are in memory already."""
    began, rows = time.process_time(), 0
    for life in lives:
        standing = Standing()
        for event in life:
            _, world = apply(event, World(standing=standing), programme)
            standing = world.standing
        rows += standing.rows
    assert rows, "purchases earn points, they are not refused"
    return time.process_time() - began
