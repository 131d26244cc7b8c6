"""Law 3: buying and then returning everything, in any number of parts, leaves all as it was."""

from __future__ import annotations

import random
from typing import NamedTuple

from stammis.accrual.outcomes import Accepted
from stammis.core.calendars import instant, periods
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.tiers import total_on
from stammis.programmes import queries as programmes
from tests.laws import acts
from tests.laws.mill import Mill
from tests.laws.notes import MEMBERS


class Left(NamedTuple):
    """What a purchase may change of a member, as it is at an instant. Caps are those of the period that is running."""

    points: dict[str, tuple[int, int, int]]
    progress: dict[str, int]
    caps: dict[str, tuple[int, int]]


def left_of(standing: Standing, rules: Rules, at: int) -> Left:
    """Tell what a purchase may change."""
    day = rules.calendar.day(at)
    return Left(
        points={
            wallet: (
                standing.purses[wallet].balance if wallet in standing.purses else 0,
                standing.purses[wallet].held if wallet in standing.purses else 0,
                sum(lot.left for lot in standing.pending.get(wallet, ())),
            )
            for wallet in rules.wallets
        },
        progress={
            measure.key: total_on(standing.ranks[measure.key], tiers, day) if measure.key in standing.ranks else 0
            for tiers in rules.tiers
            for measure in tiers.measures
        },
        caps={
            rule.id: (count.points, count.times)
            for rule in rules.book.rules
            if rule.limit is not None
            for count in standing.counts.get(rule.id, ())
            if count.period == periods(day)[rule.limit.period] and (count.points or count.times)
        },
    )


def leaves_all_as_it_was(mill: Mill, dice: random.Random) -> int:
    """Let a member buy and return everything in parts; compare with before. Gives how many steps it took."""
    mill.at = mill.now
    mill.pass_days()
    member, at = dice.choice(MEMBERS), instant(mill.now)
    rules = programmes.versions(mill.programme.id).at(at)
    before = left_of(mill.standing(member), rules, at)
    pays = min(dice.randint(0, 30), max(0, mill.active(member, "points")))
    bought = acts.purchase_of(dice, mill, member, mill.now, pays=pays)
    mill.waiting.append((member, bought))
    (outcome,) = mill.flush()
    if not isinstance(outcome, Accepted):
        return 1
    mill.waiting += [(member, event) for event in acts.parts_of(bought, mill, dice)]
    parts = mill.flush()
    assert all(isinstance(part, Accepted) for part in parts), parts
    refunds = [part.answer.refund for part in parts if isinstance(part, Accepted)]
    assert sum(refund.points for refund in refunds if refund) == (bought.points.amount if bought.points else 0)
    after = left_of(mill.standing(member), rules, at)
    if mill.document["negative_balance"] != "allow_debt":  # only then is everything taken back that was given
        after = after._replace(points=before.points)
    assert after == before, f"{before} became {after}"
    return 1 + len(parts)
