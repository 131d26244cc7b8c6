"""Books: what the ledger says of points, summed by the month in which their lots were opened.

Months are whole numbers, years times twelve plus months from 0. Points are whole smallest units, money whole minor
units; days are ordinals (``date.toordinal``) in the programme's zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from stammis.core.currencies import DECIMALS
from stammis.core.wallets import Expiry

NO_LOT = -1
"""In place of a cohort: points that are in no lot, that is, debts and what fills them."""
_MONTHS = 12


class Flow(Struct, frozen=True, array_like=True, gc=False):
    """What moved in a month of a cohort's points; what was redeemed is net of what was restored.

    ``sale`` tells points for purchases from all others, ``times`` how often points were spent. ``moved`` came from
    other accounts or wallets (below zero: went there).
    """

    wallet: str
    sale: bool
    cohort: int
    month: int
    issued: int = 0
    taken_back: int = 0
    moved: int = 0
    redeemed: int = 0
    expired: int = 0
    times: int = 0


class OpenLots(Struct, frozen=True, array_like=True, gc=False):
    """Lots of a wallet that were opened on one day, end together and still hold something.

    ``last_day`` is the last on which they are usable, None where they always are; of what is ``left``, so much is
    ``held``.
    """

    wallet: str
    sale: bool
    opened: int
    last_day: int | None
    left: int
    held: int
    lots: int


class Sale(Struct, frozen=True, array_like=True, gc=False):
    """What purchases that gave points brought in a month, without tax and what points paid."""

    month: int
    minor: int
    purchases: int


class Purse(Struct, frozen=True, array_like=True, gc=False):
    """A wallet as the report needs it. ``values`` are the months from which a point is worth so much, as text."""

    id: str
    decimals: int
    values: tuple[tuple[int, str | None], ...]
    expiry: Expiry

    def value(self, month: int) -> Fraction | None:
        """Say what a whole point was worth at the end of a month; None where no value is declared."""
        found = None
        for since, value in self.values:
            if since <= month or found is None:
                found = value
        return None if found is None else Fraction(found)


class Book(Struct, frozen=True, kw_only=True):
    """All that a report needs, as of the first instant after ``on``; ``month`` is the one that this day lies in.

    ``complete`` says that the month was over then. ``position`` is where the snapshot stood.
    """

    programme: str
    currency: str
    zone: str
    on: dt.date
    month: int
    complete: bool
    position: str
    wallets: tuple[Purse, ...]
    flows: tuple[Flow, ...]
    lots: tuple[OpenLots, ...]
    sales: tuple[Sale, ...]

    @property
    def last_month(self) -> int:
        """The last month that is over."""
        return self.month if self.complete else self.month - 1

    def purse(self, wallet: str) -> Purse:
        """Give a wallet."""
        return next(each for each in self.wallets if each.id == wallet)

    def minor(self, wallet: str, points: int | Fraction, month: int | None = None) -> Fraction | None:
        """Give what points are worth in minor units, not rounded; None where no value is declared."""
        purse = self.purse(wallet)
        value = purse.value(self.month if month is None else month)
        if value is None:
            return None
        return points * value * int(10 ** DECIMALS[self.currency]) / int(10**purse.decimals)


class Sums(Struct, array_like=True):
    """Flows of several cohorts or months, summed."""

    issued: int = 0
    taken_back: int = 0
    moved: int = 0
    redeemed: int = 0
    expired: int = 0
    times: int = 0

    def add(self, flow: Flow | Sums) -> None:
        """Take a flow in."""
        self.issued += flow.issued
        self.taken_back += flow.taken_back
        self.moved += flow.moved
        self.redeemed += flow.redeemed
        self.expired += flow.expired
        self.times += flow.times

    @property
    def net(self) -> int:
        """What was issued and stayed: without what was taken back, with what was moved here."""
        return self.issued - self.taken_back + self.moved

    @property
    def outstanding(self) -> int:
        """What is still there."""
        return self.net - self.redeemed - self.expired


def summed(flows: Iterable[Flow], until: int | None = None) -> Sums:
    """Sum flows, those up to a month where one is named."""
    sums = Sums()
    for flow in flows:
        if until is None or flow.month <= until:
            sums.add(flow)
    return sums


def month_of(day: dt.date) -> int:
    """Give the number of the month in which a day lies."""
    return day.year * _MONTHS + day.month - 1


def first_day(month: int) -> dt.date:
    """Give the first day of a month."""
    return dt.date(month // _MONTHS, month % _MONTHS + 1, 1)


def label(month: int) -> str:
    """Write a month in the way that sorts: 2017-03."""
    return f"{month // _MONTHS:04d}-{month % _MONTHS + 1:02d}"


def rounded(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    whole = abs(value) + Fraction(1, 2)
    return int(whole) if value >= 0 else -int(whole)
