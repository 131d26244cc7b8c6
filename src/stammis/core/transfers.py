"""Transfers: points leave an account and arrive in another, or change from one wallet to another of the same member.

Each side is decided by itself: what leaves names its lots, and what arrives carries their end dates along.
"""

from __future__ import annotations

from stammis.core.calendars import PERIODS, instant, periods
from stammis.core.carrying import carry
from stammis.core.counting import used_in
from stammis.core.effects import Counted, Decision, Posted, Refused
from stammis.core.events import BroughtBalance, Exchange, Received, Transfer
from stammis.core.journal import Journal, row_steps
from stammis.core.lots import has_ended
from stammis.core.parcels import Parcel
from stammis.core.refusals import refuse, refusing, too_few_points
from stammis.core.rules import Rules
from stammis.core.standing import Count, Standing
from stammis.core.world import World

LIMITED = ("transfer", "donation")
"""What members do themselves, and a programme may limit."""


def decide_transfer(event: Transfer, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides whether points may leave, and out of which lots; below zero, debt is handed over."""
    wallet = rules.wallets.get(event.wallet)
    if wallet is None and event.purpose in LIMITED:
        return refuse("unknown_wallet", wallet=event.wallet)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    if event.amount < 0:
        for parcel in event.freed or (Parcel(event.wallet, -event.amount),):
            journal.open(event.wallet, "transfer_out", parcel.amount, at, parcel.ends_at)
        return _decision(journal)
    if event.purpose in LIMITED:
        refusal = _unwanted(event, world.standing, at, rules)
        if refusal is not None:
            return refusing(refusal)
    if event.purpose != "unmerge":
        refusal = too_few_points(journal.purse(event.wallet), event.amount, at)
        if refusal is not None:
            return refusing(refusal)
    journal.take(event.wallet, "transfer_out", event.amount, at, own=event.own)
    if event.purpose == "transfer" and rules.programme.transfers.most is not None:
        journal.effects.append(_counted(event, world.standing, at, rules))
    return _decision(journal)


def parcels_of(decision: Decision) -> tuple[Parcel, ...]:
    """What a decision sends away: by wallet and end date; what came out of no lot (debt now) does not end."""
    found: dict[tuple[str, int | None], int] = {}
    for row in decision.effects:
        if not isinstance(row, Posted) or row.kind != "transfer_out":
            continue
        for take in row.lots:
            key = (row.wallet, take.ends_at)
            found[key] = found.get(key, 0) + take.amount
        rest = -row.amount - sum(take.amount for take in row.lots)
        if rest:
            found[row.wallet, None] = found.get((row.wallet, None), 0) + rest
    return tuple(Parcel(wallet, amount, ends_at) for (wallet, ends_at), amount in found.items() if amount)


def decide_received(event: Received, world: World, current: Rules) -> Decision:
    """Decides what arrives: a lot for each end date; debt first fills from what ends first. Debt that comes is owed."""
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    for parcel in sorted(event.parcels, key=_earliest_first):
        if parcel.amount > 0:
            journal.open(parcel.wallet, "transfer_in", parcel.amount, at, parcel.ends_at)
        else:
            journal.take(parcel.wallet, "transfer_in", -parcel.amount, at)
    if event.carried is None:
        return _decision(journal)
    effects, steps = carry(event, journal.effects, world.standing, current)
    return Decision(effects=(*journal.effects, *effects), steps=(*row_steps(journal.effects), *steps))


def decide_exchange(event: Exchange, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides an exchange between two wallets of a member, at the rate in force."""
    rate = next((each for each in rules.programme.exchange if (each.from_, each.to) == (event.wallet, event.to)), None)
    if rate is None:
        return refuse("no_exchange", wallet=event.wallet, to=event.to)
    giving, getting = rules.wallets[event.wallet], rules.wallets[event.to]
    unit = int(10**giving.decimals)
    if rate.minimum is not None and event.amount < rate.minimum * unit:
        return refuse("below_minimum", minimum=rate.minimum * unit)
    steps, rest = divmod(event.amount, rate.each * unit)
    if rest or not steps:
        return refuse("no_whole_steps", each=rate.each * unit)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    refusal = too_few_points(journal.purse(event.wallet), event.amount, at)
    if refusal is not None:
        return refusing(refusal)
    journal.take(event.wallet, "transfer_out", event.amount, at)
    gained = steps * rate.gives * int(10**getting.decimals)
    journal.open(event.to, "transfer_in", gained, at, getting.ends_at(rules.calendar.day(at)))
    return _decision(journal)


def decide_balance(event: BroughtBalance, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides what a member brings from an older system: a lot with its own dates, or debt. Nothing brings no row."""
    wallet = rules.wallets.get(event.wallet)
    if wallet is None:
        return refuse("unknown_wallet", wallet=event.wallet)
    now = instant(event.occurred_at)
    calendar = rules.calendar
    at = now if event.earned_on is None else min(now, calendar.starts_at(event.earned_on.toordinal()))
    if event.ends_on is None:
        ends_at = wallet.ends_at(calendar.day(at))
    else:
        ends_at = calendar.starts_at(event.ends_on.toordinal() + 1)
    journal = Journal(world.standing, current)
    if event.amount > 0:
        if has_ended(ends_at, now):
            return refuse("already_ended")
        journal.open(wallet.id, "transfer_in", event.amount, at, ends_at)
    elif event.amount < 0:
        journal.take(wallet.id, "transfer_in", -event.amount, now)
    return _decision(journal)


def _earliest_first(parcel: Parcel) -> tuple[str, bool, int]:
    return parcel.wallet, parcel.ends_at is None, parcel.ends_at or 0


def _unwanted(event: Transfer, standing: Standing, at: int, rules: Rules) -> Refused | None:
    """Why the programme does not want this transfer, if it does not."""
    promise, unit = rules.programme.transfers, int(10 ** rules.wallets[event.wallet].decimals)
    if promise.allowed == "none" or (promise.allowed == "donations" and event.purpose == "transfer"):
        return Refused(code="transfers_off", reason=promise.allowed)
    if promise.wallets and event.wallet not in promise.wallets:
        return Refused(code="transfers_off", reason="wallet", detail={"wallet": event.wallet})
    if promise.minimum is not None and event.amount < promise.minimum * unit:
        return Refused(code="below_minimum", detail={"minimum": promise.minimum * unit})
    if promise.most is not None and event.purpose == "transfer":
        left = promise.most.points * unit - _given(event, standing, at, rules).points
        if event.amount > left:
            return Refused(code="transfer_limit", reason=promise.most.per, detail={"max": max(0, left)})
    return None


def _given(event: Transfer, standing: Standing, at: int, rules: Rules) -> Count:
    """What the member has given of this wallet in the period so far."""
    most = rules.programme.transfers.most
    assert most is not None
    period = periods(rules.calendar.day(at))[PERIODS.index(most.per)]
    return used_in(standing.counts.get(_counter(event.wallet), ()), period) or Count(period, 0, 0)


def _counted(event: Transfer, standing: Standing, at: int, rules: Rules) -> Counted:
    given = _given(event, standing, at, rules)
    count = Count(given.period, given.points + event.amount, given.times + 1)
    return Counted(rule=_counter(event.wallet), count=count)


def _counter(wallet: str) -> str:
    """The name of the counter: no rule can have it, since it is no id."""
    return f"transfer {wallet}"


def _decision(journal: Journal) -> Decision:
    return Decision(effects=tuple(journal.effects), steps=tuple(row_steps(journal.effects)))
