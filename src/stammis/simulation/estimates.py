"""Estimates: what members come to, as a total with an interval.

Where all are looked at, they count as drawn from many like them: the interval tells how much of a total is the luck of
who they were. A sample is scaled up to all of them, and the interval tells how far off that may be: it shrinks as the
sample grows, and a sample of the whole is not off at all (finite-population correction, Cochran 1977, 2.6). Members who
are tied are drawn together, which the interval passes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import msgspec

from stammis.insight.intervals import FEW, Z_95, wilson


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A total and its 95 % interval, both whole; ``n`` members it rests on, ``few`` flags less than 30 of them.

    Without an interval there are too few to tell.
    """

    value: int
    n: int
    few: bool
    interval: tuple[int, int] | None = None


class Counted(NamedTuple):
    """On how many members an estimate rests, of how many, and whether they are a sample of those."""

    n: int
    whole: int
    sampled: bool = False

    @property
    def missed(self) -> float:
        """The share of the variance that counts: what is not in the sample of a finite whole; else all of it."""
        return max(0.0, 1 - self.n / self.whole) if self.sampled and self.whole else 1.0


def total(added: int, squares: float, counted: Counted) -> Estimate:
    """Estimate the total of all from the sum and the sum of squares of those looked at (Student's t)."""
    n, whole, _ = counted
    if n == 0:
        return Estimate(value=0, n=0, few=True)
    scale = whole / n
    value = added if whole == n else round(added * scale)
    if not counted.missed:
        return Estimate(value=value, n=n, few=False, interval=(value, value))
    if n == 1:
        return Estimate(value=value, n=n, few=True)
    variance = max(0.0, squares - added * added / n) / (n - 1)
    half = student(n - 1) * sqrt(variance / n * counted.missed) * whole
    return Estimate(value=value, n=n, few=n < FEW, interval=(round(value - half), round(value + half)))


def totals(sums: Sequence[float], counted: Counted) -> tuple[Estimate, ...]:
    """Estimate several totals at once: ``sums`` are pairs of a sum and a sum of squares, as ``total`` takes them."""
    return tuple(total(int(sums[at]), float(sums[at + 1]), counted) for at in range(0, len(sums), 2))


def number(hits: int, counted: Counted) -> Estimate:
    """Estimate how many of all are something of which ``hits`` of those looked at are (Wilson 1927)."""
    n, whole, _ = counted
    if n == 0:
        return Estimate(value=0, n=0, few=True)
    value = round(hits * whole / n)
    if not counted.missed:
        return Estimate(value=value, n=n, few=False, interval=(value, value))
    low, high = wilson(hits / counted.missed, n / counted.missed) or (0.0, 1.0)
    return Estimate(value=value, n=n, few=n < FEW, interval=(round(low * whole), round(high * whole)))


def student(freedom: int) -> float:
    """Give the 97.5th percentile of Student's t (Abramowitz and Stegun 26.7.5; of few degrees as tabled)."""
    if freedom in _SMALL:
        return _SMALL[freedom]
    z, n = Z_95, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92_160 * n**4)
    )


_SMALL = {1: 12.706_204_736, 2: 4.302_652_730, 3: 3.182_446_305}
