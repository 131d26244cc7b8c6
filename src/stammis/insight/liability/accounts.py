"""The contract liability: what part of the sales is owed for points, by relative stand-alone selling price.

A sale promises goods and points. The price is allocated to both by what each would cost alone, points at their value
times the share that is expected to be redeemed (IFRS 15, paragraphs 73 to 80 and B39 to B43, example 52 in IE267 to
IE270). What is allocated becomes revenue as points are redeemed, in proportion to all that are expected to be; the
expectation is estimated anew each month, the allocation is not. Points that came with no sale are a cost of marketing:
for those that will be redeemed their value is provided for.

The unit is a month's points of one wallet, as a portfolio (paragraph 4). A calculation for the accountant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from stammis.insight.liability.books import rounded


def allocated(sales: int, alone: Sequence[Fraction]) -> list[int]:
    """Allocate the price of a month's sales, in minor units, to points of several wallets.

    ``alone`` is what each wallet's points would cost alone: those expected to be redeemed, at their value. Goods would
    cost ``sales`` alone. 100,000 and 9,500 give 8,676.
    """
    whole = sales + sum(alone)
    return [rounded(sales * each / whole) if whole > 0 else 0 for each in alone]


@dataclass(frozen=True)
class Standing:
    """A cohort's points at one instant: issued and kept, redeemed, left, and expected to be redeemed in the end."""

    net: int = 0
    redeemed: int = 0
    outstanding: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Change:
    """What changed a liability in a period, in minor units; what was redeemed and expired lowers it."""

    opening: int = 0
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    estimate: int = 0
    closing: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(
            self.opening + other.opening,
            self.issued + other.issued,
            self.redeemed + other.redeemed,
            self.expired + other.expired,
            self.estimate + other.estimate,
            self.closing + other.closing,
        )


def owed(price: Fraction, redeemed: int, expected: int) -> int:
    """Give what is owed of an allocated price: price × (1 − redeemed / expected), nothing where all is redeemed.

    8,675.80 at 4,500 of 9,500 leaves 4,566. An expectation below what was redeemed already counts as that.
    """
    if expected <= redeemed or expected <= 0:
        return 0
    return rounded(price * (expected - redeemed) / expected)


@dataclass(frozen=True)
class Contract:
    """A cohort's points that came with sales: so much was allocated to so many (net) points."""

    price: int
    net: int

    def of(self, net: int) -> Fraction:
        """Give what is allocated to those that are left of them after some were taken back."""
        return Fraction(self.price * net, self.net) if self.net > 0 else Fraction(0)

    def owed(self, net: int, redeemed: int, expected: int) -> int:
        """Give what is owed."""
        return owed(self.of(net), redeemed, expected)


@dataclass(frozen=True)
class Provision:
    """A cohort's points that came with no sale: a point is worth so many minor units."""

    each: Fraction

    def owed(self, net: int, redeemed: int, expected: int) -> int:  # noqa: ARG002 - as for a contract
        """Give the value of those that will still be redeemed."""
        return rounded(self.each * max(0, expected - redeemed))


def change(account: Contract | Provision, before: Standing | None, after: Standing, first: int = 0) -> Change:
    """Tell why a cohort's liability went from one state to the next. The parts add up to the last minor unit.

    They are taken in this order: what was issued (or taken back), what was redeemed, what expired although it was
    expected to be redeemed, and what is left: another estimate. ``before`` is None in the cohort's first period, and
    ``first`` then what was expected as the price was allocated.
    """
    if before is None:
        opening, expected, redeemed = 0, first, 0
    else:
        opening = account.owed(before.net, before.redeemed, before.expected)
        redeemed = before.redeemed
        # of points taken back as many were expected to be redeemed as of the others
        expected = before.expected if before.net <= 0 else before.expected * after.net // before.net
        expected = max(expected, redeemed) if after.net else 0
    steps = [
        opening,
        account.owed(after.net, redeemed, expected),
        account.owed(after.net, after.redeemed, expected),
        account.owed(after.net, after.redeemed, min(expected, after.redeemed + after.outstanding)),
        account.owed(after.net, after.redeemed, after.expected),
    ]
    issued, spent, expired, estimate = (later - earlier for earlier, later in pairwise(steps))
    return Change(opening, issued, spent, expired, estimate, steps[-1])
