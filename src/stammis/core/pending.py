"""Pending points: earned, but not active until a day, a status of the purchase or an event."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from stammis.core.effects import Posted
from stammis.core.journal import Journal
from stammis.core.rules import Rules


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
