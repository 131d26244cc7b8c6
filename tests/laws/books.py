"""Books kept beside the ledger: lots, debt, what is held and what is pending, told from the effects by other code.

They know nothing of the engine but the shape of its effects, so that both would have to be wrong in the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from stammis.core.calendars import instant
from stammis.core.effects import Activated, Effect, Extended, Posted, Step
from stammis.core.events import AnyEvent, MemberChanged
from stammis.core.standing import Standing

FOR_EVER = 2**40
ORDERED = ("spend", "hold", "adjust")
"""Kinds of rows that take what ends first before the rest."""
LIVING = (*ORDERED, "transfer_out", "return")
"""Kinds of rows that may touch no lot after its end."""


@dataclass(slots=True)
class OpenLot:
    """A lot: what is left of it, when it ends, and since when its points may be used."""

    left: int
    ends_at: int | None
    since: int

    @property
    def end(self) -> int:
        """When it ends, as a number that can be compared."""
        return FOR_EVER if self.ends_at is None else self.ends_at


@dataclass(slots=True)
class Book:
    """One member's side of one wallet."""

    lots: dict[int, OpenLot] = field(default_factory=dict)
    pending: dict[int, OpenLot] = field(default_factory=dict)
    debt: int = 0
    held: int = 0
    total: int = 0
    rows: int = 0

    @property
    def active(self) -> int:
        """What the lots hold, less debt."""
        return sum(lot.left for lot in self.lots.values()) - self.debt

    def enter(self, row: Posted, *, late: bool) -> None:
        """Enter a row. Whatever it says of itself must be so."""
        assert row.amount != 0
        self.rows += row.amount
        if row.awaits is not None:
            self._wait(row)
        elif row.amount < 0:
            self._take(row, late=late)
        else:
            self._give(row)
        if row.kind in ("hold", "release"):
            self.held -= row.amount
        elif row.awaits is None:
            self.total += row.amount
        assert row.running == self.total == self.active + self.held

    def _wait(self, row: Posted) -> None:
        if row.amount > 0:
            self.pending[row.row] = OpenLot(row.amount, row.ends_at, row.at)
            return
        (take,) = row.lots
        assert take.amount == -row.amount
        assert 0 < take.amount <= self.pending[take.row].left
        self.pending[take.row].left -= take.amount

    def _take(self, row: Posted, *, late: bool) -> None:
        taken = 0
        captured = row.kind == "spend" and row.reverses is not None
        for take in row.lots:
            lot = self.lots[take.row]
            assert 0 < take.amount <= lot.left
            assert take.ends_at == lot.ends_at
            assert late or lot.since <= row.at, "a lot is not used before it is active"
            assert captured or row.kind not in LIVING or lot.end > row.at, "nor after its end"
            assert row.kind != "expire" or lot.end <= row.at, "and does not expire before it"
            lot.left -= take.amount
            taken += take.amount
        ends = [self.lots[take.row].end for take in row.lots]
        if row.kind in ORDERED and not captured:
            assert ends == sorted(ends), "what ends first is used first"
            usable = [lot.end for lot in self.lots.values() if lot.left and lot.end > row.at]
            assert not usable or not ends or max(ends) <= min(usable), "nothing that ends earlier is left"
        if row.kind in ("spend", "hold", "expire"):
            assert taken == -row.amount, "what is not there is neither spent nor expires"
        if taken < -row.amount:
            assert not any(lot.left for lot in self.lots.values() if lot.end > row.at), (
                "debt only where nothing is left"
            )
        self.debt += -row.amount - taken

    def _give(self, row: Posted) -> None:
        given = 0
        for take in row.lots:
            lot = self.lots[take.row]
            assert not lot.left or lot.ends_at == take.ends_at
            lot.ends_at = take.ends_at
            lot.left += take.amount
            given += take.amount
        if row.left is not None:
            self.lots[row.row] = OpenLot(row.left, row.ends_at, row.at)
            given += row.left
        assert 0 <= row.amount - given <= self.debt, "what goes into no lot fills debt"
        self.debt -= row.amount - given

    def activate(self, row: int, amount: int, left: int, at: int) -> None:
        """Let pending points be active."""
        lot = self.pending.pop(row)
        assert (lot.left, amount) == (amount, left + min(amount, self.debt))
        assert lot.end > at, "what has ended is never active"
        self.lots[row] = OpenLot(left, lot.ends_at, at)
        self.debt -= amount - left
        self.total += amount

    def extend(self, rows: Iterable[int], ends_at: int, at: int) -> None:
        """Let lots end later."""
        for row in rows:
            lot = self.lots[row] if row in self.lots else self.pending[row]
            assert at < lot.end < ends_at, "an end is only ever moved on, and not once it is over"
            lot.ends_at = ends_at


@dataclass(slots=True)
class Books:
    """One member: a book for each wallet, and the instant of the latest event."""

    wallets: dict[str, Book] = field(default_factory=dict)
    latest_at: int = 0
    events: int = 0

    def of(self, wallet: str) -> Book:
        """Give the book of a wallet."""
        return self.wallets.setdefault(wallet, Book())

    def enter(self, event: AnyEvent, effects: Iterable[Effect], steps: Iterable[Step]) -> None:
        """Enter what an event did, and see whether the steps that explain it add up to its rows."""
        at = instant(event.occurred_at)
        late = at < self.latest_at
        rows: Counter[str | None] = Counter()
        for effect in effects:
            match effect:
                case Posted():
                    rows[effect.wallet] += effect.amount
                    self.of(effect.wallet).enter(effect, late=late)
                case Activated():
                    self.of(effect.wallet).activate(effect.row, effect.amount, effect.left, effect.at)
                case Extended():
                    self.of(effect.wallet).extend(effect.rows, effect.ends_at, effect.at)
                case _:
                    pass
        explained: Counter[str | None] = Counter()
        for step in steps:
            explained[step.wallet] += step.points
        explained.pop(None, None)
        assert {name: points for name, points in rows.items() if points} == {
            name: points for name, points in explained.items() if points
        }, "the parts of the explanation add up"
        self.events += 1
        if not isinstance(event, MemberChanged):
            self.latest_at = max(self.latest_at, at)

    def agree(self, standing: Standing) -> None:
        """See whether a standing says the same."""
        for wallet in self.wallets.keys() | standing.purses.keys():
            book, purse = self.of(wallet), standing.purses.get(wallet)
            if purse is None:
                assert (book.total, book.debt, book.held) == (0, 0, 0)
                continue
            assert (purse.balance, purse.debt, purse.held) == (book.total, book.debt, book.held)
            lots = sorted((lot.end, row, lot.left) for row, lot in book.lots.items() if lot.left)
            assert [(FOR_EVER if lot.ends_at is None else lot.ends_at, lot.row, lot.left) for lot in purse.lots] == lots
            waits = {row: lot.left for row, lot in book.pending.items() if lot.left}
            assert {lot.row: lot.left for lot in standing.pending.get(wallet, ())} == waits

    def nothing_due(self, until: int) -> None:
        """See whether nothing is left that was due by an instant."""
        for book in self.wallets.values():
            assert all(not lot.left or lot.end > until for lot in book.lots.values())
            assert all(not lot.left or lot.end > until for lot in book.pending.values())
