"""What budgets and stock still allow in a fold, and whose a household's budget is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from stammis.accrual.services.deciding import Around
from stammis.core.budgets import accounts_of, household_of, households_matter
from stammis.core.events import AnyEvent, Claimed, Happening, Purchase, Redemption
from stammis.core.programme import Programme
from stammis.core.rules import Rules
from stammis.simulation.accounts import Account
from stammis.simulation.tallies import Budget


def household_in(account: Account, around: Around, rules: Rules) -> str:
    """Give whose the budgets of households are on which an event may draw."""
    if not households_matter(rules):
        return ""
    seen = None if around.original is None else around.original.state.seen
    here = household_of(account.subject.standing, account.subject.id.hex())
    return (seen.household if seen is not None else "") or here


def budgets_left(
    meant: AnyEvent, rules: Rules, household: str, drawn: Mapping[Budget, int], part: Fraction
) -> dict[str, int]:
    """Give what is left of the budgets on which a purchase or an event may draw; ``part`` of the members draw on it."""
    if isinstance(meant, Claimed):
        meant = meant.purchase
    if not rules.book.budgets or not isinstance(meant, Purchase | Happening):
        return {}
    return {
        key.budget: max(0, (key.most if key.by_household else int(key.most * part)) - drawn.get(key[:3], 0))
        for key in accounts_of(meant, rules, household)
    }


def stock_left(event: Redemption, granted: int | None, rules: Rules, before: Programme | None) -> int | None:
    """Give what is left of a reward: as recorded, and so much more or less as the rules have in stock than ``before``.

    None: the rules have any number of it, or (by ``granted``) nobody counted.
    """
    now = _stock_of(rules.programme, event.reward)
    if now is None or granted is None or before is None:
        return None if now is None else granted
    had = _stock_of(before, event.reward)
    return granted if had is None else max(0, granted + now - had)


def _stock_of(programme: Programme, reward: str) -> int | None:
    return next((each.stock for each in programme.rewards if each.id == reward), None)
