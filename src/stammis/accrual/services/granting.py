"""Grants: what chance and shared stocks allow an event, as it is kept with the decision."""

from __future__ import annotations

from functools import lru_cache

from stammis.accrual.services.loading import Loaded
from stammis.core.decide import needs
from stammis.core.events import Redemption
from stammis.core.rules import Rules
from stammis.core.world import Grants
from stammis.rewards import services as rewards


def grants_for(loaded: Loaded, programme: bytes, event: Redemption, rules: Rules) -> Grants:
    """Give what is left of the reward that a member asks for, and fresh codes."""
    stock = _stock(rules).get(event.reward)
    left = None if stock is None else max(0, stock - loaded.stock.get((programme, event.reward), 0))
    return Grants(stock=left, codes=tuple(rewards.code() for _ in range(needs(event, rules).codes)))


@lru_cache(maxsize=64)
def _stock(rules: Rules) -> dict[str, int]:
    return {reward.id: reward.stock for reward in rules.programme.rewards if reward.stock is not None}
