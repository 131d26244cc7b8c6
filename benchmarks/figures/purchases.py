"""Single purchases over HTTP: 64 clients by wrk, each answered after its commit, beside pgbench."""

from __future__ import annotations

import os

from benchmarks import pgbench, wrk
from benchmarks.client import Client
from benchmarks.processes import MIB, cpu_seconds, pss_bytes, tree
from benchmarks.purchases import MEMBERS
from benchmarks.rounds import Figure, Target, alternate, spread
from benchmarks.scratch import Served, bare_database, postmaster
from benchmarks.shop import opened
from benchmarks.weight import Weight

CLIENTS = 64
WARM_SECONDS = 3


def measure(rounds: int, *, members: int = MEMBERS, seconds: int = 10) -> list[Figure]:
    """Measure so many seconds a round, and what the processes cost meanwhile."""
    wrk.find()
    loads: list[wrk.Load] = []
    shares: list[tuple[float, float]] = []
    beside: list[pgbench.Run] = []
    with opened(members) as shop:
        yardstick = bare_database(shop.server, "yardstick")
        pgbench.lay(yardstick)
        server = postmaster(shop.server)
        _send(shop.served, shop.client, 0, members, WARM_SECONDS)
        before = Weight.of(shop.dsn)

        def ours(number: int) -> float:
            roots = (shop.served.process.pid, server)
            begun = [cpu_seconds([root]) for root in roots]
            load = _send(shop.served, shop.client, number, members, seconds)
            python, database = (cpu_seconds([root]) - was for root, was in zip(roots, begun, strict=True))
            loads.append(load)
            shares.append((python / load.seconds, database / load.seconds))
            return load.per_second

        def theirs(_: int) -> float:
            beside.append(pgbench.run(yardstick, seconds=seconds, clients=CLIENTS))
            return beside[-1].per_second

        accepted, compared = alternate(rounds, ours, theirs)
        weight = Weight.of(shop.dsn).since(before, sum(load.requests for load in loads))
        memory = _memory(shop.served)
    return [
        Figure(
            "purchases",
            f"POST /purchases, {CLIENTS} clients, {members:,} members, beside pgbench",
            "purchases/s",
            accepted,
            compared,
            Target(0.5, 1.0),
            {**_latency(loads, beside), **_processor(shares), "a purchase": weight},
        ),
        Figure(
            "memory of the web",
            "the largest process of stammis serve, after the load",
            "MiB PSS",
            [max(memory.values())],
            target=Target(250, at_most=True),
            notes={"each": ", ".join(f"{name} {size:.0f}" for name, size in memory.items())},
        ),
    ]


def _latency(loads: list[wrk.Load], beside: list[pgbench.Run]) -> dict[str, str]:
    told = [
        f"p50 {spread([run.p50_ms for run in runs], 1)} ms, p99 {spread([run.p99_ms for run in runs], 1)} ms"
        for runs in (loads, beside)
    ]
    return {"latency": f"{told[0]}; pgbench {told[1]}"}


def _processor(shares: list[tuple[float, float]]) -> dict[str, str]:
    """Tell of the cores that Python and PostgreSQL took."""
    python, database = (spread(list(each), 2) for each in zip(*shares, strict=True))
    return {"processor": f"Python {python} cores, PostgreSQL {database} cores, of {os.cpu_count()}"}


def _send(served: Served, client: Client, number: int, members: int, seconds: int) -> wrk.Load:
    return wrk.run(served.address, client.key, prefix=f"w{number}-", members=members, seconds=seconds, clients=CLIENTS)


def _memory(served: Served) -> dict[str, float]:
    """PSS of each process of ``stammis serve``, by its process id, the largest first."""
    sizes = {
        f"{process.pid}": pss_bytes(process.pid) / MIB
        for process in tree(served.process.pid)
        if not process.is_postgres
    }
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))
