"""The bodies that callers send, as they are written: money and quantities still text. The OpenAPI document shows them.

``stammis.intake.reading`` turns them into events; ``stammis.intake.faults`` lists everything that is wrong with a body.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from stammis.intake.amounts import LARGEST_QUANTITY, MONEY, QUANTITY, SIGNED_MONEY

MOST_LINES = 1_000
MOST_ITEMS = 1_000
MOST_ENTRIES = 200
LARGEST_AMOUNT = 10**15
YEARS = range(1971, 9990)
"""Years in which days can be reckoned with, whatever the offset."""

Id = Annotated[str, Meta(min_length=1, max_length=200, description="An id of the caller's own.", examples=["A-1001"])]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=2_000)]
Money = Annotated[
    str,
    Meta(
        description="Decimal text, not below zero, with at most the currency's decimals.",
        examples=["12.50"],
        extra_json_schema={"pattern": MONEY},
        extra={"reads": "money"},
    ),
]
SignedMoney = Annotated[
    str,
    Meta(
        description="Decimal text, which may begin with a minus.",
        examples=["-0.02"],
        extra_json_schema={"pattern": SIGNED_MONEY},
        extra={"reads": "signed_money"},
    ),
]
Quantity = Annotated[
    Annotated[int, Meta(ge=0, le=LARGEST_QUANTITY)] | Annotated[str, Meta(extra_json_schema={"pattern": QUANTITY})],
    Meta(
        description="0 to 10⁹: a whole number, or decimal text with at most six decimals.",
        examples=[1, "0.750"],
        extra={"reads": "quantity"},
    ),
]
Time = Annotated[
    dt.datetime, Meta(tz=True, description="RFC 3339, with an offset.", examples=["2026-03-04T12:30:00+02:00"])
]
Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)", examples=["anna@example.com"])]
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Status = Annotated[str, Meta(min_length=1, max_length=200, description="Any status that the programme maps.")]
Locale = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)", max_length=35, examples=["fi"])]
Scalar = Text | Whole | float | bool | None
Facts = Annotated[
    dict[Name, Scalar], Meta(max_length=MOST_ENTRIES, description="Names and plain values: text, numbers, true, false.")
]
ProgrammeSlug = Annotated[
    str,
    Meta(max_length=63, description="Which programme; needed where there are several and the key is bound to none."),
]


class Body(Struct, forbid_unknown_fields=True, kw_only=True):
    """What all bodies have in common."""

    programme: ProgrammeSlug | None = None


class LineBody(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A line of a purchase. ``amount``: its total after shop discounts, tax included; ``tax``: the part that is tax."""

    id: Id
    quantity: Quantity
    amount: Money
    sku: Name | None = None
    name: Name | None = None
    category: Name | None = None
    tax: Money | None = None
    kind: Literal["goods", "shipping", "gift_card", "fee"] | None = None


