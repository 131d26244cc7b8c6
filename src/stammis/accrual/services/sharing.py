"""Sharing: what events of many members draw on together (budgets), and the rates that hold for their currencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from msgspec import structs

from stammis.accrual.outcomes import Item, Proof
from stammis.accrual.services.asking import Asked, Name, name_of
from stammis.accrual.services.deciding import NO_GRANTS, Around, Subject
from stammis.accrual.services.loading import Loaded
from stammis.accrual.services.writing import Writing
from stammis.core.budgets import accounts_of, household_of, households_matter
from stammis.core.calendars import instant
from stammis.core.effects import Drawn
from stammis.core.events import AnyEvent, Claimed, Happening, PoolChanged, Purchase
from stammis.core.rules import Rules
from stammis.core.standing import Rate
from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.members import services as members
from stammis.programmes import queries as programmes
from stammis.rewards import services as rewards


class Drawing(NamedTuple):
    """A purchase or event that may draw on budgets, or is in another currency, and the rules that decide it.

    ``households`` are those (or the member alone) whose budgets it may draw on, by internal id.
    """

    programme: bytes
    event: Purchase | Happening
    rules: Rules
    households: tuple[str, ...] = ("",)


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
    drawings = [*_arriving(items, loaded, as_of), *_arrived(asked, loaded), *_claimed(items, asked, loaded)]
    accounts = {
        account
        for drawing in drawings
        if drawing.rules.book.budgets
        for household in drawing.households
        for account in _accounts(drawing.programme, drawing.event, drawing.rules, household)
    }
    keys = sorted({key for drawing in drawings if (key := _rate_key(*drawing[:3])) is not None})
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


def granted(loaded: Loaded, subject: Subject, event: AnyEvent, rules: Rules, around: Around) -> Around:
    """Give what an event needs, with what is left of the budgets on which it may draw, and its currency's rate."""
    programme = subject.programme
    meant = event if around.original is None else around.original.purchase
    if isinstance(meant, Claimed):
        meant = meant.purchase
    foreign = around.original is None and isinstance(meant, Purchase) and meant.currency != rules.programme.currency
    if not (rules.book.budgets or foreign) or not isinstance(meant, Purchase | Happening):
        return around
    household = _household(subject, around) if households_matter(rules) else ""
    budgets = {
        account[1]: max(0, most - loaded.budgets.get(account, 0 if _is_new(account, household, loaded) else most))
        for account, most in _accounts(programme, meant, rules, household).items()
    }
    key = _rate_key(programme, meant, rules) if foreign else None
    rate = None if key is None else loaded.rates.get(key)
    grants = structs.replace(around.grants or NO_GRANTS, budgets=budgets, rate=rate, household=household)
    return replace(around, grants=grants)


def _household(subject: Subject, around: Around) -> str:
    """Give whose the budgets of households are: as the purchase found them, else as the member stands."""
    seen = None if around.original is None else around.original.state.seen
    return (seen.household if seen is not None else "") or household_of(subject.standing, subject.id.hex())


def _is_new(account: rewards.Account, household: str, loaded: Loaded) -> bool:
    """Tell whether a budget is of a household, or member, who comes to be in this very transaction."""
    return bool(household) and account[2] == household and bytes.fromhex(household) not in loaded.standings


def _arriving(items: Iterable[Item], loaded: Loaded, as_of: dt.datetime | None) -> Iterator[Drawing]:
    joined = _joined(items, loaded)
    for item in items:
        event = item.event
        if isinstance(event, Purchase | Happening):
            programme = item.programme_id.bytes
            at = event.occurred_at if as_of is None else as_of
            rules = loaded.versions[programme].at(instant(at))
            if rules.book.budgets or (isinstance(event, Purchase) and event.currency != rules.programme.currency):
                name = _name(programme, event)
                member = None if name is None else loaded.identities.get(name)
                event = event if as_of is None else structs.replace(event, occurred_at=as_of)
                yield Drawing(programme, event, rules, _households(member, rules, loaded, joined))


def _name(programme: bytes, event: Purchase | Happening) -> Name | None:
    return name_of(programme, event) if isinstance(event, Purchase) else (programme, members.ID, event.member)


def _joined(items: Iterable[Item], loaded: Loaded) -> frozenset[str]:
    """Give the pools that members join or leave with these items."""
    changed = ((item.programme_id.bytes, item.event.pool) for item in items if isinstance(item.event, PoolChanged))
    found = (loaded.identities.get((programme, members.ID, pool)) for programme, pool in changed)
    return frozenset(pool.hex() for pool in found if pool is not None)


def _households(member: bytes | None, rules: Rules, loaded: Loaded, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Give whose budgets of households a member's events may draw on, as far as they are known before."""
    if not households_matter(rules):
        return ("",)
    found = set(more)
    while member is not None and member in loaded.standings:
        standing = loaded.standings[member]
        found |= {member.hex(), household_of(standing, member.hex())}
        ties = standing.ties
        member = bytes.fromhex(ties.merged_into) if ties is not None and ties.merged_into is not None else None
    return tuple(sorted(found))


def _arrived(asked: Asked, loaded: Loaded) -> Iterator[Drawing]:
    """Purchases to which something happens now; what it gives back goes to the budgets that it drew on."""
    for name in asked.origins:
        known = loaded.receipts.get(name)
        if known is None or name[1] not in {"purchase", "claimed"}:
            continue
        if loaded.versions[name[0]].number(known.version).book.budgets:
            purchase, state = known.original()
            rules = loaded.versions[name[0]].number(state.version)
            then = (state.seen.household,) if state.seen is not None and state.seen.household else ()
            yield Drawing(name[0], purchase, rules, _households(known.member, rules, loaded, then))


def _claimed(items: Iterable[Item], asked: Asked, loaded: Loaded) -> Iterator[Drawing]:
    """Purchases of guests that become a member's."""
    claiming = {
        (item.programme_id.bytes, members.GUEST_ADDRESS, item.event.email): item.event.member
        for item in items
        if isinstance(item.event, Proof)
    }
    for name in asked.claims:
        versions = loaded.versions[name[0]]
        member = loaded.identities.get((name[0], members.ID, claiming[name]))
        for purchase, _ in loaded.histories.bought.get(loaded.identities.get(name, b""), ()):
            rules = versions.at(instant(purchase.occurred_at))
            yield Drawing(name[0], purchase, rules, _households(member, rules, loaded))


def drew(loaded: Loaded, writing: Writing, programme: bytes, effect: Drawn) -> None:
    """Count what an accepted event drew from a budget, or gave back, for the events that follow and for writing."""
    account = (programme, effect.budget, effect.store, effect.period)
    writing.drawn[account] += effect.points
    loaded.budgets[account] = loaded.budgets.get(account, 0) + effect.points


def _accounts(
    programme: bytes, event: Purchase | Happening, rules: Rules, household: str
) -> dict[rewards.Account, int]:
    """The budgets on which an event may draw, and how much each holds in all."""
    return {
        (programme, account.budget, account.store, account.period): account.most
        for account in accounts_of(event, rules, household)
    }


def _rate_key(programme: bytes, event: Purchase | Happening, rules: Rules) -> programmes.RateKey | None:
    if not isinstance(event, Purchase) or event.currency == rules.programme.currency:
        return None
    day = dt.date.fromordinal(rules.calendar.day(instant(event.occurred_at)))
    return programme, event.currency, day.isoformat()
