"""Asking: what a group of items must have loaded before it can be decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from stammis.accrual.outcomes import Due, Item, MemberFields, Proof
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LevelGiven,
    Merged,
    PendingRestored,
    PendingSettled,
    PoolChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.members import services as members

Name = tuple[bytes, str, str]
"""A programme, a kind, and a value that is unique in both."""


class MustBeAlone(Exception):
    """Something has to wait for its purchase, which is safe only while nobody else's events come in."""


@dataclass(slots=True)
class Asked:
    """What a group of items must have loaded."""

    programmes: set[bytes] = field(default_factory=set)
    identities: set[Name] = field(default_factory=set)
    receipts: set[Name] = field(default_factory=set)
    origins: set[Name] = field(default_factory=set)
    arriving: list[tuple[bytes, str]] = field(default_factory=list)
    returns: list[Name] = field(default_factory=list)
    coupons: set[tuple[bytes, str]] = field(default_factory=set)
    rewards: list[tuple[bytes, str]] = field(default_factory=list)
    changed: bool = False
    tied: set[bytes] = field(default_factory=set)
    claims: list[Name] = field(default_factory=list)
    merges: list[Name] = field(default_factory=list)
    undone: list[Name] = field(default_factory=list)


def asked_by(items: Iterable[Item]) -> Asked:
    """Say what these items must have loaded."""
    asked = Asked()
    for item in items:
        programme = item.programme_id.bytes
        asked.programmes.add(programme)
        if item.key is not None:
            asked.receipts.add((programme, *item.key))
        _ask_for(asked, programme, item.event)
    return asked


def name_of(programme: bytes, purchase: Purchase) -> Name | None:
    """Give what leads to the buyer: the member's id, or a guest's address; None for an anonymous purchase."""
    if purchase.member is not None:
        return (programme, members.ID, purchase.member)
    if purchase.contact is not None:
        return (programme, members.GUEST_ADDRESS, purchase.contact.email.strip().lower())
    return None


def _ask_for(asked: Asked, programme: bytes, event: AnyEvent | MemberFields | Proof | Due) -> None:
    match event:
        case Purchase():
            _ask_for_purchase(asked, programme, event)
        case HoldCaptured() | HoldReleased() | RedemptionCancelled() | PendingRestored():
            asked.origins.add((programme, *_origin(event)))
        case PendingSettled():
            asked.tied.add(bytes.fromhex(event.account))
        case Happening() | Adjustment() | LevelGiven() | Exchange() | BroughtBalance() | HoldPlaced() | Extension():
            asked.identities.add((programme, members.ID, event.member))
        case Transfer():
            asked.identities.update(((programme, members.ID, event.member), (programme, members.ID, event.to)))
            asked.changed = True
        case PoolChanged():
            asked.identities.update(((programme, members.ID, event.member), (programme, members.ID, event.pool)))
            asked.changed = True
        case Merged():
            asked.identities.update(((programme, members.ID, event.member), (programme, members.ID, event.into)))
            asked.changed = True
            asked.merges.append((programme, members.ID, event.member))
        case Due():
            asked.tied.add(event.account)
        case Unmerged():
            asked.origins.add((programme, "merge", event.merge))
            asked.undone.append((programme, "merge", event.merge))
        case Proof():
            guest = (programme, members.GUEST_ADDRESS, event.email)
            asked.identities.update(((programme, members.ID, event.member), guest))
            asked.changed = True
            asked.claims.append(guest)
            asked.merges.append(guest)
        case Redemption():
            asked.identities.add((programme, members.ID, event.member))
            asked.rewards.append((programme, event.reward))
        case Return():
            asked.origins.update(_bought(programme, event.purchase))
            asked.returns.append((programme, "return", event.id))
        case StatusChanged():
            asked.origins.update(_bought(programme, event.purchase))
        case MemberFields():
            asked.identities.add((programme, members.ID, event.reference))
            asked.changed = True
        case _:
            raise TypeError(event)


def _ask_for_purchase(asked: Asked, programme: bytes, purchase: Purchase) -> None:
    asked.arriving.append((programme, purchase.id))
    if (name := name_of(programme, purchase)) is not None:
        asked.identities.add(name)
    asked.coupons.update((programme, code) for code in purchase.coupons)
    if purchase.points is not None and purchase.points.hold is not None:
        asked.origins.add((programme, "hold", purchase.points.hold))


def _bought(programme: bytes, purchase: str) -> tuple[Name, Name]:
    """Give where a purchase may have led: to its buyer, and on to the member who claimed it."""
    return (programme, "purchase", purchase), (programme, "claimed", purchase)


def _origin(event: HoldCaptured | HoldReleased | RedemptionCancelled | PendingRestored) -> tuple[str, str]:
    """Give the kind and the id of what an event goes back to."""
    match event:
        case RedemptionCancelled():
            return "redemption", event.redemption
        case PendingRestored():
            return "pending", event.taken
        case _:
            return "hold", event.hold
