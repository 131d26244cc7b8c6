"""Rewards and redemptions."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

from stammis.api.shapes.common import Points
from stammis.api.shapes.decisions import DecisionAnswer


class RewardOffer(Struct, kw_only=True):
    """A reward of the catalogue; ``left`` is null where there is no end of it."""

    reward: str
    name: str
    description: str | None
    wallet: str
    price: Points
    left: int | None


class CatalogueAnswer(Struct, kw_only=True):
    """What members can take for points now."""

    items: list[RewardOffer]


class RateAnswer(Struct, kw_only=True):
    """What a currency is worth from a day on: units of it for 1 of the programme's."""

    currency: str
    on: dt.date
    rate: str


class RedemptionAnswer(Struct, kw_only=True):
    """A redemption: the issued reward, what was paid for it, and the purchase in which it was used."""

    id: str
    member: str | None
    reward: str
    quantity: int
    code: str
    state: Literal["issued", "used", "cancelled"]
    wallet: str
    amount: Points
    purchase: str | None
    issued_at: dt.datetime


class RedeemedAnswer(DecisionAnswer, kw_only=True):
    """A reward was issued, or given back: the reward with its code, and all that a decision says besides."""

    id: str
    reward: str
    quantity: int
    code: str
    state: Literal["issued", "used", "cancelled"]
    wallet: str
    amount: Points
