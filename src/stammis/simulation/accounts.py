"""Accounts in a fold: where a member stands, what later events may ask about, and what has been counted so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from stammis.accrual.services.comparing import row_of
from stammis.accrual.services.deciding import Decided, Subject
from stammis.core.carrying import since_left
from stammis.core.effects import (
    Counted,
    Decision,
    Drawn,
    Effect,
    HoldMoved,
    MemberSet,
    PastCarried,
    Posted,
    Progressed,
    PurchaseMoved,
    Remembered,
    RewardMoved,
    Stayed,
    Step,
    TierMoved,
)
from stammis.core.events import (
    AnyEvent,
    Claimed,
    HoldPlaced,
    HoldReleased,
    MemberChanged,
    Merged,
    PendingSettled,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Transfer,
)
from stammis.core.levels import joined_day
from stammis.core.lots import active, lost
from stammis.core.parcels import Carried
from stammis.core.standing import IssuedReward, PurchaseState, Standing
from stammis.core.tiers import rank_of
from stammis.core.views import pending_of
from stammis.programmes.queries import Versions
from stammis.simulation.tallies import GIVEN, MOVE_OF, TAKEN_BACK, Month, Purses, Sums

LIMITS = frozenset({"cap_reached", "capped", "budget_reached"})
"""Codes of steps that say that a cap or a budget cut what a rule would have given."""
QUIET = frozenset({Progressed, Counted, Remembered, PastCarried, Stayed, HoldMoved, MemberSet})
"""Effects that move the standing only."""
NOBODY = "–"
"""The level of who is not enrolled, or of a set without levels."""
ASKED_FOR = frozenset({"transfer", "donation"})
"""Purposes of transfers that somebody asked for; all others were brought by another event."""

Place = tuple[Purchase, PurchaseState]


@dataclass(slots=True)
class Account:
    """A member in a fold.

    Attributes:
        wanted: ids of purchases that later events are about; no others are kept.
        sums: where it is counted: with all others, or apart from them.
        inside: whether the stretch that counts has begun for this account.
        at: when what is being decided happened (epoch seconds).
        gross: the sum of the purchase that is being decided, in minor units of the programme's currency.
        bought, spent: how many purchases within the stretch, and their sum.
        rows: every row posted, where rows are compared with the ledger.
        told: every decision within the stretch, where somebody asks for them.
        rewards: by reward and wallet, how many were taken within the stretch, given back, and the points they cost.
        brought, carried: by merge, what it brought here, in points and in what counts.
        merge: the one that closed this account.
        taken: by act, the row that took pending points away by hand.
        since: the month of the stretch from which on it is enrolled.
    """

    subject: Subject
    wanted: frozenset[str]
    sums: Sums
    inside: bool = False
    at: int = 0
    gross: int = 0
    purchases: dict[str, Place] = field(default_factory=dict)
    issued: dict[str, IssuedReward] = field(default_factory=dict)
    brought: dict[str, list[tuple[Effect, ...]]] = field(default_factory=dict)
    carried: dict[str, list[Carried]] = field(default_factory=dict)
    merge: Merged | None = None
    taken: dict[str, Posted] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] | None = None
    told: list[Decided] | None = None
    bought: int = 0
    spent: int = 0
    purses: dict[str, Purses] = field(default_factory=dict)
    rewards: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    levels_then: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    moved_levels: list[tuple[str, str, str]] = field(default_factory=list)
    since: str = ""

    def buy(self, event: Purchase, decision: Decision, standing: Standing, month: Month) -> None:
        """Take over what was decided of a purchase within the stretch, and count it: as ``keep`` does, in less time."""
        self.subject.standing = standing
        for effect in decision.effects:  # told by identity: that takes less time than to ask for an instance
            if type(effect) is Posted:
                self._post(effect, month, standing.events)
            elif type(effect) is PurchaseMoved:
                if effect.purchase in self.wanted:
                    self._place(event, effect)
            elif type(effect) not in QUIET:
                self._take(event, effect, month)
        touched, cut = 0, False
        for said in decision.steps:
            if said.because in LIMITS:
                cut = True
            if (points := said.points) and said.applied and (rule := said.rule):
                touched = 1
                counts = month.given[rule, said.wallet or ""]
                counts[0] += points
                counts[1] += 1
        if cut:
            self._cut(decision.steps)
        gross = self.gross
        month.purchases += 1
        month.touched += touched
        month.gross += gross
        self.bought += 1
        self.spent += gross

    def keep(self, step: Decided, month_of: Callable[[int], str]) -> None:
        """Take over what was decided, and count it if the stretch has begun."""
        event, month = step.event, self.sums.months[month_of(self.at)]
        if self.inside and type(event) is Purchase:
            self.buy(event, step.decision, step.standing, month)
        else:
            self.subject.standing = step.standing
            self._keep(step, month, month_of)
        if isinstance(event, Received):
            if event.purpose == "merge":
                self.brought.setdefault(event.id, []).append(step.decision.effects)
                if event.carried is not None:
                    self.carried.setdefault(event.id, []).append(event.carried)
            elif event.purpose == "unmerge" and event.carried is not None:
                for carried in self.carried.values():
                    carried[:] = [since_left(each, event.carried) for each in carried]
        elif isinstance(event, Merged):
            self.merge = event
        elif isinstance(event, PendingSettled):
            self.taken.update((event.id, each) for each in step.decision.effects if isinstance(each, Posted))
        if self.inside:
            self.sums.events += 1
            if self.told is not None:
                self.told.append(step)

    def _keep(self, step: Decided, month: Month, month_of: Callable[[int], str]) -> None:
        event, months = step.event, self.sums.months
        for effect in step.decision.effects:
            if isinstance(effect, Posted):
                self._post(effect, months[month_of(effect.at)], step.standing.events)
            elif type(effect) not in QUIET:
                self._take(event, effect, months[month_of(effect.at)] if isinstance(effect, TierMoved) else month)
        if not self.inside:
            return
        self._cut(step.decision.steps)
        for said in step.decision.steps:
            if said.points and said.applied and said.rule:
                month.given[said.rule, said.wallet or ""][0] += said.points
        if isinstance(event, MemberChanged):
            self.since = self.since or month.name
            for tiers, level in step.tiers.items():
                self.move_level(tiers, level or NOBODY, month.name)

    def _take(self, event: AnyEvent, effect: Effect, month: Month) -> None:
        """Take over an effect that is no row."""
        if isinstance(effect, PurchaseMoved):
            if effect.purchase in self.wanted:
                self._place(event, effect)
        elif isinstance(effect, RewardMoved):
            self._move_reward(event, effect.reward)
        elif self.inside and isinstance(effect, TierMoved):
            self.move_level(effect.set, effect.after or NOBODY, month.name)
        elif self.inside and isinstance(effect, Drawn):
            self._draw(effect)

    def _post(self, row: Posted, month: Month, seq: int) -> None:
        if self.rows is not None:
            self.rows.append(row_of(row, seq))
        kind = row.kind
        if (kind == "expire" or row.awaits is not None) and (self.wanted or self.brought):
            expired, sign = self.subject.expired, lost(row)
            for take in row.lots if sign else ():
                expired[take.row] = expired.get(take.row, 0) + sign * take.amount
        wallet, amount = row.wallet, row.amount
        if not self.inside or not amount:
            return
        column = MOVE_OF.get(kind)
        if column is None:
            if kind != "adjust":
                return
            column = GIVEN if amount > 0 else TAKEN_BACK
        month.moved[wallet][column] += amount
        purses = self.purses.get(wallet)
        if purses is None:
            purses = self.purses[wallet] = Purses()
        purses.moves[column] += amount

    def _cut(self, steps: Iterable[Step]) -> None:
        """Count the limits that were reached: each once, whatever number of rules share it."""
        reached: dict[str, str] = {}
        for said in steps:
            if said.because in LIMITS:
                what = str(said.saw.get("budget") or said.saw.get("cap") or said.rule)
                if reached.get(what) != "capped":  # of rules that share a limit some may have got a part
                    reached[what] = said.because
        for what, because in reached.items():
            self.sums.cut(because, what, self.at)

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

    def coupons(self, purchase: Purchase) -> dict[str, IssuedReward]:
        """Give those of the account's issued rewards whose codes a purchase names."""
        if not purchase.coupons:
            return {}
        return {reward.code: reward for reward in self.issued.values() if reward.code in purchase.coupons}

    def move_level(self, tiers: str, level: str, month: str) -> None:
        """Note a level from a month on."""
        if self.levels.get(tiers) != level:
            self.levels[tiers] = level
            self.moved_levels.append((tiers, month, level))

    def stand(self, levels: dict[str, str], first_day: dt.date, first: str, month: str) -> None:
        """Note the levels that it had as the stretch began, or has had since joining, at the latest in ``month``."""
        standing = self.subject.standing
        self.levels, self.since = dict(levels), first if standing.enrolled else ""
        joined = dt.date.fromordinal(joined_day(standing) or 1)
        if joined < first_day:
            self.levels_then = levels
        else:
            self.since = min(month, f"{joined:%Y-%m}")
            self.moved_levels = [(tiers, self.since, level) for tiers, level in levels.items()]

    def begin_level(self, tiers: str, month: str, level: str) -> None:
        """Note the level that everybody has in a set, from the month on in which it came: nothing tells of it."""
        first = next((moved for known, moved, _ in self.moved_levels if known == tiers), None)
        month = max(month, self.since)
        if self.since and (first is None or month < first):
            self.moved_levels.insert(0, (tiers, month, level))
            self.levels.setdefault(tiers, level)

    def flow(self) -> None:
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


def is_brought(event: AnyEvent) -> bool:
    """Whether an event was brought by another, which makes it again: nobody asked for it."""
    if isinstance(event, HoldPlaced | HoldReleased):
        return event.follows
    return isinstance(event, Transfer) and event.purpose not in ASKED_FOR
