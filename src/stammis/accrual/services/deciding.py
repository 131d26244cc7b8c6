"""Deciding one event on a member's standing: what fell due before it, then the event itself. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec

from stammis.accrual.outcomes import Declined, WalletView, refused
from stammis.core.calendars import instant
from stammis.core.effects import Decision, Posted, Refused
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Exchange,
    Extension,
    Happening,
    HoldPlaced,
    MemberChanged,
    Merged,
    PendingSettled,
    Purchase,
    Redemption,
    Return,
    Transfer,
)
from stammis.core.fold import TIMELESS, apply, due_days
from stammis.core.lots import active, lost
from stammis.core.rules import Rules
from stammis.core.standing import IssuedReward, PurchaseState, Standing
from stammis.core.tiers import rank_of
from stammis.core.views import pending_of
from stammis.core.world import Grants, Original, World
from stammis.kit.ids import uuid7
from stammis.programmes.queries import Versions

NO_GRANTS = Grants()
CREATED: dict[type, int] = dict.fromkeys(
    (
        Purchase,
        Return,
        Happening,
        Redemption,
        Adjustment,
        Transfer,
        Exchange,
        BroughtBalance,
        Merged,
        HoldPlaced,
        Extension,
        PendingSettled,
    ),
    201,
)
"""The status of a first answer, where it is not 200."""


@dataclass(slots=True)
class Subject:
    """A member whose events are being decided: where they stand after those decided so far.

    ``expired`` counts, by the row that opened a lot, what of it has expired, as far as a return may ask.
    """

    id: bytes
    programme: bytes
    standing: Standing
    is_new: bool = False
    expired: dict[int, int] = field(default_factory=dict)


def newcomer(programme: bytes) -> Subject:
    """Give somebody who was not known before."""
    return Subject(uuid7().bytes, programme, Standing(), is_new=True)


class Placed(NamedTuple):
    """A purchase, where it stands, and whose it is."""

    subject: Subject
    purchase: Purchase
    state: PurchaseState


class Decided(msgspec.Struct, frozen=True):
    """An event with its decision, and what the standing is and shows after it.

    ``version`` decided it; tiers moved by ``current``, where that is another one.
    """

    event: AnyEvent
    version: int
    current: int | None
    decision: Decision
    standing: Standing
    wallets: dict[str, WalletView]
    tiers: dict[str, str | None]
    grants: Grants | None


@dataclass(frozen=True, slots=True)
class Around:
    """What an event needs besides the member's standing."""

    original: Original | None = None
    redemption: IssuedReward | None = None
    coupons: dict[str, IssuedReward] = field(default_factory=dict)
    grants: Grants | None = None


NOTHING_AROUND = Around()


def run(
    subject: Subject,
    event: AnyEvent,
    rules: Rules,
    versions: Versions,
    around: Around = NOTHING_AROUND,
    *,
    enrols: bool = False,
) -> list[Decided] | Declined:
    """Decide an event, after the enrolment that comes with it and what was due until then; the event comes last.

    The subject is left as it was: the caller takes over the last one's standing if it writes what it is given.
    """
    before: list[Decided] = []
    standing = subject.standing
    original = around.original
    at = instant(event.occurred_at)
    if enrols:
        before.append(_enrolled(standing, event.occurred_at, rules))
        standing = before[-1].standing
    if standing.due_at is not None and standing.due_at <= at and not isinstance(event, TIMELESS):
        days, standing = days_of(standing, at, versions)
        before += days
        if original is not None:
            original = msgspec.structs.replace(original, expired=expired_by(before, original.expired))
    if original is not around.original:
        around = replace(around, original=original)
    current = versions.at(max(at, standing.latest_at))
    found = run_now(standing, event, rules, current, around)
    return found if isinstance(found, Declined) else [*before, found]


def run_now(
    standing: Standing,
    event: AnyEvent,
    rules: Rules,
    current: Rules,
    around: Around = NOTHING_AROUND,
    *,
    viewed: bool = True,
) -> Decided | Declined:
    """Decide an event where nothing is due before it; without ``viewed`` it is not told what the standing shows after.

    ``current`` are the rules by which tiers move: those in force at the event, or at the member's latest.
    """
    world = World(
        standing=standing,
        original=around.original,
        redemption=around.redemption,
        coupons=around.coupons,
        grants=around.grants or NO_GRANTS,
    )
    decision, world = apply(event, world, rules, current)
    if decision.effects:
        first = decision.effects[0]
        if isinstance(first, Refused):
            return refused(first)
    if viewed:
        return decided(event, rules, decision, world.standing, grants=around.grants, current=current)
    return Decided(event, rules.version, None, decision, world.standing, {}, {}, around.grants)


def days_of(standing: Standing, until: int, versions: Versions) -> tuple[list[Decided], Standing]:
    """Give what falls due by itself up to and including an instant (epoch seconds), and the standing after it."""
    found: list[Decided] = []
    days = due_days(World(standing=standing), until, versions.at, versions.reviews)
    while True:
        try:
            event, decision, world = next(days)
        except StopIteration as end:
            return found, end.value.standing
        found.append(decided(event, versions.at(instant(event.occurred_at)), decision, world.standing))


def expired_by(days: Iterable[Decided], known: dict[int, int]) -> dict[int, int]:
    """Give what of each lot has expired, by the row that opened it: what was known, and what these let expire."""
    expired = dict(known)
    for day in days:
        for effect in day.decision.effects:
            if isinstance(effect, Posted) and (sign := lost(effect)):
                for take in effect.lots:
                    expired[take.row] = expired.get(take.row, 0) + sign * take.amount
    return expired


def note_lost(subject: Subject, step: Decided) -> None:
    """Remember what of each lot an event let end."""
    for effect in step.decision.effects:
        if type(effect) is Posted and lost(effect):
            subject.expired = expired_by((step,), subject.expired)
            return


def decided(
    event: AnyEvent,
    rules: Rules,
    decision: Decision,
    standing: Standing,
    *,
    grants: Grants | None = None,
    current: Rules | None = None,
) -> Decided:
    """Put a decision beside what the standing shows after it."""
    current = current or rules
    wallets, tiers = view_of(standing, current)
    moved_by = None if current.version == rules.version else current.version
    return Decided(event, rules.version, moved_by, decision, standing, wallets, tiers, grants)


def view_of(standing: Standing, rules: Rules) -> tuple[dict[str, WalletView], dict[str, str | None]]:
    """Give what a standing shows of itself at its latest event: wallets as far as there are any, and levels."""
    at = standing.latest_at
    wallets = {wallet: WalletView(active(purse, at), 0, purse.held) for wallet, purse in standing.purses.items()}
    for wallet in standing.pending:
        there = wallets.get(wallet, WalletView(0, 0, 0))
        wallets[wallet] = there._replace(pending=pending_of(standing, wallet))
    if not standing.enrolled:
        return wallets, {tiers.id: None for tiers in rules.tiers}
    return wallets, {tiers.id: rank_of(standing, tiers).level for tiers in rules.tiers}


def _enrolled(standing: Standing, at: dt.datetime, rules: Rules) -> Decided:
    event = MemberChanged(occurred_at=at)
    decision, world = apply(event, World(standing=standing), rules)
    return decided(event, rules, decision, world.standing)
