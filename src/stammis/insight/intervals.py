"""Intervals of confidence: what a share or a mean of so few may really be."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""

FEW = 30
"""Below so many, a figure is flagged."""


def wilson(hits: float, of: float) -> tuple[float, float] | None:
    """The Wilson 95 % interval of a share (Wilson 1927), both ends between 0 and 1; None for a share of nothing."""
    if of == 0:
        return None
    share = hits / of
    weight = Z_95 * Z_95 / of
    centre = (share + weight / 2) / (1 + weight)
    half = Z_95 * sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == of else min(1.0, centre + half)
    return low, high
