"""The basket: a purchase (or what remains of it) in money, and how much of each line counts on a basis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec import Struct

from stammis.core.basis import Basis
from stammis.core.events import Line, Purchase
from stammis.core.spread import spread

ALWAYS_COUNT = "goods"


@dataclass(frozen=True, slots=True, eq=False)
class Counting:
    """A basis, prepared: whether tax counts, which kinds of line, and whether parts paid by rewards or points do.

    There is one for each basis, so that it may be compared by identity.
    """

    without_tax: bool
    kinds: frozenset[str]
    rewards_count: bool
    points_count: bool


@lru_cache(maxsize=256)
def counting(basis: Basis) -> Counting:
    """Prepares a basis."""
    kinds = (("shipping", basis.shipping), ("fee", basis.fees), ("gift_card", basis.gift_cards))
    return Counting(
        without_tax=basis.tax == "excluded",
        kinds=frozenset({ALWAYS_COUNT, *(kind for kind, counts in kinds if counts)}),
        rewards_count=basis.rewards == "before",
        points_count=basis.paid_by_points,
    )


class Basket(Struct, frozen=True, gc=False):
    """Lines with what was taken off the price: reward discounts, points (in money) and cash rounding, in minor units.

    Of what remains after a return the lines carry the remaining amounts, and ``whole`` the amounts as bought, to which
    the lines' tax belongs. ``total`` is what there is to pay; what counts on a basis is reckoned once.
    """

    lines: Sequence[Line]
    rewards: int
    rounding: int
    by_points: int
    whole: Sequence[int] | None
    total: int
    reckoned: dict[Counting, tuple[list[int], int]] = {}

    def counted(self, basis: Counting) -> tuple[list[int], int]:
        """How much of each line counts on this basis, and their sum; minor units."""
        found = self.reckoned.get(basis)
        if found is None:
            values = self._count(basis)
            found = self.reckoned[basis] = (values, sum(values))
        return found

    def _count(self, basis: Counting) -> list[int]:
        lines, kinds = self.lines, basis.kinds
        if not (self.rewards or self.by_points or self.rounding or self.whole is not None):
            if basis.without_tax:
                return [line.amount - line.tax if line.kind in kinds else 0 for line in lines]
            return [line.amount if line.kind in kinds else 0 for line in lines]
        gross = self._gross(basis)
        if basis.without_tax:
            gross = [amount - tax for amount, tax in zip(gross, self._tax(gross), strict=True)]
        return [amount if line.kind in kinds else 0 for line, amount in zip(lines, gross, strict=True)]

    def _gross(self, basis: Counting) -> list[int]:
        amounts = [line.amount for line in self.lines]
        off = spread(self.rounding, amounts)
        gross = [amount + share for amount, share in zip(amounts, off, strict=True)]
        if not basis.rewards_count and self.rewards:
            gross = [amount - share for amount, share in zip(gross, spread(self.rewards, amounts), strict=True)]
        if not basis.points_count and self.by_points:
            gross = [amount - share for amount, share in zip(gross, spread(self.by_points, amounts), strict=True)]
        return gross

    def _tax(self, gross: Sequence[int]) -> list[int]:
        """The tax in what is left of each line: in proportion, the sum rounded half up, split by largest remainder."""
        bought = self.whole if self.whole is not None else [line.amount for line in self.lines]
        common = math.lcm(*(amount for amount in bought if amount))
        exact = [
            line.tax * left * (common // amount) if amount else 0
            for line, left, amount in zip(self.lines, gross, bought, strict=True)
        ]
        parts = [share // common for share in exact]
        missing = (2 * sum(exact) + common) // (2 * common) - sum(parts)
        if missing:
            order = sorted(range(len(parts)), key=lambda position: -(exact[position] % common))
            for position in order[:missing]:
                parts[position] += 1
        return parts


def basket_of(
    lines: Sequence[Line],
    rewards: int = 0,
    rounding: int = 0,
    by_points: int = 0,
    whole: Sequence[int] | None = None,
) -> Basket:
    """The basket of some lines."""
    total = rounding - rewards
    for line in lines:
        total += line.amount
    return Basket(lines, rewards, rounding, by_points, whole, total)


def rewards_of(purchase: Purchase) -> int:
    """The reward discounts of a purchase, in minor units; shop discounts are in the lines already."""
    if not purchase.discounts:
        return 0
    return sum(discount.amount for discount in purchase.discounts if discount.kind == "reward")
