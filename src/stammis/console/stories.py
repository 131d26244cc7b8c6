"""A member's story: what happened, newest first, each with what it moved."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.accrual.queries import records_of
from stammis.accrual.records import Record, read_event, read_record
from stammis.activity.models import Event
from stammis.console import formats
from stammis.console.between import moved, tied
from stammis.core.abroad import money_of
from stammis.core.effects import Activated, Effect, Posted, PurchaseMoved, RewardMoved, TierMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Claimed,
    DayPassed,
    Exchange,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LevelGiven,
    MemberChanged,
    Merged,
    OfPending,
    PendingRestored,
    PendingSettled,
    PoolChanged,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.core.programme import Programme as Document
from stammis.kit.pages import Page, page
from stammis.ledger.queries import row_id
from stammis.members import queries as members
from stammis.programmes.sentences import words

ROWS = 40
EARNING = {"purchase", "event"}
ICONS = {
    "purchase": "shopping-bag",
    "return": "undo-2",
    "status": "receipt",
    "event": "star",
    "redemption": "gift",
    "redemption_cancelled": "undo-2",
    "adjustment": "pencil",
    "hold": "lock",
    "hold_captured": "lock-open",
    "hold_released": "lock-open",
    "extension": "hourglass",
    "pending": "hourglass",
    "pending_restored": "undo-2",
    "member": "user",
    "day": "hourglass",
    "transfer": "arrow-right-left",
    "received": "arrow-right-left",
    "exchange": "repeat",
    "balance": "file-up",
    "pool": "users",
    "merged": "merge",
    "unmerged": "split",
    "claimed": "shopping-bag",
}


@dataclass(frozen=True)
class Movement:
    """A ledger row of an event: its public id and amount, in the wallet's smallest unit."""

    row: str
    amount: int
    decimals: int
    unit: str


@dataclass(frozen=True)
class Chapter:
    """One event of the story; ``seq`` is its number in the account to which it happened.

    ``undo`` is the id of an act that took pending points away and can be undone.
    """

    kind: str
    at: dt.datetime
    title: str
    under: str = ""
    movements: tuple[Movement, ...] = ()
    moves: tuple[str, ...] = field(default=())
    seq: int = 0
    account: uuid.UUID | None = None
    undo: str = ""

    @property
    def earns(self) -> bool:
        """Whether somebody may ask why it gave no points."""
        return self.kind in EARNING

    @property
    def icon(self) -> str:
        """The picture beside it."""
        return ICONS.get(self.kind, "circle-dot")

    @property
    def month(self) -> str:
        """The month in which it happened, for the reader."""
        return formats.month(timezone.localtime(self.at).date(), form="yMMMM")


def timeline(member_id: uuid.UUID, document: Document, cursor: str | None) -> Page[Chapter]:
    """Give a page of a member's events, newest first. Raises BadCursor."""
    accounts = [member_id, *members.merged_into(member_id)]
    order = ("-occurred_at", "-seq", "member_id")
    found = page(Event.objects.filter(member_id__in=accounts), order=order, cursor=cursor, limit=ROWS)
    records = records_of(found.rows)
    chapters = [_chapter(event, records.get((event.member_id, event.seq)), document) for event in found.rows]
    return Page(chapters, after=found.after, before=found.before)


def _chapter(stored: Event, record: str | None, document: Document) -> Chapter:
    event = read_event(stored.body)
    read: Record | None = read_record(record) if record else None
    effects: Iterable[Effect] = read.effects if read else ()
    title, under = _told(event, effects, document)
    return Chapter(
        kind=stored.kind,
        at=stored.occurred_at,
        title=title,
        under=under,
        movements=tuple(
            _movement(stored.member_id, effect, document) for effect in effects if isinstance(effect, Posted)
        ),
        moves=tuple(_move(effect, document) for effect in effects if isinstance(effect, TierMoved)),
        seq=stored.seq,
        account=stored.member_id,
        undo=event.id if isinstance(event, PendingSettled) and not event.released else "",
    )


def _movement(member_id: uuid.UUID, row: Posted, document: Document) -> Movement:
    wallet = words.wallet_of(document, row.wallet)
    decimals, unit = (wallet.decimals, words.name(wallet.name, wallet.id)) if wallet else (0, row.wallet)
    return Movement(row_id(member_id, row.row), row.amount, decimals, unit)


def _move(effect: TierMoved, document: Document) -> str:
    names = {level.id: words.name(level.name, level.id) for tiers in document.tiers for level in tiers.levels}
    none = _("no level")
    return _("%(before)s → %(after)s") % {
        "before": names.get(effect.before or "", none),
        "after": names.get(effect.after or "", none),
    }


