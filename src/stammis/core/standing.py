"""The standing: what a member's history amounts to, as far as rules read it. A fold of the member's events.

Instants are whole seconds since 1970 in UTC, days ordinals (``date.toordinal``) in the programme's zone, amounts whole
smallest units.
Values are frozen, so none can hold itself (``gc=False``). Compact on purpose (``array_like``): it is written with every
purchase.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from stammis.core.events import Right, Scalar
from stammis.core.parcels import Awaits, ByHand
from stammis.core.programme import State


class Lot(Struct, frozen=True, array_like=True, gc=False):
    """Points of one earn row that are still there: ``row`` is the number of the row that opened it."""

    row: int
    left: int
    ends_at: int | None


class Purse(Struct, frozen=True, array_like=True, gc=False):
    """A member's side of one wallet. Lots stand in the order in which they are spent.

    ``balance`` is the sum of all rows so far, carried along: lots + held - debt. ``lapsed`` is what has expired since
    points were last spent: it explains a refusal.
    """

    lots: tuple[Lot, ...] = ()
    debt: int = 0
    held: int = 0
    balance: int = 0
    lapsed: int = 0


class Count(Struct, frozen=True, array_like=True, gc=False):
    """How much of a cap is used in a period, by its number (see ``calendars.periods``)."""

    period: int
    points: int
    times: int


class PendingLot(Struct, frozen=True, array_like=True, gc=False):
    """Points of one earn row that are not active yet; ``ends_at`` is that of the lot that they will be."""

    row: int
    left: int
    ends_at: int | None
    awaits: Awaits


class Take(Struct, frozen=True, array_like=True, gc=False):
    """So many points out of (or back into) the lot that this row opened, and when that lot ends."""

    row: int
    amount: int
    ends_at: int | None


HoldState = Literal["held", "captured", "released", "expired"]


class Hold(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """Points put aside until an instant, out of which lots, by which row; in the end captured, released or expired."""

    hold: str
    wallet: str
    row: int
    amount: int
    lots: tuple[Take, ...]
    placed_at: int
    until: int
    state: HoldState = "held"
    captured: int = 0
    purchase: str | None = None


class Rank(Struct, frozen=True, array_like=True, gc=False):
    """A member's side of one tier set: the level held and since when, and what counted on which day, oldest first.

    ``total`` is the sum of ``days``, carried along; days up to and including ``gone`` have left the window for good.
    """

    level: str | None = None
    days: tuple[tuple[int, int], ...] = ()
    since: int = 0
    total: int = 0
    gone: int = 0


class Stay(Struct, frozen=True, array_like=True, gc=False):
    """What a member's level in a tier set rests on besides what counts now.

    ``cycle`` is the first day of the cycle that is running (0 where there are none), ``kept`` names levels that are
    held until an instant whatever counts, ``reached`` tells, where that is asked for, when each level up to the one
    held was reached, from the first on that is not everybody's.
    """

    cycle: int = 0
    kept: tuple[tuple[str, int], ...] = ()
    by_hand: ByHand | None = None
    reached: tuple[int, ...] = ()


class Pooling(Struct, frozen=True, array_like=True, gc=False):
    """A member's part in a pool: its id and internal id, per cent of what is earned that goes there, and the rights.

    ``kind`` tells a household from a company.
    """

    pool: str
    account: str
    share: int
    rights: tuple[Right, ...]
    kind: str = "household"


class Ties(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """The accounts that share an account's points: pools, or the one (internal id) into which a ``merge`` closed it."""

    pools: tuple[Pooling, ...] = ()
    merged_into: str | None = None
    merge: str | None = None


