"""A shop's till for the tests: it publishes a programme and says what happens, in few words."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from stammis.accrual.outcomes import Accepted, Declined, Item, Key, MemberFields, Outcome, Proof
from stammis.accrual.queries import member_view
from stammis.accrual.services import record
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Contact,
    Exchange,
    Happening,
    Line,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    ReturnLine,
    StatusChanged,
    Tender,
    Transfer,
)
from stammis.ledger.models import Entry
from stammis.members.queries import find
from stammis.programmes.models import Programme
from stammis.programmes.services import publish

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
ONE = 10**6
_NAMED = (Purchase, Return, Happening, Redemption, Adjustment, Transfer, Exchange, BroughtBalance)
SHOP: dict[str, Any] = {
    "stammis": 1,
    "programme": "shop",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "Europe/London",
    "from": "2025-01-01",
    "declared_age_days": 800,
    "wallets": [
        {
            "id": "points",
            "name": "Points",
            "expiry": {"kind": "days", "days": 365},
            "value": "1",
            "pays": True,
        }
    ],
    "earn": [
        {"id": "spend", "kind": "amount", "points": 1, "each": "1.00"},
        {"id": "review", "kind": "event", "event": "review", "points": 10},
    ],
    "tiers": [
        {
            "id": "level",
            "name": "Level",
            "counts": "spend",
            "levels": [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": "1000.00"}],
        }
    ],
    "rewards": [
        {"id": "mug", "name": "Mug", "price": 50, "stock": 1},
        {"id": "bag", "name": "Bag", "price": 30},
    ],
    "statuses": {
        "placed": "placed",
        "processing": "placed",
        "shipped": "placed",
        "completed": "completed",
        "complete": "completed",
        "cancelled": "cancelled",
    },
}


class Till:
    """Publishes a programme (``SHOP`` with changes) and records what it is told; ``now`` is its clock."""

    def __init__(self, *, now: dt.datetime = NOW, starts: str = "2025-01-01", **changes: Any) -> None:
        self.now = now
        document = SHOP | {"programme": f"shop-{uuid.uuid4().hex[:8]}", "from": starts} | changes
        self.programme: Programme = publish(document, by="test", now=now).programme

    def item(self, event: AnyEvent | MemberFields | Proof, key: tuple[str, str] | None = None) -> Item:
        """Make an item; events with an id of their own are known by it."""
        if key is None and isinstance(event, _NAMED):
            key = (str(event.__struct_config__.tag), event.id)
        digest = None if isinstance(event, MemberFields | Proof) else sha256(msgspec.json.encode(event)).digest()
        return Item(self.programme.id, event, key, digest)

    def say(self, *events: AnyEvent | MemberFields | Proof) -> list[Outcome]:
        """Record events in one group."""
        return record([self.item(event) for event in events], now=self.now)

    def one(self, event: AnyEvent | MemberFields | Proof) -> Accepted:
        """Record an event that must be accepted."""
        (outcome,) = self.say(event)
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def no(self, event: AnyEvent | MemberFields | Proof) -> Declined:
        """Record an event that must be refused."""
        (outcome,) = self.say(event)
        assert isinstance(outcome, Declined), outcome
        return outcome

    def say_as(self, *events: tuple[AnyEvent, Key | None]) -> list[Outcome]:
        """Record events in one group, each known by the key beside it."""
        return record([self.item(event, key) for event, key in events], now=self.now)

    def one_as(self, event: AnyEvent, key: Key) -> Accepted:
        """Record an event that must be accepted, known by a key."""
        (outcome,) = self.say_as((event, key))
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def no_as(self, event: AnyEvent, key: Key) -> Declined:
        """Record an event that must be refused, known by a key."""
        (outcome,) = self.say_as((event, key))
        assert isinstance(outcome, Declined), outcome
        return outcome

    def active(self, member: str = "anna", wallet: str = "points") -> int:
        """What a member may spend now."""
        return int(member_view(self.programme, member, self.now)["wallets"][wallet]["active"])

    def rows(self, member: str = "anna") -> list[tuple[str, int, int]]:
        """A member's rows as (kind, amount, running), in the order of posting."""
        entries = Entry.objects.filter(member_id=find(self.programme.id, member).id).order_by("row")
        return [(entry.kind, entry.amount, entry.running) for entry in entries]


def day(date: str, time: str = "12:00") -> dt.datetime:
    """A moment of a day, in UTC."""
    return dt.datetime.fromisoformat(f"{date}T{time}+00:00")


def bought(
    id: str,
    amount: int | Sequence[int] | Mapping[str, int] = 10_000,
    member: str | None = "anna",
    *,
    at: dt.datetime = NOW,
    pay: int = 0,
    email: str | None = None,
    **fields: Any,
) -> Purchase:
    """A purchase; ``amount`` in cents: of its one line, of each line, or by the line's id."""
    amounts = [amount] if isinstance(amount, int) else amount
    lines = amounts if isinstance(amounts, Mapping) else {str(n): each for n, each in enumerate(amounts, start=1)}
    return Purchase(
        occurred_at=at,
        id=id,
        currency=fields.pop("currency", "EUR"),
        member=member,
        contact=Contact(email) if email else None,
        lines=tuple(Line(line, cents, ONE) for line, cents in lines.items()),
        points=Tender("points", pay) if pay else None,
        **fields,
    )


def returned(
    id: str, purchase: str, *lines: ReturnLine | str, at: dt.datetime = NOW, money: int | None = None
) -> Return:
    """A return of lines (whole ones by their id), or of money alone."""
    whole = tuple(ReturnLine(line) if isinstance(line, str) else line for line in lines)
    return Return(occurred_at=at, id=id, purchase=purchase, lines=whole, money=money)


def status(purchase: str, status: str, at: dt.datetime = NOW) -> StatusChanged:
    """A purchase's new status."""
    return StatusChanged(occurred_at=at, purchase=purchase, status=status)


def happened(id: str, what: str = "review", member: str = "anna", at: dt.datetime = NOW) -> Happening:
    """Something a member did."""
    return Happening(occurred_at=at, id=id, type=what, member=member)


def redeems(id: str, reward: str, member: str = "anna", at: dt.datetime = NOW, quantity: int = 1) -> Redemption:
    """A member's wish for a reward."""
    return Redemption(occurred_at=at, id=id, member=member, reward=reward, quantity=quantity)


def gives_back(redemption: str, at: dt.datetime = NOW) -> RedemptionCancelled:
    """A reward given back."""
    return RedemptionCancelled(occurred_at=at, redemption=redemption)


def adjusted(id: str, amount: int, member: str = "anna", at: dt.datetime = NOW, wallet: str = "points") -> Adjustment:
    """Points by hand."""
    return Adjustment(occurred_at=at, id=id, member=member, wallet=wallet, amount=amount, reason="a gift")


def gives(id: str, amount: int, giver: str = "anna", to: str = "ben", at: dt.datetime = NOW) -> Transfer:
    """Points that one member gives to another."""
    return Transfer(occurred_at=at, id=id, member=giver, to=to, wallet="points", amount=amount)
