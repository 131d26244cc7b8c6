"""Whole numbers: rounding a fraction as declared, and splitting a whole into parts by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, assert_never

Mode = Literal["down", "up", "half_up", "half_even"]


def rounded(numerator: int, denominator: int, mode: Mode) -> int:
    """The fraction as a whole number, rounded by ``mode``; the fraction is not below zero."""
    whole = numerator // denominator
    if mode == "down":
        return whole
    rest = numerator - whole * denominator
    if not rest:
        return whole
    match mode:
        case "up":
            return whole + 1
        case "half_up":
            return whole + (2 * rest >= denominator)
        case "half_even":
            return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))
        case _:
            assert_never(mode)


def scaled(amount: int, numerator: int, denominator: int) -> int:
    """``amount * numerator / denominator``, rounded towards zero; 0 where the denominator is 0."""
    if not denominator:
        return 0
    return amount * numerator // denominator if amount >= 0 else -(-amount * numerator // denominator)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` split in proportion to the weights by largest remainder; ties go to the earlier part.

    The parts add up to ``total``. Without any weight all of it falls on the first part.
    """
    parts = [0] * len(weights)
    whole = sum(weights)
    if not total or not parts:
        return parts
    if not whole:
        parts[0] = total
        return parts
    sign, size = (1, total) if total > 0 else (-1, -total)
    rests: list[tuple[int, int]] = []
    left = size
    for position, weight in enumerate(weights):
        part, rest = divmod(size * weight, whole)
        parts[position] = sign * part
        rests.append((-rest, position))
        left -= part
    if left:
        rests.sort()
        for _, position in rests[:left]:
            parts[position] += sign
    return parts