class Yearly(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """A day that comes back every year: a birthday, the day of joining.

    ``known_at`` is the instant at which it was given: only what comes later counts. ``years`` are the latest in which
    it was celebrated.
    """

    day: int | None = None
    known_at: int = 0
    years: tuple[int, ...] = ()


NEVER = 1 << 62
"""An instant after all others."""
NO_DAY = Yearly()


class About(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """Facts about a member besides labels and attributes: purposes consented to, birthday, day of joining.

    ``next_at`` is the instant at which the next of these days begins, 0 where that is still to be reckoned.
    """

    consents: tuple[str, ...] = ()
    birthday: Yearly = NO_DAY
    joined: Yearly = NO_DAY
    next_at: int = NEVER


class Past(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """What conditions about history need, kept only where a rule asks.

    ``days`` are days with how many purchases were made on them and what counts of these, oldest first; ``events`` the
    latest days of events by type, newest last.
    """

    days: tuple[tuple[int, int, int], ...] = ()
    events: dict[str, tuple[int, ...]] = {}


class Awaited(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """Orders that stand as placed, and what is kept for them of days that no longer count.

    ``orders`` are by their day and the first day that their rules look back to, with how many they are. ``left`` has by
    tally of a tier set the last day that is forgotten, and what counted on the days after it that have left the window.
    """

    orders: tuple[tuple[int, int, int], ...] = ()
    left: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {}


NOBODY = About()
NO_PAST = Past()


class Standing(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """Everything about a member that the engine reads and writes.

    ``pending`` are points by wallet that are not active yet, ``holds`` those put aside now; ``purses`` count neither of
    the pending ones, and of the held ones only how many they are.
    ``purchases`` counts those that are completed and not wholly returned, ``awaited`` are those that may still be.
    """

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
    stays: dict[str, Stay] = {}
    ties: Ties | None = None
    pending: dict[str, tuple[PendingLot, ...]] = {}
    holds: dict[str, Hold] = {}
    purchases: int = 0
    about: About = NOBODY
    past: Past = NO_PAST
    awaited: Awaited | None = None


class Earned(Struct, frozen=True, array_like=True, gc=False):
    """An earn row of a purchase, and how much of it has been taken back so far.

    Of one that a completion after a cancellation posted, what a correction had changed counts as taken back as well:
    below zero where it had taken points.
    """

    wallet: str
    row: int
    amount: int
    taken_back: int = 0


class Paid(Struct, frozen=True, array_like=True, gc=False):
    """Points tendered for a purchase: the spend row, how much came back by returns, what is still out of which lots.

    A cancellation puts all back (``lots`` is empty then) and leaves ``restored`` to tell what returns had brought back.
    """

    wallet: str
    row: int
    amount: int
    lots: tuple[Take, ...]
    restored: int = 0


class Rate(Struct, frozen=True, array_like=True, gc=False):
    """A currency's rate: units of it for 1 of the programme's (decimal text), and the day from which it holds."""

    currency: str
    rate: str
    on: str


class Seen(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What the rules saw of the member when the purchase was decided; a return decides the rest with the same eyes.

    ``split`` tells, by tier set, from how much of the purchase on it is decided at which further level.
    ``household`` is whose the budgets of households were on which it drew.
    """

    enrolled: bool = True
    tiers: dict[str, str | None] = {}
    labels: tuple[str, ...] = ()
    attributes: dict[str, Scalar] = {}
    counts: dict[str, Count] = {}
    budgets: dict[str, int] = {}
    split: dict[str, tuple[tuple[int, str | None], ...]] = {}
    consents: tuple[str, ...] = ()
    numbers: dict[str, int] = {}
    household: str = ""


class Righted(Struct, frozen=True, array_like=True, gc=False):
    """What corrections changed of a purchase's points, and how much of it returns have made even since.

    Amounts are below zero where points were taken. ``base`` is what they had changed for goods worth ``on`` when they
    were last looked at: as much of it stays as of the goods. ``again`` is what a cancellation made even, and a later
    completion brings back.

    Attributes:
        account: the internal id of the account to which they were posted.
        amount: all that they changed, as it was known at the latest return.
    """

    account: str
    wallet: str
    amount: int = 0
    base: int = 0
    on: int = 0
    evened: int = 0
    again: int = 0


class PurchaseState(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """Where a purchase stands: its status, what came back, what was posted for it and by which version.

    Attributes:
        seen: what the rules saw at the first completion; None while there was none.
        returned: by line, the quantity and the amount that came back.
        lowered: by line, money given back without goods on what has not come back.
        refunded: money given back in all.
        earned: the earn rows, oldest first.
        earned_on: the total for which they were earned, in minor units.
        given: points by rule, as they stand after returns.
        counted: by tier set, what counts for this purchase.
        taken: by wallet, what a cancellation took back and a later completion posts again.
        delays: by earn row, the way in which its points were pending (see ``rules.Delay``); other rows have none.
        delayed: by way of being pending and wallet, what a cancellation took back of such rows.
        short: by wallet, what a cancellation should have taken back and could not.
        spent: what of it the member's history remembers as spent; None where it is not remembered.
        rate: that by which it was decided, where it is in another currency than the programme's.
        awaited: while it is placed, its day and the first day that its rules look back to; None where they do not.
        righted: what corrections changed of it, where it came back after them.
    """

    state: State
    version: int
    seen: Seen | None = None
    returned: dict[str, tuple[int, int]] = {}
    lowered: dict[str, int] = {}
    refunded: int = 0
    earned: tuple[Earned, ...] = ()
    earned_on: int = 0
    paid: Paid | None = None
    given: dict[str, int] = {}
    counted: dict[str, int] = {}
    taken: dict[str, int] = {}
    delays: dict[int, str] = {}
    delayed: dict[str, dict[str, int]] = {}
    short: dict[str, int] = {}
    spent: int | None = None
    rate: Rate | None = None
    awaited: tuple[int, int] | None = None
    righted: tuple[Righted, ...] = ()


class IssuedReward(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
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
