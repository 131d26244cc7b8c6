"""Evolving: the world after an effect. The only place where a standing changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, assert_never

from msgspec import Struct, structs

from stammis.core.awaiting import awaited_no_more, awaited_too, counted_aside, set_aside, still_awaited
from stammis.core.counting import with_count
from stammis.core.effects import (
    Activated,
    Celebrated,
    Counted,
    Drawn,
    Effect,
    Extended,
    HoldMoved,
    MemberSet,
    PastCarried,
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
from stammis.core.histories import happened, past_carried, remembered
from stammis.core.lots import (
    EMPTY,
    pending_after,
    pending_extended,
    pending_less,
    purse_activated,
    purse_after,
    purse_extended,
    takes_extended,
)
from stammis.core.rules import Rules
from stammis.core.standing import About, Awaited, Count, PurchaseState, Purse, Rank, Standing
from stammis.core.tier_rules import MeasureRules
from stammis.core.tiers import no_rank, rank_on, rank_progressed
from stammis.core.world import Original, World
from stammis.core.yearly import celebrated, given

V = TypeVar("V")


class Draft(Struct, gc=False):
    """A world in the making: of its standing apart what nearly every event changes, so that it is made once."""

    world: World
    standing: Standing
    purses: dict[str, Purse]
    ranks: dict[str, Rank]
    counts: dict[str, tuple[Count, ...]]
    rows: int
    purchases: int

    def settled(self) -> Standing:
        """The standing as it is by now."""
        return structs.replace(
            self.standing,
            purses=self.purses,
            ranks=self.ranks,
            counts=self.counts,
            rows=self.rows,
            purchases=self.purchases,
        )


def evolve(world: World, effect: Effect, rules: Rules) -> World:
    """The world after one effect."""
    return evolve_all(world, (effect,), rules)


def evolve_all(world: World, effects: Iterable[Effect], rules: Rules) -> World:
    """The world after effects, one after the other; the standing's own clock and counter are left as they were."""
    draft = drafted(world, effects, rules)
    return structs.replace(draft.world, standing=draft.settled())


def drafted(world: World, effects: Iterable[Effect], rules: Rules) -> Draft:
    """What effects, one after the other, make of a world; its standing is still to be settled."""
    there = world.standing
    draft = Draft(world, there, there.purses, there.ranks, there.counts, there.rows, there.purchases)
    for effect in effects:
        # What every purchase does comes first, told by identity: it is asked more often than anything else.
        if type(effect) is Posted and effect.awaits is None:
            wallet = effect.wallet
            draft.purses = purses = draft.purses.copy()
            purses[wallet] = purse_after(purses.get(wallet, EMPTY), effect)
            draft.rows = effect.row
        elif type(effect) is Progressed:
            if draft.standing.awaited is None:
                draft.ranks = _progressed(draft.ranks, effect, rules)
            else:
                _progressed_then(draft, draft.standing.awaited, effect, rules)
        elif type(effect) is PurchaseMoved:
            original = draft.world.original
            draft.purchases += _purchases_more(original, effect)
            if original is not None or effect.state.awaited is not None:
                draft.standing = _awaiting(draft.standing, original, effect, rules)
            draft.world = _purchase_moved(draft.world, effect)
        elif type(effect) is Counted:
            used, age = draft.counts.get(effect.rule, ()), rules.programme.declared_age_days
            draft.counts = _with(draft.counts, effect.rule, with_count(used, effect.count, age))
        elif type(effect) is RewardMoved:
            draft.world = _reward_moved(draft.world, effect)
        else:
            standing = _changed(draft.settled(), effect, rules)
            draft.standing, draft.rows = standing, standing.rows
            draft.purses, draft.ranks, draft.purchases = standing.purses, standing.ranks, standing.purchases
    return draft


def _changed(standing: Standing, effect: Effect, rules: Rules) -> Standing:
    match effect:
        case TierMoved():
            return _tier_moved(standing, effect, rules)
        case Activated():
            return _activated(standing, effect)
        case Extended():
            return _extended(standing, effect)
        case HoldMoved(hold=hold):
            kept = hold if hold.state == "held" else None
            return structs.replace(standing, holds=_with(standing.holds, hold.hold, kept))
        case Stayed():
            return structs.replace(standing, stays=_with(standing.stays, effect.set, effect.stay))
        case MemberSet() | Remembered() | Celebrated():
            return _learned(standing, effect, rules)
        case PastCarried():
            past = past_carried(standing.past, effect.days, effect.events, gone=effect.gone)
            return structs.replace(standing, past=past, purchases=standing.purchases + effect.purchases)
        case Tied():
            return structs.replace(standing, ties=effect.ties)
        case Refused() | Drawn():
            return standing  # what is left of a budget is nobody's standing
        case Posted():
            pending = pending_after(standing.pending.get(effect.wallet, ()), effect)
            return structs.replace(standing, pending=_with(standing.pending, effect.wallet, pending), rows=effect.row)
        case Progressed() | PurchaseMoved() | Counted() | RewardMoved():
            raise AssertionError("they come first")
        case _:
            assert_never(effect)


