"""Scales, prepared: rates over the book's denominator, by band or level, and formulas ready to be reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from stammis.core.amounts import QUANTITY_SCALE, AmountText, exact
from stammis.core.earn import Earn, Multiply, PerAmount, PerEvent, PerPurchase, PerUnit
from stammis.core.formulas import Reckoning, read_formula
from stammis.core.scales import Bands, ByTier, Formula

FINEST = Fraction(1, 10**6)
"""Formulas give millionths of a smallest unit."""


@dataclass(frozen=True, slots=True)
class BandScale:
    """A table by amount.

    Attributes:
        starts: where the bands begin, in minor units of money or millionths of quantity.
        rates: what each gives for a minor unit, millionth, step or purchase, over the book's denominator.
        below: for a marginal table, what the bands before each one give in all.
        named: where they begin, as the programme says it.
    """

    starts: tuple[Fraction, ...]
    rates: tuple[int, ...]
    below: tuple[Fraction, ...] | None
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierScale:
    """A table by level of a tier set."""

    set: str
    rates: dict[str, int]
    otherwise: int


@dataclass(frozen=True, slots=True)
class FormulaScale:
    """A formula: its text, bounds and largest denominator; ``unit`` is how much of the denominator one point is."""

    text: str
    reckon: Reckoning
    names: tuple[str, ...]
    least: Fraction
    most: Fraction
    unit: Fraction
    set: str | None


ScaleRules = BandScale | TierScale | FormulaScale


def rates_of(rule: Earn, decimals: int, money: Fraction) -> list[Fraction]:
    """What a rule gives for a minor unit (full step, millionth of quantity, purchase, event), in smallest units.

    The rates stand in the order of its bands or levels, for levels with the one for all others last. ``money`` is how
    many minor units one of the programme's currency has.
    """
    if isinstance(rule, Multiply):
        return [Fraction(0)]
    points = rule.points
    match points:
        case Bands():
            return [_rate(rule, band.points, decimals, money) for band in points.bands]
        case ByTier():
            return [_rate(rule, amount, decimals, money) for amount in (*points.levels.values(), points.otherwise)]
        case Formula():
            return [FINEST]
        case _:
            return [_rate(rule, points, decimals, money)]


def _rate(
    rule: PerAmount | PerUnit | PerPurchase | PerEvent, points: AmountText, decimals: int, money: Fraction
) -> Fraction:
    whole = exact(points, decimals)
    match rule:
        case PerAmount():
            return whole if rule.full_steps else whole / (Fraction(rule.each) * money)
        case PerUnit():
            return whole / QUANTITY_SCALE
        case PerPurchase() | PerEvent():
            return whole
        case _:
            assert_never(rule)


def scale_rules(rule: Earn, rates: list[int], decimals: int, money: Fraction, denominator: int) -> ScaleRules | None:
    """Prepares a rule's scale; None where it gives the same always. ``rates`` are those of ``rates_of``, as whole."""
    if isinstance(rule, Multiply):
        return None
    points = rule.points
    match points:
        case Bands():
            size = Fraction(QUANTITY_SCALE) if isinstance(rule, PerUnit) else money
            starts = tuple(Fraction(band.at) * size for band in points.bands)
            below = _below(starts, rates) if points.marginal else None
            return BandScale(starts, tuple(rates), below, tuple(str(band.at) for band in points.bands))
        case ByTier():
            return TierScale(points.set, dict(zip(points.levels, rates[:-1], strict=True)), rates[-1])
        case Formula():
            reading = read_formula(points.formula)
            return FormulaScale(
                text=points.formula,
                reckon=reading.reckon,
                names=reading.names,
                least=Fraction(points.at_least),
                most=Fraction(points.at_most),
                unit=denominator * Fraction(10**decimals),
                set=points.set,
            )
        case _:
            return None


def _below(starts: tuple[Fraction, ...], rates: list[int]) -> tuple[Fraction, ...]:
    found = [Fraction(0)]
    for place in range(1, len(starts)):
        found.append(found[-1] + (starts[place] - starts[place - 1]) * rates[place - 1])
    return tuple(found)
