"""Accounts in a fold: where a member stands, what later events may ask about, and what has been counted so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stammis.accrual.services.comparing import row_of
from stammis.accrual.services.deciding import Decided, Subject, expired_by
from stammis.core.effects import (
    Counted,
    Drawn,
    Effect,
    HoldMoved,
    MemberSet,
    Posted,
    Progressed,
    PurchaseMoved,
    Remembered,
    RewardMoved,
    Stayed,
    TierMoved,
)
from stammis.core.events import (
    AnyEvent,
    Claimed,
    MemberChanged,
    Merged,
    PendingSettled,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
)
from stammis.core.lots import active, lost
from stammis.core.standing import IssuedReward, PurchaseState
from stammis.core.tiers import rank_of
from stammis.core.views import pending_of
from stammis.programmes.queries import Versions
from stammis.simulation.tallies import GIVEN, MOVE_OF, TAKEN_BACK, Purses, Sums

LIMITS = frozenset({"cap_reached", "capped", "budget_reached"})
"""Codes of steps that say that a cap or a budget cut what a rule would have given."""
QUIET = frozenset({Progressed, Counted, Remembered, Stayed, HoldMoved, MemberSet})
"""Effects that move the standing only."""
NOBODY = "–"
"""The level of who is not enrolled, or of a set without levels."""

Place = tuple[Purchase, PurchaseState]


@dataclass(slots=True)
class Account:
    """A member in a fold.

    Attributes:
        wanted: ids of purchases that later events are about; no others are kept.
        inside: whether the stretch that counts has begun for this account.
        at: when what is being decided happened (epoch seconds).
        gross: the sum of the purchase that is being decided, in minor units of the programme's currency.
        rows: every row posted, where rows are compared with the ledger.
        told: every decision within the stretch, where somebody asks for them.
        rewards: by reward and wallet, how many were taken within the stretch, given back, and the points they cost.
        brought: by merge, what it brought here; ``merge`` is the one that closed this account.
        taken: by act, the row that took pending points away by hand.
    """

    subject: Subject
    wanted: frozenset[str]
    inside: bool = False
    at: int = 0
    gross: int = 0
    purchases: dict[str, Place] = field(default_factory=dict)
    issued: dict[str, IssuedReward] = field(default_factory=dict)
    brought: dict[str, list[tuple[Effect, ...]]] = field(default_factory=dict)
    merge: Merged | None = None
    taken: dict[str, Posted] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] | None = None
    told: list[Decided] | None = None
    sums: Sums = field(default_factory=Sums)
    purses: dict[str, Purses] = field(default_factory=dict)
    rewards: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    levels_then: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    moved_levels: list[tuple[str, str, str]] = field(default_factory=list)

    def keep(self, step: Decided, month_of: Callable[[int], str]) -> None:
        """Take over what was decided, and count it if the stretch has begun."""
        subject, event = self.subject, step.event
        subject.standing = step.standing
        expires = False
        for effect in step.decision.effects:
            if type(effect) in QUIET:
                continue
            if isinstance(effect, Posted):
                expires = expires or lost(effect) != 0
                self._post(effect, month_of, step.standing.events)
            elif isinstance(effect, PurchaseMoved):
                if effect.purchase in self.wanted:
                    self._place(event, effect)
            elif isinstance(effect, RewardMoved):
                self._move_reward(event, effect.reward)
            elif self.inside and isinstance(effect, TierMoved):
                self.move_level(effect.set, effect.after or NOBODY, month_of(effect.at))
            elif self.inside and isinstance(effect, Drawn):
                self._draw(effect)
        if expires and (self.wanted or self.brought):
            subject.expired = expired_by((step,), subject.expired)
        if isinstance(event, Received):
            if event.purpose == "merge":
                self.brought.setdefault(event.id, []).append(step.decision.effects)
        elif isinstance(event, Merged):
            self.merge = event
        elif isinstance(event, PendingSettled):
            self.taken.update((event.id, each) for each in step.decision.effects if isinstance(each, Posted))
        if self.inside:
            self._count(step, month_of)
            if self.told is not None:
                self.told.append(step)

    def _post(self, row: Posted, month_of: Callable[[int], str], seq: int) -> None:
        if self.rows is not None:
            self.rows.append(row_of(row, seq))
        if not self.inside:
            return
        column = MOVE_OF.get(row.kind)
        if column is None:
            if row.kind != "adjust":
                return
            column = GIVEN if row.amount > 0 else TAKEN_BACK
        purses = self.purses.get(row.wallet)
        if purses is None:
            purses = self.purses[row.wallet] = Purses()
        purses.moves[column] += row.amount
        moved, key = self.sums.moved, (month_of(row.at), row.wallet, column)
        moved[key] = moved.get(key, 0) + row.amount

    def _move_reward(self, event: AnyEvent, reward: IssuedReward) -> None:
        self.issued[reward.redemption] = reward
        if not self.inside or not isinstance(event, Redemption | RedemptionCancelled):
            return
        counts = self.rewards.setdefault((reward.reward, reward.wallet), [0, 0, 0])
        if isinstance(event, Redemption):
            counts[0] += reward.quantity
            counts[2] += reward.amount
        else:
            counts[1] += reward.quantity
            counts[2] -= reward.amount

    def _draw(self, effect: Drawn) -> None:
        budget = (effect.budget, effect.store, effect.period)
        if effect.points > 0:
            self.sums.drawn[budget] += effect.points
        else:
            self.sums.put_back[budget] -= effect.points

    def _place(self, event: AnyEvent, effect: PurchaseMoved) -> None:
        if isinstance(event, Purchase | Claimed):
            bought = event if isinstance(event, Purchase) else event.purchase
            self.purchases[effect.purchase] = (bought, effect.state)
        elif effect.purchase in self.purchases:
            self.purchases[effect.purchase] = (self.purchases[effect.purchase][0], effect.state)

    def _count(self, step: Decided, month_of: Callable[[int], str]) -> None:
        event, sums = step.event, self.sums
        sums.events += 1
        at = self.at
        month = month_of(at)
        buys = isinstance(event, Purchase)
        touched = False
        reached: dict[str, str] = {}
        for said in step.decision.steps:
            if said.because in LIMITS:
                what = str(said.saw.get("budget") or said.saw.get("cap") or said.rule)
                if reached.get(what) != "capped":  # of rules that share a limit some may have got a part
                    reached[what] = said.because
            if said.applied and said.points and said.rule:
                touched = True
                key = (month, said.rule, said.wallet or "")
                sums.given[key] = sums.given.get(key, 0) + said.points
                if buys:
                    sums.touched[key] = sums.touched.get(key, 0) + 1
        for what, because in reached.items():
            sums.cut(because, what, at)
        if buys:
            bought = sums.bought.get(month)
            if bought is None:
                bought = sums.bought[month] = [0, 0, 0]
            bought[0] += 1
            bought[1] += touched
            bought[2] += self.gross
        elif isinstance(event, MemberChanged):
            for tiers, level in step.tiers.items():
                self.move_level(tiers, level or NOBODY, month)

    def move_level(self, tiers: str, level: str, month: str) -> None:
        """Note a level from a month on."""
        if self.levels.get(tiers) != level:
            self.levels[tiers] = level
            self.moved_levels.append((tiers, month, level))

    def flows(self) -> None:
        """Count how the levels moved: where they stood at first, and month by month where they changed."""
        for tiers in self.levels:
            level = self.levels_then.get(tiers, NOBODY)
            self.sums.flows["", tiers, NOBODY, level] += 1
            months: dict[str, str] = {month: after for moved, month, after in self.moved_levels if moved == tiers}
            for month in sorted(months):
                if months[month] != level:
                    self.sums.flows[month, tiers, level, months[month]] += 1
                    level = months[month]

    def look(self, versions: Versions, at: int) -> tuple[dict[str, tuple[int, int, int]], dict[str, str]]:
        """Give by wallet what is active, pending and held at an instant, and the level in each tier set."""
        standing = self.subject.standing
        rules = versions.at(at)
        wallets = dict.fromkeys((*standing.purses, *standing.pending))
        found: dict[str, tuple[int, int, int]] = {}
        for wallet in wallets:
            purse = standing.purses.get(wallet)
            there, held = (0, 0) if purse is None else (active(purse, at), purse.held)
            found[wallet] = (there, pending_of(standing, wallet) if standing.pending else 0, held)
        if not standing.enrolled:
            return found, {tiers.id: NOBODY for tiers in rules.tiers}
        return found, {tiers.id: rank_of(standing, tiers).level or NOBODY for tiers in rules.tiers}
