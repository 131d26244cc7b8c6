"""Again: a purchase that was cancelled is completed after all, and earns what the cancellation took."""

from __future__ import annotations

from msgspec import structs

from stammis.core.completion import counted_effects, remember, whose
from stammis.core.effects import Step
from stammis.core.journal import Journal
from stammis.core.pending import Settling, earn_row
from stammis.core.remains import Remains
from stammis.core.righting import righted_again
from stammis.core.rules import Rules
from stammis.core.spread import spread
from stammis.core.standing import Earned, PurchaseState
from stammis.core.tiers import Progress
from stammis.core.world import Original


def earn_again(
    original: Original, left: Remains, settling: Settling, journal: Journal, rules: Rules
) -> tuple[PurchaseState, tuple[Step, ...]]:
    """Posts again what a cancellation took back, dated at the purchase, and lets it count again.

    It takes as much of caps and budgets as before, whatever is left of them by now.
    """
    state = original.state
    earned, delays = list(state.earned), dict(state.delays)
    steps: list[Step] = []
    taken = [(wallet, "", amount) for wallet, amount in state.taken.items()]
    taken += [(wallet, key, amount) for key, delayed in state.delayed.items() for wallet, amount in delayed.items()]
    righted, rights = righted_again(state, taken, left.basket.total)
    for wallet, key, amount in taken:
        row = earn_row(journal, wallet, amount, key=key, settling=settling, rules=rules)
        by_correction = rights.get((wallet, key), 0)
        earned.append(Earned(wallet, row.row, amount, by_correction))
        if key:
            delays[row.row] = key
        of_wallet = (rule for rule in state.given if rules.book.wallets[rule] == wallet)
        given = {rule: state.given[rule] for rule in of_wallet if rules.delay_of(rule) == key}
        parts = spread(amount - by_correction, list(given.values()))
        steps.extend(Step(rule, True, "again", wallet, part) for rule, part in zip(given, parts, strict=True) if part)
        if by_correction:
            steps.append(Step("", True, "righted", wallet, by_correction, {"corrected": by_correction}))
    progress = _progress_again(state, taken, rules)
    journal.count(progress, settling.day, max(settling.at, settling.settled_at))
    journal.effects.extend(
        counted_effects({}, state.given, journal.standing, settling.day, rules, whose=whose(original.purchase, state))
    )
    asked = state.seen is not None and state.seen.enrolled and journal.current.book.memory.days
    spent = remember(left.basket, settling.day, journal, rules) if asked and not left.none else None
    state = structs.replace(
        state,
        state="completed",
        earned=tuple(earned),
        taken={},
        delayed={},
        short={},
        delays=delays,
        spent=spent,
        righted=righted,
    )
    return state, tuple(steps)


def _progress_again(state: PurchaseState, taken: list[tuple[str, str, int]], rules: Rules) -> Progress:
    """What counts again for levels: of points what rules had given, whatever corrections changed."""
    regained = dict(state.short)
    for wallet, _, amount in taken:
        regained[wallet] = regained.get(wallet, 0) + amount
    for right in state.righted:
        regained[right.wallet] = regained.get(right.wallet, 0) - right.again
    return {
        measure.key: regained.get(measure.wallet, 0) if measure.points else state.counted.get(measure.key, 0)
        for measure in rules.measures
    }