def _progressed(ranks: dict[str, Rank], effect: Progressed, rules: Rules) -> dict[str, Rank]:
    key = effect.set
    tally = _tally(key, rules)
    ranks = ranks.copy()
    rank = ranks.get(key) or no_rank(rules.tier_sets[tally.set])
    ranks[key] = rank_progressed(rank, effect.day, effect.amount, tally.kept_days)
    return ranks


def _progressed_then(draft: Draft, awaited: Awaited, effect: Progressed, rules: Rules) -> None:
    """Lets so much count on a day while orders are awaited: for them alone where the day has left the window."""
    tally = _tally(effect.set, rules)
    there = draft.ranks.get(effect.set) or no_rank(rules.tier_sets[tally.set])
    rank = rank_on(there, effect.day, tally.kept_days)
    now = still_awaited(awaited, effect.day, rules)
    if now is not None:
        now = set_aside(now, tally, there, rank)
        if effect.day <= rank.gone:
            now = counted_aside(now, effect)
    draft.ranks = {**draft.ranks, effect.set: rank_progressed(rank, effect.day, effect.amount, tally.kept_days)}
    draft.standing = structs.replace(draft.standing, awaited=now)


def _awaiting(standing: Standing, original: Original | None, effect: PurchaseMoved, rules: Rules) -> Standing:
    """The standing when an order is awaited from now on, or no longer is."""
    was = original.state.awaited if original is not None and original.purchase.id == effect.purchase else None
    now, awaited = effect.state.awaited, standing.awaited
    if was == now:
        return standing
    if was is not None and awaited is not None:
        awaited = awaited_no_more(awaited, was)
    if now is not None:
        awaited = awaited_too(awaited, now, rules)
    return structs.replace(standing, awaited=awaited)


def _tier_moved(standing: Standing, effect: TierMoved, rules: Rules) -> Standing:
    key, awaited = effect.set, standing.awaited
    tally = _tally(key, rules)
    day = rules.calendar.day(effect.at)
    there = standing.ranks.get(key) or no_rank(rules.tier_sets[tally.set])
    rank = rank_on(there, day, tally.kept_days)
    if awaited is not None:
        awaited = still_awaited(awaited, day, rules)
        awaited = None if awaited is None else set_aside(awaited, tally, there, rank)
    rank = Rank(effect.after, rank.days, effect.at, rank.total, rank.gone)
    return structs.replace(standing, ranks={**standing.ranks, key: rank}, awaited=awaited)


def _purchases_more(original: Original | None, effect: PurchaseMoved) -> int:
    """How many purchases more (or fewer) are completed and not wholly returned."""
    state = effect.state
    if original is None:
        return int(state.state == "completed" and not (state.returned and state.seen is None))
    if original.purchase.id == effect.purchase:
        return stands(original.purchase, state) - stands(original.purchase, original.state)
    return 0


def _purchase_moved(world: World, effect: PurchaseMoved) -> World:
    original = world.original
    if original is None or original.purchase.id != effect.purchase:
        return world
    return structs.replace(world, original=structs.replace(original, state=effect.state))


def _reward_moved(world: World, effect: RewardMoved) -> World:
    reward = effect.reward
    if world.redemption is not None and world.redemption.redemption == reward.redemption:
        world = structs.replace(world, redemption=reward)
    if reward.code in world.coupons:
        world = structs.replace(world, coupons={**world.coupons, reward.code: reward})
    return world


def _learned(standing: Standing, effect: MemberSet | Remembered | Celebrated, rules: Rules) -> Standing:
    match effect:
        case MemberSet():
            return structs.replace(
                standing,
                enrolled=effect.enrolled,
                labels=effect.labels,
                attributes=effect.attributes,
                about=about_after(standing.about, effect),
            )
        case Remembered():
            awaited = standing.awaited and still_awaited(standing.awaited, effect.day, rules)
            orders = awaited.orders if awaited is not None else ()
            if effect.event is not None:
                past = happened(standing.past, effect.event, effect.day, orders=orders)
            else:
                there, asks = standing.past, rules.book.memory
                past = remembered(there, effect.day, effect.times, effect.spent, asks, orders=orders)
            return structs.replace(standing, past=past, awaited=awaited)
        case Celebrated():
            return structs.replace(standing, about=_after_celebrating(standing.about, effect))
        case _:
            assert_never(effect)


def _activated(standing: Standing, effect: Activated) -> Standing:
    wallet = effect.wallet
    purse = purse_activated(standing.purses.get(wallet, EMPTY), effect)
    pending = pending_less(standing.pending.get(wallet, ()), {effect.row: effect.amount})
    purses = {**standing.purses, wallet: purse}
    return structs.replace(standing, purses=purses, pending=_with(standing.pending, wallet, pending))


def _extended(standing: Standing, effect: Extended) -> Standing:
    wallet, rows, ends_at = effect.wallet, effect.rows, effect.ends_at
    purse = purse_extended(standing.purses.get(wallet, EMPTY), rows, ends_at)
    pending = pending_extended(standing.pending.get(wallet, ()), rows, ends_at)
    holds = {
        name: structs.replace(hold, lots=takes_extended(hold.lots, rows, ends_at)) if hold.wallet == wallet else hold
        for name, hold in standing.holds.items()
    }
    purses = {**standing.purses, wallet: purse}
    return structs.replace(standing, purses=purses, pending=_with(standing.pending, wallet, pending), holds=holds)


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