class DiscountBody(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A discount on the whole purchase: ``reward`` lowers the total; ``shop`` is for the record, the lines have it."""

    amount: Money
    kind: Literal["reward", "shop"]


class TenderBody(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """Points offered in payment, in the wallet's smallest unit.

    With a ``hold`` they are taken out of that, and what it holds besides is free again.
    """

    wallet: Name
    amount: Annotated[int, Meta(ge=1, le=LARGEST_AMOUNT)]
    hold: Annotated[str, Meta(min_length=1, max_length=200, description="A hold that is turned over.")] | None = None


class ContactBody(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """How a guest can be reached."""

    email: Email


class PurchaseBody(Body, kw_only=True):
    """A purchase. Without ``member`` and ``contact`` it is anonymous: counted, no points."""

    id: Id
    occurred_at: Time
    currency: Annotated[str, Meta(description="ISO 4217.", examples=["EUR"])]
    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=MOST_LINES)]
    member: Id | None = None
    contact: ContactBody | None = None
    channel: Name | None = None
    store: Name | None = None
    partner: Name | None = None
    payment: Name | None = None
    discounts: Annotated[list[DiscountBody], Meta(max_length=MOST_LINES)] | None = None
    coupons: Annotated[list[Name], Meta(max_length=MOST_ENTRIES)] | None = None
    points: TenderBody | None = None
    rounding: SignedMoney | None = None
    status: Status | None = None


class ReturnLineBody(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """What comes back of a line: a quantity, an amount, or, with neither, all that remains of it."""

    line: Id
    quantity: Quantity | None = None
    amount: Money | None = None


class ReturnBody(Body, kw_only=True):
    """Goods that come back (``lines``), or money given back without goods (``money``): one of the two.

    Amounts are in the purchase's currency, with no more decimals than the programme's has.
    """

    id: Id
    occurred_at: Time
    lines: Annotated[list[ReturnLineBody], Meta(min_length=1, max_length=MOST_LINES)] | None = None
    money: Money | None = None


class StatusBody(Body, kw_only=True):
    """A purchase moves to another status, any that the programme maps."""

    status: Status
    occurred_at: Time


class EventBody(Body, kw_only=True):
    """Anything else a member did: a review, a visit, an answer."""

    id: Id
    type: Annotated[str, Meta(min_length=1, max_length=200, examples=["review"])]
    member: Id
    occurred_at: Time
    properties: Facts | None = None


class MemberBody(Body, kw_only=True):
    """Facts about a member. What is given replaces what was there, null clears it, what is absent stays.

    Attributes and consents do so name by name.
    """

    email: Email | UnsetType | None = UNSET
    phone: Annotated[str, Meta(max_length=50)] | UnsetType | None = UNSET
    name: Name | UnsetType | None = UNSET
    birthday: dt.date | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    joined_at: Time | UnsetType | None = UNSET
    attributes: Facts | UnsetType | None = UNSET
    labels: Annotated[list[Name], Meta(max_length=MOST_ENTRIES)] | UnsetType | None = UNSET
    consents: Facts | UnsetType | None = UNSET


class RedemptionBody(Body, kw_only=True):
    """A member takes a reward for points."""

    id: Id
    member: Id
    reward: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    occurred_at: Time | None = None


class CancelBody(Body, kw_only=True):
    """Undo a redemption; without a time: now."""

    occurred_at: Time | None = None


class AdjustmentBody(Body, kw_only=True):
    """Points given (above zero) or taken (below), with the reason."""

    id: Id
    member: Id
    wallet: Name
    amount: Annotated[int, Meta(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)]
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


class LevelBody(Body, kw_only=True):
    """A level given by hand, with the reason; null takes back what was given so.

    It is held at least, or with ``only`` exactly, through the local day ``until``; without one, for good.
    """

    level: Name | None
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]
    until: dt.date | None = None
    only: bool = False


class RateBody(Body, kw_only=True):
    """What a currency is worth from a day on."""

    on: Annotated[dt.date, Meta(description="The first day, local to the programme, on which it holds.")]
    rate: Annotated[
        str,
        Meta(
            description="Units of that currency for 1 of the programme's: decimal text above zero.",
            pattern=r"^[0-9]{1,12}(\.[0-9]{1,10})?$(?!\n)",
            examples=["17", "0.8731"],
        ),
    ]


LONGEST_HOLD = 366 * 86_400


class HoldBody(Body, kw_only=True):
    """A member's points are put aside for so many seconds."""

    id: Id
    member: Id
    wallet: Name
    amount: Annotated[int, Meta(ge=1, le=LARGEST_AMOUNT)]
    seconds: Annotated[int, Meta(ge=1, le=LONGEST_HOLD, description="How long; after that they are free again.")]


class CaptureBody(Body, kw_only=True):
    """Spend so many of the points put aside; without an amount all of them."""

    amount: Annotated[int, Meta(ge=1, le=LARGEST_AMOUNT)] | None = None


class ExtensionBody(Body, kw_only=True):
    """A member's open points of a wallet last through a day, with the reason."""

    id: Id
    member: Id
    wallet: Name
    last_day: Annotated[dt.date, Meta(description="The last day on which they are usable.", examples=["2026-12-31"])]
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


class SettleBody(Body, kw_only=True):
    """Why pending points are let go, or taken away, by hand."""

    id: Id
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


class TransferBody(Body, kw_only=True):
    """Points that one member gives to another, or to a charity; without a time: now."""

    id: Id
    from_: Id = msgspec.field(name="from")
    to: Id
    wallet: Name
    amount: Annotated[int, Meta(ge=1, le=LARGEST_AMOUNT)]
    occurred_at: Time | None = None


class ExchangeBody(Body, kw_only=True):
    """Points of the wallet ``from`` changed for points of the wallet ``to``, at the programme's rate."""

    id: Id
    member: Id
    from_: Name = msgspec.field(name="from")
    to: Name
    amount: Annotated[int, Meta(ge=1, le=LARGEST_AMOUNT, description="What is given, in smallest units.")]
    occurred_at: Time | None = None


class MergeBody(Body, kw_only=True):
    """The account ``member`` ends and goes on in ``into``."""

    id: Id
    member: Id
    into: Id


class ProofBody(Body, kw_only=True):
    """A mail address that the member has proven to be theirs, by a way of your own."""

    email: Email


class PoolBody(Body, kw_only=True):
    """An account of several members, or of a charity to which they donate."""

    kind: Literal["household", "company", "charity"]
    name: Name | UnsetType | None = UNSET


class PartBody(Body, kw_only=True):
    """A member's part in a pool: per cent of what is earned that goes there, and what the member may do."""

    share: Annotated[int, Meta(ge=0, le=100)] | None = None
    rights: Annotated[list[Literal["earn", "spend", "view"]], Meta(max_length=3)] | None = None


class DraftBody(Body, kw_only=True):
    """A draft of a programme: begun with a ``name``, and a ``document``, by default the newest version's.

    ``version``: the document of that version instead, to go back to it.
    ``after``: the step that was seen last; where somebody made another since, nothing is saved.
    """

    name: Name | None = None
    document: Annotated[dict[str, Any], Meta(description="The programme, as in a programme file.")] | None = None
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    after: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    note: Text | None = None


class StepBody(Body, kw_only=True):
    """A step of a draft towards its publication, and what there is to say about it."""

    note: Text | None = None


class PublicationBody(StepBody, kw_only=True):
    """The publication of a draft: in force from the local day ``begins``, or at once."""

    begins: dt.date | None = None


class PurchaseItem(PurchaseBody, tag_field="kind", tag="purchase", kw_only=True):
    """A purchase, as an item of a batch."""


class ReturnItem(ReturnBody, tag_field="kind", tag="return", kw_only=True):
    """A return, as an item of a batch."""

    purchase: Id


class StatusItem(StatusBody, tag_field="kind", tag="status", kw_only=True):
    """A purchase's new status, as an item of a batch."""

    purchase: Id


class EventItem(EventBody, tag_field="kind", tag="event", kw_only=True):
    """An event, as an item of a batch."""


class MemberItem(MemberBody, tag_field="kind", tag="member", kw_only=True):
    """Facts about a member, as an item of a batch."""

    member: Id


AnyItem = PurchaseItem | ReturnItem | StatusItem | EventItem | MemberItem
ITEMS: dict[str, type[Body]] = {
    "purchase": PurchaseItem,
    "return": ReturnItem,
    "status": StatusItem,
    "event": EventItem,
    "member": MemberItem,
}


class BatchBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """Up to 1,000 items, decided in order; a bad one spoils no other."""

    items: Annotated[list[AnyItem], Meta(max_length=MOST_ITEMS)]
    programme: ProgrammeSlug | None = None


class RawBatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """A batch whose items are read one by one, because one of them is bad."""

    items: Annotated[list[Raw], Meta(max_length=MOST_ITEMS)]
    programme: ProgrammeSlug | None = None
