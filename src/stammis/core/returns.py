"""Returns and cancellations: what is taken back of the points earned, what comes back of points and money paid."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from stammis.core.abroad import abroad
from stammis.core.budgets import in_pool, left_then
from stammis.core.calendars import instant
from stammis.core.completion import When, counted_effects, progress_of, scene_of, spent_on, when, whose
from stammis.core.earning import NOTHING, Earnings
from stammis.core.effects import Decision, PurchaseMoved, Refund, Refused, Remembered, RewardMoved, Step
from stammis.core.events import Purchase, Return, Scalar
from stammis.core.journal import Journal, row_steps
from stammis.core.lots import giving_back, has_ended
from stammis.core.negative import take_back
from stammis.core.portions import in_parts
from stammis.core.refusals import refuse, refusing
from stammis.core.remains import Remains, brought_back, money_given_back, remains
from stammis.core.righting import cancelled, evening, remembered
from stammis.core.rules import Rules, at_rate
from stammis.core.splitting import earnings_seen
from stammis.core.spread import scaled, spread
from stammis.core.standing import Earned, Paid, PurchaseState
from stammis.core.tiers import Progress
from stammis.core.world import Original, World


def decide_return(event: Return, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides what goods brought back, or money given back, do to a purchase's points; refuses more than was bought."""
    original = world.original
    if original is None:
        return refuse("unknown_purchase", purchase=event.purchase)
    purchase, state = original.purchase, original.state
    if state.state == "cancelled":
        return refuse("already_cancelled", purchase=purchase.id)
    if state.rate is not None:
        rules = at_rate(rules, state.rate)
    if state.rate is not None or event.decimals is not None:
        currency = rules.programme.currency if state.rate is None else state.rate.currency
        said = abroad(event, currency, rules.programme.currency)
        if isinstance(said, str):
            return refuse("too_many_decimals", currency=currency, pointer=said)
        event = said
    paid = state.paid is not None
    before = remains(purchase, state.returned, state.lowered, rules, paid=paid)
    after = (
        brought_back(event, purchase, state)
        if event.money is None
        else money_given_back(event.money, purchase, state, before.amounts.due)
    )
    if isinstance(after, Refused):
        return refusing(after)
    returned, lowered = after
    left = remains(purchase, returned, lowered, rules, paid=paid)
    settlement = _settle(
        original, left, world, instant(event.occurred_at), rules, journal=Journal(world.standing, current)
    )
    money = event.money
    if money is None:
        money = _money_back(original, left, rules)
    moved = structs.replace(
        settlement.state,
        returned=returned,
        lowered=lowered,
        refunded=state.refunded + money,
        given=settlement.given,
        counted=settlement.counted,
        paid=settlement.paid
        and structs.replace(settlement.paid, restored=max(settlement.paid.restored, left.restored)),
        awaited=None if left.none else state.awaited,  # of nothing, nothing can come
    )
    return settlement.decision(moved, money, left)


def cancel(original: Original, journal: Journal, world: World, at: int, rules: Rules) -> Decision:
    """Decides a cancellation: what remains of the purchase is returned, and remembered for a completion after all."""
    purchase, state = original.purchase, original.state
    paid = state.paid is not None
    everything = {line.id: (line.quantity, line.amount) for line in purchase.lines}
    left = remains(purchase, everything, {}, rules, paid=paid)
    settlement = _settle(original, left, world, at, rules, journal=journal)
    delayed: dict[str, dict[str, int]] = {}
    for (wallet, delay), amount in settlement.taken.items():
        if delay:
            delayed.setdefault(delay, {})[wallet] = amount
    moved = structs.replace(
        settlement.state,
        state="cancelled",
        taken={wallet: amount for (wallet, delay), amount in settlement.taken.items() if not delay},
        delayed=delayed,
        short=settlement.short,
        awaited=None,
    )
    return settlement.decision(cancelled(state, moved), _money_back(original, left, rules), left)


def _money_back(original: Original, left: Remains, rules: Rules) -> int:
    """The money to give back now: all that was paid, less what is still paid and what was given back before."""
    paid = original.state.paid is not None
    whole = remains(original.purchase, {}, {}, rules, paid=paid)
    return max(0, whole.amounts.due - left.amounts.due - original.state.refunded)


