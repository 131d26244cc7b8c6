"""The report: everything that pages, files and the API say of a book, reckoned once and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from stammis.core.spread import spread
from stammis.insight.liability.accounts import Change, Contract, Provision
from stammis.insight.liability.books import NO_LOT, Book, Flow, Sums, label, rounded, summed
from stammis.insight.liability.breakage import Cohort, Estimate, backtest, widened
from stammis.insight.liability.rolling import Rolled, Surprise, months_of, roll
from stammis.insight.liability.terms import Life, life_of, month_of_last

_FINE = 10**9


class PointsMonth(Struct, frozen=True, kw_only=True):
    """A month of a wallet's points, in smallest units; opening and closing are what is outstanding, debts included."""

    month: str
    opening: int
    issued: int
    taken_back: int
    moved: int
    redeemed: int
    expired: int
    closing: int


class MoneyMonth(Struct, frozen=True, kw_only=True):
    """A month of a liability, in minor units: what is owed at its ends, and why it changed."""

    month: str
    opening: int
    issued: int
    redeemed: int
    expired: int
    estimate: int
    closing: int


class CohortLine(Struct, frozen=True, kw_only=True):
    """The points of one month of issue. Money in minor units, None where the wallet has no value.

    ``method``: how what is expected was found: closed (nothing is left), ladder, others (the share of all cohorts) or
    none (nothing is known of breakage, so that all that is left is expected).
    """

    month: str
    net: int
    redeemed: int
    expired: int
    outstanding: int
    outstanding_minor: int | None
    expected: int
    method: str
    owed_minor: int | None
    provided_minor: int | None


class MonthAhead(Struct, frozen=True, kw_only=True):
    """A month that comes (None: never): points, how many lots, and what they are worth in minor units."""

    month: str | None
    points: int
    minor: int | None
    lots: int = 0
    low: int = 0
    high: int = 0


class CheckLine(Struct, frozen=True, kw_only=True):
    """What was said at the end of a month of the points known then, and what has come of it; shares not redeemed."""

    month: str
    expected: float
    low: float
    high: float
    came: float
    held: bool


class BreakageLine(Struct, frozen=True, kw_only=True):
    """What is never redeemed of a wallet's points; without a value there is a ``reason``."""

    reason: str | None
    value: float | None
    low: float | None
    high: float | None
    extrapolated: float
    widened: float
    learnt_until: str
    checks: tuple[CheckLine, ...]
    factors: tuple[float | None, ...]


class WalletReport(Struct, frozen=True, kw_only=True):
    """A wallet: its points, what they are worth, and what comes of them."""

    wallet: str
    decimals: int
    value: str | None
    outstanding: int
    debts: int
    outstanding_minor: int | None
    breakage: BreakageLine
    cohorts: tuple[CohortLine, ...]
    months: tuple[PointsMonth, ...]
    contract: tuple[MoneyMonth, ...]
    marketing: tuple[MoneyMonth, ...]
    expiring: tuple[MonthAhead, ...]
    cash: tuple[MonthAhead, ...]


class Alert(Struct, frozen=True, kw_only=True):
    """Something an accountant should look at: more was redeemed of a month's points than had been expected."""

    code: str
    wallet: str
    cohort: str
    month: str
    expected: int
    redeemed: int


class Report(Struct, frozen=True, kw_only=True):
    """The liability at the end of a day. ``contract`` and ``marketing`` are all wallets together."""

    programme: str
    currency: str
    zone: str
    on: dt.date
    complete: bool
    position: str
    outstanding_minor: int
    contract: tuple[MoneyMonth, ...]
    marketing: tuple[MoneyMonth, ...]
    wallets: tuple[WalletReport, ...]
    alerts: tuple[Alert, ...]
    book: Book


def reported(book: Book) -> Report:
    """Reckon the whole report of a book."""
    rolled = roll(book)
    for purse in book.wallets:
        flows = [flow for flow in book.flows if flow.wallet == purse.id]
        rolled.estimates[purse.id] = widened(rolled.estimates[purse.id], flows, book.last_month, life_of(purse.expiry))
    wallets = tuple(_wallet(book, rolled, purse.id) for purse in book.wallets)
    ids = [purse.id for purse in book.wallets]
    return Report(
        programme=book.programme,
        currency=book.currency,
        zone=book.zone,
        on=book.on,
        complete=book.complete,
        position=book.position,
        outstanding_minor=sum(each.outstanding_minor or 0 for each in wallets),
        contract=_money(book, rolled.contract, ids),
        marketing=_money(book, rolled.marketing, ids),
        wallets=wallets,
        alerts=tuple(_alert(each) for each in rolled.surprises if each.month == book.month),
        book=book,
    )


def _wallet(book: Book, rolled: Rolled, wallet: str) -> WalletReport:
    flows = [flow for flow in book.flows if flow.wallet == wallet]
    months = _points(book, flows)
    lots = summed(flow for flow in flows if flow.cohort != NO_LOT).outstanding
    purse = book.purse(wallet)
    value = purse.value(book.month)
    return WalletReport(
        wallet=wallet,
        decimals=purse.decimals,
        value=None if value is None else purse.values[-1][1],
        outstanding=months[-1].closing,
        debts=months[-1].closing - lots,
        outstanding_minor=_worth(book, wallet, lots),
        breakage=_breakage(book, rolled.estimates[wallet], flows, wallet),
        cohorts=tuple(_cohorts(book, rolled, wallet, flows)),
        months=months,
        contract=_money(book, rolled.contract, [wallet]),
        marketing=_money(book, rolled.marketing, [wallet]),
        expiring=_expiring(book, wallet),
        cash=cash(book, rolled.estimates[wallet], wallet),
    )


