"""A sample scaled up: what its points come to for all members, with how far off that may be."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import duckdb
import msgspec

from stammis.simulation.estimates import Counted, Estimate, total
from stammis.simulation.tallies import MOVES

NAMES = ("opening", *MOVES, "closing")
"""What is estimated of a wallet: what was there, how points moved, what is outstanding at the end."""


class Scaled(msgspec.Struct, frozen=True, kw_only=True):
    """What something comes to for all members, today and tried, and the difference."""

    today: Estimate
    tried: Estimate
    change: Estimate


class Both(NamedTuple):
    """Sums over members of what they have today and as tried, of the squares of both, and of their product."""

    today: int = 0
    tried: int = 0
    today_squared: float = 0.0
    tried_squared: float = 0.0
    product: float = 0.0

    def weighed(self, counted: Counted, today: Fraction | int, tried: Fraction | int) -> Estimate:
        """Estimate the total of both, each times so much."""
        u, v = float(today), float(tried)
        squares = u * u * self.today_squared + v * v * self.tried_squared + 2 * u * v * self.product
        return total(int(today * self.today + tried * self.tried), squares, counted)

    def scaled(self, counted: Counted, each: tuple[Fraction | int, Fraction | int] = (1, 1)) -> Scaled:
        """Estimate both sides, of which one counts as much as ``each`` says, and the difference."""
        return Scaled(
            today=self.weighed(counted, each[0], 0),
            tried=self.weighed(counted, 0, each[1]),
            change=self.weighed(counted, -each[0], each[1]),
        )


Moves = dict[str, Both]
"""Of a wallet, by ``NAMES``."""


def moves(db: duckdb.DuckDBPyConnection) -> dict[str, Moves]:
    """Add up by wallet what members had and how points moved, on both sides."""
    sides = (
        f"(SELECT * REPLACE (wallet::VARCHAR AS wallet), active + pending + held AS closing FROM {side}_purses)"  # noqa: S608 - names of our own
        for side in ("today", "tried")
    )
    asked = ", ".join(_asked(name) for name in NAMES)
    rows = db.execute(
        f"SELECT wallet, {asked} FROM {next(sides)} AS a FULL JOIN {next(sides)} AS b USING (member_id, wallet)"  # noqa: S608 - the same
        " GROUP BY wallet"
    ).fetchall()
    return {row[0]: dict(_by_name(row[1:])) for row in rows}


def _asked(name: str) -> str:
    a, b = f"coalesce(a.{name}, 0)", f"coalesce(b.{name}, 0)"
    squares = (f"sum({one}::DOUBLE * {other})" for one, other in ((a, a), (b, b), (a, b)))
    return ", ".join((f"sum({a})::BIGINT", f"sum({b})::BIGINT", *squares))


def _by_name(sums: tuple[float, ...]) -> Iterator[tuple[str, Both]]:
    width = len(Both._fields)
    for place, name in enumerate(NAMES):
        today, tried, *squares = sums[place * width : (place + 1) * width]
        yield name, Both(int(today), int(tried), *squares)


def estimated(found: Moves | None, counted: Counted) -> dict[str, Scaled]:
    """Estimate all of a wallet; nothing in it is nothing for all members as well."""
    found = found or {}
    return {name: found.get(name, Both()).scaled(counted) for name in NAMES}


def worth_of(found: Moves | None, each: tuple[Fraction, Fraction], counted: Counted) -> Scaled:
    """Estimate what is outstanding in money, by what a smallest unit is worth on each side."""
    return (found or {}).get("closing", Both()).scaled(counted, each)
