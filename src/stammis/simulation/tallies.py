"""What is counted while a history is folded: whole numbers for each member, and their sums for all."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec

MOVES = ("earned", "given", "taken_back", "redeemed", "restored", "expired", "received", "sent")
"""How points of a wallet move, as columns: earned by rules, given and taken by hand or by returns, and so on."""
EARNED, GIVEN, TAKEN_BACK, REDEEMED, RESTORED, EXPIRED, RECEIVED, SENT = range(len(MOVES))
MOVE_OF = {
    "earn": EARNED,
    "spend": REDEEMED,
    "return": TAKEN_BACK,
    "restore": RESTORED,
    "expire": EXPIRED,
    "transfer_in": RECEIVED,
    "transfer_out": SENT,
}
"""By kind of row the column that it counts in; adjustments count by their sign, holds not at all."""

BOUGHT = ("purchases", "touched", "gross")
"""How many purchases, how many of them a rule gave something for, and their sum in minor units."""

Moved = tuple[str, str, int]
"""A month, a wallet and a column of ``MOVES``."""
Given = tuple[str, str, str]
"""A month, a rule and a wallet."""
Flow = tuple[str, str, str, str]
"""A month, a tier set, the level at its beginning and the level at its end."""
Reach = tuple[str, str]
"""What was reached (``cap_reached``, ``capped``, ``budget_reached``), and its id."""
Budget = tuple[str, str, int]
"""A budget, its store and its period."""


def _nothing() -> list[int]:
    return [0, 0]


def _nothing_bought() -> list[int]:
    return [0] * len(BOUGHT)


@dataclass(slots=True)
class Sums:
    """What some members come to. Counts of points are in the wallet's smallest unit.

    Attributes:
        members: how many; events: how many events were folded.
        moved: points by month, wallet and way.
        bought: by month, what ``BOUGHT`` names; ``touched`` are those for which a rule gave something.
        given: by month, rule and wallet, how many points, and how many purchases it gave something for.
        flows: by month, tier set and levels before and after, how many members.
        refused: by kind of event and code, what could not be as it was observed.
        reached: by limit, how often it cut something, and when first.
        drawn: by budget, what was taken out of it, and what came back.
    """

    members: int = 0
    events: int = 0
    moved: Counter[Moved] = field(default_factory=Counter)
    bought: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(_nothing_bought))
    given: defaultdict[Given, list[int]] = field(default_factory=lambda: defaultdict(_nothing))
    flows: Counter[Flow] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    cuts: Counter[Reach] = field(default_factory=Counter)
    first_cut: dict[Reach, int] = field(default_factory=dict)
    drawn: Counter[Budget] = field(default_factory=Counter)
    put_back: Counter[Budget] = field(default_factory=Counter)

    def add(self, other: Sums) -> None:
        """Count what others come to as well."""
        self.members += other.members
        self.events += other.events
        for name in _COUNTERS:
            mine: Counter[Any] = getattr(self, name)
            for key, count in getattr(other, name).items():
                mine[key] += count
        for given, (points, purchases) in other.given.items():
            counts = self.given[given]
            counts[0] += points
            counts[1] += purchases
        for month, counts in other.bought.items():
            self.bought[month] = [mine + theirs for mine, theirs in zip(self.bought[month], counts, strict=True)]
        for reach, at in other.first_cut.items():
            self.first_cut[reach] = min(at, self.first_cut.get(reach, at))

    def purchases(self) -> tuple[int, int, int]:
        """Give ``bought`` of all months."""
        purchases, touched, gross = (sum(counts[place] for counts in self.bought.values()) for place in range(3))
        return purchases, touched, gross

    def cut(self, because: str, what: str, at: int) -> None:
        """Count that a limit was reached."""
        reach = (because, what)
        self.cuts[reach] += 1
        self.first_cut[reach] = min(at, self.first_cut.get(reach, at))


_COUNTERS = ("moved", "flows", "refused", "cuts", "drawn", "put_back")


def encode(sums: Sums) -> bytes:
    """Give sums as bytes, for a file."""
    return msgspec.msgpack.encode(
        {"members": sums.members, "events": sums.events, "bought": sums.bought}
        | {"given": [[*key, *counts] for key, counts in sums.given.items()]}
        | {name: [[*key, count] for key, count in getattr(sums, name).items()] for name in (*_COUNTERS, "first_cut")}
    )


def decode(raw: bytes) -> Sums:
    """Read what ``encode`` gave."""
    found: dict[str, Any] = msgspec.msgpack.decode(raw)
    sums = Sums(members=found["members"], events=found["events"])
    sums.bought.update(found["bought"])
    for name in _COUNTERS:
        getattr(sums, name).update({tuple(row[:-1]): row[-1] for row in found[name]})
    sums.given.update({(row[0], row[1], row[2]): row[3:] for row in found["given"]})
    sums.first_cut.update({(row[0], row[1]): row[2] for row in found["first_cut"]})
    return sums


@dataclass(slots=True)
class Purses:
    """One member's side of one wallet over the stretch: balances at its ends, and how points moved."""

    opening: int = 0
    active: int = 0
    pending: int = 0
    held: int = 0
    moves: list[int] = field(default_factory=lambda: [0] * len(MOVES))