@dataclass(slots=True)
class _Settlement:
    """A return in the making: the journal, and how the purchase stands after it.

    ``taken`` is what was taken back by wallet and way of being pending, ``short`` what should have been by wallet, and
    ``evened`` what of it was no rule's but a correction's.
    """

    purchase: Purchase
    journal: Journal
    state: PurchaseState
    given: dict[str, int]
    counted: dict[str, int]
    taken: dict[tuple[str, str], int]
    short: dict[str, int]
    evened: dict[str, int]
    restored: int
    steps: list[Step]

    @property
    def paid(self) -> Paid | None:
        """The points paid, as they are out after this."""
        return self.state.paid

    def decision(self, moved: PurchaseState, money: int, left: Remains) -> Decision:
        """The decision: all effects, the purchase's new state last, and what to give back."""
        self.journal.effects.append(PurchaseMoved(purchase=self.purchase.id, state=moved))
        refund = Refund(money=money, points=self.restored, wallet=self.state.paid.wallet if self.state.paid else None)
        return Decision(
            effects=tuple(self.journal.effects), steps=tuple(self.steps), amounts=left.amounts, refund=refund
        )


def _settle(original: Original, left: Remains, world: World, at: int, rules: Rules, *, journal: Journal) -> _Settlement:
    purchase, state = original.purchase, original.state
    settlement = _Settlement(purchase, journal, state, dict(state.given), dict(state.counted), {}, {}, {}, 0, [])
    _restore_points(settlement, left, at, rules)
    if left.none:
        _free_coupons(settlement, world)
    if state.state == "completed" and state.seen is not None and state.seen.enrolled:
        moment = when(instant(purchase.occurred_at), rules)
        earnings = _earned_by_rest(original, left, moment, rules, world.grants.budgets)
        parts = _parts(settlement, original, earnings, left=left, at=at, rules=rules)
        if world.grants.changes:
            _put_right(settlement, parts, left, world, rules)
        for part in parts:
            _take_back(settlement, part, _kept(original, earnings, rules), at, rules)
        _move_tiers(settlement, earnings, left, moment=moment, at=at, rules=rules)
        settlement.journal.effects.extend(
            counted_effects(
                state.given, settlement.given, world.standing, moment.day, rules, whose=whose(purchase, state)
            )
        )
        if state.spent is not None:
            _forget(settlement, left, state.spent, moment.day, rules)
    return settlement


def _forget(settlement: _Settlement, left: Remains, before: int, day: int, rules: Rules) -> None:
    """Lets the member's history forget what came back; the purchase itself once nothing is left of it."""
    if left.none:
        settlement.journal.effects.append(Remembered(day=day, times=-1, spent=-before))
        settlement.state = structs.replace(settlement.state, spent=None)
        return
    after = min(before, spent_on(left.basket, settlement.journal.current, rules))
    if after != before:
        settlement.journal.effects.append(Remembered(day=day, spent=after - before))
        settlement.state = structs.replace(settlement.state, spent=after)


def _earned_by_rest(original: Original, left: Remains, moment: When, rules: Rules, budgets: dict[str, int]) -> Earnings:
    """What the rest would have earned, decided with the eyes of the purchase.

    What a budget has left by now counts only where the rest would take more of it than that: decided with less, another
    rule's share in a rounded point may be lost, and goods that earned nothing would take it back.
    """
    seen = original.state.seen
    assert seen is not None
    if left.none:
        return NOTHING
    scene = scene_of(original.purchase, left.basket, moment, seen)
    earnings = earnings_seen(left.basket, scene, seen, rules, seen.budgets)
    then = left_then(seen.budgets, budgets, original.state.given, rules)
    if all(in_pool(earnings.given, pool, rules) <= then[pool.key] for pool in rules.book.budgets):
        return earnings
    return earnings_seen(left.basket, scene, seen, rules, then)


def _restore_points(settlement: _Settlement, left: Remains, at: int, rules: Rules) -> None:
    paid = settlement.state.paid
    if paid is None:
        return
    amount = left.restored - paid.restored
    if amount <= 0:
        return
    back, out = giving_back(paid.lots, amount)
    renew = rules.returns.restored_to_ended == "renew" and any(has_ended(take.ends_at, at) for take in back)
    until = rules.wallets[paid.wallet].ends_at(rules.calendar.day(at)) if renew else None
    before = len(settlement.journal.effects)
    settlement.journal.restore(paid.wallet, back, at, paid.row, renew_until=until, renew=renew)
    settlement.steps.extend(row_steps(settlement.journal.effects[before:]))
    settlement.restored = amount
    settlement.state = structs.replace(settlement.state, paid=structs.replace(paid, lots=out))


