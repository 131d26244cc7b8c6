"""Views: a standing as people and programs read it at an instant. Amounts are whole smallest units or text."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict

from stammis.core.amounts import amount_text
from stammis.core.due import as_read
from stammis.core.lots import EMPTY, active, has_ended
from stammis.core.progress import level_at
from stammis.core.rules import Rules
from stammis.core.standing import Standing

_NEVER = 2**62


class WalletView(TypedDict):
    """A member's side of a wallet; ``value`` is what ``active`` is worth in money, where the wallet has a value."""

    active: int
    pending: int
    held: int
    decimals: int
    value: str | None


class PendingView(TypedDict):
    """So much of a wallet is not active yet: from ``active_on`` (ISO date), at an ``event`` or a ``status``.

    ``purchase`` is the one whose status is meant. What they do not wait for is None.
    """

    wallet: str
    amount: int
    active_on: str | None
    event: str | None
    purchase: str | None
    status: str | None


class Expiring(TypedDict):
    """So much of a wallet is usable through this day (ISO date) and gone after it."""

    wallet: str
    amount: int
    last_day: str


def wallet_view(standing: Standing, rules: Rules, at: int) -> dict[str, WalletView]:
    """What a member has in each wallet at an instant."""
    standing = as_read(standing, at, rules)
    views: dict[str, WalletView] = {}
    for wallet in rules.wallets.values():
        purse = standing.purses.get(wallet.id, EMPTY)
        there = active(purse, at)
        value = None if wallet.value is None else amount_text(wallet.worth(there), rules.decimals)
        views[wallet.id] = WalletView(
            active=there,
            pending=pending_of(standing, wallet.id),
            held=purse.held,
            decimals=wallet.decimals,
            value=value,
        )
    return views


def pending_of(standing: Standing, wallet: str) -> int:
    """How many points of a wallet are pending."""
    return sum(lot.left for lot in standing.pending.get(wallet, ()))


def pending_view(standing: Standing, rules: Rules, at: int) -> list[PendingView]:
    """What will become active, one entry for each wallet and what it waits for; days first, soonest first."""
    amounts: dict[tuple[int, str, str, str, str], int] = {}
    for wallet, lots in as_read(standing, at, rules).pending.items():
        for lot in lots:
            awaits = lot.awaits
            on = _NEVER if awaits.active_at is None else awaits.active_at
            key = (on, wallet, awaits.event or "", awaits.purchase or "", awaits.status or "")
            amounts[key] = amounts.get(key, 0) + lot.left
    return [
        PendingView(
            wallet=wallet,
            amount=amount,
            active_on=None if on == _NEVER else dt.date.fromordinal(rules.calendar.day(on)).isoformat(),
            event=event or None,
            purchase=purchase or None,
            status=status or None,
        )
        for (on, wallet, event, purchase, status), amount in sorted(amounts.items())
    ]


def expiring(standing: Standing, rules: Rules, at: int) -> list[Expiring]:
    """What will expire, one entry for each wallet and last usable day, soonest first; neither pending nor held."""
    standing = as_read(standing, at, rules)
    amounts: dict[tuple[int, str], int] = {}
    for wallet, purse in standing.purses.items():
        for lot in purse.lots:
            if lot.ends_at is not None and not has_ended(lot.ends_at, at):
                amounts[lot.ends_at, wallet] = amounts.get((lot.ends_at, wallet), 0) + lot.left
    return [
        Expiring(wallet=wallet, amount=amount, last_day=_last_day(ends_at, rules))
        for (ends_at, wallet), amount in sorted(amounts.items())
    ]


def tier_view(standing: Standing, rules: Rules, at: int) -> dict[str, str | None]:
    """The level a member holds in each tier set at an instant; None below the first, and for who is not enrolled."""
    return {tiers.id: level_at(standing, tiers, at, rules) for tiers in rules.tiers}


def _last_day(ends_at: int, rules: Rules) -> str:
    return dt.date.fromordinal(rules.calendar.day(ends_at - 1)).isoformat()
