"""Purchases: arriving, accepted (points and coupons taken), completed, and moving from one status to another."""

from __future__ import annotations

from msgspec import structs

from stammis.core.again import earn_again
from stammis.core.awaiting import looking_back
from stammis.core.basket import basket_of, rewards_of
from stammis.core.calendars import instant
from stammis.core.completion import complete, when
from stammis.core.effects import Amounts, Decision, HoldMoved, Posted, PurchaseMoved, Refused, RewardMoved, Step
from stammis.core.events import Purchase, StatusChanged
from stammis.core.holds import capture, turned_over
from stammis.core.journal import Journal, row_steps
from stammis.core.lasting import slide
from stammis.core.pending import Settling, reached
from stammis.core.programme import State
from stammis.core.refusals import refuse, refusing, too_few_points
from stammis.core.remains import remains
from stammis.core.returns import cancel
from stammis.core.rules import Rules, at_rate
from stammis.core.standing import Paid, Rate, Seen
from stammis.core.world import Original, World


def decide_purchase(purchase: Purchase, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a purchase as it arrives: placed takes points and coupons, completed earns as well, cancelled neither."""
    state = rules.statuses.get(purchase.status)
    if state is None:
        return refuse("unknown_status", status=purchase.status)
    if purchase.currency == rules.programme.currency:
        return _decide(purchase, state, world, rules, current)
    rate = world.grants.rate
    if rate is None:
        return refuse("no_rate", currency=purchase.currency)
    return _told(_decide(purchase, state, world, at_rate(rules, rate), current), rate)


def _told(decision: Decision, rate: Rate) -> Decision:
    """A purchase's decision with the rate by which it was reckoned: returns will keep to it."""
    *others, moved = decision.effects
    if not isinstance(moved, PurchaseMoved) or decision.amounts is None:
        return decision
    return structs.replace(
        decision,
        effects=(*others, structs.replace(moved, state=structs.replace(moved.state, rate=rate))),
        steps=(rate_step(rate), *decision.steps),
        amounts=structs.replace(decision.amounts, currency=rate.currency),
    )


def _decide(purchase: Purchase, state: State, world: World, rules: Rules, current: Rules) -> Decision:
    basket = basket_of(purchase.lines, rewards_of(purchase), purchase.rounding)
    if basket.total < 0:
        return refuse("negative_total")
    journal = Journal(world.standing, current)
    moment = when(instant(purchase.occurred_at), rules)
    paid: Paid | None = None
    steps: tuple[Step, ...] = ()
    if rules.sliding and state == "completed":
        slide(journal, "purchase", moment.day, moment.at, rules)
        steps += tuple(row_steps(journal.effects))
    if state != "cancelled" and (purchase.points is not None or purchase.coupons):
        accepted = _accept(purchase, world, journal, moment.at, rules, total=basket.total, restored=0)
        if isinstance(accepted, Refused):
            return refusing(accepted)
        paid, taken = accepted
        steps += taken
        if paid is not None:
            by_points = rules.wallets[paid.wallet].worth(paid.amount)
            basket = basket_of(purchase.lines, basket.rewards, basket.rounding, by_points)
    moved = rules.arrived[state] if paid is None else structs.replace(rules.arrived[state], paid=paid)
    if state == "completed":
        moved, explained = complete(
            purchase, basket, moment, journal, rules, state=moved, grants=world.grants, status=purchase.status
        )
        steps += explained
    elif state == "placed" and rules.looks_back:
        moved = structs.replace(moved, awaited=looking_back(moment.day, rules))
    journal.effects.append(PurchaseMoved(purchase=purchase.id, state=moved))
    amounts = Amounts(total=basket.total, by_points=basket.by_points, due=basket.total - basket.by_points)
    return Decision(effects=tuple(journal.effects), steps=steps, amounts=amounts)


def rate_step(rate: Rate) -> Step:
    """The step that says by which rate a purchase in another currency was decided."""
    return Step("", True, "rate", None, 0, {"currency": rate.currency, "rate": rate.rate, "on": rate.on})


def _accept(
    purchase: Purchase,
    world: World,
    journal: Journal,
    at: int,
    rules: Rules,
    *,
    total: int,
    restored: int,
    again: bool = False,
) -> tuple[Paid | None, tuple[Step, ...]] | Refused:
    """Takes the points offered (less what returns have restored already) and the coupons; or says why it cannot."""
    refusal = _unusable_coupon(purchase, world) or _unusable_tender(
        purchase, journal, at, rules, total=total, restored=restored, again=again
    )
    if refusal is not None:
        return refusal
    paid: Paid | None = None
    steps: tuple[Step, ...] = ()
    before = len(journal.effects)
    tender = purchase.points
    if tender is not None and tender.amount > restored:
        row = _pay(purchase, tender.amount - restored, journal, at, rules)
        paid = Paid(tender.wallet, row.row, tender.amount, row.lots, restored)
        steps = tuple(row_steps(journal.effects[before:]))
    for code in purchase.coupons:
        used = structs.replace(world.coupons[code], state="used", purchase=purchase.id)
        journal.effects.append(RewardMoved(reward=used))
    return paid, steps


def _pay(purchase: Purchase, amount: int, journal: Journal, at: int, rules: Rules) -> Posted:
    """Posts the row that pays with points: those of the hold that is turned over, or of the lots that end first."""
    tender = purchase.points
    assert tender is not None
    hold = journal.standing.holds.get(tender.hold) if tender.hold is not None else None
    if hold is None:
        return journal.take(tender.wallet, "spend", amount, at)
    row = capture(journal, hold, amount, at, rules)
    closed = structs.replace(hold, state="captured", captured=amount, purchase=purchase.id)
    journal.effects.append(HoldMoved(hold=closed))
    return row


def _unusable_coupon(purchase: Purchase, world: World) -> Refused | None:
    for place, code in enumerate(purchase.coupons):
        coupon = world.coupons.get(code)
        if coupon is None:
            return Refused(code="coupon_refused", reason="unknown", detail={"code": code})
        if coupon.state != "issued":
            return Refused(code="coupon_refused", reason=coupon.state, detail={"code": code})
        if code in purchase.coupons[:place]:
            return Refused(code="coupon_refused", reason="used", detail={"code": code})
    return None


def _unusable_tender(
    purchase: Purchase, journal: Journal, at: int, rules: Rules, *, total: int, restored: int, again: bool
) -> Refused | None:
    tender = purchase.points
    if tender is None or tender.amount <= restored:
        return None
    wallet = rules.wallets.get(tender.wallet)
    if wallet is None or not wallet.pays:
        return Refused(code="tender_wallet", detail={"wallet": tender.wallet})
    most = wallet.most_for(total)
    if tender.amount > most:
        return Refused(code="tender_limit", detail={"max": most})
    if tender.hold is not None and not again:
        held = turned_over(purchase, journal, at)
        return held if isinstance(held, Refused) else None
    return too_few_points(journal.purse(tender.wallet), tender.amount - restored, at)


def decide_status(event: StatusChanged, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a purchase's move to another status; the same one again, or placed after any other, changes nothing."""
    state = rules.statuses.get(event.status)
    if state is None:
        return refuse("unknown_status", status=event.status)
    original = world.original
    if original is None:
        return refuse("unknown_purchase", purchase=event.purchase)
    rules = at_rate(rules, original.state.rate)
    before: State = original.state.state
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    if state == "cancelled" != before:
        return cancel(original, journal, world, at, rules)
    if world.standing.pending:
        reached(journal, event.purchase, event.status, at)
    if state in (before, "placed"):
        steps = tuple(row_steps(journal.effects))
        return Decision(effects=tuple(journal.effects), steps=steps, amounts=_amounts(original, rules))
    return _complete_later(original, journal, world, at, rules, status=event.status)


def _amounts(original: Original, rules: Rules) -> Amounts:
    state = original.state
    paid = state.paid is not None and state.state != "cancelled"
    return remains(original.purchase, state.returned, state.lowered, rules, paid=paid).amounts


def _complete_later(
    original: Original, journal: Journal, world: World, at: int, rules: Rules, *, status: str
) -> Decision:
    purchase, state = original.purchase, original.state
    if state.awaited is not None:
        state = structs.replace(state, awaited=None)
    moment = when(instant(purchase.occurred_at), rules)
    if rules.sliding:
        slide(journal, "purchase", moment.day, moment.at, rules)
    steps = tuple(row_steps(journal.effects))
    if state.rate is not None:
        steps = (rate_step(state.rate), *steps)
    if state.state == "cancelled":
        restored = state.paid.restored if state.paid is not None else 0
        total = purchase.rounding - rewards_of(purchase) + sum(line.amount for line in purchase.lines)
        accepted = _accept(purchase, world, journal, at, rules, total=total, restored=restored, again=True)
        if isinstance(accepted, Refused):
            return refusing(accepted)
        paid, taken = accepted
        steps += taken
        state = structs.replace(state, state="placed", paid=paid or state.paid)
    left = remains(purchase, state.returned, state.lowered, rules, paid=state.paid is not None)
    if state.seen is not None:
        settling = Settling(moment.day, moment.at, at, purchase.id, status)
        state, more = earn_again(structs.replace(original, state=state), left, settling, journal, rules)
    elif left.none:
        state = structs.replace(state, state="completed", seen=Seen(enrolled=False))
        more = ()
    else:
        state, more = complete(
            purchase,
            left.basket,
            moment,
            journal,
            rules,
            state=state,
            settled_at=at,
            grants=world.grants,
            status=status,
        )
    journal.effects.append(PurchaseMoved(purchase=purchase.id, state=state))
    return Decision(effects=tuple(journal.effects), steps=steps + more, amounts=left.amounts)
