"""How long a person waits: the first start with initdb, the next one, and the second ``make demo``."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.rounds import Figure, Target
from benchmarks.scratch import free_port, scratch
from stammis.config.postgres.server import connect_or_start

PROJECT = Path(__file__).resolve().parent.parent.parent
WARM_SECONDS = 1
DEMO_SECONDS = 10


def measure(rounds: int, *, demo: bool = True) -> list[Figure]:
    """Measure starts of the database and of ``stammis serve``; with ``demo`` also of the sample company."""
    cold: list[float] = []
    served: list[float] = []
    warm: list[float] = []
    for _ in range(rounds):
        with scratch() as place:
            with place.served() as first:
                pass
            with place.served() as second:
                pass
            cold.append(first.ready_seconds)
            served.append(second.ready_seconds)
            began = time.perf_counter()
            with connect_or_start(place.folder):
                warm.append(time.perf_counter() - began)
    figures = [
        Figure("cold start", "stammis serve in an empty folder: initdb, tables, ready", "s", cold),
        Figure("warm start", "stammis serve once more", "s", served),
        Figure(
            "warm start of the database",
            "the embedded server alone",
            "s",
            warm,
            target=Target(WARM_SECONDS, at_most=True),
        ),
    ]
    return figures + ([_second_demo(rounds)] if demo else [])


def _second_demo(rounds: int) -> Figure:
    seconds = []
    with scratch() as place:
        place.stammis("demo", "--no-serve")
        for _ in range(rounds):
            with place.served(command=["make", "-C", str(PROJECT), "demo"], port=free_port()) as again:
                seconds.append(again.ready_seconds)
    target = Target(DEMO_SECONDS, at_most=True)
    return Figure("second demo", "make demo once the sample company is there", "s", seconds, target=target)
