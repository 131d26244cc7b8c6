"""The standing: what a member's history amounts to, as far as rules read it. A fold of the member's events.

Instants are whole seconds since 1970 in UTC, days are ordinals (``date.toordinal``) in the programme's zone, amounts whole smallest units.
Values are frozen; ``evolve`` returns new ones. Compact on purpose (``array_like``): it is written with every purchase.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from stammis.core.events import Scalar  # noqa: TC001 - msgspec reads the annotations at run time
from stammis.core.programme import State  # noqa: TC001 - msgspec reads the annotations at run time


class Lot(Struct, frozen=True, array_like=True, gc=False):
    """Points of one earn row that are still there: ``row`` is the number of the row that opened it."""

    row: int
    left: int
    ends_at: int | None


class Purse(Struct, frozen=True, array_like=True):
    """A member's side of one wallet. Balance = lots + held - debt. Lots stand in the order in which they are spent."""

    lots: tuple[Lot, ...] = ()
    debt: int = 0
    held: int = 0


class Count(Struct, frozen=True, array_like=True, gc=False):
    """How much of a cap is used in the period that began on ``period`` (an ordinal, 0 for ever)."""

    period: int
    points: int
    times: int


class Rank(Struct, frozen=True, array_like=True):
    """A member's side of one tier set: the level held, and what counted on which day of the window, oldest first."""

    level: str | None = None
    days: tuple[tuple[int, int], ...] = ()
    since: int = 0


class Standing(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything about a member that the engine reads and writes."""

    enrolled: bool = False
    labels: tuple[str, ...] = ()
    attributes: dict[str, Scalar] = {}
    purses: dict[str, Purse] = {}
    ranks: dict[str, Rank] = {}
    counts: dict[str, tuple[Count, ...]] = {}
    events: int = 0
    rows: int = 0
    latest_at: int = 0
    due_at: int | None = None


class Take(Struct, frozen=True, array_like=True, gc=False):
    """So many points out of (or back into) the lot that this row opened, and when that lot ends."""

    row: int
    amount: int
    ends_at: int | None


class Earned(Struct, frozen=True, array_like=True, gc=False):
    """An earn row of a purchase, and how much of it has been taken back so far."""

    wallet: str
    row: int
    amount: int
    taken_back: int = 0


class Paid(Struct, frozen=True, array_like=True):
    """Points tendered for a purchase: the spend row, its lots, and how much of each has been restored."""

    wallet: str
    row: int
    amount: int
    lots: tuple[Take, ...]
    restored: int = 0


class Seen(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the rules saw of the member when the purchase was decided; a return decides the rest with the same eyes."""

    enrolled: bool = True
    tiers: dict[str, str | None] = {}
    labels: tuple[str, ...] = ()
    attributes: dict[str, Scalar] = {}
    counts: dict[str, Count] = {}


class PurchaseState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where a purchase stands: its status, what came back, what was posted for it and by which version."""

    state: State
    version: int
    seen: Seen | None = None
    returned: dict[str, tuple[int, int]] = {}
    money_back: int = 0
    refunded: int = 0
    earned: tuple[Earned, ...] = ()
    paid: Paid | None = None
    given: dict[str, int] = {}
    counted: dict[str, int] = {}
    voided_coupons: bool = False


class IssuedReward(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A reward that a member took: its code, what it cost, and whether it is still good."""

    redemption: str
    reward: str
    quantity: int
    code: str
    wallet: str
    row: int
    amount: int
    lots: tuple[Take, ...] = ()
    state: Literal["issued", "used", "cancelled"] = "issued"
    purchase: str | None = None
