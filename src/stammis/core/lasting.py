"""Lasting: points that end later than they would have, by a person's will or because the member was active."""

from __future__ import annotations

from stammis.core.calendars import instant
from stammis.core.effects import Decision
from stammis.core.events import Extension
from stammis.core.journal import Journal, row_steps
from stammis.core.refusals import refuse
from stammis.core.rules import Rules
from stammis.core.world import World


def decide_extension(event: Extension, world: World, rules: Rules, current: Rules) -> Decision:
    """Decides that a member's open points last through a day; refused where none would last longer by it."""
    wallet = rules.wallets.get(event.wallet)
    if wallet is None:
        return refuse("unknown_wallet", wallet=event.wallet)
    at = instant(event.occurred_at)
    journal = Journal(world.standing, current)
    if journal.extend(wallet.id, rules.calendar.starts_at(event.last_day.toordinal() + 1), at) is None:
        return refuse("nothing_to_extend", wallet=wallet.id)
    return Decision(effects=tuple(journal.effects), steps=tuple(row_steps(journal.effects)))


def slide(journal: Journal, activity: str, day: int, at: int, rules: Rules) -> None:
    """Moves the end of open points on, in the wallets for which this is an activity."""
    for wallet in rules.sliding:
        if activity in wallet.activity:
            ends_at = wallet.ends_at(day)
            assert ends_at is not None
            journal.extend(wallet.id, ends_at, at)
