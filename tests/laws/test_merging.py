"""Merging: two members made one and parted again stand as before, whatever they had, and nothing is made or lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.accrual.outcomes import Accepted, Item, Outcome
from stammis.accrual.services import record
from stammis.core.calendars import instant
from stammis.core.events import AnyEvent, Merged, Unmerged
from stammis.core.fold import as_of
from stammis.core.standing import Lot, Standing
from stammis.core.views import tier_view
from stammis.programmes import queries as programmes_queries
from tests.laws import acts
from tests.laws.mill import Mill
from tests.laws.programmes import programmes
from tests.laws.returning import left_of
from tests.laws.runs import length

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.xdist_group("laws")]
BOTH = ("anna", "bert")
KINDS = (
    *("buy",) * 6,
    *("return",) * 3,
    "status",
    "order",
    "settle",
    "event",
    "event",
    "hold",
    "redeem",
    "adjust",
    "level",
    "level",
)


class Read(NamedTuple):
    """An account as it reads at an instant, without the numbers of its rows and events."""

    left: object
    levels: dict[str, str | None]
    lots: dict[str, dict[int | None, int]]
    rest: tuple[object, ...]


def read(mill: Mill, member: str) -> Read:
    """Tell how a member stands now."""
    at = instant(mill.now)
    rules = programmes_queries.versions(mill.programme.id).at(at)
    standing: Standing = as_of(mill.standing(member), at, rules)
    return Read(
        left_of(standing, rules, at),
        tier_view(standing, rules, at),
        {wallet: {} if purse.debt else ending(purse.lots) for wallet, purse in standing.purses.items() if purse.lots},
        (standing.counts, standing.purchases, standing.past, standing.pending, standing.holds, by_hand(standing)),
    )


def ending(lots: Iterable[Lot]) -> dict[int | None, int]:
    """Tell how many points end when."""
    found = Counter[int | None]()
    for lot in lots:
        found[lot.ends_at] += lot.left
    return dict(found)


def by_hand(standing: Standing) -> dict[str, Any]:
    """Tell which levels a person gave."""
    return {name: stay.by_hand for name, stay in standing.stays.items() if stay.by_hand is not None}


def lives(mill: Mill, dice: random.Random, steps: int) -> None:
    """Let things happen to both members."""
    for _ in range(steps):
        kind = dice.choice(KINDS)
        mill.waiting += acts.events_of(kind, dice.randrange(2**24), mill, BOTH)
    mill.at = mill.now
    mill.pass_days()


def does(mill: Mill, event: AnyEvent, key: tuple[str, str] | None = None) -> Outcome:
    """Record an act between the two."""
    [outcome] = record([Item(mill.programme.id, event, key)], now=mill.now)
    mill.enter()
    return outcome


def merge(mill: Mill, id: str) -> Outcome:
    """Make them one."""
    return does(mill, Merged(occurred_at=mill.now, id=id, member="bert", into="anna"), ("merge", id))


def part(mill: Mill, id: str) -> Outcome:
    """Part them again."""
    return does(mill, Unmerged(occurred_at=mill.now, merge=id, member=""))


@given(document=programmes(), seed=st.integers(0, 2**24), steps=st.integers(3, 14))
@length(examples=25, steps=1)
def test_two_members_made_one_and_parted_again_stand_as_before(document: dict[str, Any], seed: int, steps: int) -> None:
    mill, dice = Mill(document), random.Random(seed)
    lives(mill, dice, steps)
    before = [read(mill, member) for member in BOTH]
    if not isinstance(merge(mill, "M-1"), Accepted):
        mill.close()
        return  # one of them never came to be
    assert isinstance(part(mill, "M-1"), Accepted)
    after = [read(mill, member) for member in BOTH]
    if mill.document["negative_balance"] == "allow_debt":
        assert after == before
    assert [each.rest for each in after] == [each.rest for each in before]
    assert [each.levels for each in after] == [each.levels for each in before]
    merged_again = merge(mill, "M-2")
    assert isinstance(merged_again, Accepted)
    lives(mill, dice, steps)
    part(mill, "M-2")
    lives(mill, dice, 3)
    assert mill.differences() == [], "law 6: folding everything again gives what is stored"
    mill.close()
