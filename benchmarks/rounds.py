"""Rounds A B A B …: ours and the yardstick in turn, so that a slow minute of the machine slows both."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is held against: the least, and what is aimed at. For a limit, smaller is better."""

    floor: float
    aim: float | None = None
    at_most: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a figure is good enough."""
        return value <= self.floor if self.at_most else value >= self.floor


@dataclass(frozen=True)
class Figure:
    """What was measured of one thing, round by round.

    With a ``yardstick`` the figure is the median of the rounds' ratios; without one it is the median of ``ours``.
    """

    name: str
    title: str
    unit: str
    ours: list[float]
    yardstick: list[float] = field(default_factory=list)
    target: Target | None = None
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Ours by the yardstick's, of each round."""
        return [mine / theirs for mine, theirs in zip(self.ours, self.yardstick, strict=bool(self.yardstick))]

    @property
    def value(self) -> float:
        """What is held against the target."""
        return statistics.median(self.ratios if self.yardstick else self.ours)

    @property
    def is_met(self) -> bool:
        """Whether it is good enough; what has no target always is."""
        return self.target is None or self.target.is_met(self.value)


def alternate(
    rounds: int, ours: Callable[[int], float], yardstick: Callable[[int], float]
) -> tuple[list[float], list[float]]:
    """Measure both in turn, so many rounds (numbered from 1), and give what each gave, round by round."""
    pairs = [(ours(number), yardstick(number)) for number in range(1, rounds + 1)]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def spread(values: list[float], digits: int = 0) -> str:
    """The median, and the least and the largest in brackets."""
    middle = f"{statistics.median(values):,.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"
