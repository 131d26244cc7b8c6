"""The journal: rows in the making. It numbers them, says what each leaves, and collects the effects of a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from stammis.core.effects import Activated, Effect, Extended, Posted, RowKind, Step
from stammis.core.events import Scalar
from stammis.core.lots import (
    EMPTY,
    active,
    giving_back,
    has_ended,
    latest_first,
    pending_after,
    pending_extended,
    pending_less,
    purse_activated,
    purse_after,
    purse_extended,
    taking,
)
from stammis.core.parcels import Awaits
from stammis.core.rules import Rules
from stammis.core.standing import Lot, PendingLot, Purse, Standing, Take
from stammis.core.tiers import Progress, tier_effects


def row_steps(effects: Iterable[Effect]) -> list[Step]:
    """A step for each row that no rule gives: the row's kind says why; and one for lots that become active or last."""
    steps: list[Step] = []
    for effect in effects:
        if isinstance(effect, Posted):
            saw: dict[str, Scalar] = {"shortfall": effect.shortfall} if effect.shortfall else {}
            steps.append(Step("", True, effect.kind, effect.wallet, effect.amount, saw))
        elif isinstance(effect, Activated):
            steps.append(Step("", True, "activated", effect.wallet, 0, {"row": effect.row, "points": effect.amount}))
        elif isinstance(effect, Extended):
            steps.append(
                Step("", True, "extended", effect.wallet, 0, {"points": effect.amount, "until": effect.ends_at})
            )
    return steps


