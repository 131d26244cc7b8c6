"""Adjustments: points given or taken by hand or by a correction, and the lots as they were once that is undone."""

from __future__ import annotations

from stammis.core.calendars import instant
from stammis.core.effects import Decision, Step
from stammis.core.events import Adjustment, Scalar
from stammis.core.journal import Journal, row_steps
from stammis.core.lots import giving_back
from stammis.core.negative import take_back
from stammis.core.pending import cancel_corrected
from stammis.core.refusals import refuse
from stammis.core.rules import Rules, WalletRules
from stammis.core.standing import Take
from stammis.core.world import World


def decide_adjustment(event: Adjustment, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides what is given or taken; what undoes a correction goes by its lots first."""
    wallet = rules.wallets.get(event.wallet)
    if wallet is None:
        return refuse("unknown_wallet", wallet=event.wallet)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    if event.amount > 0:
        _give(journal, event, wallet, rules, at)
    elif event.amount < 0:
        pending = cancel_corrected(journal, event, at)
        gave = event.undoes.row if event.undoes is not None else 0
        amount, own = -event.amount - pending, (gave,) if gave else ()
        take_back(journal, wallet, "adjust", amount, at, own=own, reverses=gave or None)
        if not journal.effects:
            saw: dict[str, Scalar] = {"shortfall": -event.amount, "policy": wallet.negative}
            return Decision(effects=(), steps=(Step("", False, "shortfall", wallet.id, 0, saw),))
    return Decision(effects=tuple(journal.effects), steps=tuple(row_steps(journal.effects)))


def _give(journal: Journal, event: Adjustment, wallet: WalletRules, rules: Rules, at: int) -> None:
    """Gives back into the lots that an undone correction took from; the rest, given first, fills its debt."""
    undoes = event.undoes
    takes = tuple(Take(*each) for each in undoes.lots) if undoes is not None else ()
    back, _ = giving_back(takes, event.amount)
    rest = event.amount - sum(take.amount for take in back)
    until = wallet.ends_at(rules.calendar.day(at))
    if rest:
        journal.open(wallet.id, "adjust", rest, at, until)
    if undoes is not None and back:
        renew = rules.returns.restored_to_ended == "renew"
        journal.restore(wallet.id, back, at, undoes.row, renew_until=until, renew=renew, kind="adjust")
