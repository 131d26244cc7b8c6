"""Pending points: earned, but not active until a day, a status of the purchase or an event."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from stammis.core.calendars import instant
from stammis.core.effects import Decision, Posted
from stammis.core.events import Adjustment, PendingRestored, PendingSettled
from stammis.core.journal import Journal, row_steps
from stammis.core.lots import has_ended
from stammis.core.refusals import refuse
from stammis.core.rules import Rules
from stammis.core.standing import PendingLot, Take
from stammis.core.world import World


class Settling(Struct, frozen=True, gc=False):
    """When points are earned: on which day and at which instant, and by an event of which instant.

    What would be active by ``settled_at`` is so at once. ``purchase`` and its ``status`` are those that earned them.
    """

    day: int
    at: int
    settled_at: int
    purchase: str | None = None
    status: str | None = None


def earn_rows(
    journal: Journal, points: Mapping[str, int], given: Mapping[str, int], settling: Settling, rules: Rules
) -> list[tuple[Posted, str]]:
    """Posts points by wallet, ``given`` by rules: a row for each way of being pending, beside the way's key."""
    posted: list[tuple[Posted, str]] = []
    if not rules.delays:
        for wallet, whole in points.items():
            if whole:
                ends_at = rules.wallets[wallet].ends_at(settling.day)
                posted.append((journal.open(wallet, "earn", whole, settling.at, ends_at), ""))
        return posted
    for wallet, whole in points.items():
        parts: dict[str, int] = {}
        for rule, part in given.items():
            if rules.book.wallets[rule] == wallet:
                key = rules.delay_of(rule)
                parts[key] = parts.get(key, 0) + part
        assert sum(parts.values()) == whole, "the parts of rules add up"
        for key, part in sorted(parts.items()):
            if part:
                posted.append((earn_row(journal, wallet, part, key=key, settling=settling, rules=rules), key))
    return posted


def earn_row(journal: Journal, wallet: str, points: int, *, key: str, settling: Settling, rules: Rules) -> Posted:
    """Posts points that are pending in the way of this key (empty: not at all)."""
    delay = next((delay for delay in rules.delays.values() if delay.key == key), None)
    awaits = None
    if delay is not None:
        settled_at = max(settling.settled_at, journal.standing.latest_at)
        awaits = delay.awaits(settling.day, settling.at, settled_at, purchase=settling.purchase, status=settling.status)
    return journal.open(wallet, "earn", points, settling.at, rules.wallets[wallet].ends_at(settling.day), awaits=awaits)


def happened(journal: Journal, kind: str, at: int) -> None:
    """Lets the points be active that wait for an event of this type."""
    for wallet, pending in journal.pending.items():
        for lot in pending:
            if lot.awaits.event == kind and lot.awaits.since <= at:
                journal.activate(wallet, lot, at)


def reached(journal: Journal, purchase: str, status: str, at: int) -> None:
    """Lets the points be active that wait for this status of this purchase."""
    for wallet, pending in journal.pending.items():
        for lot in pending:
            if (lot.awaits.purchase, lot.awaits.status) == (purchase, status):
                journal.activate(wallet, lot, at)


def cancel_corrected(journal: Journal, event: Adjustment, at: int) -> int:
    """Cancels what is still pending of points that a correction takes; gives how many it found."""
    cancelled = 0
    for each in event.corrects:
        amount = min(each.before - each.after, -event.amount - cancelled)
        if each.rows and amount > 0 and journal.pending:
            cancelled += journal.cancel_pending(event.wallet, amount, at, each.rows, "adjust", settles=False)
    return cancelled


def decide_settled(event: PendingSettled, world: World, current: Rules) -> Decision:
    """Decides that pending points are active now, or taken away by hand; refused where these are not pending.

    Levels, caps and budgets stay as they are, as with all points by hand.
    """
    journal, at = Journal(world.standing, current), instant(event.occurred_at)
    found = ((wallet, lot) for wallet, lots in journal.pending.items() for lot in lots if lot.row == event.row)
    wallet, lot = next(found, (None, None))
    if wallet is None or lot is None:
        return refuse("not_pending")
    if event.released:
        journal.activate(wallet, lot, at)
    else:
        journal.cancel_pending(wallet, lot.left, at, {lot.row}, "adjust")
    return Decision(effects=tuple(journal.effects), steps=tuple(row_steps(journal.effects)))


def decide_restored(event: PendingRestored, world: World, current: Rules) -> Decision:
    """Decides that pending points which were taken away by hand wait again; refused where they have ended meanwhile.

    Those whose day has come meanwhile are active at once.
    """
    journal, at = Journal(world.standing, current), instant(event.occurred_at)
    if has_ended(event.ends_at, at):
        return refuse("already_ended")
    journal.put_back_pending(event.wallet, Take(event.row, event.amount, event.ends_at), at, event.awaits)
    active_at = event.awaits.active_at
    if active_at is not None and active_at <= at:
        journal.activate(event.wallet, PendingLot(event.row, event.amount, event.ends_at, event.awaits), at)
    return Decision(effects=tuple(journal.effects), steps=tuple(row_steps(journal.effects)))
