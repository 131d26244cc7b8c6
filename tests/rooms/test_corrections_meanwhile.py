"""Corrections of what goes on meanwhile: points that expire, purchases that come back, a programme that changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from stammis.accrual.services import verify
from stammis.kit import clock
from stammis.simulation import queries
from tests.rooms.test_corrections import MEAN, amounts, planned, posted, shop
from tests.rooms.till import NOW, SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db
WEEK = [SHOP["wallets"][0] | {"expiry": {"kind": "days", "days": 7}}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    return tmp_path


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
