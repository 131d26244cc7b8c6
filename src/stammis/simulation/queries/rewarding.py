"""What rewards cost in both runs, with intervals: by what one of them costs, else by the worth of its points."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import msgspec

from stammis.core.amounts import whole_units
from stammis.core.currencies import DECIMALS
from stammis.core.rules import Rules
from stammis.simulation.estimates import Counted, Estimate, totals


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """A reward in both runs: how many were taken and not given back, and the points paid, of the members looked at.

    Money is in minor units, of all members: ``cost_today`` and ``cost_tried`` is what those rewards cost,
    ``cost_minor`` the difference. It is the declared cost of one (``each_minor``, today and tried), else what the
    points are worth; None where neither is known.
    """

    reward: str
    wallet: str
    taken_today: int
    taken_tried: int
    points_today: int
    points_tried: int
    each_minor: tuple[int | None, int | None]
    cost_today: Estimate | None
    cost_tried: Estimate | None
    cost_minor: Estimate | None


_TAKEN = """
CREATE TEMP TABLE taken AS
WITH rows AS (
    SELECT 'today' AS side, member_id, reward::VARCHAR AS reward, wallet::VARCHAR AS wallet, taken - given_back AS n,
           points FROM today_rewards
    UNION ALL
    SELECT 'tried', member_id, reward::VARCHAR, wallet::VARCHAR, taken - given_back, points FROM tried_rewards
), paid AS (
    SELECT rows.*, CASE
        WHEN p.each IS NOT NULL THEN n * p.each
        WHEN v.num IS NOT NULL THEN sign(points) * (abs(points)::HUGEINT * v.num // v.den)
        END::BIGINT AS money
    FROM rows LEFT JOIN prices AS p USING (side, reward) LEFT JOIN worth AS v USING (side, wallet)
)
SELECT member_id, reward, wallet,
       coalesce(sum(n) FILTER (side = 'today'), 0)::BIGINT AS today,
       coalesce(sum(n) FILTER (side = 'tried'), 0)::BIGINT AS tried,
       coalesce(sum(points) FILTER (side = 'today'), 0)::BIGINT AS points_today,
       coalesce(sum(points) FILTER (side = 'tried'), 0)::BIGINT AS points_tried,
       coalesce(sum(money) FILTER (side = 'today'), 0)::BIGINT AS money_today,
       coalesce(sum(money) FILTER (side = 'tried'), 0)::BIGINT AS money_tried,
       bool_and(money IS NOT NULL) AS known
FROM paid GROUP BY member_id, reward, wallet
"""
_SUMS = """
SELECT reward, wallet, sum(today)::BIGINT, sum(tried)::BIGINT, sum(points_today)::BIGINT, sum(points_tried)::BIGINT,
       bool_and(known),
       sum(money_today)::BIGINT, sum(money_today::DOUBLE * money_today),
       sum(money_tried)::BIGINT, sum(money_tried::DOUBLE * money_tried),
       sum(money_tried - money_today)::BIGINT, sum((money_tried - money_today)::DOUBLE * (money_tried - money_today))
FROM taken GROUP BY reward, wallet ORDER BY reward, wallet
"""


def lay_out_rewards(db: duckdb.DuckDBPyConnection, today: Rules, tried: Rules) -> None:
    """Make the table ``taken`` (by member and reward) beside those of ``changes.lay_out``."""
    db.execute("CREATE TEMP TABLE prices (side VARCHAR, reward VARCHAR, each BIGINT)")
    rows = [
        (side, reward, each)
        for side, rules in (("today", today), ("tried", tried))
        for reward, each in prices(rules).items()
    ]
    if rows:
        db.executemany("INSERT INTO prices VALUES (?, ?, ?)", rows)
    db.execute(_TAKEN)


def prices(rules: Rules) -> dict[str, int]:
    """Give what one of a reward costs in minor units, of those that say it."""
    decimals = DECIMALS[rules.programme.currency]
    return {
        reward.id: whole_units(reward.cost, decimals) for reward in rules.programme.rewards if reward.cost is not None
    }


def rewards(db: duckdb.DuckDBPyConnection, today: Rules, tried: Rules, counted: Counted) -> Iterator[Reward]:
    """Tell what each reward that somebody took cost, today and as tried."""
    each = prices(today), prices(tried)
    for reward, wallet, n, then, paid, would, known, *money in db.execute(_SUMS).fetchall():
        told = totals(money, counted) if known else (None, None, None)
        yield Reward(
            reward=reward,
            wallet=wallet,
            taken_today=n,
            taken_tried=then,
            points_today=paid,
            points_tried=would,
            each_minor=(each[0].get(reward), each[1].get(reward)),
            cost_today=told[0],
            cost_tried=told[1],
            cost_minor=told[2],
        )