class Journal:
    """The effects of one decision so far, and the purses as they are after them.

    ``current`` are the rules in force now, by which tiers move, whichever version decided the purchase.
    """

    __slots__ = ("_ends", "_purses", "_unapplied", "current", "effects", "pending", "rows", "standing")

    def __init__(self, standing: Standing, current: Rules) -> None:
        self.standing = standing
        self.current = current
        self.rows = standing.rows
        self.effects: list[Effect] = []
        self.pending = standing.pending
        self._purses = standing.purses
        self._ends: dict[int, int | None] = {}
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

    def count(self, progress: Progress, day: int, at: int, *, today: int | None = None) -> None:
        """Lets progress made on a day count towards tiers, and moves their levels at an instant.

        ``today`` is the local day of that instant, where it is known already.
        """
        if self.current.tiers:
            today = self.current.calendar.day(at) if today is None else today
            self.effects += tier_effects(self.standing, progress, day, at, self.current, today=today)

    def open(
        self, wallet: str, kind: RowKind, amount: int, at: int, ends_at: int | None, *, awaits: Awaits | None = None
    ) -> Posted:
        """Posts a row that gives points and opens a lot; debt is filled first. With ``awaits`` they are pending."""
        purse = self.purse(wallet)
        if awaits is not None:
            return self._post(purse, wallet, kind, amount, at, ends_at=ends_at, awaits=awaits)
        left = amount - min(amount, purse.debt) if purse.debt else amount
        self.rows += 1
        running = purse.balance + amount
        row = Posted(
            row=self.rows, wallet=wallet, kind=kind, amount=amount, running=running, at=at, ends_at=ends_at, left=left
        )
        self._unapplied.append(row)
        self.effects.append(row)
        return row

    def take(
        self,
        wallet: str,
        kind: RowKind,
        amount: int,
        at: int,
        *,
        own: Collection[int] = (),
        reverses: int | None = None,
        shortfall: int = 0,
    ) -> Posted:
        """Posts a row that takes points: from the lots in ``own``, then earliest end first, then as debt."""
        purse = self.purse(wallet)
        lots = taking(purse, amount, at, own)
        return self._post(purse, wallet, kind, -amount, at, lots=lots, reverses=reverses, shortfall=shortfall)

    def put_aside(self, wallet: str, amount: int, at: int) -> Posted:
        """Posts the row of a hold: so many active points out of their lots, what ends first before the rest."""
        return self.take(wallet, "hold", amount, at)

    def spend_held(self, wallet: str, takes: tuple[Take, ...], at: int, hold_row: int) -> Posted:
        """Posts the rows that free held points and spend them, even if their lots have ended meanwhile."""
        takes = self._as_they_end(wallet, takes)
        amount = sum(take.amount for take in takes)
        self._post(self.purse(wallet), wallet, "release", amount, at, lots=takes, reverses=hold_row)
        return self._post(self.purse(wallet), wallet, "spend", -amount, at, lots=takes, reverses=hold_row)

    def cancel_pending(
        self,
        wallet: str,
        amount: int,
        at: int,
        own: Collection[int],
        kind: RowKind = "return",
        *,
        settles: bool = True,
    ) -> int:
        """Posts rows that take of pending points of these rows, youngest first; gives how many were there to take.

        Unless it ``settles`` them, a return may still reckon with what was taken (see ``lots.lost``).
        """
        taken = 0
        for lot in reversed(self.pending.get(wallet, ())):
            part = min(amount - taken, lot.left)
            if part > 0 and lot.row in own:
                lots = (Take(lot.row, part, lot.ends_at),)
                purse = self.purse(wallet)
                reverses = lot.row if settles else None
                self._post(purse, wallet, kind, -part, at, lots=lots, reverses=reverses, awaits=lot.awaits)
                taken += part
        return taken

    def put_back_pending(self, wallet: str, take: Take, at: int, awaits: Awaits) -> None:
        """Posts the row that lets points of a row be pending again that were taken away before."""
        self._post(
            self.purse(wallet), wallet, "restore", take.amount, at, lots=(take,), reverses=take.row, awaits=awaits
        )

    def activate(self, wallet: str, lot: PendingLot, at: int) -> None:
        """Lets pending points be active: debt is filled first, the rest opens their lot."""
        purse = self.purse(wallet)
        left = lot.left - min(lot.left, purse.debt)
        effect = Activated(wallet=wallet, row=lot.row, amount=lot.left, left=left, at=at, ends_at=lot.ends_at)
        self.effects.append(effect)
        self._purses = {**self._purses, wallet: purse_activated(purse, effect)}
        self._pend(wallet, pending_less(self.pending[wallet], {lot.row: lot.left}))

    def extend(self, wallet: str, ends_at: int, at: int) -> Extended | None:
        """Lets all points of a wallet (open, pending or held) last until then; None where all last so long."""
        purse, pending = self.purse(wallet), self.pending.get(wallet, ())
        held = [take for hold in self.standing.holds.values() if hold.wallet == wallet for take in hold.lots]
        lots: list[Lot | PendingLot] = [*purse.lots, *pending]
        points = [(lot.row, lot.left, lot.ends_at) for lot in lots]
        points += [(take.row, take.amount, take.ends_at) for take in held]
        shorter = [(row, amount) for row, amount, end in points if end is not None and at < end < ends_at]
        if not shorter:
            return None
        rows = tuple(dict.fromkeys(row for row, _ in shorter))
        effect = Extended(wallet=wallet, rows=rows, amount=sum(amount for _, amount in shorter), ends_at=ends_at, at=at)
        self.effects.append(effect)
        self._ends.update(dict.fromkeys(rows, ends_at))
        self._purses = {**self._purses, wallet: purse_extended(purse, rows, ends_at)}
        if pending:
            self._pend(wallet, pending_extended(pending, rows, ends_at))
        return effect

    def _pend(self, wallet: str, pending: tuple[PendingLot, ...]) -> None:
        self.pending = {**self.pending, wallet: pending}

    def expire(self, wallet: str, lot: Lot | Take, at: int) -> Posted:
        """Posts a row that lets what is left of a lot expire."""
        amount = lot.left if isinstance(lot, Lot) else lot.amount
        lots = (Take(lot.row, amount, lot.ends_at),)
        return self._post(self.purse(wallet), wallet, "expire", -amount, at, lots=lots)

    def restore(
        self,
        wallet: str,
        takes: tuple[Take, ...],
        at: int,
        reverses: int,
        *,
        renew_until: int | None,
        renew: bool,
        kind: RowKind = "restore",
    ) -> None:
        """Posts the rows that put points back into their lots, with the end that those lots have now.

        Points of an ended lot come back and expire at once or, with ``renew``, open a lot that ends at ``renew_until``.
        Debt is filled first, by what would end earliest.
        """
        takes = self._as_they_end(wallet, takes)
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
            self._post(purse, wallet, kind, amount, at, lots=lots, reverses=reverses)
        for take in gone:
            if not renew:
                self.expire(wallet, take, at)
        fresh = sum(take.amount for take in gone) if renew else 0
        if fresh:
            purse = self.purse(wallet)
            left = fresh - min(fresh, purse.debt)
            self._post(purse, wallet, kind, fresh, at, ends_at=renew_until, left=left, reverses=reverses)

    def _as_they_end(self, wallet: str, takes: tuple[Take, ...]) -> tuple[Take, ...]:
        """Takes with the end that their lots have now: those that are still open may last longer than they did."""
        ends = self._ends | {lot.row: lot.ends_at for lot in self.purse(wallet).lots}
        return tuple(Take(take.row, take.amount, ends.get(take.row, take.ends_at)) for take in takes)

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
        awaits: Awaits | None = None,
        shortfall: int = 0,
    ) -> Posted:
        self.rows += 1
        moves = 0 if awaits is not None or kind in ("hold", "release") else amount
        row = Posted(
            row=self.rows,
            wallet=wallet,
            kind=kind,
            amount=amount,
            running=purse.balance + moves,
            at=at,
            ends_at=ends_at,
            left=left,
            lots=lots,
            reverses=reverses,
            awaits=awaits,
            shortfall=shortfall,
        )
        if awaits is None:
            self._unapplied.append(row)
        else:
            self._pend(wallet, pending_after(self.pending.get(wallet, ()), row))
        self.effects.append(row)
        return row
