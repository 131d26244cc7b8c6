"""Righting: what corrections changed of a purchase's points, and how much of that goes with goods that come back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import structs

from stammis.core.events import Adjustment
from stammis.core.remains import Remains
from stammis.core.spread import spread
from stammis.core.standing import PurchaseState, Righted
from stammis.core.world import Change


def changed_by(event: Adjustment, posted: int) -> list[int]:
    """What a correction that moved so many points really changed of each event that it puts right, in their order.

    What it should have taken and could not is left to those that had given too much, in proportion: first where none of
    it was pending.
    """
    changes = [each.after - each.before for each in event.corrects]
    lacking = posted - event.amount
    for waited in (False, True):
        losses = [
            max(0, -change) if bool(each.rows) is waited else 0
            for each, change in zip(event.corrects, changes, strict=True)
        ]
        left = min(lacking, sum(losses))
        lacking -= left
        changes = [change + part for change, part in zip(changes, spread(left, losses), strict=True)]
    return changes


@dataclass(frozen=True, slots=True)
class Evening:
    """What corrections changed of a purchase in a wallet when goods come back.

    Attributes:
        rights: what is remembered of it, by account.
        parts: by account, how much of it goes with what comes back; below zero where that much less is taken.
        stands: what of it stood before.
    """

    rights: tuple[Righted, ...]
    parts: tuple[int, ...]
    stands: int

    @property
    def due(self) -> int:
        """How much goes in all."""
        return sum(self.parts)

    def made(self, evened: int) -> tuple[Righted, ...]:
        """What is remembered once so much was made even: where points were lacking, less was given way to."""
        rest = evened - self.due
        made: list[Righted] = []
        for right, part in zip(self.rights, self.parts, strict=True):
            less = min(rest, max(0, -part))
            rest -= less
            made.append(structs.replace(right, evened=right.evened + part + less))
        return tuple(made)


def evening(
    state: PurchaseState, changes: Iterable[Change], wallet: str, left: Remains, *, before: int, kept: int
) -> Evening:
    """How much of what corrections changed in a wallet goes with what comes back of goods that were worth ``before``.

    As much of it stays as of the goods, rounded in the member's favour, however many returns there are; never is more
    taken off than the ``kept`` points that the rest earns.
    """
    known = {right.account: right for right in state.righted if right.wallet == wallet}
    rights: list[Righted] = []
    stays: list[int] = []
    for change in changes:
        if change.wallet != wallet:
            continue
        right = known.get(change.account) or Righted(change.account, wallet)
        if right.amount != change.amount:
            base = change.amount - right.evened
            right = structs.replace(right, amount=change.amount, base=base, on=before)
        rights.append(right)
        stays.append(_staying(right, left))
    lower = [max(0, -each) for each in stays]
    spared = spread(max(0, -kept - sum(stays)), lower)
    parts = [right.amount - right.evened - each - more for right, each, more in zip(rights, stays, spared, strict=True)]
    return Evening(tuple(rights), tuple(parts), sum(right.amount - right.evened for right in rights))


def _staying(right: Righted, left: Remains) -> int:
    if left.none:
        return 0
    if left.basket.total >= right.on:
        return right.base
    return -(-right.base * left.basket.total // right.on)


def remembered(state: PurchaseState, rights: Iterable[Righted]) -> PurchaseState:
    """The state with what is remembered of corrections in place of what was."""
    kept = {(right.account, right.wallet): right for right in (*state.righted, *rights)}
    return structs.replace(state, righted=tuple(kept.values()))


def cancelled(before: PurchaseState, after: PurchaseState) -> PurchaseState:
    """The state after a cancellation: what it made even comes back with a later completion."""
    if not after.righted:
        return after
    was = {(right.account, right.wallet): right.evened for right in before.righted}
    rights = (
        structs.replace(right, again=right.evened - was.get((right.account, right.wallet), 0))
        for right in after.righted
    )
    return structs.replace(after, righted=tuple(rights))


def righted_again(
    state: PurchaseState, taken: Iterable[tuple[str, str, int]], total: int
) -> tuple[tuple[Righted, ...], dict[tuple[str, str], int]]:
    """What is remembered of corrections once a completion brings back what a cancellation has ``taken``.

    That is by wallet and way of being pending, for goods worth ``total``. Given as well, by the same: how much of these
    points is no rule's.
    """
    rows: dict[str, tuple[str, int]] = {}
    for wallet, delay, amount in taken:
        rows.setdefault(wallet, (delay, amount))
    rights: dict[tuple[str, str], int] = {}
    righted: list[Righted] = []
    for right in state.righted:
        delay, most = rows.get(right.wallet, ("", 0))
        back = right.again if most else 0
        if back > 0:  # what a correction gave was active
            back = 0 if delay else min(back, most - max(0, rights.get((right.wallet, delay), 0)))
        if back:
            rights[right.wallet, delay] = rights.get((right.wallet, delay), 0) + back
        after = structs.replace(right, evened=right.evened - back, again=0)
        if back != right.again:  # no points were there that it could come back with
            after = structs.replace(after, base=after.amount - after.evened, on=total)
        righted.append(after)
    return tuple(righted), rights


def stands_of(state: PurchaseState, changes: Iterable[Change]) -> dict[str, int]:
    """By wallet what of all that corrections changed of a purchase still stands."""
    evened = {(right.account, right.wallet): right.evened for right in state.righted}
    stands: dict[str, int] = {}
    for change in changes:
        left = change.amount - evened.get((change.account, change.wallet), 0)
        stands[change.wallet] = stands.get(change.wallet, 0) + left
    return stands
