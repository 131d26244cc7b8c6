"""Sharing: what events of many members draw on together (budgets), and the rates that hold for their currencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from msgspec import structs

from stammis.accrual.outcomes import Item
from stammis.accrual.services.asking import Asked
from stammis.accrual.services.deciding import NO_GRANTS, Around
from stammis.accrual.services.loading import Loaded
from stammis.accrual.services.writing import Writing
from stammis.core.budgets import accounts_of
from stammis.core.calendars import instant
from stammis.core.effects import Drawn
from stammis.core.events import AnyEvent, Claimed, Happening, Purchase
from stammis.core.rules import Rules
from stammis.core.standing import Rate
from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.programmes import queries as programmes
from stammis.rewards import services as rewards


class Drawing(NamedTuple):
    """A purchase or event that may draw on budgets, or is in another currency, and the rules that decide it."""

    programme: bytes
    event: Purchase | Happening
    rules: Rules


@dataclass(frozen=True, slots=True)
class Places:
    """Where the answers stand among those of a round trip."""

    budgets: int | None
    rates: int | None
    asked: Sequence[programmes.RateKey]


def ask(
    transaction: Transaction, items: Sequence[Item], asked: Asked, loaded: Loaded, as_of: dt.datetime | None
) -> Places | None:
    """Add the statements that lock the budgets on which these items may draw and load rates; None where there are none.

    Budgets are locked in the order of their names, after standings and stocks.
    """
    drawings = [*_arriving(items, loaded, as_of), *_arrived(asked, loaded), *_claimed(asked, loaded)]
    accounts = {
        account
        for drawing in drawings
        if drawing.rules.book.budgets
        for account in _accounts(drawing.programme, drawing.event, drawing.rules)
    }
    keys = sorted({key for drawing in drawings if (key := _rate_key(*drawing)) is not None})
    if not (accounts or keys):
        return None
    budgets = rewards.lock_budgets(transaction, accounts) if accounts else None
    rates = (
        transaction.send(
            programmes.RATES,
            arrays.uuids([programme for programme, _, _ in keys]),
            arrays.texts([currency for _, currency, _ in keys]),
            arrays.texts([day for _, _, day in keys]),
        )
        if keys
        else None
    )
    return Places(budgets, rates, keys)


def read(rows: Sequence[Rows], places: Places, loaded: Loaded) -> None:
    """Read the answers to ``ask``."""
    if places.budgets is not None:
        loaded.budgets.update(rewards.drawn(rows[places.budgets]))
    if places.rates is not None:
        found = rows[places.rates]
        for row in found:
            key = places.asked[found.number(row, 0) - 1]
            loaded.rates[key] = Rate(key[1], found.text(row, 1), found.text(row, 2))


def granted(loaded: Loaded, programme: bytes, event: AnyEvent, rules: Rules, around: Around) -> Around:
    """Give what an event needs, with what is left of the budgets on which it may draw, and its currency's rate."""
    meant = event if around.original is None else around.original.purchase
    if isinstance(meant, Claimed):
        meant = meant.purchase
    foreign = around.original is None and isinstance(meant, Purchase) and meant.currency != rules.programme.currency
    if not (rules.book.budgets or foreign) or not isinstance(meant, Purchase | Happening):
        return around
    budgets = {
        account[1]: max(0, most - loaded.budgets.get(account, most))
        for account, most in _accounts(programme, meant, rules).items()
    }
    key = _rate_key(programme, meant, rules) if foreign else None
    rate = None if key is None else loaded.rates.get(key)
    return replace(around, grants=structs.replace(around.grants or NO_GRANTS, budgets=budgets, rate=rate))


def _arriving(items: Iterable[Item], loaded: Loaded, as_of: dt.datetime | None) -> Iterator[Drawing]:
    for item in items:
        event = item.event
        if isinstance(event, Purchase | Happening):
            programme = item.programme_id.bytes
            at = event.occurred_at if as_of is None else as_of
            rules = loaded.versions[programme].at(instant(at))
            if rules.book.budgets or (isinstance(event, Purchase) and event.currency != rules.programme.currency):
                yield Drawing(programme, event if as_of is None else structs.replace(event, occurred_at=as_of), rules)


def _arrived(asked: Asked, loaded: Loaded) -> Iterator[Drawing]:
    """Purchases to which something happens now; what it gives back goes to the budgets that it drew on."""
    for name in asked.origins:
        known = loaded.receipts.get(name)
        if known is None or name[1] != "purchase":
            continue
        if loaded.versions[name[0]].number(known.version).book.budgets:
            purchase, state = known.original()
            yield Drawing(name[0], purchase, loaded.versions[name[0]].number(state.version))


def _claimed(asked: Asked, loaded: Loaded) -> Iterator[Drawing]:
    """Purchases of guests that become a member's."""
    for name in asked.claims:
        versions = loaded.versions[name[0]]
        for purchase, _ in loaded.histories.bought.get(loaded.identities.get(name, b""), ()):
            yield Drawing(name[0], purchase, versions.at(instant(purchase.occurred_at)))


def drew(loaded: Loaded, writing: Writing, programme: bytes, effect: Drawn) -> None:
    """Count what an accepted event drew from a budget, or gave back, for the events that follow and for writing."""
    account = (programme, effect.budget, effect.store, effect.period)
    writing.drawn[account] += effect.points
    loaded.budgets[account] = loaded.budgets.get(account, 0) + effect.points


def _accounts(programme: bytes, event: Purchase | Happening, rules: Rules) -> dict[rewards.Account, int]:
    """The budgets on which an event may draw, and how much each holds in all."""
    return {
        (programme, account.budget, account.store, account.period): account.most
        for account in accounts_of(event, rules)
    }


def _rate_key(programme: bytes, event: Purchase | Happening, rules: Rules) -> programmes.RateKey | None:
    if not isinstance(event, Purchase) or event.currency == rules.programme.currency:
        return None
    day = dt.date.fromordinal(rules.calendar.day(instant(event.occurred_at)))
    return programme, event.currency, day.isoformat()
