"""Between accounts: what each side of an act over several of them is worth, decided by itself."""

from __future__ import annotations

from typing import assert_never

from stammis.core.claims import decide_claimed
from stammis.core.effects import Decision
from stammis.core.events import (
    BroughtBalance,
    Claimed,
    Exchange,
    Merged,
    PoolChanged,
    Received,
    Transfer,
    Unmerged,
)
from stammis.core.rules import Rules
from stammis.core.ties import decide_merge, decide_pool
from stammis.core.transfers import decide_balance, decide_exchange, decide_received, decide_transfer
from stammis.core.world import World

BetweenEvent = Transfer | Received | Exchange | BroughtBalance | PoolChanged | Merged | Unmerged | Claimed


def decide_between(event: BetweenEvent, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides an event by which points move between accounts or wallets, or accounts are tied to each other."""
    match event:
        case Transfer():
            return decide_transfer(event, world, rules, current)
        case Received():
            return decide_received(event, world, current)
        case Exchange():
            return decide_exchange(event, world, rules, current)
        case BroughtBalance():
            return decide_balance(event, world, rules, current)
        case PoolChanged():
            return decide_pool(event, world)
        case Merged() | Unmerged():
            return decide_merge(event, world)
        case Claimed():
            return decide_claimed(event, world, rules, current)
        case _:
            assert_never(event)