def _worth(book: Book, wallet: str, points: int) -> int | None:
    found = book.minor(wallet, points)
    return None if found is None else rounded(found)


def _points(book: Book, flows: Sequence[Flow]) -> tuple[PointsMonth, ...]:
    by_month: dict[int, Sums] = {}
    for flow in flows:
        by_month.setdefault(flow.month, Sums()).add(flow)
    lines = []
    opening = 0
    for month in months_of(book):
        sums = by_month.get(month, Sums())
        closing = opening + sums.outstanding
        lines.append(
            PointsMonth(
                month=label(month),
                opening=opening,
                issued=sums.issued,
                taken_back=-sums.taken_back,
                moved=sums.moved,
                redeemed=-sums.redeemed,
                expired=-sums.expired,
                closing=closing,
            )
        )
        opening = closing
    return tuple(lines)


def _money(book: Book, side: dict[tuple[str, int], Change], wallets: Sequence[str]) -> tuple[MoneyMonth, ...]:
    lines = []
    for month in months_of(book):
        made = sum((side.get((wallet, month), Change()) for wallet in wallets), Change())
        lines.append(
            MoneyMonth(
                month=label(month),
                opening=made.opening,
                issued=made.issued,
                redeemed=made.redeemed,
                expired=made.expired,
                estimate=made.estimate,
                closing=made.closing,
            )
        )
    return tuple(lines)


def _cohorts(book: Book, rolled: Rolled, wallet: str, flows: Sequence[Flow]) -> list[CohortLine]:
    said = rolled.estimates[wallet]
    known = {each.month: each for each in said.cohorts}
    lines = []
    for month in sorted({flow.cohort for flow in flows} - {NO_LOT}):
        sums = summed(flow for flow in flows if flow.cohort == month)
        owed: dict[type[Contract | Provision], int] = {}
        expected = 0
        for sale in (False, True):
            standing, account = rolled.standings.get((wallet, month, sale)), rolled.accounts.get((wallet, month, sale))
            expected += standing.expected if standing else 0
            if standing and account:
                part = account.owed(standing.net, standing.redeemed, standing.expected)
                owed[type(account)] = owed.get(type(account), 0) + part
        lines.append(
            CohortLine(
                month=label(month),
                net=sums.net,
                redeemed=sums.redeemed,
                expired=sums.expired,
                outstanding=sums.outstanding,
                outstanding_minor=_worth(book, wallet, sums.outstanding),
                expected=expected,
                method=known[month].method if month in known else "none" if sums.outstanding > 0 else "closed",
                owed_minor=owed.get(Contract),
                provided_minor=owed.get(Provision),
            )
        )
    return lines


def _breakage(book: Book, said: Estimate, flows: Sequence[Flow], wallet: str) -> BreakageLine:
    checks = backtest(flows, book.last_month, life_of(book.purse(wallet).expiry))
    interval = said.interval
    return BreakageLine(
        reason=said.reason,
        value=said.breakage,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        extrapolated=said.extrapolated,
        widened=said.ratio,
        learnt_until=label(book.last_month),
        checks=tuple(
            CheckLine(
                month=label(each.month),
                expected=each.expected,
                low=each.low,
                high=each.high,
                came=each.came,
                held=each.held,
            )
            for each in checks
        ),
        factors=tuple(each.value if each and each.cohorts else None for each in said.steps),
    )


def _expiring(book: Book, wallet: str) -> tuple[MonthAhead, ...]:
    """Say what ends when, by the month in which it is usable for the last time; what is held does not end."""
    found: dict[int | None, tuple[int, int]] = {}
    for each in book.lots:
        if each.wallet == wallet and each.left > each.held:
            month = month_of_last(each.last_day)
            points, lots = found.get(month, (0, 0))
            found[month] = points + each.left - each.held, lots + each.lots
    order = sorted(found, key=lambda month: (month is None, month or 0))
    return tuple(
        MonthAhead(
            month=None if month is None else label(month),
            points=found[month][0],
            minor=_worth(book, wallet, found[month][0]),
            lots=found[month][1],
        )
        for month in order
    )


def cash(book: Book, said: Estimate, wallet: str) -> tuple[MonthAhead, ...]:
    """Say how many of the points that are there will be redeemed in which month, with the range's share of each."""
    if said.reason is not None:
        return ()
    life = life_of(book.purse(wallet).expiry)
    found: dict[int, int] = {}
    for each in said.cohorts:
        for month, points in ahead(said, each, life, book.last_month):
            found[month] = found.get(month, 0) + points
    still = sum(found.values())
    redeemed = sum(each.redeemed for each in said.cohorts)
    low, high = ((end - redeemed) / still if still else 0.0 for end in (said.low, said.high))
    return tuple(
        MonthAhead(
            month=label(month),
            points=points,
            minor=_worth(book, wallet, points),
            low=round(points * low),
            high=round(points * high),
        )
        for month, points in sorted(found.items())
        if points
    )


def ahead(said: Estimate, cohort: Cohort, life: Life, last: int) -> list[tuple[int, int]]:
    """Spread what will still be redeemed of a cohort over the months after ``last``; the parts add up to it."""
    weights = [round(_FINE * each) for each in said.weights(cohort, life)]
    return [(last + 1 + place, points) for place, points in enumerate(spread(cohort.still, weights or [1]))]


def _alert(each: Surprise) -> Alert:
    return Alert(
        code="more_redeemed_than_expected",
        wallet=each.wallet,
        cohort=label(each.cohort),
        month=label(each.month),
        expected=each.expected,
        redeemed=each.redeemed,
    )
