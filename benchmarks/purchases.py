"""Made-up purchases of five lines for the programme of twenty rules, always the same for the same seed."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

LINES = 5
_CATEGORIES = """
    bread cakes coffee tea fruit vegetables dairy cheese flowers wine beer snacks sweets meat fish frozen pasta rice
    spices oil sauces household paper pets toys books garden clothes shoes electronics
"""
CATEGORIES = _CATEGORIES.split()
SKUS = 500
CHANNELS = ("store", "store", "store", "web", "app")
STORES = 20
MEMBERS = 100_000


def member(number: int) -> str:
    """The caller's id of a member, from 0."""
    return f"m-{number:06d}"


def purchase(chance: random.Random, purchase_id: str, buyer: str, at: dt.datetime) -> dict[str, Any]:
    """One purchase as a caller writes it."""
    return {
        "id": purchase_id,
        "member": buyer,
        "occurred_at": at.isoformat(timespec="seconds"),
        "currency": "EUR",
        "channel": chance.choice(CHANNELS),
        "store": f"store-{chance.randrange(STORES)}",
        "lines": [_line(chance, str(number)) for number in range(1, LINES + 1)],
    }


def bodies(count: int, *, seed: int, members: int, begin: dt.datetime, step: dt.timedelta) -> Iterator[bytes]:
    """Purchases in the order of time, by members in turn, as JSON."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable sample needs no cryptography
    for number in range(count):
        made = purchase(chance, f"{seed}-{number}", member(number % members), begin + number * step)
        yield json.dumps(made, separators=(",", ":")).encode()


def batches(count: int, size: int, *, prefix: str, seed: int, members: int, now: dt.datetime) -> list[bytes]:
    """Bodies for POST /batch: ``size`` purchases each, by members picked at random, with ids from ``prefix`` on."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable sample needs no cryptography
    return [
        json.dumps(
            {
                "items": [
                    {
                        "kind": "purchase",
                        **purchase(chance, f"{prefix}{batch}-{number}", member(chance.randrange(members)), now),
                    }
                    for number in range(size)
                ]
            },
            separators=(",", ":"),
        ).encode()
        for batch in range(count)
    ]


def joining(first: int, count: int) -> bytes:
    """A body for POST /batch that makes members known."""
    items = [
        {"kind": "member", "member": member(number), "name": f"Member {number}"}
        for number in range(first, first + count)
    ]
    return json.dumps({"items": items}, separators=(",", ":")).encode()


def _line(chance: random.Random, line_id: str) -> dict[str, Any]:
    amount = chance.randrange(50, 3_000)
    return {
        "id": line_id,
        "sku": f"sku-{chance.randrange(SKUS)}",
        "category": chance.choice(CATEGORIES),
        "quantity": chance.randrange(1, 4),
        "amount": _money(amount),
        "tax": _money(amount * 14 // 114),
    }


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
