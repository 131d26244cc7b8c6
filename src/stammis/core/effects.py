"""Effects: what a decision does. The ledger rows, the steps that explain them, and what else changes."""

from __future__ import annotations

from typing import Literal, final

from msgspec import Struct

from stammis.core.events import Scalar
from stammis.core.parcels import Awaits
from stammis.core.standing import (
    Count,
    Hold,
    IssuedReward,
    PurchaseState,
    Stay,
    Take,
    Ties,
)

MovedBecause = Literal[
    "reached",
    "taken_back",
    "spent",
    "window",
    "review",
    "grace_over",
    "by_hand",
    "by_hand_over",
    "rules",
    "merged",
    "parted",
]
RowKind = Literal[
    "earn", "spend", "return", "restore", "expire", "adjust", "transfer_in", "transfer_out", "hold", "release"
]


class Posted(Struct, frozen=True, tag_field="effect", tag="posted", omit_defaults=True, kw_only=True, gc=False):
    """A ledger row: ``row`` is its number in the member's ledger, ``amount`` signed, ``running`` the balance after it.

    ``lots`` names the lots it took from or gave back to; a row with ``left`` opens a lot with what debt left. A row
    with ``awaits`` moves pending points only: neither balance nor lots are touched until they are active.
    ``shortfall`` is what a reversal should have taken besides and could not.
    """

    row: int
    wallet: str
    kind: RowKind
    amount: int
    running: int
    at: int
    ends_at: int | None = None
    left: int | None = None
    lots: tuple[Take, ...] = ()
    reverses: int | None = None
    awaits: Awaits | None = None
    shortfall: int = 0


class Activated(Struct, frozen=True, tag_field="effect", tag="activated", omit_defaults=True, kw_only=True, gc=False):
    """Pending points of a row are active from now on; ``left`` of them, after debt, are its lot."""

    wallet: str
    row: int
    amount: int
    left: int
    at: int
    ends_at: int | None = None


class Extended(Struct, frozen=True, tag_field="effect", tag="extended", omit_defaults=True, kw_only=True, gc=False):
    """The lots of these rows (pending and held points as well) end later than they would have: at ``ends_at``."""

    wallet: str
    rows: tuple[int, ...]
    amount: int
    ends_at: int
    at: int


class HoldMoved(Struct, frozen=True, tag_field="effect", tag="hold", kw_only=True, gc=False):
    """A hold is placed, captured, released or expires."""

    hold: Hold


class TierMoved(Struct, frozen=True, tag_field="effect", tag="tier", omit_defaults=True, kw_only=True, gc=False):
    """The member's level in a tier set changes; ``because`` and ``counted`` (of the set's first measure) say why.

    Sets that merely count a rolling window leave both out: the event tells why.
    """

    set: str
    before: str | None
    after: str | None
    at: int
    because: MovedBecause | None = None
    counted: int | None = None


class Stayed(Struct, frozen=True, tag_field="effect", tag="stayed", omit_defaults=True, kw_only=True, gc=False):
    """What a level rests on besides what counts changes; None: on nothing else."""

    set: str
    stay: Stay | None = None


class Progressed(Struct, frozen=True, tag_field="effect", tag="progress", kw_only=True, gc=False):
    """So much more (or less) counts towards a tier set on a day."""

    set: str
    day: int
    amount: int


class Counted(Struct, frozen=True, tag_field="effect", tag="count", kw_only=True, gc=False):
    """A cap is used (or, after a return, given back)."""

    rule: str
    count: Count


class Drawn(Struct, frozen=True, tag_field="effect", tag="budget", omit_defaults=True, kw_only=True, gc=False):
    """So many points are drawn from a budget (or, after a return, given back), in a period (by its number).

    ``store`` is whose budget it is, where each store or household has its own.
    """

    budget: str
    period: int
    points: int
    store: str = ""


class PurchaseMoved(Struct, frozen=True, tag_field="effect", tag="purchase", kw_only=True, gc=False):
    """Where the purchase stands now."""

    purchase: str
    state: PurchaseState


class RewardMoved(Struct, frozen=True, tag_field="effect", tag="reward", kw_only=True, gc=False):
    """A reward is issued, used, freed or cancelled."""

    reward: IssuedReward


class MemberSet(Struct, frozen=True, tag_field="effect", tag="member", omit_defaults=True, kw_only=True, gc=False):
    """The facts about the member that rules read, known from an instant on; days are ordinals."""

    enrolled: bool
    labels: tuple[str, ...] = ()
    attributes: dict[str, Scalar] = {}
    consents: tuple[str, ...] = ()
    birthday: int | None = None
    joined: int | None = None
    at: int = 0


class Remembered(Struct, frozen=True, tag_field="effect", tag="remembered", omit_defaults=True, kw_only=True, gc=False):
    """The member's history moves: purchases made and money spent on a day (or fewer and less), or an event of a type.

    Only what a rule of the version in force asks about is remembered.
    """

    day: int
    event: str | None = None
    times: int = 0
    spent: int = 0


class PastCarried(Struct, frozen=True, tag_field="effect", tag="past", omit_defaults=True, kw_only=True, gc=False):
    """Another account's past adds to this one's, or (``gone``) no longer does: amounts are below zero then.

    ``purchases`` are those that stand, ``days`` and ``events`` as in ``standing.Past``.
    """

    purchases: int = 0
    days: tuple[tuple[int, int, int], ...] = ()
    events: dict[str, tuple[int, ...]] = {}
    gone: bool = False


class Celebrated(Struct, frozen=True, tag_field="effect", tag="celebrated", kw_only=True, gc=False):
    """A birthday or an anniversary of joining was had in a year."""

    what: Literal["birthday", "anniversary"]
    year: int


class Tied(Struct, frozen=True, tag_field="effect", tag="tied", omit_defaults=True, kw_only=True, gc=False):
    """The accounts that this one is tied to from now on."""

    ties: Ties | None = None


class Refused(Struct, frozen=True, tag_field="effect", tag="refused", omit_defaults=True, kw_only=True, gc=False):
    """The member's rules say no: a stable code, and what there is to know about it. Nothing else happens."""

    code: str
    reason: str | None = None
    detail: dict[str, Scalar] = {}


Effect = (
    Posted
    | Activated
    | Extended
    | HoldMoved
    | TierMoved
    | Stayed
    | Progressed
    | Counted
    | Drawn
    | PurchaseMoved
    | RewardMoved
    | MemberSet
    | Tied
    | Remembered
    | PastCarried
    | Celebrated
    | Refused
)


@final
class Step(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """What one rule did: whether it applied, why (a code and the values it looked at), and its part of the points.

    Rows that no rule gives (spend, restore, expire, adjust) have a step without a rule, ``because`` of what they are.
    ``points`` of all steps of a wallet add up to the rows of the decision in that wallet.
    """

    rule: str
    applied: bool
    because: str
    wallet: str | None = None
    points: int = 0
    saw: dict[str, Scalar] = {}


class Refund(Struct, frozen=True, kw_only=True, gc=False):
    """What a return gives back: money in minor units, points in the wallet's smallest unit."""

    money: int
    points: int = 0
    wallet: str | None = None


class Amounts(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """The purchase in money, in minor units: total = by_points + due. ``currency`` where it is not the programme's."""

    total: int
    by_points: int
    due: int
    currency: str | None = None


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """What an event is worth: effects in the order in which they are applied, and the steps that explain them."""

    effects: tuple[Effect, ...]
    steps: tuple[Step, ...] = ()
    amounts: Amounts | None = None
    refund: Refund | None = None
