"""Events: everything that can move points. What the caller said, in exact numbers; stored as JSON.

Money is in whole minor units of its currency, quantities in whole millionths, times carry their offset.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct, field

from stammis.core.corrections import Corrected, Undone
from stammis.core.parcels import Awaits, Carried, Parcel

LineKind = Literal["goods", "shipping", "gift_card", "fee"]
Scalar = str | int | float | bool | None


class Event(Struct, frozen=True, tag_field="kind", omit_defaults=True, kw_only=True, gc=False):
    """What all events have: when it happened, by the caller's clock."""

    occurred_at: dt.datetime


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """A line of a purchase: its amount is the line's total after shop discounts, tax included."""

    id: str
    amount: int
    quantity: int
    sku: str | None = None
    category: str | None = None
    name: str | None = None
    tax: int = 0
    kind: LineKind = "goods"


class Discount(Struct, frozen=True, omit_defaults=True, gc=False):
    """A discount on the whole purchase: ``reward`` lowers the total, ``shop`` is for the record."""

    amount: int
    kind: Literal["reward", "shop"]


class Tender(Struct, frozen=True, omit_defaults=True, gc=False):
    """Points offered in payment, in the wallet's smallest unit; from a ``hold`` first, which is turned over with it."""

    wallet: str
    amount: int
    hold: str | None = None


class Contact(Struct, frozen=True, gc=False):
    """How a guest can be reached."""

    email: str


class Purchase(Event, frozen=True, tag="purchase", kw_only=True, gc=False):
    """A purchase as the shop or till reports it."""

    id: str
    currency: str
    lines: tuple[Line, ...]
    member: str | None = None
    contact: Contact | None = None
    channel: str | None = None
    store: str | None = None
    partner: str | None = None
    payment: str | None = None
    discounts: tuple[Discount, ...] = ()
    coupons: tuple[str, ...] = ()
    points: Tender | None = None
    rounding: int = 0
    status: str = "completed"


class StatusChanged(Event, frozen=True, tag="status", kw_only=True, gc=False):
    """A purchase moves to another status."""

    purchase: str
    status: str


class ReturnLine(Struct, frozen=True, omit_defaults=True, gc=False):
    """What comes back of a line: a quantity, an amount, or (neither) all that remains."""

    line: str
    quantity: int | None = None
    amount: int | None = None


class Return(Event, frozen=True, tag="return", kw_only=True, gc=False):
    """Goods come back (``lines``), or money alone is given back (``money``).

    Amounts are in minor units of the programme's currency, or have so many ``decimals``: whoever takes a return in does
    not know yet in which currency its purchase was.
    """

    id: str
    purchase: str
    lines: tuple[ReturnLine, ...] = ()
    money: int | None = None
    decimals: int | None = None


class Happening(Event, frozen=True, tag="event", kw_only=True, gc=False):
    """Anything else a member did: a review, a visit, an answer."""

    id: str
    type: str
    member: str
    properties: dict[str, Scalar] = {}


class Redemption(Event, frozen=True, tag="redemption", kw_only=True, gc=False):
    """A member asks for a reward."""

    id: str
    member: str
    reward: str
    quantity: int = 1


class RedemptionCancelled(Event, frozen=True, tag="redemption_cancelled", kw_only=True, gc=False):
    """A redemption is undone: the points come back, the code is void."""

    redemption: str


class Adjustment(Event, frozen=True, tag="adjustment", kw_only=True, gc=False):
    """Points given or taken by a person or a program, with the reason.

    ``corrects`` are events it puts right, ``undoes`` is the correction whose lots it sets as they were.
    """

    id: str
    member: str
    wallet: str
    amount: int
    reason: str
    corrects: tuple[Corrected, ...] = ()
    undoes: Undone | None = None


class LevelGiven(Event, frozen=True, tag="level", kw_only=True, gc=False):
    """A person gives a member a level of a tier set, with the reason, or (with none) takes back what was given so.

    It is held at least, or with ``only`` exactly, through the local day ``until`` (None: for good).
    """

    member: str
    set: str
    level: str | None = None
    until: dt.date | None = None
    only: bool = False
    reason: str = ""


class HoldPlaced(Event, frozen=True, tag="hold", kw_only=True, gc=False):
    """A member's points are put aside for so many seconds.

    With ``follows`` it is a hold of an account that was merged into this one, where a purchase names it.
    """

    id: str
    member: str
    wallet: str
    amount: int
    seconds: int
    follows: bool = False


class HoldCaptured(Event, frozen=True, tag="hold_captured", kw_only=True, gc=False):
    """Points put aside are spent, all of them or so many; the rest is free again."""

    hold: str
    amount: int | None = None


class HoldReleased(Event, frozen=True, tag="hold_released", kw_only=True, gc=False):
    """Points put aside are free again; with ``follows`` they are put aside anew in the account that goes on."""

    hold: str
    follows: bool = False


class Extension(Event, frozen=True, tag="extension", kw_only=True, gc=False):
    """A person or a program lets a member's open points last through a day, with the reason."""

    id: str
    member: str
    wallet: str
    last_day: dt.date
    reason: str


class PendingSettled(Event, frozen=True, tag="pending", kw_only=True, gc=False):
    """A person or a program ends the wait of pending points, with the reason: they are active now, or taken away.

    ``row`` is the number of the row that brought them, ``account`` the internal id of whose it is, in hexadecimal
    digits.
    """

    id: str
    member: str
    account: str
    row: int
    released: bool
    reason: str