def _told(event: AnyEvent, effects: Iterable[Effect], document: Document) -> tuple[str, str]:
    """Say what happened, and what else there is to know of it."""
    match event:
        case Purchase():
            return _purchase(event)
        case Return():
            return _return(event, effects, document)
        case StatusChanged():
            return _("Purchase %(id)s is «%(status)s»") % {"id": event.purchase, "status": event.status}, ""
        case Happening():
            said = ", ".join(f"{name}: {value}" for name, value in event.properties.items())
            return _("«%(type)s»") % {"type": event.type}, said
        case Redemption():
            code = next((effect.reward.code for effect in effects if isinstance(effect, RewardMoved)), "")
            taken = _("Took «%(reward)s»") % {"reward": reward_name(event.reward, document)}
            return f"{event.quantity} × {taken}" if event.quantity > 1 else taken, code
        case RedemptionCancelled():
            back = next((effect.reward for effect in effects if isinstance(effect, RewardMoved)), None)
            name = reward_name(back.reward, document) if back else event.redemption
            return _("Gave «%(reward)s» back") % {"reward": name}, back.code if back else ""
        case Adjustment():
            return _("Points by hand"), event.reason
        case LevelGiven():
            return (_("Level by hand") if event.level else _("The level by hand ended")), event.reason
        case MemberChanged():
            return _("The record changed"), ", ".join(event.labels)
        case Transfer() | Received() | Exchange() | BroughtBalance():
            return moved(event, document)
        case PoolChanged() | Merged() | Unmerged() | Claimed():
            return tied(event)
        case HoldPlaced() | HoldCaptured() | HoldReleased() | Extension() | PendingSettled() | PendingRestored():
            return _lots(event)
        case DayPassed():
            return _passed(effects), ""


def _lots(event: HoldPlaced | HoldCaptured | HoldReleased | Extension | OfPending) -> tuple[str, str]:
    match event:
        case HoldPlaced():
            return _("Points put aside"), event.id
        case HoldCaptured():
            return _("Points put aside were spent"), event.hold
        case HoldReleased():
            return _("Points put aside are free again"), event.hold
        case Extension():
            return _("Points last until %(day)s") % {"day": words.day(event.last_day)}, event.reason
        case PendingSettled(released=True):
            return _("Pending points let go by hand"), event.reason
        case PendingSettled():
            return _("Pending points taken away by hand"), event.reason
        case PendingRestored():
            return _("Pending points are back that were taken away"), ""
    assert_never(event)


def _passed(effects: Iterable[Effect]) -> str:
    """Say what a day brought: the most that happened to points, else to levels."""
    kinds = {effect.kind for effect in effects if isinstance(effect, Posted)}
    if "release" in kinds:
        return _("Points put aside are free again: their time is over")
    if kinds:
        return _("Points reached their last day")
    if any(isinstance(effect, Activated) for effect in effects):
        return _("Pending points became active")
    return _("The level was reviewed")


def _purchase(event: Purchase) -> tuple[str, str]:
    total = words.minor_money(sum(line.amount for line in event.lines), event.currency)
    lines = ngettext("%(n)s line", "%(n)s lines", len(event.lines)) % {"n": words.number(len(event.lines))}
    store = _("store %(store)s") % {"store": event.store} if event.store else ""
    status = _("«%(status)s»") % {"status": event.status} if event.status != "completed" else ""
    under = ", ".join(part for part in (event.id, event.channel or "", store, lines, status) if part)
    return _("Purchase for %(total)s") % {"total": total}, under


def _return(event: Return, effects: Iterable[Effect], document: Document) -> tuple[str, str]:
    under = _("on purchase %(id)s") % {"id": event.purchase}
    if event.money is not None:
        rate = next((effect.state.rate for effect in effects if isinstance(effect, PurchaseMoved)), None)
        money = words.money(money_of(event, document.currency), document.currency if rate is None else rate.currency)
        return _("%(money)s given back, no goods") % {"money": money}, under
    lines = len(event.lines)
    return ngettext("%(n)s line came back", "%(n)s lines came back", lines) % {"n": words.number(lines)}, under


def reward_name(reward_id: str, document: Document) -> str:
    """Give a reward's name; its id where the programme has it no longer."""
    found = next((reward for reward in document.rewards if reward.id == reward_id), None)
    return words.name(found.name, reward_id) if found else reward_id
