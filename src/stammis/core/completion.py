"""Completion: a purchase earns. Points by its rules, progress in tiers, caps used, all as of the purchase's own day."""

from __future__ import annotations

from msgspec import Struct, structs

from stammis.core.basket import Basket
from stammis.core.budgets import drawn_effects, in_pool
from stammis.core.calendars import periods, weekday
from stammis.core.counting import used_in
from stammis.core.earning import Earnings, counts_at
from stammis.core.effects import Counted, Effect, Remembered, Step
from stammis.core.events import Purchase
from stammis.core.gains import Counts
from stammis.core.histories import numbers_of
from stammis.core.journal import Journal
from stammis.core.levels import level_with
from stammis.core.pending import Settling, earn_rows
from stammis.core.pool_rules import EACH_PURCHASE
from stammis.core.rules import Rules
from stammis.core.scene import NO_PROPERTIES, Scene
from stammis.core.splitting import earnings_seen, splits
from stammis.core.standing import Count, Earned, PurchaseState, Seen, Standing
from stammis.core.tier_rules import TierRules
from stammis.core.tiers import Progress, rank_of, total_on, total_then
from stammis.core.world import Grants

UNENROLLED = (Step("", False, "unenrolled"),)
NO_VERSION = (Step("", False, "no_version"),)
NO_GRANTS = Grants()
SEEN = Seen()
"""What is seen of a member of whom nothing is asked; shared, so never changed."""


class When(Struct, frozen=True, gc=False):
    """When a purchase happened: the instant, the local day, the local seconds since midnight."""

    at: int
    day: int
    second: int


def when(at: int, rules: Rules) -> When:
    """The moment of an instant by the programme's calendar."""
    day, second = rules.calendar.local(at)
    return When(at, day, second)


def scene_of(purchase: Purchase, basket: Basket, moment: When, seen: Seen) -> Scene:
    """What the rules look at besides lines, with what was seen of the member."""
    return Scene(
        moment.day,
        moment.second,
        weekday(moment.day),
        purchase.channel,
        purchase.store,
        basket.total,
        seen.tiers,
        seen.labels,
        seen.attributes,
        moment.at,
        purchase,
        basket.lines,
        seen.consents,
        seen.numbers,
        NO_PROPERTIES,
    )


def complete(
    purchase: Purchase,
    basket: Basket,
    moment: When,
    journal: Journal,
    rules: Rules,
    *,
    state: PurchaseState,
    settled_at: int | None = None,
    grants: Grants = NO_GRANTS,
    status: str | None = None,
) -> tuple[PurchaseState, tuple[Step, ...]]:
    """Lets a purchase (or what remains of it) earn: where it stands after that, and why it earned what it earned.

    ``settled_at`` is the instant of a completion that comes later than the purchase: the rate looks at the windows as
    of the purchase's own day then, and the level moves at that instant. ``status`` is the caller's word for what the
    purchase is now.
    """
    standing = journal.standing
    if not standing.enrolled or not rules.version:
        unseen = Seen(enrolled=False)
        state = structs.replace(state, state="completed", seen=unseen, earned_on=basket.total)
        return state, UNENROLLED if rules.version else NO_VERSION
    seen, earnings = _decided(purchase, basket, moment, standing, rules, grants=grants, later=settled_at is not None)
    day = moment.day
    settling = Settling(day, moment.at, moment.at if settled_at is None else settled_at, purchase.id, status)
    earned: list[Earned] = []
    delays: dict[int, str] = {}
    for row, key in earn_rows(journal, earnings.points, earnings.given, settling, rules):
        earned.append(Earned(row.wallet, row.row, row.amount))
        if key:
            delays[row.row] = key
    counted = progress_of(basket, earnings.points, rules)
    today = day if settled_at is None and journal.current.calendar is rules.calendar else None
    journal.count(counted, day, max(moment.at, settling.settled_at), today=today)
    if not rules.book.limited.isdisjoint(earnings.given):
        whose = purchase.store, grants.household
        journal.effects.extend(counted_effects({}, earnings.given, standing, day, rules, whose=whose))
    state = structs.replace(
        state,
        state="completed",
        seen=seen,
        earned=tuple(earned),
        earned_on=basket.total,
        given=earnings.given,
        counted=counted,
        delays=delays,
        spent=remember(basket, day, journal, rules) if journal.current.book.memory.days else None,
    )
    return state, _in_currency(earnings.steps, purchase.currency) if rules.abroad else earnings.steps


def _in_currency(steps: tuple[Step, ...], currency: str) -> tuple[Step, ...]:
    """The steps with the currency beside each amount of money that counted."""
    return tuple(
        structs.replace(step, saw={**step.saw, "currency": currency}) if "counted" in step.saw else step
        for step in steps
    )


def remember(basket: Basket, day: int, journal: Journal, rules: Rules) -> int:
    """Lets the member's history remember a completed purchase; gives what of it counts as spent."""
    spent = spent_on(basket, journal.current, rules)
    journal.effects.append(Remembered(day=day, times=1, spent=spent))
    return spent


def spent_on(basket: Basket, current: Rules, rules: Rules) -> int:
    """What of a basket the history remembers as spent: minor units of the programme's currency."""
    if not current.book.memory.spends:
        return 0
    return rules.home(max(0, basket.counted(current.book.usual)[1]))


