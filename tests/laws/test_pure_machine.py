"""Laws 1, 3, 5, 6 and 8 in the heart alone, without a database: many more steps in the same time."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from stammis.accrual.outcomes import MemberFields
from stammis.core.calendars import PERIODS, first_day, instant, periods
from stammis.core.effects import Decision, Refused, Step
from stammis.core.events import AnyEvent, Happening, MemberChanged, Purchase
from stammis.core.fold import apply
from stammis.core.remains import remains
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.world import World
from tests.core.course import Course
from tests.laws import acts
from tests.laws.books import Books
from tests.laws.notes import Notes
from tests.laws.programmes import programmes, with_other_periods
from tests.laws.returning import left_of
from tests.laws.runs import LONG, counted, length

ALONE = tuple(kind for kind in acts.KINDS if kind not in ("transfer", "early", "merge", "part"))
"""What happens to one member, and is told in the order in which it happened."""
ENDS = ("", "", "days pass", "buy and return", "version")
seeds = st.integers(0, 2**24)
sayings = st.lists(st.tuples(st.sampled_from(ALONE), seeds), min_size=1, max_size=12)


class HeartLaws(RuleBasedStateMachine):
    """A member of a programme at random, to whom anything may happen."""

    @initialize(document=programmes())
    def begins(self, document: dict[str, Any]) -> None:
        """A programme is compiled, and a member takes part in it."""
        self.document = {key: value for key, value in document.items() if key != "from"}
        self.course = Course(self.document)
        self.notes, self.books = Notes(), Books()
        self.entered = 0

    def happens(self, event: AnyEvent | MemberFields) -> Decision:
        """Let something happen, and enter it in the books."""
        if isinstance(event, MemberFields):
            fields = event.fields
            event = MemberChanged(
                occurred_at=self.notes.now, labels=tuple(fields["labels"]), attributes=fields["attributes"]
            )
        decision = self.course.happens(event)
        self.enter()
        return decision

    def enter(self) -> None:
        """Laws 1, 5 and 8: see ``tests.laws.books``; and orders are awaited as long as they are placed, no longer."""
        log = self.course.log
        for event, decision, _ in log[self.entered :]:
            if not (decision.effects and isinstance(decision.effects[0], Refused)):
                self.books.enter(event, decision.effects, decision.steps)
                assert all(part_by_part(step) == step.points for step in decision.steps if step.because != "returned")
        self.entered = len(log)
        self.books.agree(self.course.standing)
        awaited = self.course.standing.awaited
        placed = sum(state.state == "placed" and self.is_left(id) for id, state in self.course.states.items())
        assert (placed if self.course.rules.looks_back else 0) == (
            0 if awaited is None else sum(number for _, _, number in awaited.orders)
        )

    def is_left(self, id: str) -> bool:
        """Tell whether something of a purchase was not brought back."""
        state = self.course.states[id]
        purchase = self.course.purchases[id]
        return not remains(purchase, state.returned, state.lowered, self.course.versions[id], paid=False).none

    @rule(sayings=sayings, then=st.sampled_from(ENDS), seed=seeds)
    def things_happen(self, sayings: list[tuple[str, int]], then: str, seed: int) -> None:
        """Anything may happen."""
        for kind, each in sayings:
            counted[kind] += 1
            for _, event in acts.events_of(kind, each, self.notes, ("anna",)):
                self.happens(event)
        if then:
            counted[then] += 1
            self.course.pass_time(instant(self.notes.now))
            self.enter()
            self.books.nothing_due(instant(self.notes.now))
        if then == "buy and return":
            self.buys_and_returns(random.Random(seed))
        elif then == "version":
            self.version_changes(random.Random(seed))

    def version_changes(self, dice: random.Random) -> None:
        """Another version is published between two purchases: caps count by other kinds of periods from now on."""
        self.notes.at = self.notes.now
        self.happens(acts.purchase_of(dice, self.notes, "anna", self.notes.now))
        changed = with_other_periods(self.document, dice)
        counted["other periods"] += changed != self.document
        self.course.publish(changed)
        self.happens(acts.purchase_of(dice, self.notes, "anna", self.notes.now))

    def counts_are_what_was_given(self) -> None:
        """What is used of a cap in a period of its kind is what was given in it, less what was taken back."""
        course, found = self.course, Counter[tuple[str, str, int, str]]()
        given: list[tuple[Purchase | Happening, Rules, dict[str, int]]] = [
            (course.purchases[id], course.versions[id], state.given)
            for id, state in course.states.items()
            if state.state == "completed"
        ]
        for (event, decision, _), (rules, _) in zip(course.log, course.decided_by, strict=True):
            if isinstance(event, Happening):
                given.append((event, rules, {step.rule: step.points for step in decision.steps if step.applied}))
        for event, rules, parts in given:
            numbers = periods(rules.calendar.day(instant(event.occurred_at)))
            for key, place in rules.book.limits:
                period = (key, PERIODS[place], first_day(numbers[place]))
                found[*period, "points"] += parts.get(key, 0)
                found[*period, "times"] += parts.get(key, 0) > 0
        used = Counter[tuple[str, str, int, str]]()
        for key, counts in course.standing.counts.items():
            for count in counts:
                period = (key, PERIODS[count.period % 10] if count.period else "ever", first_day(count.period))
                used += Counter({(*period, "points"): count.points, (*period, "times"): count.times})
        assert +found == +used

    def buys_and_returns(self, dice: random.Random) -> None:
        """Law 3: buying and returning everything leaves all as it was."""
        self.notes.at = self.notes.now
        rules, at = self.course.rules, instant(self.notes.now)
        before = left_of(self.course.standing, rules, at)
        pays = min(dice.randint(0, 30), max(0, self.books.of("points").active))
        bought = acts.purchase_of(dice, self.notes, "anna", self.notes.now, pays=pays)
        if isinstance(self.happens(bought).effects[0], Refused):
            return
        for part in acts.parts_of(bought, self.notes, dice):
            counted["part"] += 1
            self.happens(part)
        after = left_of(self.course.standing, rules, at)
        if rules.programme.negative_balance != "allow_debt":
            after = after._replace(points=before.points)
        assert after == before, f"{before} became {after}"

    def teardown(self) -> None:
        """Law 6: folding all events again, as they are stored, gives the same."""
        if not hasattr(self, "course"):
            return
        self.counts_are_what_was_given()
        standing = Standing(enrolled=True)
        for (event, decision, world), versions in zip(self.course.log, self.course.decided_by, strict=True):
            kept = msgspec.convert(msgspec.to_builtins(world), World)
            told = msgspec.json.decode(msgspec.json.encode(event), type=AnyEvent)
            again, after = apply(told, msgspec.structs.replace(kept, standing=standing), *versions)
            assert again == decision
            standing = msgspec.json.decode(msgspec.json.encode(after.standing), type=Standing)
        assert without_hint(standing) == without_hint(self.course.standing)


def part_by_part(step: Step) -> int:
    """What a step gave in the parts of a purchase that crossed a level, or in its one piece."""
    parts = range(1, int(step.saw.get("parts") or 0) + 1)
    counted["crossing"] += len(parts) > 1
    return sum(int(step.saw.get(f"part_{part}_points") or 0) for part in parts) if parts else step.points


def without_hint(standing: Standing) -> Standing:
    return msgspec.structs.replace(standing, due_at=None)


def test_the_laws_hold_in_the_heart_alone(capsys: pytest.CaptureFixture[str]) -> None:
    counted.clear()
    run_state_machine_as_test(HeartLaws, settings=length(examples=25, steps=10))
    assert counted["buy"] > 100
    assert min(counted["part"], counted["settle"], counted["other periods"]) > 0
    if LONG:
        with capsys.disabled():
            print(f"\n{sum(counted.values())} steps: {dict(counted)}")
