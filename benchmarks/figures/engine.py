"""Deciding alone: ``decide`` and ``evolve`` on one core, beside parsing and validating the same bodies with msgspec."""

from __future__ import annotations

import datetime as dt
import time

import msgspec

from benchmarks.programme import rules
from benchmarks.purchases import bodies, member
from benchmarks.rounds import Figure, Target, alternate
from benchmarks.strict import StrictPurchase
from stammis.core.events import AnyEvent, MemberChanged, Purchase
from stammis.core.fold import apply
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.world import World
from stammis.intake.reading import read_purchase

BEGIN = dt.datetime(2025, 1, 1, 8, tzinfo=dt.UTC)
STEP = dt.timedelta(minutes=11)
BEFORE = 20
PARSED_OVER = 3


def measure(rounds: int, *, members: int = 250, each: int = 40) -> list[Figure]:
    """Measure ``each`` purchases of every member, who has made 20 before."""
    said = list(bodies((BEFORE + each) * members, seed=1, members=members, begin=BEGIN, step=STEP))
    title = "decide and evolve, 20 rules, 5 lines, one core, beside parsing by msgspec"
    target = Target(0.15, 0.3)
    return [beside_parsing("engine", title, rules(), said, rounds=rounds, members=members, target=target)]


def beside_parsing(
    name: str, title: str, programme: Rules, said: list[bytes], *, rounds: int, members: int, target: Target
) -> Figure:
    """Decide the purchases said, all but the first 20 of each member, beside parsing the same by msgspec."""
    before, events = events_of(said[: BEFORE * members]), events_of(said[BEFORE * members :])
    joined = MemberChanged(occurred_at=BEGIN - dt.timedelta(days=1))
    new = fold({"": Standing()}, [("", joined)], programme)[""]
    known = fold({member(number): new for number in range(members)}, before, programme)
    parse = msgspec.json.Decoder(StrictPurchase).decode
    raw = said[BEFORE * members :] * PARSED_OVER

    def decided(_: int) -> float:
        standings = dict(known)
        began = time.process_time()
        fold(standings, events, programme)
        return len(events) / (time.process_time() - began)

    def parsed(_: int) -> float:
        began = time.process_time()
        for body in raw:
            parse(body)
        return len(raw) / (time.process_time() - began)

    ours, yardstick = alternate(rounds, decided, parsed)
    told = {"body": f"{sum(map(len, said)) / len(said):,.0f} bytes"}
    return Figure(name, title, "purchases/s", ours, yardstick, target, told)


def events_of(said: list[bytes]) -> list[tuple[str, AnyEvent]]:
    """Read bodies of purchases into events, each with its buyer."""
    purchases = [read_purchase(body).event for body in said]
    return [(event.member, event) for event in purchases if isinstance(event, Purchase) and event.member]


def fold(standings: dict[str, Standing], events: list[tuple[str, AnyEvent]], programme: Rules) -> dict[str, Standing]:
    """Decide and evolve one event after another, each on its member's standing; give the standings afterwards."""
    for buyer, event in events:
        _, world = apply(event, World(standing=standings[buyer]), programme)
        standings[buyer] = world.standing
    return standings
