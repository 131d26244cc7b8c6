"""The journal: rows in the making. It numbers them, says what each leaves, and collects the effects of a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from stammis.core.effects import Effect, Posted, RowKind, Step
from stammis.core.lots import EMPTY, active, giving_back, has_ended, latest_first, purse_after, taking
from stammis.core.rules import Rules
from stammis.core.standing import Lot, Purse, Standing, Take
from stammis.core.tiers import Progress, tier_effects


def row_steps(effects: Iterable[Effect]) -> list[Step]:
    """A step for each row that no rule gives: the row's kind says why."""
    return [
        Step("", True, effect.kind, effect.wallet, effect.amount) for effect in effects if isinstance(effect, Posted)
    ]


class Journal:
    """The effects of one decision so far, and the purses as they are after them.

    ``current`` are the rules in force now, by which tiers move, whichever version decided the purchase.
    """

    __slots__ = ("_purses", "_unapplied", "current", "effects", "rows", "standing")

    def __init__(self, standing: Standing, current: Rules) -> None:
        self.standing = standing
        self.current = current
        self.rows = standing.rows
        self.effects: list[Effect] = []
        self._purses = standing.purses
        self._unapplied: list[Posted] = []

    def purse(self, wallet: str) -> Purse:
        """The purse of a wallet after all rows so far."""
        if self._unapplied:
            self._purses = dict(self._purses)
            for row in self._unapplied:
                self._purses[row.wallet] = purse_after(self._purses.get(row.wallet, EMPTY), row)
            self._unapplied = []
        return self._purses.get(wallet, EMPTY)

    def active(self, wallet: str, at: int) -> int:
        """What may be spent of a wallet at an instant."""
        return active(self.purse(wallet), at)

    def count(self, progress: Progress, day: int, at: int) -> None:
        """Lets progress made on a day count towards tiers, and moves their levels at an instant."""
        self.effects += tier_effects(self.standing, progress, day, at, self.current)

    def open(self, wallet: str, kind: RowKind, amount: int, at: int, ends_at: int | None) -> Posted:
        """Posts a row that gives points and opens a lot; debt is filled first."""
        purse = self.purse(wallet)
        left = amount - min(amount, purse.debt)
        return self._post(purse, wallet, kind, amount, at, ends_at=ends_at, left=left)

    def take(
        self,
        wallet: str,
        kind: RowKind,
        amount: int,
        at: int,
        *,
        own: Collection[int] = (),
        reverses: int | None = None,
    ) -> Posted:
        """Posts a row that takes points: from the lots in ``own``, then earliest end first, then as debt."""
        purse = self.purse(wallet)
        lots = taking(purse, amount, at, own)
        return self._post(purse, wallet, kind, -amount, at, lots=lots, reverses=reverses)

    def expire(self, wallet: str, lot: Lot | Take, at: int) -> Posted:
        """Posts a row that lets what is left of a lot expire."""
        amount = lot.left if isinstance(lot, Lot) else lot.amount
        lots = (Take(lot.row, amount, lot.ends_at),)
        return self._post(self.purse(wallet), wallet, "expire", -amount, at, lots=lots)

    def restore(
        self, wallet: str, takes: tuple[Take, ...], at: int, reverses: int, *, renew_until: int | None, renew: bool
    ) -> None:
        """Posts the rows that put points back into their lots.

        Points of an ended lot come back and expire at once or, with ``renew``, open a lot that ends at ``renew_until``.
        Debt is filled first, by what would end earliest.
        """
        good = tuple(take for take in takes if not has_ended(take.ends_at, at))
        gone = tuple(take for take in takes if has_ended(take.ends_at, at))
        amount = sum(take.amount for take in good)
        if not renew:
            amount += sum(take.amount for take in gone)
        if amount:
            purse = self.purse(wallet)
            owed = min(purse.debt, sum(take.amount for take in good))
            lots, _ = giving_back(good, sum(take.amount for take in good) - owed)
            if not renew:
                lots = (*lots, *latest_first(gone))
            self._post(purse, wallet, "restore", amount, at, lots=lots, reverses=reverses)
        for take in gone:
            if not renew:
                self.expire(wallet, take, at)
        fresh = sum(take.amount for take in gone) if renew else 0
        if fresh:
            purse = self.purse(wallet)
            left = fresh - min(fresh, purse.debt)
            self._post(purse, wallet, "restore", fresh, at, ends_at=renew_until, left=left, reverses=reverses)

    def _post(
        self,
        purse: Purse,
        wallet: str,
        kind: RowKind,
        amount: int,
        at: int,
        *,
        ends_at: int | None = None,
        left: int | None = None,
        lots: tuple[Take, ...] = (),
        reverses: int | None = None,
    ) -> Posted:
        self.rows += 1
        row = Posted(
            row=self.rows,
            wallet=wallet,
            kind=kind,
            amount=amount,
            running=purse.balance + amount,
            at=at,
            ends_at=ends_at,
            left=left,
            lots=lots,
            reverses=reverses,
        )
        self._unapplied.append(row)
        self.effects.append(row)
        return row
