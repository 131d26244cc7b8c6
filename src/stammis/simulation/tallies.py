"""What is counted while a history is folded: whole numbers for each member, and their sums for all."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from operator import add
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

Flow = tuple[str, str, str, str]
"""A month, a tier set, the level at its beginning and the level at its end."""
Reach = tuple[str, str]
"""What was reached (``cap_reached``, ``capped``, ``budget_reached``), and its id."""
Budget = tuple[str, str, int]
"""A budget, its store and its period."""


UNMOVED = [0] * len(MOVES)
"""How points move where none do; shared, so never changed."""


@dataclass(slots=True)
class Month:
    """What is counted in one local month.

    Attributes:
        purchases, touched: how many purchases, and for how many of them a rule gave something.
        gross: their sum in minor units.
        moved: by wallet, how points moved: the columns of ``MOVES``.
        given: by rule and wallet, how many points, and how many purchases it gave something for.
    """

    name: str
    purchases: int = 0
    touched: int = 0
    gross: int = 0
    moved: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(UNMOVED.copy))
    given: defaultdict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, other: Month) -> None:
        """Count what others come to in the month as well."""
        self.purchases += other.purchases
        self.touched += other.touched
        self.gross += other.gross
        for wallet, moves in other.moved.items():
            self.moved[wallet] = list(map(add, self.moved[wallet], moves))
        for given, counts in other.given.items():
            self.given[given] = list(map(add, self.given[given], counts))


class Months(dict[str, Month]):
    """What is counted by month; a month is there when it is asked for."""

    def __missing__(self, name: str) -> Month:
        """Begin a month."""
        month = self[name] = Month(name)
        return month


@dataclass(slots=True)
class Sums:
    """What some members come to. Counts of points are in the wallet's smallest unit.

    Attributes:
        members: how many; events: how many events were folded.
        months: purchases and points by local month.
        flows: by month, tier set and levels before and after, how many members.
        refused: by kind of event and code, what could not be as it was observed.
        reached: by limit, how often it cut something, and when first.
        drawn: by budget, what was taken out of it, and what came back.
    """

    members: int = 0
    events: int = 0
    months: Months = field(default_factory=Months)
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
        for name, month in other.months.items():
            self.months[name].add(month)
        for reach, at in other.first_cut.items():
            self.first_cut[reach] = min(at, self.first_cut.get(reach, at))

    def purchases(self) -> tuple[int, int, int]:
        """Give how many purchases there are, for how many of them a rule gave something, and their sum."""
        months = self.months.values()
        return (
            sum(month.purchases for month in months),
            sum(month.touched for month in months),
            sum(month.gross for month in months),
        )

    def cut(self, because: str, what: str, at: int) -> None:
        """Count that a limit was reached."""
        reach = (because, what)
        self.cuts[reach] += 1
        self.first_cut[reach] = min(at, self.first_cut.get(reach, at))


_COUNTERS = ("flows", "refused", "cuts", "drawn", "put_back")


def encode(sums: Sums) -> bytes:
    """Give sums as bytes, for a file."""
    return msgspec.msgpack.encode(
        {"members": sums.members, "events": sums.events, "months": [_told(month) for month in sums.months.values()]}
        | {name: [[*key, count] for key, count in getattr(sums, name).items()] for name in (*_COUNTERS, "first_cut")}
    )


def _told(month: Month) -> list[Any]:
    given = [[*key, counts] for key, counts in month.given.items()]
    return [month.name, month.purchases, month.touched, month.gross, month.moved, given]


def decode(raw: bytes) -> Sums:
    """Read what ``encode`` gave."""
    found: dict[str, Any] = msgspec.msgpack.decode(raw)
    sums = Sums(members=found["members"], events=found["events"])
    for name, purchases, touched, gross, moved, given in found["months"]:
        month = sums.months[name]
        month.purchases, month.touched, month.gross = purchases, touched, gross
        month.moved.update(moved)
        month.given.update({(rule, wallet): counts for rule, wallet, counts in given})
    for name in _COUNTERS:
        getattr(sums, name).update({tuple(row[:-1]): row[-1] for row in found[name]})
    sums.first_cut.update({(row[0], row[1]): row[2] for row in found["first_cut"]})
    return sums


@dataclass(slots=True)
class Purses:
    """One member's side of one wallet over the stretch: balances at its ends, and how points moved."""

    opening: int = 0
    active: int = 0
    pending: int = 0
    held: int = 0
    moves: list[int] = field(default_factory=UNMOVED.copy)
