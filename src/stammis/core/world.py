"""The world: all that a decision may look at besides event and programme, loaded beforehand and recorded with it."""

from __future__ import annotations

from msgspec import Struct

from stammis.core.events import Purchase
from stammis.core.standing import (
    IssuedReward,
    PurchaseState,
    Rate,
    Standing,
)


class Original(Struct, frozen=True, kw_only=True, gc=False):
    """The purchase that an event refers to, where it stands, and what of its earn rows (by number) has expired."""

    purchase: Purchase
    state: PurchaseState
    expired: dict[int, int] = {}


class Change(Struct, frozen=True, array_like=True, gc=False):
    """What corrections that were posted to an account (its internal id) changed of a purchase's points in a wallet."""

    account: str
    wallet: str
    amount: int


class Grants(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What an event needs that is not told by the member's own history: kept with the decision, read on refolding.

    Chance and shared stocks allow it, reserved by the caller.

    ``stock`` is what is left of the reward asked for (None: no end of it), ``codes`` one fresh code a redemption.
    ``budgets`` is what is left of each budget (see ``core.budgets``), ``rate`` that of the purchase's currency,
    ``household`` whose budgets those of households are. ``changes`` are what corrections changed of the purchase: they
    may have been posted to accounts in which its own goes on, or to a pool.
    """

    stock: int | None = None
    codes: tuple[str, ...] = ()
    budgets: dict[str, int] = {}
    rate: Rate | None = None
    household: str = ""
    changes: tuple[Change, ...] = ()


class World(Struct, frozen=True, kw_only=True, gc=False):
    """What a decision may look at: the member's standing, and what the event needs besides."""

    standing: Standing
    original: Original | None = None
    redemption: IssuedReward | None = None
    coupons: dict[str, IssuedReward] = {}
    grants: Grants = Grants()


class Needs(Struct, frozen=True, kw_only=True, gc=False):
    """What must be loaded before an event can be decided.

    With a ``purchase``: that purchase, where it stands, and the coupons it names. With a ``reward``: what is left of
    it, and ``codes`` fresh codes.
    """

    purchase: str | None = None
    redemption: str | None = None
    coupons: tuple[str, ...] = ()
    reward: str | None = None
    codes: int = 0
