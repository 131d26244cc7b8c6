"""What may happen to members, as events thrown with dice: quick, and the same again for the same seed."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from msgspec import structs

from stammis.accrual.outcomes import MemberFields
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    Discount,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LevelGiven,
    Line,
    Merged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    ReturnLine,
    StatusChanged,
    Tender,
    Transfer,
    Unmerged,
)
from tests.core.strategies import CATEGORIES, CHANNELS, LABELS, SKUS, STORES
from tests.laws.notes import MEMBERS, Notes

KINDS = (
    *("buy",) * 6,
    *("return",) * 5,
    *("status",) * 3,
    *("order", "settle") * 2,
    *("redeem",) * 2,
    *("event",) * 2,
    *("transfer",) * 2,
    *("hold",) * 2,
    *("capture", "release", "extend"),
    *("merge", "part", "part", "part"),
    *("early", "adjust", "undo", "member", "exchange"),
)
WALLETS = ("points", "points", "coins")
STATUSES = ("placed", "completed", "cancelled")
ONE = 10**6
Told = list[tuple[str, AnyEvent | MemberFields]]


def events_of(kind: str, seed: int, notes: Notes, members: tuple[str, ...] = MEMBERS) -> Told:
    """Make the events of something that happens, each beside the member whose it is."""
    dice = random.Random(seed)
    member, id = dice.choice(members), notes.fresh_id()
    at = notes.moment(dice.choice((0, 0, 1, 30, 200, 600, -30)) * dice.random())
    match kind:
        case "buy":
            status = dice.choice(("completed", "completed", *STATUSES))
            pays = dice.choice((0, 0, dice.randint(1, 30)))
            bought = purchase_of(dice, notes, member, at, status=status, pays=pays)
            if pays and member in notes.holds and dice.random() < 0.3:
                bought = structs.replace(bought, points=Tender("points", pays, notes.hold(member, dice)))
            return [(member, bought)]
        case "order":
            order = purchase_of(dice, notes, member, at, status="placed")
            notes.ordered(member, order.id)
            return [(member, order)]
        case "settle":
            status = dice.choice(("completed", "completed", "cancelled"))
            return [(member, StatusChanged(occurred_at=at, purchase=notes.order(member, dice), status=status))]
        case "early":
            purchase = purchase_of(dice, notes, member, at, status="placed")
            early = StatusChanged(occurred_at=at, purchase=purchase.id, status=dice.choice(STATUSES))
            return [(member, early), (member, return_of(dice, purchase.id, id, at)), (member, purchase)]
        case "return":
            return [(member, return_of(dice, notes.purchase(member, dice), id, at))]
        case "status":
            purchase_id = notes.purchase(member, dice)
            return [(member, StatusChanged(occurred_at=at, purchase=purchase_id, status=dice.choice(STATUSES)))]
        case "capture" | "release":
            return [(member, hold_ends(kind, dice, notes.hold(member, dice), at))]
        case "merge":
            into = dice.choice([other for other in members if other != member])
            notes.merges.append((id, member))
            return [(member, Merged(occurred_at=notes.now, id=id, member=member, into=into))]
        case "part":
            merge, member = dice.choice(notes.merges[-3:] or [("unknown", member)])
            return [(member, Unmerged(occurred_at=notes.now, merge=merge, member=""))]
        case "undo":
            return [(member, RedemptionCancelled(occurred_at=at, redemption=notes.redemption(member, dice)))]
        case _:
            return [(member, event_of(kind, dice, notes, member, at))]


def event_of(kind: str, dice: random.Random, notes: Notes, member: str, at: dt.datetime) -> AnyEvent | MemberFields:
    """Make an event that is about a member alone, or about a member and another."""
    id = notes.fresh_id()
    wallet, amount = dice.choice(WALLETS), dice.randint(1, 60)
    match kind:
        case "redeem":
            notes.redeemed(member, id)
            reward = dice.choice(("mug", "pin"))
            return Redemption(occurred_at=at, id=id, member=member, reward=reward, quantity=dice.choice((1, 1, 2)))
        case "adjust":
            amount = dice.choice((amount, -amount))
            return Adjustment(occurred_at=at, id=id, member=member, wallet=wallet, amount=amount, reason="law")
        case "event":
            return Happening(occurred_at=at, id=id, type=dice.choice(("review", "visit", "other")), member=member)
        case "transfer":
            to = dice.choice(MEMBERS)
            return Transfer(occurred_at=at, id=id, member=member, to=to, wallet=wallet, amount=amount)
        case "exchange":
            return Exchange(occurred_at=at, id=id, member=member, wallet="points", to="coins", amount=amount)
        case "hold":
            notes.held(member, id)
            seconds = dice.choice((60, 86_400, 10**6))
            return HoldPlaced(occurred_at=at, id=id, member=member, wallet=wallet, amount=amount, seconds=seconds)
        case "extend":
            last = at.date() + dt.timedelta(days=dice.randint(1, 60))
            return Extension(occurred_at=at, id=id, member=member, wallet=wallet, last_day=last, reason="law")
        case "member":
            labels = [label for label in LABELS if dice.random() < 0.5]
            return MemberFields(member, {"labels": labels, "attributes": {"size": dice.choice((None, "5", 5, True))}})
        case "level":
            level = dice.choice((None, "silver", "gold", "gold"))
            until = dice.choice((None, at.date() + dt.timedelta(days=dice.randint(1, 200))))
            reason = "law"
            return LevelGiven(occurred_at=at, member=member, set="club", level=level, until=until, reason=reason)
        case other:
            raise AssertionError(other)


def hold_ends(kind: str, dice: random.Random, hold: str, at: dt.datetime) -> AnyEvent:
    """Let points that are put aside be spent, all or some of them, or be free again."""
    if kind == "release":
        return HoldReleased(occurred_at=at, hold=hold)
    return HoldCaptured(occurred_at=at, hold=hold, amount=dice.choice((None, dice.randint(1, 40))))


def purchase_of(
    dice: random.Random, notes: Notes, member: str, at: dt.datetime, *, status: str = "completed", pays: int = 0
) -> Purchase:
    """Make a purchase."""
    id = notes.fresh_id()
    notes.bought(member, id)
    lines = tuple(line_of(dice, str(number + 1)) for number in range(dice.choice((1, 1, 2, 4))))
    whole = sum(line.amount for line in lines)
    reward = dice.choice((0, 0, dice.randint(0, whole)))
    return Purchase(
        occurred_at=at,
        id=id,
        currency="EUR",
        member=member,
        lines=lines,
        discounts=(Discount(reward, "reward"),) if reward else (),
        rounding=dice.choice((0, 0, dice.randint(-min(5, whole - reward), 5))),
        channel=dice.choice((None, *CHANNELS)),
        store=dice.choice((None, *STORES)),
        points=Tender("points", pays) if pays else None,
        status=status,
    )


def line_of(dice: random.Random, id: str) -> Line:
    """Make a line of a purchase."""
    amount = dice.choice((0, dice.randint(0, 400), dice.randint(0, 4_000), 100 * dice.randint(1, 40)))
    return Line(
        id,
        amount,
        dice.choice((0, 250_000, ONE, ONE, 3 * ONE)),
        category=dice.choice((None, *CATEGORIES)),
        sku=dice.choice((None, *SKUS)),
        tax=dice.choice((0, dice.randint(0, amount // 4))),
        kind=dice.choice(("goods", "goods", "goods", "goods", "shipping", "fee", "gift_card")),
    )


def return_of(dice: random.Random, purchase: str, id: str, at: dt.datetime) -> Return:
    """Make a return of a line, of a piece or an amount of it, or of money alone."""
    name, size = str(dice.choice((1, 1, 2, 4))), dice.randint(1, 1_500)
    part: Any = dice.choice((ReturnLine(name), ReturnLine(name, 250_000), ReturnLine(name, None, size), None))
    if part is None:
        return Return(occurred_at=at, id=id, purchase=purchase, money=size)
    return Return(occurred_at=at, id=id, purchase=purchase, lines=(part,))


def parts_of(bought: Purchase, notes: Notes, dice: random.Random) -> list[AnyEvent]:
    """Make returns of all there is, in pieces and in any order, or of some of it and then a cancellation."""
    pieces: list[ReturnLine] = []
    wholes: list[ReturnLine] = []
    for line in bought.lines:
        if line.quantity >= 3 * ONE:
            pieces += [ReturnLine(line.id, ONE)] * dice.randint(0, 2)
        if line.quantity or line.amount:
            wholes.append(ReturnLine(line.id))
    dice.shuffle(pieces)
    dice.shuffle(wholes)
    at = bought.occurred_at
    events: list[AnyEvent] = [
        Return(occurred_at=at, id=notes.fresh_id(), purchase=bought.id, lines=(piece,)) for piece in [*pieces, *wholes]
    ]
    if not events or dice.random() < 0.3:
        events = events[: dice.randint(0, len(events))]
        events.append(StatusChanged(occurred_at=at, purchase=bought.id, status="cancelled"))
    return events
