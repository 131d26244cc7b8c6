"""Redemptions: a reward taken for points, and given back."""

from __future__ import annotations

from msgspec import structs

from stammis.core.calendars import instant
from stammis.core.effects import Decision, RewardMoved
from stammis.core.events import Redemption, RedemptionCancelled
from stammis.core.journal import Journal, row_steps
from stammis.core.lots import has_ended
from stammis.core.refusals import refuse, refusing, too_few_points
from stammis.core.rules import Rules
from stammis.core.standing import IssuedReward, Take
from stammis.core.world import World


def decide_redemption(event: Redemption, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides a member's wish for a reward: points are taken and the reward issued, or it is refused."""
    reward = rules.rewards.get(event.reward)
    if reward is None:
        return refuse("unknown_reward", reward=event.reward)
    stock = world.grants.stock
    if stock is not None and event.quantity > stock:
        return refuse("sold_out", left=stock)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    price = reward.price * event.quantity
    refusal = too_few_points(journal.purse(reward.wallet), price, at) if price else None
    if refusal is not None:
        return refusing(refusal)
    row, lots = 0, tuple[Take, ...]()
    if price:
        posted = journal.take(reward.wallet, "spend", price, at)
        row, lots = posted.row, posted.lots
    steps = row_steps(journal.effects)
    issued = IssuedReward(
        redemption=event.id,
        reward=reward.id,
        quantity=event.quantity,
        code=world.grants.codes[0] if world.grants.codes else "",
        wallet=reward.wallet,
        row=row,
        amount=price,
        lots=lots,
    )
    journal.effects.append(RewardMoved(reward=issued))
    return Decision(effects=tuple(journal.effects), steps=tuple(steps))


def decide_redemption_cancelled(event: RedemptionCancelled, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides the undoing of a redemption: its points come back into their lots, unless the reward has been used."""
    reward = world.redemption
    if reward is None:
        return refuse("unknown_redemption", redemption=event.redemption)
    if reward.state != "issued":
        return refuse(f"already_{reward.state}", redemption=event.redemption)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    if reward.amount:
        renew = rules.returns.restored_to_ended == "renew" and any(has_ended(take.ends_at, at) for take in reward.lots)
        wallet = rules.wallets.get(reward.wallet)
        until = wallet.ends_at(rules.calendar.day(at)) if renew and wallet is not None else None
        journal.restore(reward.wallet, reward.lots, at, reward.row, renew_until=until, renew=renew)
    steps = row_steps(journal.effects)
    journal.effects.append(RewardMoved(reward=structs.replace(reward, state="cancelled")))
    return Decision(effects=tuple(journal.effects), steps=tuple(steps))
