"""What processes cost: processor time and memory, read from Linux's /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Process:
    """A process at one moment: whose child it is, what it is called, and the processor time it has used."""

    pid: int
    parent: int
    command: str
    cpu_seconds: float

    @property
    def is_postgres(self) -> bool:
        """Whether it belongs to the database server."""
        return self.command.startswith("postgres") or "/postgres " in self.command


def running() -> dict[int, Process]:
    """All processes of the machine, by their ids."""
    found = (_read(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit())
    return {process.pid: process for process in found if process}


def tree(root: int) -> list[Process]:
    """The process ``root`` and all that descend from it."""
    everyone = running()
    kin = {root}
    for pid in sorted(everyone, key=lambda pid: _depth(everyone, pid)):
        if everyone[pid].parent in kin:
            kin.add(pid)
    return [everyone[pid] for pid in sorted(kin) if pid in everyone]


def under(postmaster: int) -> list[Process]:
    """A database server and its backends."""
    return tree(postmaster)


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor time used so far by these processes, their descendants, and those of them that have ended."""
    everyone = {process.pid: process for root in roots for process in tree(root)}
    return sum(process.cpu_seconds for process in everyone.values())


def pss_bytes(pid: int) -> int:
    """The proportional set size of a process: shared pages count by share. 0 where the process is gone."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text()
    except (OSError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


@dataclass
class Peak:
    """The largest memory seen of a process and its descendants, the database server left out."""

    root: int
    largest: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self) -> Iterator[Self]:
        """Look now and then while the block runs."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _watch(self) -> None:
        while True:
            used = sum(pss_bytes(process.pid) for process in tree(self.root) if not process.is_postgres)
            self.largest = max(self.largest, used)
            if self._ended.wait(SAMPLE_SECONDS):
                return


def _depth(everyone: dict[int, Process], pid: int) -> int:
    depth = 0
    while pid in everyone and depth < len(everyone):
        pid = everyone[pid].parent
        depth += 1
    return depth


def _read(pid: int) -> Process | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return Process(pid, int(fields[1]), command or stat, sum(map(int, fields[11:15])) / TICKS)
