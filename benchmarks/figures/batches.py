"""Batches over HTTP: two clients post 1,000 purchases of five lines at a time, beside a replay of these."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from benchmarks.client import Client, check, side_by_side
from benchmarks.purchases import MEMBERS, batches
from benchmarks.replay import BATCH, by_two, lay_bare, record, replay
from benchmarks.rounds import Figure, Target, alternate
from benchmarks.shop import opened
from benchmarks.weight import Weight

CLIENTS = 2


def measure(rounds: int, *, members: int = MEMBERS, each: int = 10, size: int = BATCH) -> list[Figure]:
    """Let each client post ``each`` batches a round."""
    told: dict[str, str] = {}
    with opened(members) as shop, tempfile.TemporaryDirectory(prefix="stammis-bench-") as folder:
        clients = [Client(shop.served.port, shop.client.key) for _ in range(CLIENTS)]

        def post(number: int) -> float:
            prefix = f"b{number}-"
            made = batches(
                each * CLIENTS, size, prefix=prefix, seed=number, members=members, now=dt.datetime.now(dt.UTC)
            )
            before = Weight.of(shop.dsn)
            seconds, answers = side_by_side(clients, [made[client::CLIENTS] for client in range(CLIENTS)])
            told["a purchase"] = Weight.of(shop.dsn).since(before, len(made) * size)
            check(answers)
            return len(made) * size / seconds

        def again(number: int) -> float:
            ids = f"b{number}-%"
            told["the replay by two writers"] = by_two(shop.dsn, Path(folder), ids=ids, size=size, known=True)
            recording = record(shop.dsn, Path(folder), ids=ids, size=size)
            told["the replay"] = recording.weight()
            lay_bare(shop.dsn, known=True)
            return recording.purchases / replay(shop.dsn, recording)

        post(0)
        ours, yardstick = alternate(rounds, post, again)
    return [
        Figure(
            "batches",
            f"POST /batch of {size:,} purchases, {CLIENTS} clients, beside a replay of the same rows",
            "purchases/s",
            ours,
            yardstick,
            Target(0.3, 0.6),
            told,
        )
    ]
