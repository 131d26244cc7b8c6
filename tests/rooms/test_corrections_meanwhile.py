"""Corrections of what goes on meanwhile: points that expire, purchases that come back, a programme that changes."""

from __future__ import annotations

import datetime as dt

import pytest

from stammis.accrual.services import verify
from stammis.core.events import Merged
from stammis.members.queries import find
from stammis.simulation import queries
from stammis.simulation.models import Correction
from tests.rooms.test_corrections import MEAN, amounts, planned, posted, shop, undone
from tests.rooms.till import NOW, SHOP, Till, bought, day, redeems, returned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hour_later")]
WEEK = [SHOP["wallets"][0] | {"expiry": {"kind": "days", "days": 7}}]


def later(till: Till) -> None:
    till.one(bought("later", 1_000, at=day("2026-05-30")))


def test_of_points_given_too_much_what_has_expired_is_not_taken_again() -> None:
    till = shop(wallets=WEEK)
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    later(till)
    assert till.rows() == [("earn", 60, 60), ("expire", -60, 0), ("earn", 10, 10)]
    assert amounts(planned(till)) == {}


def test_of_points_given_too_much_what_was_spent_before_they_expired_is_taken() -> None:
    till = shop(wallets=WEEK)
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    till.one(redeems("bag", "bag", at=day("2026-01-11")))
    later(till)
    correction = planned(till)
    # of 60 points 30 were spent and 30 expired: 20 were right
    assert amounts(correction) == {"anna": -10}
    assert [line.originals for line in queries.lines(correction)] == [[["purchase", "a", 30, 20]]]
    posted(till, correction)
    assert till.active() == 0
    assert verify(till.programme) == []


def test_of_points_given_too_little_all_is_given_though_what_was_given_has_expired() -> None:
    till = shop(MEAN, wallets=WEEK)
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    later(till)
    assert amounts(planned(till)) == {"anna": 10}


def test_to_whose_purchases_came_back_since_it_was_planned_nothing_is_posted() -> None:
    till = shop()
    till.say(bought("a", 2_000, at=day("2026-01-10")), bought("b", 2_000, "ben", at=day("2026-01-10")))
    correction = planned(till)
    assert queries.late(correction, Correction.Scope.ALL) == set()
    till.now = NOW + dt.timedelta(hours=2)
    till.one(returned("r", "a", "1", at=till.now))
    assert queries.late(correction, Correction.Scope.ALL) == {find(till.programme.id, "anna").id}
    assert queries.late(correction, Correction.Scope.GAINS) == set()
    correction = posted(till, correction)
    assert correction.state == Correction.State.POSTED
    assert [line.because for line in queries.lines(correction, which="refused")] == ["came_back_since"]
    # all 60 points of anna's went back with the goods: 40 more would be debt
    assert (till.active(), till.active("ben")) == (0, 20)
    assert [message.member for message in queries.messages(correction)] == ["ben"]
    undone(till, correction)
    assert amounts(planned(till, name="again")) == {"ben": -40}
    assert verify(till.programme) == []


def test_a_merge_since_it_was_planned_does_not_hide_what_came_back() -> None:
    till = shop()
    till.say(bought("a", 2_000, "old", at=day("2026-01-10")), bought("b", 2_000, at=day("2026-01-10")))
    correction = planned(till)
    till.now = NOW + dt.timedelta(hours=2)
    till.one(returned("r", "a", "1", at=till.now))
    till.one_as(Merged(occurred_at=till.now, id="M", member="old", into="anna"), ("merge", "M"))
    posted(till, correction)
    assert till.active() == 20
    assert verify(till.programme) == []
