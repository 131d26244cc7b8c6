"""A schedule of clients: what each says, one after the other, and where it fails. A seed tells all of it.

What it comes to is known beforehand, since no call of it depends on which client is quicker.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, NamedTuple

from tests.laws.wire import FAULTS, Call, Fault

MEMBERS = tuple(f"m{number}" for number in range(10))
STOCK = 10**6
"""Points that each member has at the beginning, so that nothing is refused for want of them."""
PRICE = 7


class Said(NamedTuple):
    """A call, and the faults on the way to its answer."""

    call: Call
    faults: tuple[Fault, ...]


class Schedule(NamedTuple):
    """What the clients say, each in its order, and what it comes to: points by member, and ids by kind."""

    clients: list[list[Said]]
    balances: dict[str, int]
    ids: dict[str, set[str]]


def schedule(seed: int, clients: int, length: int) -> Schedule:
    """Give the schedule of a seed: so many clients with so many calls each."""
    chance = random.Random(seed)
    balances = Counter(dict.fromkeys(MEMBERS, STOCK))
    ids: dict[str, set[str]] = {"purchase": set(), "return": set(), "redemption": set(), "adjustment": set()}
    said = [_client(chance, number, length, balances, ids) for number in range(clients)]
    return Schedule(said, dict(balances), ids)


def _client(
    chance: random.Random, number: int, length: int, balances: Counter[str], ids: dict[str, set[str]]
) -> list[Said]:
    said: list[Said] = []
    bought: list[tuple[str, str, int]] = []
    for step in range(length):
        id, member = f"c{number}-{step}", chance.choice(MEMBERS)
        at = f"2026-03-01T12:{step % 60:02d}:00Z"
        match chance.choice(("purchase", "purchase", "purchase", "return", "redemption", "adjustment")):
            case "return" if bought:
                purchase, member, amount = bought.pop(chance.randrange(len(bought)))
                call = Call("POST", f"purchases/{purchase}/returns", _line(id, at, "1"))
                balances[member] -= amount
                ids["return"].add(id)
            case "redemption":
                call = Call("POST", "redemptions", {"id": id, "member": member, "reward": "mug", "occurred_at": at})
                balances[member] -= PRICE
                ids["redemption"].add(id)
            case "adjustment":
                amount = chance.choice((3, -2))
                body = {"id": id, "member": member, "wallet": "points", "amount": amount, "reason": "law"}
                call = Call("POST", "adjustments", body)
                balances[member] += amount
                ids["adjustment"].add(id)
            case _:
                amount = chance.randrange(1, 90)
                call = Call("POST", "purchases", _purchase(id, member, at, amount))
                bought.append((id, member, amount))
                balances[member] += amount
                ids["purchase"].add(id)
        faults = tuple(chance.choice(FAULTS) for _ in range(chance.choice((0, 0, 1, 2))))
        said.append(Said(call, faults))
    return said


def _purchase(id: str, member: str, at: str, amount: int) -> dict[str, Any]:
    lines = [{"id": "1", "quantity": 1, "amount": f"{amount}.00"}]
    return {"id": id, "member": member, "occurred_at": at, "currency": "GBP", "lines": lines}


def _line(id: str, at: str, line: str) -> dict[str, Any]:
    return {"id": id, "occurred_at": at, "lines": [{"line": line}]}
