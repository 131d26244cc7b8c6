"""Proposals: what another expiry rule would do to what is owed, for points that are out and for those to come.

What is assumed is said with the answer: members redeem as they have done, month of age by month of age. Points that
end earlier are redeemed as far as they would have been by then. Where points would last longer than now, what is
redeemed of them is extrapolated from the ages that are whole now, as for ages that nobody has reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext_noop
from msgspec import Struct

from stammis.core.expiry import last_day
from stammis.core.wallets import Expiry, Sliding
from stammis.core.wording import Worded, together
from stammis.insight.liability.accounts import Contract
from stammis.insight.liability.books import Book, OpenLots, first_day, label, rounded
from stammis.insight.liability.breakage import LONGEST, Cohort, Estimate
from stammis.insight.liability.ladder import extended, growth
from stammis.insight.liability.report import MonthAhead
from stammis.insight.liability.rolling import Rolled, roll
from stammis.insight.liability.terms import Life, life_of, month_of_last, part_of_month
from stammis.kit.errors import Invalid, NotFound

_TYPICAL = 15
"""The day of a month on which points to come are issued, for their typical age."""


class BadExpiry(Invalid):
    """This is no expiry rule. Write it as in the programme file, as {"kind": "days", "days": 365}."""

    code = "bad_expiry"


class CannotTell(Invalid):
    """What a sliding expiry would do depends on when each member is active, and cannot be told from the lots."""

    code = "cannot_tell"


class UnknownWallet(NotFound):
    """The programme has no wallet of this name."""

    code = "unknown_wallet"


class Side(Struct, frozen=True, kw_only=True):
    """What holds under one rule: money in minor units, None where the wallet has no value.

    ``still`` are points that will be redeemed yet, ``future`` the share of points to come that never will be.
    """

    still: int
    owed_minor: int | None
    provided_minor: int | None
    future: float | None
    expiring: tuple[MonthAhead, ...]


class Effect(Struct, frozen=True, kw_only=True):
    """What another rule would do. ``at_once`` are points that would have ended by the day of the report.

    ``reason`` says why nothing is known of redemption; then every point that does not end is expected.
    """

    wallet: str
    on: dt.date
    rule: Expiry
    now: Side
    then: Side
    at_once: MonthAhead
    reason: str | None
    longer: bool


def read_expiry(text: str | bytes) -> Expiry:
    """Read an expiry rule as it stands in a programme document, as JSON. Raises BadExpiry."""
    try:
        found: Expiry = msgspec.json.decode(text, type=Expiry)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadExpiry(together(Worded(str(BadExpiry.__doc__)), Worded(str(error)))) from error
    return found


@dataclass(frozen=True)
class _Case:
    """A wallet of a book under a rule."""

    book: Book
    wallet: str
    said: Estimate
    before: Life
    rule: Expiry

    def ends(self, lots: OpenLots) -> int | None:
        """The last day of lots under the rule."""
        return last_day(self.rule, lots.opened)

    def over(self, lots: OpenLots) -> bool:
        """Whether lots would have ended by the instant of the report."""
        end = self.ends(lots)
        return end is not None and end < self.book.on.toordinal()

    def behind(self, weights: Sequence[float], first: int, old: int | None, new: int | None) -> float:
        """Which share of what is redeemed before the day ``old`` is redeemed before ``new`` (None: there is no end).

        ``weights`` are those of the months from ``first`` on.
        """
        if new is None or (old is not None and new >= old):
            return 1.0
        whole = _part(weights, first, old)
        return min(1.0, _part(weights, first, new) / whole) if whole > 0 else 1.0

    def more(self, month: int, old: int | None, new: int | None) -> float:
        """Which share of a cohort's points that end on the day ``old`` are redeemed where they end on ``new``.

        Growth is extrapolated from the ages that are whole now, as for ages that nobody has reached.
        """
        end, breakage = self.before(month), self.said.breakage
        if old is None or end is None or end < 1 or not breakage or (new is not None and new <= old):
            return 0.0
        last = month + LONGEST if new is None else month_of_last(new)
        assert last is not None
        longer = extended([each for each in self.said.steps if each and each.cohorts][: end - 1], last - month)
        if longer is None:
            return 0.0
        before = (1 - breakage) / growth(self.said.steps, end - 1, end)
        return min(1.0, max(0.0, (before * growth(longer, end - 1, last - month) - (1 - breakage)) / breakage))


def _later(old: int | None, new: int | None) -> bool:
    return old is not None and (new is None or new > old)


def _part(weights: Sequence[float], first: int, end: int | None) -> float:
    """Sum the weights of the months up to a day, of its own month as much as has passed."""
    last = month_of_last(end)
    if end is None or last is None:
        return sum(weights)
    part = sum(weights[: max(0, last - first)])
    return part + weights[last - first] * part_of_month(end) if 0 <= last - first < len(weights) else part


def effect(book: Book, wallet: str, rule: Expiry) -> Effect:
    """Say what another expiry rule would do to a wallet. Raises UnknownWallet, and CannotTell for a sliding one."""
    if all(purse.id != wallet for purse in book.wallets):
        raise UnknownWallet(gettext_noop("The programme has no wallet «%(name)s»."), values={"name": wallet})
    if isinstance(rule, Sliding):
        raise CannotTell
    rolled = roll(book)
    said = rolled.estimates[wallet]
    case = _Case(book, wallet, said, life_of(book.purse(wallet).expiry), rule)
    lots = [each for each in book.lots if each.wallet == wallet]
    over = [each for each in lots if case.over(each)]
    gone = sum(each.left - each.held for each in over)
    still = _still(case, rolled, lots)
    now = {key: standing.expected - standing.redeemed for key, standing in rolled.standings.items() if key[0] == wallet}
    return Effect(
        wallet=wallet,
        on=book.on,
        rule=rule,
        now=_side(case, rolled, now, lots, changed=False),
        then=_side(case, rolled, still, [each for each in lots if each not in over], changed=True),
        at_once=MonthAhead(
            month=label(book.month), points=gone, minor=_worth(book, wallet, gone), lots=sum(each.lots for each in over)
        ),
        reason=said.reason,
        longer=any(_later(each.last_day, case.ends(each)) for each in lots),
    )


def _still(case: _Case, rolled: Rolled, lots: list[OpenLots]) -> dict[tuple[str, int, bool], int]:
    """Give what would still be redeemed of each cohort."""
    known = {each.month: each for each in case.said.cohorts}
    found: dict[tuple[str, int, bool], int] = {}
    for key, standing in rolled.standings.items():
        wallet, month, sale = key
        if wallet != case.wallet:
            continue
        mine = [each for each in lots if each.sale == sale and month_of_last(each.opened) == month]
        left = sum(each.left for each in mine)
        still, cohort, points = standing.expected - standing.redeemed, known.get(month), 0.0
        weights = case.said.weights(cohort, case.before) if cohort and case.said.reason is None else []
        for each in mine:
            share = each.left / left * still
            if case.over(each):
                continue
            old, new = each.last_day, case.ends(each)
            points += share * case.behind(weights, case.book.last_month + 1, old, new)
            points += (each.left - share) * case.more(month, old, new)
        found[key] = min(round(points), standing.outstanding)
    return found


def _side(
    case: _Case, rolled: Rolled, still: dict[tuple[str, int, bool], int], lots: list[OpenLots], *, changed: bool
) -> Side:
    owed: dict[bool, int] = {}
    for key, points in still.items():
        account, standing = rolled.accounts.get(key), rolled.standings[key]
        if account is not None:
            part = account.owed(standing.net, standing.redeemed, standing.redeemed + points)
            contract = isinstance(account, Contract)
            owed[contract] = owed.get(contract, 0) + part
    priced = case.book.minor(case.wallet, 1) is not None
    return Side(
        still=sum(still.values()),
        owed_minor=owed.get(True, 0) if priced else None,
        provided_minor=owed.get(False, 0) if priced else None,
        future=_future(case, changed=changed),
        expiring=_expiring(case, lots, changed=changed),
    )


def _expiring(case: _Case, lots: list[OpenLots], *, changed: bool) -> tuple[MonthAhead, ...]:
    found: dict[int | None, tuple[int, int]] = {}
    for each in lots:
        if each.left > each.held:
            month = month_of_last(case.ends(each) if changed else each.last_day)
            points, count = found.get(month, (0, 0))
            found[month] = points + each.left - each.held, count + each.lots
    return tuple(
        MonthAhead(
            month=None if month is None else label(month),
            points=found[month][0],
            minor=_worth(case.book, case.wallet, found[month][0]),
            lots=found[month][1],
        )
        for month in sorted(found, key=lambda month: (month is None, month or 0))
    )


def _future(case: _Case, *, changed: bool) -> float | None:
    """Which share of points to come would never be redeemed: as of those so far, as far as they last."""
    said, month = case.said, case.book.month
    if said.breakage is None or not changed:
        return said.breakage
    day = first_day(month).replace(day=_TYPICAL).toordinal()
    old, new = last_day(case.book.purse(case.wallet).expiry, day), last_day(case.rule, day)
    weights = said.weights(Cohort(month, -1, 0, 0, 0, 0, 0.0, 0.0, "others"), case.before)
    behind = case.behind(weights, month, old, new)
    return 1 - (1 - said.breakage) * behind - said.breakage * case.more(month, old, new)


def _worth(book: Book, wallet: str, points: int) -> int | None:
    found = book.minor(wallet, points)
    return None if found is None else rounded(found)
