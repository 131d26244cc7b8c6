"""Negative balances: what a reversal takes where the points have been spent, as the wallet declares."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from stammis.core.effects import RowKind
from stammis.core.journal import Journal
from stammis.core.rules import WalletRules


def take_back(
    journal: Journal,
    wallet: WalletRules,
    kind: RowKind,
    amount: int,
    at: int,
    *,
    own: Collection[int] = (),
    reverses: int | None = None,
) -> int:
    """Posts the row that takes active points back, as far as the wallet may fall; gives how many it took.

    What it should have taken besides stands in the row as its shortfall. Nothing to take posts no row.
    """
    match wallet.negative:
        case "allow_debt":
            taken = amount
        case "to_zero":
            taken = min(amount, max(0, journal.active(wallet.id, at)))
        case "pending_only":
            taken = min(amount, max(0, journal.active(wallet.id, at))) if kind == "adjust" else 0
        case _:
            assert_never(wallet.negative)
    if taken:
        journal.take(wallet.id, kind, taken, at, own=own, reverses=reverses, shortfall=amount - taken)
    return taken
