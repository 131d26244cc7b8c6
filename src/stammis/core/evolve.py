"""Evolving: the world after an effect. The only place where a standing changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec import structs

from stammis.core.effects import (
    Activated,
    Celebrated,
    Counted,
    Drawn,
    Effect,
    Extended,
    HoldMoved,
    MemberSet,
    Posted,
    Progressed,
    PurchaseMoved,
    Refused,
    Remembered,
    RewardMoved,
    Stayed,
    Tied,
    TierMoved,
)
from stammis.core.events import Purchase
from stammis.core.histories import happened, remembered
from stammis.core.lots import (
    EMPTY,
    pending_after,
    pending_extended,
    pending_less,
    purse_activated,
    purse_after,
    purse_extended,
)
from stammis.core.rules import Rules
from stammis.core.standing import About, Count, PendingLot, PurchaseState, Rank, Standing
from stammis.core.tiers import no_rank, rank_on, rank_progressed
from stammis.core.world import World
from stammis.core.yearly import celebrated, given

COUNTS_KEPT = 3
"""Periods of a cap that a standing remembers: the newest, and older ones for events that come late."""


def evolve(world: World, effect: Effect, rules: Rules) -> World:
    """The world after one effect."""
    return evolve_all(world, (effect,), rules)


def evolve_all(world: World, effects: Iterable[Effect], rules: Rules) -> World:
    """The world after effects, one after the other."""
    draft = Draft(world)
    for effect in effects:
        draft.apply(effect, rules)
    return draft.world()


class Draft:
    """A world in the making: what has changed so far, copied at its first change."""

    __slots__ = (
        "_attributes",
        "_before",
        "_enrolled",
        "_labels",
        "_past",
        "_purchases",
        "_rows",
        "_ties",
        "_world",
        "about",
        "counts",
        "holds",
        "pending",
        "purses",
        "ranks",
        "stays",
    )

    def __init__(self, world: World) -> None:
        standing = world.standing
        self._world = world
        self._before = standing
        self._enrolled = standing.enrolled
        self._labels = standing.labels
        self._attributes = standing.attributes
        self._purchases = standing.purchases
        self._past = standing.past
        self.about = standing.about
        self.purses = standing.purses
        self.ranks = standing.ranks
        self.counts = standing.counts
        self.stays = standing.stays
        self.pending = standing.pending
        self.holds = standing.holds
        self._rows = standing.rows
        self._ties = standing.ties

    def apply(self, effect: Effect, rules: Rules) -> None:
        """Lets one effect change the draft."""
        match effect:  # what every purchase does comes first
            case Posted():
                if effect.awaits is not None:
                    self._wait(effect.wallet, pending_after(self.pending.get(effect.wallet, ()), effect))
                else:
                    if self.purses is self._before.purses:
                        self.purses = dict(self.purses)
                    self.purses[effect.wallet] = purse_after(self.purses.get(effect.wallet, EMPTY), effect)
                self._rows = max(self._rows, effect.row)
            case Progressed():
                self._move_rank(effect, rules)
            case PurchaseMoved():
                self._move_purchase(effect)
            case Counted():
                self._count(effect)
            case TierMoved():
                self._move_rank(effect, rules)
            case Activated() | Extended():
                self._move_lots(effect)
            case HoldMoved():
                self._hold(effect)
            case Stayed():
                self._stay(effect)
            case RewardMoved():
                self._move_reward(effect)
            case MemberSet() | Remembered() | Celebrated():
                self._learn(effect, rules)
            case Tied():
                self._ties = effect.ties
            case Refused() | Drawn():
                pass  # what is left of a budget is nobody's standing
            case _:
                assert_never(effect)

    def _learn(self, effect: MemberSet | Remembered | Celebrated, rules: Rules) -> None:
        match effect:
            case MemberSet():
                self._enrolled, self._labels, self._attributes = effect.enrolled, effect.labels, effect.attributes
                self.about = about_after(self.about, effect)
            case Remembered(event=str() as kind):
                self._past = happened(self._past, kind, effect.day)
            case Remembered():
                self._past = remembered(self._past, effect.day, effect.times, effect.spent, rules.book.memory)
            case Celebrated():
                self.about = _after_celebrating(self.about, effect)
            case _:
                assert_never(effect)

    def world(self) -> World:
        """The world as it is now; the standing's own clock and counters are left as they were."""
        before = self._before
        return self.world_at(before.events, before.latest_at, before.due_at)

    def world_at(self, events: int, latest_at: int, due_at: int | None) -> World:
        """The world as it is now, with the standing's counter of events, latest instant and next due instant."""
        standing = self.standing_at(events, latest_at, due_at)
        world = self._world
        if world.original is None and world.redemption is None and not world.coupons:
            return World(standing=standing, grants=world.grants)
        return structs.replace(world, standing=standing)

    def standing_at(self, events: int, latest_at: int, due_at: int | None) -> Standing:
        """The standing as it is now."""
        return Standing(
            enrolled=self._enrolled,
            labels=self._labels,
            attributes=self._attributes,
            purses=self.purses,
            ranks=self.ranks,
            counts=self.counts,
            events=events,
            rows=self._rows,
            latest_at=latest_at,
            due_at=due_at,
            stays=self.stays,
            ties=self._ties,
            pending=self.pending,
            holds=self.holds,
            purchases=self._purchases,
            about=self.about,
            past=self._past,
        )

    def _wait(self, wallet: str, pending: tuple[PendingLot, ...]) -> None:
        """The pending points of a wallet are these from now on."""
        self.pending = {**self.pending, wallet: pending}
        if not pending:
            del self.pending[wallet]

    def _move_lots(self, effect: Activated | Extended) -> None:
        wallet, pending = effect.wallet, self.pending.get(effect.wallet, ())
        purse = self.purses.get(wallet, EMPTY)
        match effect:
            case Activated():
                purse = purse_activated(purse, effect)
                self._wait(wallet, pending_less(pending, {effect.row: effect.amount}))
            case Extended():
                purse = purse_extended(purse, effect.rows, effect.ends_at)
                if pending:
                    self._wait(wallet, pending_extended(pending, effect.rows, effect.ends_at))
            case _:
                assert_never(effect)
        self.purses = {**self.purses, wallet: purse}

    def _hold(self, effect: HoldMoved) -> None:
        self.holds = {**self.holds, effect.hold.hold: effect.hold}
        if effect.hold.state != "held":
            del self.holds[effect.hold.hold]

    def _move_rank(self, effect: Progressed | TierMoved, rules: Rules) -> None:
        tally = rules.tallies.get(effect.set) or rules.tier_sets[effect.set].measures[0]
        if self.ranks is self._before.ranks:
            self.ranks = dict(self.ranks)
        rank = self.ranks.get(effect.set) or no_rank(rules.tier_sets[tally.set])
        match effect:
            case Progressed():
                rank = rank_progressed(rank, effect.day, effect.amount, tally.kept_days)
            case TierMoved():
                rank = rank_on(rank, rules.calendar.day(effect.at), tally.kept_days)
                rank = Rank(effect.after, rank.days, effect.at, rank.total, rank.gone)
            case _:
                assert_never(effect)
        self.ranks[effect.set] = rank

    def _stay(self, effect: Stayed) -> None:
        self.stays = {name: stay for name, stay in self.stays.items() if name != effect.set}
        if effect.stay is not None:
            self.stays[effect.set] = effect.stay

    def _count(self, effect: Counted) -> None:
        if self.counts is self._before.counts:
            self.counts = dict(self.counts)
        count = effect.count
        others = [other for other in self.counts.get(effect.rule, ()) if other.period != count.period]
        if count.points or count.times:
            others.append(count)
        others.sort(key=_newest_first)
        if others:
            self.counts[effect.rule] = tuple(others[:COUNTS_KEPT])
        else:
            self.counts.pop(effect.rule, None)

    def _move_purchase(self, effect: PurchaseMoved) -> None:
        original = self._world.original
        if original is None:
            state = effect.state
            self._purchases += state.state == "completed" and not (state.returned and state.seen is None)
        elif original.purchase.id == effect.purchase:
            self._purchases += stands(original.purchase, effect.state) - stands(original.purchase, original.state)
            self._world = structs.replace(self._world, original=structs.replace(original, state=effect.state))

    def _move_reward(self, effect: RewardMoved) -> None:
        reward, world = effect.reward, self._world
        if world.redemption is not None and world.redemption.redemption == reward.redemption:
            self._world = world = structs.replace(world, redemption=reward)
        if reward.code in world.coupons:
            self._world = structs.replace(world, coupons={**world.coupons, reward.code: reward})


def stands(purchase: Purchase, state: PurchaseState) -> bool:
    """Whether a purchase counts among the member's: completed, and not all of it back."""
    if state.state != "completed":
        return False
    returned = state.returned
    return not returned or any(returned.get(line.id) != (line.quantity, line.amount) for line in purchase.lines)


def about_after(about: About, change: MemberSet) -> About:
    """The facts about a member after a change; the day of joining stays where none is given."""
    joined = about.joined.day if change.joined is None else change.joined
    return About(
        change.consents,
        given(about.birthday, change.birthday, change.at),
        given(about.joined, joined, change.at),
        0,
    )


def _after_celebrating(about: About, effect: Celebrated) -> About:
    match effect.what:
        case "birthday":
            return About(about.consents, celebrated(about.birthday, effect.year), about.joined, 0)
        case "anniversary":
            return About(about.consents, about.birthday, celebrated(about.joined, effect.year), 0)
        case _:
            assert_never(effect.what)


def _newest_first(count: Count) -> int:
    return -count.period
