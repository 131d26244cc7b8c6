"""Lots: what a row does to a purse, which lots a spending takes, and into which a restoring puts back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from stammis.core.effects import Activated, Posted
from stammis.core.standing import Lot, PendingLot, Purse, Take

EMPTY = Purse()


def has_ended(ends_at: int | None, at: int) -> bool:
    """Whether a lot that ends then is gone at this instant."""
    return ends_at is not None and ends_at <= at


def active(purse: Purse, at: int) -> int:
    """What may be spent at this instant: the lots that have not ended, less debt; below zero where debt is all."""
    ended = 0
    for lot in purse.lots:
        if lot.ends_at is None or lot.ends_at > at:
            break
        ended += lot.left
    return purse.balance - purse.held - ended


def ended(purse: Purse, at: int) -> tuple[Lot, ...]:
    """The lots that are gone at this instant, earliest end first."""
    count = 0
    for lot in purse.lots:
        ends_at = lot.ends_at
        if ends_at is None or ends_at > at:
            break
        count += 1
    return purse.lots[:count]


def taking(purse: Purse, amount: int, at: int, own: Collection[int] = ()) -> tuple[Take, ...]:
    """From which lots an amount is taken: the rows in ``own`` first, then earliest end first; never from an ended lot.

    What the lots do not cover is debt, and no part of the answer.
    """
    takes: list[Take] = []
    lots: Iterable[Lot] = purse.lots
    if own:
        lots = (*(lot for lot in purse.lots if lot.row in own), *(lot for lot in purse.lots if lot.row not in own))
    for lot in lots:
        if amount <= 0:
            break
        if has_ended(lot.ends_at, at):
            continue
        part = min(amount, lot.left)
        takes.append(Take(lot.row, part, lot.ends_at))
        amount -= part
    return tuple(takes)


def latest_first(takes: Sequence[Take]) -> list[Take]:
    """Takes in the order in which they are put back: what ends latest (or never) first, then the youngest row."""
    return sorted(takes, key=lambda take: (take.ends_at is not None, -(take.ends_at or 0), -take.row))


def giving_back(takes: Sequence[Take], amount: int) -> tuple[tuple[Take, ...], tuple[Take, ...]]:
    """Splits takes into what puts back this amount, latest end first, and what is still out after that."""
    back: list[Take] = []
    out: list[Take] = []
    for take in latest_first(takes):
        part = min(amount, take.amount)
        amount -= part
        if part:
            back.append(Take(take.row, part, take.ends_at))
        if take.amount > part:
            out.append(Take(take.row, take.amount - part, take.ends_at))
    return tuple(back), tuple(out)


def lost(row: Posted) -> int:
    """Whether a row lets points end that no return may take again (1): they expired, or were taken away while pending.

    -1 where it brings back what was taken away so, else 0. What a correction takes settles no row: returns know of it
    (see ``righting``).
    """
    if row.kind == "expire":
        return 1
    if row.awaits is None or row.reverses is None:
        return 0
    return 1 if row.kind == "adjust" else -1 if row.kind == "restore" else 0


def purse_after(purse: Purse, row: Posted) -> Purse:
    """The purse after a row. What a row gives but puts into no lot fills debt; what it takes out of none is debt."""
    lots, debt = purse.lots, purse.debt
    rest = row.amount
    if row.amount < 0:
        if row.lots:
            lots = _taken(lots, row.lots)
            rest += sum([take.amount for take in row.lots])
    else:
        if row.lots:
            lots = _put_back(lots, row.lots)
            rest -= sum([take.amount for take in row.lots])
        if row.left:
            lots = _opened(lots, Lot(row.row, row.left, row.ends_at))
            rest -= row.left
    lapsed, kind = purse.lapsed, row.kind
    if kind != "earn":
        if kind == "expire":
            lapsed -= row.amount
        elif kind == "spend":
            lapsed = 0
        elif kind in ("hold", "release"):  # what is held still belongs to the balance
            return Purse(lots, debt - rest, purse.held - row.amount, purse.balance, lapsed)
    return Purse(lots, debt - rest, purse.held, purse.balance + row.amount, lapsed)


def purse_activated(purse: Purse, effect: Activated) -> Purse:
    """The purse after pending points have become active: debt is filled first."""
    lots = _opened(purse.lots, Lot(effect.row, effect.left, effect.ends_at)) if effect.left else purse.lots
    debt = purse.debt - (effect.amount - effect.left)
    return Purse(lots, debt, purse.held, purse.balance + effect.amount, purse.lapsed)


def purse_extended(purse: Purse, rows: Collection[int], ends_at: int) -> Purse:
    """The purse after the lots of these rows have been given another end."""
    lots = tuple(lot for lot in purse.lots if lot.row not in rows)
    for lot in purse.lots:
        if lot.row in rows:
            lots = _opened(lots, Lot(lot.row, lot.left, ends_at))
    return Purse(lots, purse.debt, purse.held, purse.balance, purse.lapsed)


def pending_after(pending: tuple[PendingLot, ...], row: Posted) -> tuple[PendingLot, ...]:
    """The pending points of a wallet after a row that moves some: it brings them, or takes of those that it names."""
    if row.amount > 0:
        assert row.awaits is not None
        if row.lots:  # what was taken away before is back
            return (*pending, *(PendingLot(take.row, take.amount, take.ends_at, row.awaits) for take in row.lots))
        return (*pending, PendingLot(row.row, row.amount, row.ends_at, row.awaits))
    return pending_less(pending, {take.row: take.amount for take in row.lots})


def pending_less(pending: tuple[PendingLot, ...], less: dict[int, int]) -> tuple[PendingLot, ...]:
    """Pending points, so many less by the row that brought them."""
    return tuple(
        lot if lot.row not in less else PendingLot(lot.row, lot.left - less[lot.row], lot.ends_at, lot.awaits)
        for lot in pending
        if lot.left > less.get(lot.row, 0)
    )


def pending_extended(pending: tuple[PendingLot, ...], rows: Collection[int], ends_at: int) -> tuple[PendingLot, ...]:
    """Pending points after those of these rows have been given another end."""
    return tuple(PendingLot(lot.row, lot.left, ends_at, lot.awaits) if lot.row in rows else lot for lot in pending)


def takes_extended(takes: tuple[Take, ...], rows: Collection[int], ends_at: int) -> tuple[Take, ...]:
    """What was taken out of lots, after those of these rows have been given another end."""
    return tuple(Take(take.row, take.amount, ends_at) if take.row in rows else take for take in takes)


def _opened(lots: tuple[Lot, ...], lot: Lot) -> tuple[Lot, ...]:
    place = len(lots)
    ends_at = lot.ends_at
    if not place:
        return (lot,)
    last = lots[-1].ends_at
    if last is not None and (ends_at is None or last < ends_at):
        return (*lots, lot)  # what is earned later mostly ends later
    while place:
        before = lots[place - 1]
        if before.ends_at == ends_at:
            if before.row < lot.row:
                break
        elif ends_at is None or (before.ends_at is not None and before.ends_at < ends_at):
            break
        place -= 1
    return (*lots, lot) if place == len(lots) else (*lots[:place], lot, *lots[place:])


def _taken(lots: tuple[Lot, ...], takes: tuple[Take, ...]) -> tuple[Lot, ...]:
    gone = 0  # what ends first is mostly taken first, and most lots are taken whole
    for lot, take in zip(lots, takes, strict=False):
        if lot.row != take.row or lot.left != take.amount:
            break
        gone += 1
    if gone:
        lots, takes = lots[gone:], takes[gone:]
    if not takes:
        return lots
    parts = {take.row: take.amount for take in takes}
    left: list[Lot] = []
    for lot in lots:
        part = parts.pop(lot.row, 0)
        if lot.left > part:
            left.append(Lot(lot.row, lot.left - part, lot.ends_at) if part else lot)
        else:
            assert lot.left == part, "a row takes no more out of a lot than there is"
    assert not parts, "a row takes out of lots that are there"
    return tuple(left)


def _put_back(lots: tuple[Lot, ...], takes: tuple[Take, ...]) -> tuple[Lot, ...]:
    for take in takes:
        there = next((lot for lot in lots if lot.row == take.row), None)
        if there is None:
            lots = _opened(lots, Lot(take.row, take.amount, take.ends_at))
        else:
            more = Lot(there.row, there.left + take.amount, there.ends_at)
            lots = tuple(more if lot is there else lot for lot in lots)
    return lots
