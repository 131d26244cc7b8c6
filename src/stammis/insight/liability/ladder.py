"""The chain ladder: how what is known of young cohorts will grow, learnt from older ones, with Mack's error.

T. Mack, «Distribution-free calculation of the standard error of chain ladder reserve estimates», ASTIN Bulletin 23(2),
1993, 213-225. A row of the triangle is a cohort, its values are cumulated and stand at ages 0, 1, 2, …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, log

Triangle = Sequence[Sequence[float]]
_FIT = 3
"""So many factors at least tell how growth dies down; and so many of the latest are asked at most, twice over."""


@dataclass(frozen=True)
class Factor:
    """How a cohort grows from one age to the next.

    Attributes:
        value: the factor f.
        variance: Mack's sigma squared.
        weight: what the cohorts that were seen to grow had been before, summed.
        cohorts: how many they were; 0 where the factor is extrapolated.
    """

    value: float
    variance: float
    weight: float
    cohorts: int


@dataclass(frozen=True)
class Projection:
    """What cohorts become, the standard error of each, and that of their sum."""

    values: tuple[float, ...]
    errors: tuple[float, ...]
    total_error: float

    @property
    def total(self) -> float:
        """What all cohorts become together."""
        return sum(self.values)


def factors(triangle: Triangle) -> list[Factor | None]:
    """Give the factor from each age to the next, as far as cohorts were seen to take that step.

    None stands where no cohort had anything yet. The variance of a step that one cohort alone took is the smaller one
    of the two before, or less if they fall (Mack 1993, p. 219).
    """
    found: list[Factor | None] = []
    for age in range(max((len(row) for row in triangle), default=0) - 1):
        steps = [(row[age], row[age + 1]) for row in triangle if len(row) > age + 1]
        weight = sum(before for before, _after in steps)
        if weight <= 0:
            found.append(None)
            continue
        value = sum(after for _before, after in steps) / weight
        grown = [(before, after) for before, after in steps if before > 0]
        if len(grown) > 1:
            variance = sum((after - value * before) ** 2 / before for before, after in grown) / (len(grown) - 1)
        else:
            variance = _carried(found)
        found.append(Factor(value, variance, weight, len(steps)))
    return found


def _carried(before: Sequence[Factor | None]) -> float:
    known = [each.variance for each in before if each is not None][-2:]
    if not known:
        return 0.0
    last, earlier = known[-1], known[0]
    return min(last * last / earlier if earlier > 0 else last, last, earlier)


def extended(known: Sequence[Factor | None], ages: int) -> list[Factor | None] | None:
    """Extrapolate factors up to the age ``ages``: what they exceed 1 by dies down exponentially.

    The line is fitted to the logarithms of the latest factors above 1 (CAS Tail Factor Working Party, «The Estimation
    of Loss Development Tail Factors», 2013, on the exponential decay of what factors exceed 1 by). None where there are
    fewer than three of them or where they do not fall.
    """
    if ages <= len(known):
        return list(known[:ages])
    points = [(age, log(each.value - 1)) for age, each in enumerate(known) if each is not None and each.value > 1]
    points = points[-2 * _FIT :]
    if len(points) < _FIT:
        return None
    middle = sum(age for age, _ in points) / len(points)
    height = sum(y for _, y in points) / len(points)
    spread = sum((age - middle) ** 2 for age, _ in points)
    slope = sum((age - middle) * (y - height) for age, y in points) / spread
    if slope >= 0:
        return None
    last = next(each for each in reversed(known) if each is not None)
    grown = (1 + exp(height + slope * (age - middle)) for age in range(len(known), ages))
    return [*known, *(Factor(value, last.variance, last.weight, 0) for value in grown)]


def growth(steps: Sequence[Factor | None], begin: int, end: int) -> float:
    """Multiply the factors from one age to another; infinite where one of them is not known."""
    product = 1.0
    for each in steps[begin:end]:
        product *= inf if each is None else each.value
    return product


def project(triangle: Triangle, steps: Sequence[Factor | None], ends: Sequence[int]) -> Projection:
    """Let each cohort grow from the age at which it stands to that in ``ends``, with Mack's standard errors.

    The error of the sum takes into account that all cohorts use the same factors (Mack 1993, p. 220). Every factor
    that is needed must be known.
    """
    shared = [0.0]
    for each in steps:
        known = each is not None and each.value > 0 and each.weight > 0
        part = each.variance / (each.value**2 * each.weight) if each is not None and known else 0.0
        shared.append(shared[-1] + part)
    grown = [_grown(row, steps, end) for row, end in zip(triangle, ends, strict=True)]
    begins = [min(len(row) - 1, end) for row, end in zip(triangle, ends, strict=True)]
    values = tuple(value for value, _ in grown)
    whole = 0.0
    errors = []
    for place, (value, chance) in enumerate(grown):
        own = value * value * (chance + shared[ends[place]] - shared[begins[place]])
        errors.append(own**0.5)
        whole += own
        for other in range(place):
            first, last = max(begins[place], begins[other]), min(ends[place], ends[other])
            if last > first:
                whole += 2 * value * values[other] * (shared[last] - shared[first])
    return Projection(values, tuple(errors), max(0.0, whole) ** 0.5)


def _grown(row: Sequence[float], steps: Sequence[Factor | None], end: int) -> tuple[float, float]:
    """Give what a cohort becomes, and its own chance as a share squared: the sum of sigma² / (f² C)."""
    value, chance = float(row[-1]), 0.0
    for each in steps[len(row) - 1 : end]:
        assert each is not None, "a cohort needs only factors that are known"
        if value > 0 and each.value > 0:
            chance += each.variance / (each.value**2 * value)
        value *= each.value
    return value, chance


def increments(steps: Sequence[Factor | None], begin: int, end: int) -> Iterator[float]:
    """Give how much each age from ``begin`` on adds, as a share of what there is at ``begin``."""
    grown = 1.0
    for each in steps[begin:end]:
        assert each is not None, "a cohort needs only factors that are known"
        yield grown * (each.value - 1)
        grown *= each.value
