"""Laws 1 to 6 on a real PostgreSQL: whatever happens to members, in whatever order, points are neither made nor lost.

A step is something told to the services. Steps are recorded many at a time, in one transaction.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from stammis.accrual.outcomes import Accepted
from stammis.accrual.services import record
from stammis.core.events import Merged, Unmerged
from tests.laws import acts
from tests.laws.mill import Mill, Published, Said, ledger_of, told_again
from tests.laws.programmes import programmes, with_other_periods
from tests.laws.returning import leaves_all_as_it_was
from tests.laws.runs import LONG, counted, length

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.xdist_group("laws")]
seeds = st.integers(0, 2**24)
sayings = st.lists(st.tuples(st.sampled_from(acts.KINDS), seeds), min_size=1, max_size=12)
ENDS = ("", "", "days pass", "told again", "buy and return", "version")


class Laws(RuleBasedStateMachine):
    """Members of a programme at random, to whom anything may happen."""

    mill: Mill

    @initialize(document=programmes())
    def begins(self, document: dict[str, Any]) -> None:
        """A programme is published."""
        self.mill = Mill(document)

    @rule(sayings=sayings, then=st.sampled_from(ENDS), seed=seeds)
    def things_happen(self, sayings: list[tuple[str, int]], then: str, seed: int) -> None:
        """Laws 1, 4 and 5 are looked at whenever something was recorded: see ``tests.laws.books``."""
        for kind, each in sayings:
            events = acts.events_of(kind, each, self.mill)
            counted[kind] += len(events)
            if kind in ("merge", "part"):  # told by themselves: they look at what was recorded before
                self.mill.flush()
            self.mill.waiting += events
            if kind in ("merge", "part"):
                self.mill.flush()
        self.mill.flush()
        match then:
            case "days pass":
                self.mill.pass_days()
                counted[then] += 1
            case "told again":
                self.is_told_again(seed)
            case "buy and return":
                counted[then] += leaves_all_as_it_was(self.mill, random.Random(seed))
            case "version":
                self.mill.pass_days()
                document = with_other_periods(self.mill.document, random.Random(seed))
                counted[then] += document != self.mill.document
                self.mill.publish(Published(document, self.mill.now))
            case _:
                pass

    def is_told_again(self, seed: int) -> None:
        """Law 2: whatever has an id is taken once. What waited and was refused then has lost its id again."""
        said = [each for each in self.mill.said if isinstance(each, Said) and not each.waited]
        named = [each for each in said if getattr(each.item, "id", None)]
        said = random.Random(seed).choices(named, k=min(4, len(named)))
        counted["told again"] += len(said)
        before = {member: books.events for member, books in self.mill.books.items()}
        for outcome in record([self.mill.item(each.item) for each in said], now=self.mill.now):
            assert isinstance(outcome, Accepted)
            assert outcome.replay
        self.mill.enter()
        assert {member: books.events for member, books in self.mill.books.items()} == before

    def teardown(self) -> None:
        """In the end all due days pass, everything is folded again, and now and then told in another order."""
        mill = getattr(self, "mill", None)
        if mill is None:
            return
        mill.pass_days()
        mill.views_agree()
        assert mill.differences() == [], "law 6: folding everything again gives what is stored"
        accepted = Counter(type(each.item) for each in mill.said if isinstance(each, Said))
        counted["merged"] += accepted[Merged]
        counted["parted"] += accepted[Unmerged]
        if mill.said and mill.ids % 3 == 0:
            other = told_again(mill, random.Random(mill.ids))
            counted["in another order"] += sum(isinstance(each, Said) for each in mill.said)
            assert ledger_of(other) == ledger_of(mill), "law 2: what happens to different members commutes"
            other.close()
        mill.close()


def test_laws_1_to_6_hold_whatever_happens_to_members(capsys: pytest.CaptureFixture[str]) -> None:
    counted.clear()
    run_state_machine_as_test(Laws, settings=length(examples=20, steps=10))
    assert counted["buy"] > 50
    assert counted["in another order"]
    assert counted["version"] > 5
    assert counted["merge"] > 5
    assert min(counted["merged"], counted["parted"]) > 2, "most are refused"
    if LONG:
        with capsys.disabled():
            print(f"\n{sum(counted.values())} steps: {dict(counted)}")
