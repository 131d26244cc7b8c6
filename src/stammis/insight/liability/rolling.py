"""Roll-forwards: from month to month, what changed the points that are outstanding and what is owed for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from stammis.core.spread import spread
from stammis.insight.liability.accounts import Change, Contract, Provision, Standing, allocated, change
from stammis.insight.liability.books import NO_LOT, Book, Flow, Sums
from stammis.insight.liability.breakage import Estimate, estimate
from stammis.insight.liability.terms import Life, life_of

Key = tuple[str, int, bool]
"""A wallet, a cohort, and whether its points came with sales."""


@dataclass(frozen=True)
class Surprise:
    """More of a cohort was redeemed in a month than had been expected to be in the end."""

    wallet: str
    cohort: int
    month: int
    expected: int
    redeemed: int


@dataclass
class Rolled:
    """What rolling a book forward gives.

    Attributes:
        contract: what is owed to customers, by wallet and month.
        marketing: what is provided for points that came with no sale, by wallet and month.
        standings: each cohort's points at the end.
        accounts: what a cohort's points are worth in the books, where the wallet has a value.
        estimates: by wallet, at the end.
        surprises: of all months.
        without: months, by wallet, at which nothing was known of breakage, so that none was counted on.
    """

    contract: dict[tuple[str, int], Change] = field(default_factory=dict)
    marketing: dict[tuple[str, int], Change] = field(default_factory=dict)
    standings: dict[Key, Standing] = field(default_factory=dict)
    accounts: dict[Key, Contract | Provision] = field(default_factory=dict)
    estimates: dict[str, Estimate] = field(default_factory=dict)
    surprises: list[Surprise] = field(default_factory=list)
    without: dict[str, list[int]] = field(default_factory=dict)


def months_of(book: Book) -> range:
    """Give the months from the first issue or movement to the one in which the book ends."""
    first = min((flow.month for flow in book.flows), default=book.month)
    return range(first, book.month + 1)


def roll(book: Book) -> Rolled:
    """Roll a book forward from its first month to its last."""
    rolled = Rolled()
    lives = {purse.id: life_of(purse.expiry) for purse in book.wallets}
    by_wallet = {purse.id: [flow for flow in book.flows if flow.wallet == purse.id] for purse in book.wallets}
    sums: dict[Key, Sums] = {}
    coming: dict[int, list[Flow]] = {}
    for flow in book.flows:
        if flow.cohort != NO_LOT:
            coming.setdefault(flow.month, []).append(flow)
    for month in months_of(book):
        for flow in coming.get(month, ()):
            sums.setdefault((flow.wallet, flow.cohort, flow.sale), Sums()).add(flow)
        now: dict[Key, Standing] = {}
        for wallet, flows in by_wallet.items():
            said = _said(book, flows, lives[wallet], month)
            rolled.estimates[wallet] = said
            if said.reason is not None:
                rolled.without.setdefault(wallet, []).append(month)
            now |= stood({key: each for key, each in sums.items() if key[0] == wallet}, said)
        _month(book, rolled, month, now)
        rolled.standings = now
    return rolled


def _said(book: Book, flows: Sequence[Flow], life: Life, month: int) -> Estimate:
    if month > book.last_month:
        return estimate(flows, book.last_month, life, now=month)
    return estimate(flows, month, life)


def stood(sums: dict[Key, Sums], said: Estimate) -> dict[Key, Standing]:
    """Say how a wallet's cohorts stand: what is still expected of each is shared by what is left of its two kinds.

    Where nothing is known of breakage, all that is left is expected.
    """
    expected = {each.month: each.still for each in said.cohorts}
    found: dict[Key, Standing] = {}
    for cohort in sorted({key[1] for key in sums}):
        keys = sorted(key for key in sums if key[1] == cohort)
        left = [max(0, sums[key].outstanding) for key in keys]
        still = min(expected.get(cohort, sum(left)) if said.reason is None else sum(left), sum(left))
        for key, part, there in zip(keys, spread(still, left), left, strict=True):
            redeemed = max(0, sums[key].redeemed)
            found[key] = Standing(max(0, sums[key].net), redeemed, there, redeemed + part)
    return found


def _month(book: Book, rolled: Rolled, month: int, now: dict[Key, Standing]) -> None:
    """Book a month: allocate its sales to its points, and tell what changed of every cohort."""
    _allocate(book, rolled, month, now)
    for key, after in now.items():
        account = rolled.accounts.get(key)
        if account is None:
            continue
        wallet, cohort, _sale = key
        before = rolled.standings.get(key)
        if before is not None and after.redeemed > before.expected:
            rolled.surprises.append(Surprise(wallet, cohort, month, before.expected, after.redeemed))
        made = change(account, before, after, after.expected)
        side = rolled.contract if isinstance(account, Contract) else rolled.marketing
        side[wallet, month] = side.get((wallet, month), Change()) + made


def _allocate(book: Book, rolled: Rolled, month: int, now: dict[Key, Standing]) -> None:
    """Open the accounts of cohorts that are new: prices from the month's sales, provisions at the points' value."""
    fresh = [key for key in now if key not in rolled.accounts]
    sales = sum(each.minor for each in book.sales if each.month == month)
    sold: list[tuple[Key, Fraction]] = []
    for key in fresh:
        wallet, cohort, sale = key
        worth = book.minor(wallet, 1, cohort)
        if worth is None:
            continue
        if sale and cohort == month:
            sold.append((key, worth * now[key].expected))
        else:  # what is older than its sales, and what came with none
            rolled.accounts[key] = Provision(worth)
    for (key, _), price in zip(sold, allocated(sales, [alone for _, alone in sold]), strict=True):
        rolled.accounts[key] = Contract(price, now[key].net)