def progress_of(basket: Basket, points: dict[str, int], rules: Rules) -> Progress:
    """What a basket and the points earned for it count in each tier set; sets for which nothing counts are left out."""
    found: Progress = {}
    for measure in rules.measures:
        if measure.spend:
            amount = rules.home(basket.counted(measure.basis)[1]) if rules.abroad else basket.counted(measure.basis)[1]
        else:
            amount = points.get(measure.wallet, 0) if measure.points else measure.each_purchase
        if amount > 0:
            found[measure.key] = amount
    return found


def _decided(
    purchase: Purchase, basket: Basket, moment: When, standing: Standing, rules: Rules, *, grants: Grants, later: bool
) -> tuple[Seen, Earnings]:
    counts, budgets = counts_at(moment.day, standing.counts, rules), grants.budgets
    seen = seen_of(standing, _levels(standing, {}, moment.day, basket, rules, later=later), counts, moment, rules)
    if rules.split:
        seen = structs.replace(seen, split=splits(standing, seen.tiers, basket, moment.day, rules, later=later))
    earnings = earnings_seen(basket, scene_of(purchase, basket, moment, seen), seen, rules, budgets)
    if rules.circular:
        # the points that raise the level are themselves reckoned at the level before
        levels = _levels(standing, earnings.points, moment.day, basket, rules, later=later)
        if levels != seen.tiers:
            seen = seen_of(standing, levels, counts, moment, rules)
            earnings = earnings_seen(basket, scene_of(purchase, basket, moment, seen), seen, rules, budgets)
    if budgets or grants.household:
        seen = structs.replace(seen, budgets=budgets, household=grants.household)
    return seen, earnings


def _levels(
    standing: Standing, points: dict[str, int], day: int, basket: Basket, rules: Rules, *, later: bool
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in rules.book.reads.tiers:
        tiers = rules.tier_sets[name]
        more = _more(tiers, points, basket, rules) if tiers.rate_after else 0
        if tiers.tended or (standing.stays and name in standing.stays):
            at = max(standing.latest_at, rules.calendar.starts_at(day))
            found[name] = level_with(standing, tiers, more, at, rules)
        else:
            total = total_then(standing, tiers, day) if later else total_on(rank_of(standing, tiers), tiers, day)
            found[name] = tiers.level(total + more)
    return found


def _more(tiers: TierRules, points: dict[str, int], basket: Basket, rules: Rules) -> int:
    """How much more of a tier set's first measure counts with a basket."""
    measure = tiers.measures[0]
    if measure.spend:
        return rules.home(max(0, basket.counted(measure.basis)[1]))
    return points.get(measure.wallet, 0) if measure.points else measure.each_purchase


def seen_of(standing: Standing, levels: dict[str, str | None], counts: Counts, moment: When, rules: Rules) -> Seen:
    """What the rules may look at of a member, and no more than they do."""
    reads = rules.book.reads
    labels = tuple([label for label in standing.labels if label in reads.labels]) if reads.labels else ()
    attributes = (
        {name: standing.attributes[name] for name in reads.attributes if name in standing.attributes}
        if reads.attributes
        else SEEN.attributes
    )
    if rules.book.plain:
        return structs.replace(SEEN, tiers=levels, labels=labels, attributes=attributes, counts=counts)
    consents = tuple([purpose for purpose in standing.about.consents if purpose in reads.consents])
    numbers = numbers_of(standing, standing.about, moment.day, moment.at, rules.book.memory)
    return Seen(tiers=levels, labels=labels, attributes=attributes, counts=counts, consents=consents, numbers=numbers)


def whose(purchase: Purchase, state: PurchaseState) -> tuple[str | None, str]:
    """Whose budgets a purchase drew on: its store's, and those of the household in which its member was."""
    return purchase.store, state.seen.household if state.seen is not None else ""


def counted_effects(
    before: dict[str, int],
    after: dict[str, int],
    standing: Standing,
    day: int,
    rules: Rules,
    *,
    whose: tuple[str | None, str] = (None, ""),
) -> list[Effect]:
    """How caps and budgets move when rules gave ``before`` and give ``after`` for an event of that day.

    ``whose`` is its store and its member's household.
    """
    effects: list[Effect] = []
    for key, period in rules.book.limits:
        old, new = before.get(key, 0), after.get(key, 0)
        if old != new:
            effects += _counted(key, period, (old, new), standing, day)
    for pool in rules.book.pools:
        if not pool.budget and pool.period != EACH_PURCHASE:
            old, new = in_pool(before, pool, rules), in_pool(after, pool, rules)
            if old != new:
                effects += _counted(pool.key, pool.period, (old, new), standing, day)
    if rules.book.budgets:
        effects += drawn_effects(before, after, whose, day, rules)
    return effects


def _counted(key: str, place: int, points: tuple[int, int], standing: Standing, day: int) -> list[Effect]:
    old, new = points
    period = periods(day)[place]
    there = used_in(standing.counts.get(key, ()), period)
    if there is None:
        if old:
            return []  # too old to be kept: nothing reads it any more
        there = Count(period, 0, 0)
    times = there.times + (new > 0) - (old > 0)
    return [Counted(rule=key, count=Count(period, max(0, there.points + new - old), max(0, times)))]
