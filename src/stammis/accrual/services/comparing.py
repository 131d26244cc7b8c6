"""Comparing what is stored of one member with what the member's history says."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stammis.accrual.records import Record, encode, read_event, read_record, read_standing, read_state
from stammis.accrual.services import kinds
from stammis.accrual.services.deciding import Decided
from stammis.accrual.services.refolding import Refold
from stammis.accrual.services.writing import record_of
from stammis.core.effects import Activated, Drawn, Posted
from stammis.core.standing import PurchaseState
from stammis.programmes.queries import Versions

HELD = ("hold", "release")
"""Kinds of rows that put points aside or free them: the balance counts them either way."""
SHOWN = 300
"""So many characters of what differs are reported."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is stored otherwise than its history says.

    Attributes:
        member: internal id of the member; None where a whole programme is meant.
        what: standing, decision, row, balance, purchase, reward, hold, stock, budget, receipt or seal.
        where: which one, such as ``event 12``.
        stored, expected: what is there, and what the history says; shortened.
    """

    member: uuid.UUID | None
    what: str
    where: str
    stored: str
    expected: str


@dataclass(slots=True)
class Comparison:
    """One member: ``fold`` goes through the history, ``end`` compares what it comes to; ``found``: differences.

    ``drawn`` is what its events drew from budgets, by budget, store and period.
    """

    member: uuid.UUID
    versions: Versions
    found: list[Difference] = field(default_factory=list)
    drawn: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _refold: Refold | None = None
    _balances: dict[str, int] = field(default_factory=dict)

    def fold(self, events: Iterable[tuple[Any, ...]], entries: Iterator[tuple[Any, ...]]) -> None:
        """Fold the events (member, seq, body, version, record), and compare each decision and the rows it posted."""
        refold = self._refold = Refold(self.versions)
        for _, seq, body, version, record in events:
            where = f"event {seq}"
            if seq != refold.standing.events + 1:
                self._differs("event", where, f"number {seq}", f"number {refold.standing.events + 1}")
            if record is None:
                self._differs("decision", where, "none", "one")
                return
            try:
                stored: Record = read_record(record)
                step = refold.step(read_event(body), version, stored.current, stored.grants)
            except (msgspec.MsgspecError, KeyError, AssertionError) as error:
                self._differs("decision", where, record, f"cannot be folded: {error!r}")
                return
            told = record_of(step)
            expected = encode(told)
            if expected != record.encode() and expected != encode(kinds.of_record(stored, told)):
                self._differs("decision", where, record, expected.decode())
            self._compare_rows(step, entries)
        for row in entries:
            self._differs("row", f"row {row[1]}", _text(row[2:]), "no such row")

    def _compare_rows(self, step: Decided, entries: Iterator[tuple[Any, ...]]) -> None:
        for effect in step.decision.effects:
            if isinstance(effect, Activated):
                self._balances[effect.wallet] = self._balances.get(effect.wallet, 0) + effect.amount
            if isinstance(effect, Drawn):
                self.drawn[effect.budget, effect.store, effect.period] += effect.points
            if not isinstance(effect, Posted):
                continue
            expected = row_of(effect, step.standing.events)
            stored = next(entries, None)
            if stored is None or stored[1:] != expected:
                self._differs("row", f"row {effect.row}", _text(stored and stored[2:]), _text(expected[1:]))
            if stored is None:
                continue
            _, row, _, wallet, kind, amount, running, *_, pending, _ = stored
            moves = 0 if pending is not None or kind in HELD else amount
            balance = self._balances[wallet] = self._balances.get(wallet, 0) + moves
            if running != balance:
                self._differs("balance", f"row {row}", str(running), str(balance))

    def end(
        self,
        standing: str,
        states: Iterable[tuple[Any, ...]],
        issued: Iterable[tuple[Any, ...]],
        holds: Iterable[tuple[Any, ...]],
    ) -> None:
        """Compare the standing (as stored), the purchases that moved on, the issued rewards and the holds."""
        refold = self._refold
        assert refold is not None
        stored = kinds.of_standing(read_standing(standing), refold.standing)
        expected = msgspec.structs.replace(
            refold.standing, due_at=stored.due_at
        )  # a hint, reckoned anew with each event
        if stored != expected:
            self._differs("standing", "", standing, encode(expected).decode())
        for wallet, purse in stored.purses.items():
            if purse.balance != self._balances.get(wallet, 0):
                self._differs("balance", wallet, str(purse.balance), str(self._balances.get(wallet, 0)))
        there = {purchase: refold.purchases[purchase][1] for purchase in refold.moved}
        moved = {purchase: encode(state).decode() for purchase, state in there.items()}
        kept = {purchase: _as_told(state, there.get(purchase)) for _, purchase, state in states}
        self._compare("purchase", kept, moved)
        rewards = {redemption: f"{state}: {body}" for _, redemption, body, state in issued}
        taken = {name: f"{reward.state}: {encode(reward).decode()}" for name, reward in refold.issued.items()}
        self._compare("reward", rewards, taken)
        held = {name: encode(hold).decode() for name, hold in refold.holds.items()}
        self._compare("hold", {name: state for _, name, state in holds}, held)

    def _compare(self, what: str, stored: dict[str, str], expected: dict[str, str]) -> None:
        for name in sorted(stored.keys() | expected.keys()):
            if stored.get(name) != expected.get(name):
                self._differs(what, name, stored.get(name, "none"), expected.get(name, "none"))

    def _differs(self, what: str, where: str, stored: str, expected: str) -> None:
        self.found.append(Difference(self.member, what, where, *_excerpts(stored, expected)))


def row_of(effect: Posted, seq: int) -> tuple[Any, ...]:
    """Give a row as it reads in the ledger.

    Its number, event, wallet, kind, amount, running balance, instant, end, what its lot opened with, lots, the row it
    reverses, what it waits for, and the shortfall.
    """
    lots = encode(effect.lots).decode() if effect.lots else None
    return (
        effect.row,
        seq,
        effect.wallet,
        effect.kind,
        effect.amount,
        effect.running,
        effect.at,
        effect.ends_at,
        effect.left,
        lots,
        effect.reverses,
        None if effect.awaits is None else encode(effect.awaits).decode(),
        effect.shortfall or None,
    )


def _as_told(stored: str, told: PurchaseState | None) -> str:
    """Give where a purchase stands, as stored; as its history tells where it only lacks the kinds of periods."""
    expected = encode(told).decode() if told is not None else stored
    if told is None or stored == expected:
        return stored
    try:
        with_kinds = kinds.of_state(read_state(stored), told)
    except msgspec.MsgspecError:
        return stored
    return expected if with_kinds == told else stored


def _text(row: tuple[Any, ...] | None) -> str:
    return "none" if row is None else " ".join(str(value) for value in row)


def _excerpts(stored: str, expected: str) -> tuple[str, str]:
    """Give the stretch of two texts in which they begin to differ."""
    if len(stored) <= SHOWN and len(expected) <= SHOWN:
        return stored, expected
    same = next((at for at, (one, other) in enumerate(zip(stored, expected, strict=False)) if one != other), 0)
    start = max(0, same - SHOWN // 3)
    return stored[start : start + SHOWN], expected[start : start + SHOWN]
