"""A hundred rules: the mix of twenty, five times over categories and stores of their own, ten wallets, twenty lines."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.figures.engine import BEFORE, BEGIN, STEP, beside_parsing
from benchmarks.programme import FILE
from benchmarks.purchases import CATEGORIES, CHANNELS, SKUS, STORES, member
from benchmarks.rounds import Figure, Target
from stammis.core.document import parse
from stammis.core.rules import Rules, compile_rules
from stammis.programmes.yaml import load

COPIES = 5
LINES = 20
WALLETS = 2 * COPIES


def rules() -> Rules:
    """The programme of a hundred rules, compiled."""
    document = load(FILE.read_bytes())
    twenty = document["earn"]
    wallets = [{"id": f"points-{number}", "name": "points"} for number in range(WALLETS)]
    earn = [_copied(rule, number) for number in range(COPIES) for rule in twenty]
    return compile_rules(parse({**document, "wallets": wallets, "earn": earn}), version=1)


def _copied(rule: dict[str, Any], number: int) -> dict[str, Any]:
    """A rule of the twenty for the categories, articles and stores of one copy, in one of its two wallets."""
    made = copy.deepcopy(rule)
    made["id"] = f"{rule['id']}-{number}"
    made["rules"] = [f"{name}-{number}" for name in rule["rules"]] if "rules" in rule else ()
    if not made["rules"]:
        del made["rules"]
    second = rule["kind"] in {"unit", "purchase"}
    made["wallet"] = f"points-{2 * number + second}"
    asked = list(_renamed(rule.get("when"), number))
    if not any(one["kind"] in {"category", "sku", "store"} for one in asked):
        asked.append({"kind": "store", "any_of": [_store(number, place) for place in range(STORES)]})
    made["when"] = {"kind": "all", "of": asked}
    return made


def _renamed(condition: dict[str, Any] | None, number: int) -> Iterator[dict[str, Any]]:
    match condition:
        case None:
            return
        case {"kind": "all", "of": inner}:
            for one in inner:
                yield from _renamed(one, number)
        case {"kind": "category" | "sku" as kind, "any_of": names}:
            yield {"kind": kind, "any_of": [f"{name}-{number}" for name in names]}
        case {"kind": "store", "any_of": names}:
            yield {"kind": "store", "any_of": [_store(number, int(name.split("-")[1])) for name in names]}
        case _:
            yield condition


def _store(number: int, place: int) -> str:
    return f"store-{number}-{place}"


def bodies(count: int, *, members: int) -> Iterator[bytes]:
    """Purchases of twenty lines over the categories and stores of all copies, by members in turn, as JSON."""
    chance = random.Random(1)  # noqa: S311 - a repeatable sample needs no cryptography
    for number in range(count):
        said = {
            "id": f"1-{number}",
            "member": member(number % members),
            "occurred_at": (BEGIN + number * STEP).isoformat(timespec="seconds"),
            "currency": "EUR",
            "channel": chance.choice(CHANNELS),
            "store": _store(chance.randrange(COPIES), chance.randrange(STORES)),
            "lines": [_line(chance, str(line)) for line in range(1, LINES + 1)],
        }
        yield json.dumps(said, separators=(",", ":")).encode()


def _line(chance: random.Random, line: str) -> dict[str, Any]:
    amount, copied = chance.randrange(50, 3_000), chance.randrange(COPIES)
    return {
        "id": line,
        "sku": f"sku-{chance.randrange(SKUS)}-{copied}",
        "category": f"{chance.choice(CATEGORIES)}-{copied}",
        "quantity": chance.randrange(1, 4),
        "amount": f"{amount // 100}.{amount % 100:02d}",
    }


def measure(rounds: int, *, members: int = 100, each: int = 20) -> list[Figure]:
    """Measure ``each`` purchases of every member, who has made 20 before."""
    said = list(bodies((BEFORE + each) * members, members=members))
    title = "decide and evolve, 100 rules, 10 wallets, 20 lines, one core, beside parsing by msgspec"
    target = Target(0.08, 0.15)
    return [beside_parsing("rules", title, rules(), said, rounds=rounds, members=members, target=target)]