def _free_coupons(settlement: _Settlement, world: World) -> None:
    for code in settlement.purchase.coupons:
        coupon = world.coupons.get(code)
        if coupon is not None and coupon.state == "used" and coupon.purchase == settlement.purchase.id:
            free = structs.replace(coupon, state="issued", purchase=None)
            settlement.journal.effects.append(RewardMoved(reward=free))


@dataclass(slots=True)
class _Part:
    """What a purchase earned in a wallet in one way of being pending, and what of it goes.

    ``before`` and ``after`` are its points by rule. ``own`` is what rules no longer give, ``amount`` what is to be
    taken: they differ where corrections changed something, which ``saw`` tells then.
    """

    wallet: str
    delay: str
    rows: list[Earned]
    before: dict[str, int]
    after: dict[str, int]
    own: int = 0
    amount: int = 0
    saw: dict[str, Scalar] | None = None


def _parts(
    settlement: _Settlement, original: Original, earnings: Earnings, *, left: Remains, at: int, rules: Rules
) -> list[_Part]:
    """What is to be taken back of what the purchase earned; a rest that is worth more loses and gains nothing."""
    state, parts = original.state, list[_Part]()
    for wallet, delay in dict.fromkeys((earned.wallet, state.delays.get(earned.row, "")) for earned in state.earned):
        rows = [row for row in state.earned if (row.wallet, state.delays.get(row.row, "")) == (wallet, delay)]

        def here(rule: str, wallet: str = wallet, delay: str = delay) -> bool:
            return rules.book.wallets[rule] == wallet and rules.delay_of(rule) == delay

        before = {rule: points for rule, points in state.given.items() if here(rule)}
        if rules.returns.mode == "proportional":
            after = _in_proportion(before, rows[0].amount, state, left)
        else:
            after = {rule: points for rule, points in earnings.given.items() if here(rule)}
        if sum(after.values()) >= sum(before.values()) and not left.none:
            parts.append(_Part(wallet, delay, rows, before, before))
            continue
        stands = sum(_stands(earned, original, settlement.journal, at) for earned in rows)
        own = max(0, stands - sum(after.values()))
        parts.append(_Part(wallet, delay, rows, before, after, own, own))
        for rule in before:
            settlement.given.pop(rule, None)
        settlement.given.update({rule: points for rule, points in after.items() if points})
    return parts


def _put_right(settlement: _Settlement, parts: list[_Part], left: Remains, world: World, rules: Rules) -> None:
    """Lets what corrections changed go with the goods: so much more or less is taken."""
    state, purchase, changes = settlement.state, settlement.purchase, world.grants.changes
    whole = remains(purchase, state.returned, state.lowered, rules, paid=state.paid is not None).basket.total
    for wallet in dict.fromkeys(change.wallet for change in changes if change.wallet in rules.wallets):
        mine = [part for part in parts if part.wallet == wallet]
        kept = sum(sum(part.after.values()) for part in mine)
        found = evening(state, changes, wallet, left, before=whole, kept=kept)
        evened = max(found.due, -sum(part.own for part in mine))
        settlement.state = remembered(settlement.state, found.made(evened))
        if not evened:
            continue
        settlement.evened[wallet] = evened
        if evened > 0:
            active = next((part for part in mine if not part.delay), None)
            if active is None:
                parts.append(active := _Part(wallet, "", [], {}, {}))
            active.amount += evened
        else:
            _take_less(mine, -evened, settlement.journal)
        for part in parts:
            if part.wallet == wallet and part.amount != part.own:
                part.saw = {"corrected": found.stands, "stays": found.stands - evened}


def _take_less(parts: list[_Part], less: int, journal: Journal) -> None:
    """Takes less of these: first of what is active, then of what is pending, which a wallet may let go more easily."""
    for waits in (True, False):
        for part in parts:
            rows = {earned.row for earned in part.rows}
            pending = sum(lot.left for lot in journal.pending.get(part.wallet, ()) if lot.row in rows) if waits else 0
            off = min(less, max(0, part.amount - pending))
            part.amount -= off
            less -= off


