"""A law: how events are grouped makes no difference to what they are worth."""

import datetime as dt
import gc
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammis.accrual.outcomes import Accepted, Declined, MemberFields, Outcome
from stammis.accrual.queries import standing_of
from stammis.accrual.services import verify
from stammis.core.events import AnyEvent, ReturnLine
from stammis.core.standing import Standing
from stammis.members.queries import UnknownMember, find
from tests.rooms.till import NOW, Till, adjusted, bought, gives_back, happened, redeems, returned, status

pytestmark = pytest.mark.django_db

MEMBERS = st.sampled_from(["anna", "bert"])
IDS = st.sampled_from("abcdef")
TIMES = st.integers(0, 700).map(lambda days: NOW - dt.timedelta(days=days))
STATUSES = st.sampled_from(["placed", "completed", "cancelled", "nonsense"])
EVENTS: st.SearchStrategy[AnyEvent | MemberFields] = st.one_of(
    st.builds(
        bought,
        IDS,
        st.lists(st.integers(0, 90_000), min_size=1, max_size=3),
        MEMBERS,
        at=TIMES,
        status=STATUSES,
        pay=st.sampled_from([0, 0, 0, 20]),
    ),
    st.builds(status, IDS, STATUSES, at=TIMES),
    st.builds(lambda id, of, at: returned(id, of, "1", at=at), IDS, IDS, TIMES),
    st.builds(
        lambda id, of, cents, at: returned(id, of, ReturnLine("1", amount=cents), at=at),
        IDS,
        IDS,
        st.integers(1, 9_000),
        TIMES,
    ),
    st.builds(happened, IDS, st.just("review"), MEMBERS, at=TIMES),
    st.builds(redeems, IDS, st.sampled_from(["mug", "bag"]), MEMBERS, at=TIMES),
    st.builds(gives_back, IDS, at=TIMES),
    st.builds(adjusted, IDS, st.integers(-300, 300).filter(bool), MEMBERS, at=TIMES),
    st.builds(lambda member, label: MemberFields(member, {"labels": [label]}), MEMBERS, st.sampled_from(["x", "y"])),
)


def told(outcome: Outcome) -> object:
    """An outcome without what differs from one programme to the other: ids and codes."""
    if isinstance(outcome, Declined):
        return outcome
    assert isinstance(outcome, Accepted)
    answer = outcome.answer
    return outcome.status, outcome.replay, answer.seq, answer.steps, answer.amounts, answer.refund, answer.wallets


def standing(till: Till, member: str) -> Standing:
    try:
        return standing_of(find(till.programme.id, member).id)
    except UnknownMember:
        return Standing()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EVENTS, min_size=1, max_size=25), st.sets(st.integers(1, 24), max_size=4))
def test_events_in_one_group_in_some_or_each_alone_give_the_same(
    events: list[AnyEvent | MemberFields], cuts: set[int]
) -> None:
    together, parted, alone = Till(), Till(), Till()
    bounds = [0, *sorted(cut for cut in cuts if cut < len(events)), len(events)]
    first = [told(outcome) for outcome in together.say(*events)]
    second = [told(outcome) for start, end in pairwise(bounds) for outcome in parted.say(*events[start:end])]
    third = [told(outcome) for event in events for outcome in alone.say(event)]
    assert first == second == third
    for member in ("anna", "bert"):
        assert standing(together, member) == standing(parted, member) == standing(alone, member)
    for till in (together, parted, alone):
        assert not verify(till.programme)


def test_what_a_group_had_loaded_is_gone_when_it_is_recorded_and_waits_for_no_collector() -> None:
    till = Till()
    left = []
    for turn in range(4):  # what others leave meanwhile they leave once
        till.say(MemberFields("anna", {"name": "Anna"}), bought(f"a-{turn}", [500], "anna"))
        gc.collect()
        gc.disable()
        try:
            changed = MemberFields("anna", {"name": f"Anna {turn}."})
            till.say(changed, bought(f"b-{turn}", [700], "anna"), returned(f"r-{turn}", f"a-{turn}", "1"))
            left.append(gc.collect())
        finally:
            gc.enable()
    assert left.count(0) >= 3
