"""Estimates: what members come to, as a total with an interval.

Members are looked at as drawn from many like them: the interval tells how much of a total is the luck of who they
were. A sample is scaled up to all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import msgspec

from stammis.insight.intervals import FEW, Z_95


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A total and its 95 % interval, both whole; ``n`` members it rests on, ``few`` flags less than 30 of them.

    Without an interval there are too few to tell.
    """

    value: int
    n: int
    few: bool
    interval: tuple[int, int] | None = None


def total(added: int, squares: float, n: int, whole: int) -> Estimate:
    """Estimate the total of ``whole`` members from the sum and the sum of squares of ``n`` of them (Student's t)."""
    if n == 0:
        return Estimate(value=0, n=0, few=True)
    scale = whole / n
    value = added if whole == n else round(added * scale)
    if n == 1:
        return Estimate(value=value, n=n, few=True)
    variance = max(0.0, squares - added * added / n) / (n - 1)
    half = student(n - 1) * sqrt(variance / n) * whole
    return Estimate(value=value, n=n, few=n < FEW, interval=(round(value - half), round(value + half)))


def totals(sums: Sequence[float], n: int, whole: int) -> tuple[Estimate, ...]:
    """Estimate several totals at once: ``sums`` are pairs of a sum and a sum of squares, as ``total`` takes them."""
    return tuple(total(int(sums[at]), float(sums[at + 1]), n, whole) for at in range(0, len(sums), 2))


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
