"""What falls due by itself in the wallets: holds end, pending points become active, lots end."""

from __future__ import annotations

from msgspec import structs

from stammis.core.effects import HoldMoved
from stammis.core.evolve import evolve_all
from stammis.core.journal import Journal
from stammis.core.lots import ended, has_ended
from stammis.core.rules import Rules
from stammis.core.standing import Hold, PendingLot, Standing
from stammis.core.world import World


def fall_due(journal: Journal, at: int, rules: Rules) -> None:
    """Posts what is due in the wallets by an instant."""
    standing = journal.standing
    for hold in sorted(standing.holds.values(), key=_until) if standing.holds else ():
        if hold.until <= at:
            free(journal, hold, hold.until, rules)
            journal.effects.append(HoldMoved(hold=structs.replace(hold, state="expired")))
    for wallet, pending in standing.pending.items():
        for lot in pending:
            _mature(journal, wallet, lot, at)
    for wallet in dict.fromkeys((*standing.purses, *standing.pending)) if standing.pending else standing.purses:
        for over in ended(journal.purse(wallet), at):
            assert over.ends_at is not None
            journal.expire(wallet, over, over.ends_at)


def free(journal: Journal, hold: Hold, at: int, rules: Rules) -> None:
    """Posts the rows that put held points back into their lots; those of ended lots as the programme declares."""
    renew = rules.returns.restored_to_ended == "renew" and any(has_ended(take.ends_at, at) for take in hold.lots)
    wallet = rules.wallets.get(hold.wallet)
    until = wallet.ends_at(rules.calendar.day(at)) if renew and wallet is not None else None
    journal.restore(hold.wallet, hold.lots, at, hold.row, renew_until=until, renew=renew, kind="release")


def due_at(pending: dict[str, tuple[PendingLot, ...]], holds: dict[str, Hold]) -> int | None:
    """The next instant at which a hold ends, or pending points become active or end; None where there is none."""
    due = [hold.until for hold in holds.values()]
    for lots in pending.values():
        for lot in lots:
            due += [at for at in (lot.awaits.active_at, lot.ends_at) if at is not None]
    return min(due, default=None)


def as_read(standing: Standing, at: int, rules: Rules) -> Standing:
    """The standing with the holds and pending points that are due by an instant where they belong; nothing is posted.

    A standing without any is given as it is: what has ended in it is left to the reader.
    """
    if not standing.pending and not standing.holds:
        return standing
    if standing.due_at is None or standing.due_at > at:
        return standing
    journal = Journal(standing, rules)
    fall_due(journal, at, rules)
    return evolve_all(World(standing=standing), journal.effects, rules).standing


def _mature(journal: Journal, wallet: str, lot: PendingLot, at: int) -> None:
    active_at = lot.awaits.active_at
    if active_at is not None and active_at <= at and not has_ended(lot.ends_at, active_at):
        journal.activate(wallet, lot, active_at)
    elif has_ended(lot.ends_at, at):
        assert lot.ends_at is not None
        journal.cancel_pending(wallet, lot.left, lot.ends_at, {lot.row}, "expire")


def _until(hold: Hold) -> tuple[int, str]:
    return hold.until, hold.hold