class PendingRestored(Event, frozen=True, tag="pending_restored", kw_only=True, gc=False):
    """Pending points of a ``row`` that were taken away by hand wait again, as they were; ``taken`` is the act."""

    taken: str
    member: str = ""
    wallet: str = ""
    row: int = 0
    amount: int = 0
    ends_at: int | None = None
    awaits: Awaits = Awaits()


class MemberChanged(Event, frozen=True, tag="member", kw_only=True, gc=False):
    """The facts about a member that rules may read, as they are from now on (a full picture, not a difference).

    ``consents`` are the purposes consented to. Without ``joined_at`` the member joined when first enrolled. An account
    that several people share (``shared``) does not join.
    """

    enrolled: bool = True
    labels: tuple[str, ...] = ()
    attributes: dict[str, Scalar] = {}
    consents: tuple[str, ...] = ()
    birthday: dt.date | None = None
    joined_at: dt.datetime | None = None
    shared: bool = False


class DayPassed(Event, frozen=True, tag="day", kw_only=True, gc=False):
    """What falls due by itself at this instant: points end, tiers are reviewed, birthdays come."""


Purpose = Literal["transfer", "donation", "share", "draw", "back", "refund", "merge", "unmerge"]


class Transfer(Event, frozen=True, tag="transfer", kw_only=True, gc=False):
    """Points leave this account for another, with the end dates of their lots; below zero, debt does.

    A person asks for a ``transfer`` or a ``donation``; a pool gets its ``share`` of what is earned, gives for a
    ``draw``, gets a ``refund`` of what it gave for what comes back, and gives ``back`` what was earned on goods that
    come back; a ``merge`` takes everything along. ``own`` names rows whose lots go first, ``freed`` what comes free
    where debt leaves: the debt that is here is filled in this order, and the rest is there until its end.
    """

    id: str
    member: str
    to: str
    wallet: str
    amount: int
    purpose: Purpose = "transfer"
    own: tuple[int, ...] = ()
    freed: tuple[Parcel, ...] = ()


class Received(Event, frozen=True, tag="received", kw_only=True, gc=False):
    """Points arrive from another account: all that is needed to tell this account's history without the other's.

    ``carried`` is what counted there and counts here once they are merged; of an ``unmerge``, what counts here no more.
    """

    id: str
    member: str
    from_: str = field(name="from")
    parcels: tuple[Parcel, ...] = ()
    purpose: Purpose = "transfer"
    carried: Carried | None = None


class Exchange(Event, frozen=True, tag="exchange", kw_only=True, gc=False):
    """A member changes points of one wallet for points of another, at the rate that the programme declares."""

    id: str
    member: str
    wallet: str
    to: str
    amount: int


class BroughtBalance(Event, frozen=True, tag="balance", kw_only=True, gc=False):
    """Points that a member brings from an older system: one lot of it, or (below zero) debt.

    Without ``earned_on`` they begin today; without ``ends_on``, their last day, they last as the wallet's points do.
    """

    id: str
    member: str
    wallet: str
    amount: int
    earned_on: dt.date | None = None
    ends_on: dt.date | None = None


Right = Literal["earn", "spend", "view"]


class PoolChanged(Event, frozen=True, tag="pool", kw_only=True, gc=False):
    """A member joins a pool, gets another share or other rights in it, or leaves it (``left``).

    ``share`` is per cent of what the member earns; ``account`` is the pool's internal id in hexadecimal digits,
    ``pool_kind`` what it is.
    """

    member: str
    pool: str
    account: str
    share: int = 100
    rights: tuple[Right, ...] = ("earn", "spend", "view")
    left: bool = False
    pool_kind: str = "household"


class Merged(Event, frozen=True, tag="merged", kw_only=True, gc=False):
    """This account ends and goes on in another, to which its ``aliases`` (kind, value) lead from now on.

    ``account`` is the other's internal id in hexadecimal digits.
    """

    id: str
    member: str
    into: str
    account: str = ""
    aliases: tuple[tuple[str, str], ...] = ()


class Unmerged(Event, frozen=True, tag="unmerged", kw_only=True, gc=False):
    """A merge is undone: this account goes on by itself. ``merge`` is the merge's id."""

    merge: str
    member: str


class Claimed(Event, frozen=True, tag="claimed", kw_only=True, gc=False):
    """A guest's purchase becomes a member's, who proved the address: the purchase, and where it stood."""

    purchase: Purchase
    stood: Literal["placed", "completed", "cancelled"] = "completed"
    returned: dict[str, tuple[int, int]] = {}
    lowered: dict[str, int] = {}
    refunded: int = 0


AnyEvent = (
    Purchase
    | StatusChanged
    | Return
    | Happening
    | Redemption
    | RedemptionCancelled
    | Adjustment
    | LevelGiven
    | HoldPlaced
    | HoldCaptured
    | HoldReleased
    | Extension
    | PendingSettled
    | PendingRestored
    | MemberChanged
    | DayPassed
    | Transfer
    | Received
    | Exchange
    | BroughtBalance
    | PoolChanged
    | Merged
    | Unmerged
    | Claimed
)

OfMember = Happening | Adjustment | LevelGiven | Exchange | BroughtBalance | HoldPlaced | Extension
"""What a member does, or is done for, that is no purchase and takes nothing from a stock."""
OfHold = HoldCaptured | HoldReleased
"""What becomes of a hold by its id alone."""
OfPending = PendingSettled | PendingRestored
"""What is done by hand to points that are pending."""
OfLots = HoldPlaced | OfHold | Extension | OfPending
"""What is done to points that a member has: put aside, freed, spent, let last longer, let go or taken away."""
OfTwo = Transfer | PoolChanged | Merged | Unmerged
"""Acts of one account towards another."""
