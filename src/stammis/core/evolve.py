"""Evolving: the world after an effect. The only place where a standing changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, assert_never

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
from stammis.core.standing import About, Count, PurchaseState, Rank, Standing
from stammis.core.tier_rules import MeasureRules
from stammis.core.tiers import no_rank, rank_on, rank_progressed
from stammis.core.world import World
from stammis.core.yearly import celebrated, given

V = TypeVar("V")

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
    """A world in the making: the standing, and the world around it, as the effects so far leave them."""

    __slots__ = ("_world", "standing")

    def __init__(self, world: World) -> None:
        self._world = world
        self.standing = world.standing

    def apply(self, effect: Effect, rules: Rules) -> None:
        """Lets one effect change the draft."""
        # What every purchase does comes first, told by identity: it is asked millions of times.
        if type(effect) is Posted:
            self._post(effect)
        elif type(effect) is Progressed:
            self._progress(effect, rules)
        elif type(effect) is PurchaseMoved:
            self._move_purchase(effect)
        else:
            self._change(effect, rules)

    def _change(self, effect: Effect, rules: Rules) -> None:
        match effect:
            case Posted() | Progressed() | PurchaseMoved():
                raise AssertionError("they come first")
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
                self.standing = structs.replace(self.standing, ties=effect.ties)
            case Refused() | Drawn():
                pass  # what is left of a budget is nobody's standing
            case _:
                assert_never(effect)

    def world(self) -> World:
        """The world as it is now; the standing's own clock and counters are left as they were."""
        return self.world_with(self.standing)

    def world_with(self, standing: Standing) -> World:
        """The world as it is now around a standing."""
        world = self._world
        if world.original is None and world.redemption is None and not world.coupons:
            return World(standing=standing, grants=world.grants)
        return structs.replace(world, standing=standing)

    def _post(self, row: Posted) -> None:
        standing, wallet = self.standing, row.wallet
        rows = max(standing.rows, row.row)
        if row.awaits is None:
            purses = standing.purses.copy()
            purses[wallet] = purse_after(purses.get(wallet, EMPTY), row)
            self.standing = structs.replace(standing, purses=purses, rows=rows)
        else:
            pending = pending_after(standing.pending.get(wallet, ()), row)
            self.standing = structs.replace(standing, pending=_with(standing.pending, wallet, pending), rows=rows)

    def _progress(self, effect: Progressed, rules: Rules) -> None:
        standing, key = self.standing, effect.set
        tally = _tally(key, rules)
        ranks = standing.ranks.copy()
        rank = ranks.get(key) or no_rank(rules.tier_sets[tally.set])
        ranks[key] = rank_progressed(rank, effect.day, effect.amount, tally.kept_days)
        self.standing = structs.replace(standing, ranks=ranks)

    def _move_rank(self, effect: TierMoved, rules: Rules) -> None:
        standing, key = self.standing, effect.set
        tally = _tally(key, rules)
        rank = standing.ranks.get(key) or no_rank(rules.tier_sets[tally.set])
        rank = rank_on(rank, rules.calendar.day(effect.at), tally.kept_days)
        rank = Rank(effect.after, rank.days, effect.at, rank.total, rank.gone)
        self.standing = structs.replace(standing, ranks={**standing.ranks, key: rank})

    def _learn(self, effect: MemberSet | Remembered | Celebrated, rules: Rules) -> None:
        standing = self.standing
        match effect:
            case MemberSet():
                self.standing = structs.replace(
                    standing,
                    enrolled=effect.enrolled,
                    labels=effect.labels,
                    attributes=effect.attributes,
                    about=about_after(standing.about, effect),
                )
            case Remembered(event=str() as kind):
                self.standing = structs.replace(standing, past=happened(standing.past, kind, effect.day))
            case Remembered():
                past = remembered(standing.past, effect.day, effect.times, effect.spent, rules.book.memory)
                self.standing = structs.replace(standing, past=past)
            case Celebrated():
                self.standing = structs.replace(standing, about=_after_celebrating(standing.about, effect))
            case _:
                assert_never(effect)

    def _move_lots(self, effect: Activated | Extended) -> None:
        standing, wallet = self.standing, effect.wallet
        purse, pending = standing.purses.get(wallet, EMPTY), standing.pending.get(wallet, ())
        match effect:
            case Activated():
                purse = purse_activated(purse, effect)
                pending = pending_less(pending, {effect.row: effect.amount})
            case Extended():
                purse = purse_extended(purse, effect.rows, effect.ends_at)
                pending = pending_extended(pending, effect.rows, effect.ends_at)
            case _:
                assert_never(effect)
        purses = {**standing.purses, wallet: purse}
        self.standing = structs.replace(standing, purses=purses, pending=_with(standing.pending, wallet, pending))

    def _hold(self, effect: HoldMoved) -> None:
        name = effect.hold.hold
        hold = effect.hold if effect.hold.state == "held" else None
        self.standing = structs.replace(self.standing, holds=_with(self.standing.holds, name, hold))

    def _stay(self, effect: Stayed) -> None:
        self.standing = structs.replace(self.standing, stays=_with(self.standing.stays, effect.set, effect.stay))

    def _count(self, effect: Counted) -> None:
        standing, rule, count = self.standing, effect.rule, effect.count
        others = [other for other in standing.counts.get(rule, ()) if other.period != count.period]
        if count.points or count.times:
            others.append(count)
        others.sort(key=_newest_first)
        counts = _with(standing.counts, rule, tuple(others[:COUNTS_KEPT]))
        self.standing = structs.replace(standing, counts=counts)

    def _move_purchase(self, effect: PurchaseMoved) -> None:
        standing, original, state = self.standing, self._world.original, effect.state
        if original is None:
            more = int(state.state == "completed" and not (state.returned and state.seen is None))
        elif original.purchase.id == effect.purchase:
            more = stands(original.purchase, state) - stands(original.purchase, original.state)
            self._world = structs.replace(self._world, original=structs.replace(original, state=state))
        else:
            return
        self.standing = structs.replace(standing, purchases=standing.purchases + more)

    def _move_reward(self, effect: RewardMoved) -> None:
        reward, world = effect.reward, self._world
        if world.redemption is not None and world.redemption.redemption == reward.redemption:
            self._world = world = structs.replace(world, redemption=reward)
        if reward.code in world.coupons:
            self._world = structs.replace(world, coupons={**world.coupons, reward.code: reward})


def _with(values: dict[str, V], name: str, value: V | None) -> dict[str, V]:
    """The values with another one under a name, at the end if it is new there; without it where there is nothing."""
    if value:
        return {**values, name: value}
    return {other: kept for other, kept in values.items() if other != name}


def _tally(key: str, rules: Rules) -> MeasureRules:
    """What a tally of a standing counts; that of a tier set's level is its first."""
    return rules.tallies.get(key) or rules.tier_sets[key].measures[0]


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