def _take_back(settlement: _Settlement, part: _Part, kept: dict[str, dict[str, Scalar]], at: int, rules: Rules) -> None:
    wallet, amount = part.wallet, part.amount
    taken = _reverse(settlement, part, at, rules)
    by_rules = max(0, taken - amount + part.own) if taken else 0
    settlement.steps.extend(_steps(part.before, part.after, by_rules, wallet, kept))
    if part.saw is not None:
        righted = by_rules - taken
        settlement.steps.append(Step("", bool(righted), "righted", wallet, righted, part.saw))
    if taken:
        settlement.taken[wallet, part.delay] = taken
    if amount > taken:
        saw: dict[str, Scalar] = {"shortfall": amount - taken, "policy": rules.wallets[wallet].negative}
        settlement.steps.append(Step("", False, "shortfall", wallet, 0, saw))
        settlement.short[wallet] = settlement.short.get(wallet, 0) + amount - taken
    if part.own:
        marked = {row.row: row for row in _marked(part.rows, part.own)}
        earned_rows = tuple(marked.get(earned.row, earned) for earned in settlement.state.earned)
        settlement.state = structs.replace(settlement.state, earned=earned_rows)


def _reverse(settlement: _Settlement, part: _Part, at: int, rules: Rules) -> int:
    """Cancels what is still pending of a part's rows, takes the rest as the wallet declares; gives how many it took."""
    wallet, amount = part.wallet, part.amount
    if not amount:
        return 0
    journal, own = settlement.journal, {earned.row for earned in part.rows}
    pending = journal.cancel_pending(wallet, amount, at, own) if journal.pending else 0
    if pending == amount:
        return pending
    last = part.rows[-1].row if part.rows else None
    return pending + take_back(journal, rules.wallets[wallet], "return", amount - pending, at, own=own, reverses=last)


def _stands(earned: Earned, original: Original, journal: Journal, at: int) -> int:
    """What of an earn row still stands: neither taken back nor expired, nor ended with its expiry row still to come."""
    ending = sum(
        lot.left for lot in journal.purse(earned.wallet).lots if lot.row == earned.row and has_ended(lot.ends_at, at)
    )
    return max(0, earned.amount - earned.taken_back - original.expired.get(earned.row, 0) - ending)


def _marked(rows: list[Earned], amount: int) -> list[Earned]:
    marked: list[Earned] = []
    for earned in reversed(rows):
        part = min(amount, earned.amount - earned.taken_back)
        amount -= part
        marked.append(structs.replace(earned, taken_back=earned.taken_back + part) if part else earned)
    return marked[::-1]


def _in_proportion(before: dict[str, int], earned: int, state: PurchaseState, left: Remains) -> dict[str, int]:
    """What rules keep when points go back in proportion to money: cumulative, what goes back rounded down."""
    if left.none:
        return {}
    back = scaled(earned, state.earned_on - left.basket.total, state.earned_on)
    keeps = min(earned - max(0, back), sum(before.values()))
    return dict(zip(before, spread(keeps, list(before.values())), strict=True))


def _kept(original: Original, earnings: Earnings, rules: Rules) -> dict[str, dict[str, Scalar]]:
    """Of a purchase that crossed a level, what each rule gives in which part of the rest, by rule."""
    if original.state.seen is None or not original.state.seen.split or rules.returns.mode == "proportional":
        return {}
    currency: dict[str, Scalar] = {"currency": original.purchase.currency} if rules.abroad else {}
    return {step.rule: parts | currency for step in earnings.steps if (parts := in_parts(step.saw))}


def _steps(
    before: dict[str, int], after: dict[str, int], amount: int, wallet: str, kept: dict[str, dict[str, Scalar]]
) -> list[Step]:
    """A step for each rule whose points change; together they make the row."""
    changes = {rule: after.get(rule, 0) - before.get(rule, 0) for rule in (*before, *after)}
    if sum(changes.values()) != -amount:
        losses = {rule: max(0, -change) for rule, change in changes.items()}
        changes = dict(zip(losses, spread(-amount, list(losses.values())), strict=True))
    return [
        Step(rule, True, "returned", wallet, change, kept.get(rule, {})) for rule, change in changes.items() if change
    ]


def _move_tiers(
    settlement: _Settlement, earnings: Earnings, left: Remains, *, moment: When, at: int, rules: Rules
) -> None:
    before = settlement.counted
    after = {} if left.none else progress_of(left.basket, earnings.points, rules)
    for measure in rules.measures:
        if measure.points:
            taken = sum(amount for (wallet, _), amount in settlement.taken.items() if wallet == measure.wallet)
            short = settlement.short.get(measure.wallet, 0)
            evened = settlement.evened.get(measure.wallet, 0)
            after[measure.key] = before.get(measure.key, 0) - (taken + short - evened)
    progress: Progress = {name: after.get(name, 0) - before.get(name, 0) for name in (*before, *after)}
    settlement.counted = {name: amount for name, amount in after.items() if amount}
    journal = settlement.journal
    journal.count(progress, moment.day, max(moment.at, at))
