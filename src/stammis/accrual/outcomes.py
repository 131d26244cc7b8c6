"""What goes in and what comes out: an item to be decided, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import Struct

from stammis.core.effects import Amounts, Effect, Refund, Refused, Step
from stammis.core.events import AnyEvent

Key = tuple[str, str]
"""A kind of id, and the caller's id."""


@dataclass(frozen=True, slots=True)
class MemberFields:
    """Facts about a member as a caller gives them: what is given replaces, None clears, what is absent stays."""

    reference: str
    fields: dict[str, Any]
    kind: str = "member"


@dataclass(frozen=True, slots=True)
class Proof:
    """A member has proven that a mail address is theirs: purchases of a guest with it become the member's."""

    member: str
    email: str
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What fell due until then for an account with ties, which others are locked for; ``account``: its internal id."""

    account: bytes
    until: dt.datetime


class Item(NamedTuple):
    """Something to be decided.

    ``key`` is the caller's id: said again with the same ``hash`` it gives the first answer, with another one a
    conflict. Without a hash (a source that gives none) the same id is taken as said again. ``body`` is the event as
    JSON, where whoever read it has written it already.
    """

    programme_id: uuid.UUID
    event: AnyEvent | MemberFields | Proof | Due
    key: Key | None = None
    hash: bytes | None = None
    body: bytes | None = None


class WalletView(NamedTuple):
    """What a member has in a wallet, in its smallest unit."""

    active: int
    pending: int
    held: int


class Answer(Struct, frozen=True):
    """What an item was worth.

    ``member`` is the caller's id of the member, None for guests, ``account`` the internal one as bytes; ``seq`` the
    number of the member's event, 0 where it waits.
    """

    programme_id: uuid.UUID
    member: str | None
    account: bytes | None
    seq: int
    version: int
    event: AnyEvent
    effects: tuple[Effect, ...] = ()
    steps: tuple[Step, ...] = ()
    amounts: Amounts | None = None
    refund: Refund | None = None
    wallets: dict[str, WalletView] = {}
    tiers: dict[str, str | None] = {}

    @property
    def member_id(self) -> uuid.UUID | None:
        """The internal id of the member."""
        return None if self.account is None else uuid.UUID(bytes=self.account)


class Accepted(Struct, frozen=True):
    """It was decided (200, 201) or waits for its purchase (202); ``replay``: the first answer, given again."""

    status: int
    answer: Answer
    replay: bool = False


class Declined(Struct, frozen=True):
    """It was refused, and nothing was written: an HTTP status, a stable code, and what there is to know."""

    status: int
    code: str
    reason: str | None = None
    detail: dict[str, Any] = {}


Outcome = Accepted | Declined

_UNPROCESSABLE = frozenset(
    {
        "already_ended",
        "below_minimum",
        "future_coupon",
        "in_future",
        "invalid",
        "more_than_held",
        "more_than_bought",
        "negative_total",
        "no_exchange",
        "no_pool",
        "no_rate",
        "no_whole_steps",
        "programme_required",
        "same_member",
        "share_limit",
        "too_many_decimals",
        "too_old",
        "already_over",
        "unknown_level",
        "unknown_line",
        "unknown_member",
        "unknown_receiver",
        "unknown_reward",
        "unknown_status",
        "unknown_tier_set",
        "unknown_wallet",
    }
)


def declined(code: str, reason: str | None = None, /, **detail: Any) -> Declined:
    """Refuse with the status that belongs to the code: 422 for what can never be right, else 409."""
    return refused(Refused(code=code, reason=reason, detail=detail))


def refused(refusal: Refused) -> Declined:
    """Pass on what the member's rules refuse, with the status that belongs to the code."""
    status = 422 if refusal.code in _UNPROCESSABLE else 409
    return Declined(status, refusal.code, refusal.reason, dict(refusal.detail))
