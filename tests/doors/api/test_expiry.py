"""Cases E: what ends when, over HTTP, on the installation's own clock."""

from __future__ import annotations

import datetime as dt

import pytest

from stammis.kit import clock
from stammis.kit.errors import Invalid
from tests.doors.api.installation import Installation
from tests.doors.api.programmes import programme, purchase, wallet


def test_e50_spent_points_do_not_expire_again(fresh: Installation) -> None:
    rewards = [{"id": "bag", "name": "A bag", "price": 100}]
    caller = fresh.caller(fresh.publish(programme(rewards=rewards)))
    caller.did("POST", "purchases", purchase("a", "100.00", at="2026-01-01T12:00:00Z"))  # ends 1 January
    taken = {"id": "r", "member": "anna", "reward": "bag", "occurred_at": "2026-02-01T12:00:00Z"}
    caller.did("POST", "redemptions", taken)
    fresh.pass_until(dt.datetime(2026, 6, 1, 13, tzinfo=dt.UTC))
    caller.did("POST", "purchases", purchase("b", "60.00", at="2026-06-01T12:00:00Z"))
    fresh.pass_until(dt.datetime(2027, 1, 2, 12, tzinfo=dt.UTC))
    assert caller.balance("anna") == 60
    assert [row["amount"] for row in caller.rows("anna")] == [100, -100, 60]


def test_e51_on_day_366_nothing_of_a_lot_is_left_and_the_expiry_is_a_row(fresh: Installation) -> None:
    caller = fresh.caller(fresh.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00", at="2026-03-01T12:00:00Z"))
    member = {"id": "c", "member": "anna", "wallet": "points", "amount": 7, "reason": "goodwill"}
    caller.did("POST", "adjustments", member)
    last_day = dt.datetime(2027, 2, 28, 23, 59, 58, tzinfo=dt.UTC)
    fresh.pass_until(last_day)
    assert caller.balance("anna") == 107
    fresh.pass_until(last_day + dt.timedelta(seconds=2))
    assert caller.balance("anna") == 7
    earned, _adjusted, expired = caller.rows("anna")
    assert (expired["amount"], expired["kind"], expired["occurred_at"]) == (-100, "expire", "2027-03-01T00:00:00Z")
    assert [lot["row"] for lot in expired["lots"]] == [earned["id"]]
    fresh.pass_until(dt.datetime(2027, 4, 1, 12, tzinfo=dt.UTC))  # from any source: the goodwill ends as well
    assert caller.balance("anna") == 0
    assert [row["amount"] for row in caller.rows("anna")] == [100, 7, -100, -7]


def test_a_lot_past_its_end_is_not_spendable_before_its_expiry_is_posted(fresh: Installation) -> None:
    caller = fresh.caller(fresh.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00", at="2026-03-01T12:00:00Z"))
    clock.move(dt.datetime(2027, 3, 1, 0, 0, 1, tzinfo=dt.UTC))
    assert caller.balance("anna") == 0
    assert [row["kind"] for row in caller.rows("anna")] == ["earn"]


def test_e52_the_lot_that_expires_first_is_spent_first(installation: Installation) -> None:
    rewards = [{"id": "bag", "name": "A bag", "price": 120}]
    caller = installation.caller(installation.publish(programme(rewards=rewards)))
    caller.did("POST", "purchases", purchase("A", "100.00", at="2026-03-20T12:00:00Z"))
    caller.did("POST", "purchases", purchase("B", "100.00", at="2026-01-20T12:00:00Z"))
    caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})
    [left] = caller.did("GET", "members/anna")["expiring"]
    assert (left["amount"], left["last_day"]) == (80, "2027-03-19")


def test_e53_a_member_learns_every_date_on_which_points_end(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "30.00", at="2026-02-01T12:00:00Z"))
    caller.did("POST", "purchases", purchase("q", "40.00", at="2026-03-01T12:00:00Z"))
    assert caller.did("GET", "members/anna")["expiring"] == [
        {"wallet": "points", "amount": 30, "last_day": "2027-01-31"},
        {"wallet": "points", "amount": 40, "last_day": "2027-02-28"},
    ]


@pytest.mark.parametrize(
    ("last", "midnight"),
    [
        ("2026-07-31", dt.datetime(2026, 7, 31, 23, tzinfo=dt.UTC)),  # summer time: an hour before UTC's midnight
        ("2026-12-31", dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_e56_points_are_usable_through_their_last_local_day(
    fresh: Installation, last: str, midnight: dt.datetime
) -> None:
    ending = wallet(expiry={"kind": "date", "last": last})
    caller = fresh.caller(fresh.publish(programme(wallets=[ending])))
    caller.did("POST", "purchases", purchase("p", "10.00"))
    fresh.pass_until(midnight - dt.timedelta(seconds=20))
    assert caller.balance("anna") == 10
    fresh.pass_until(midnight)
    assert caller.balance("anna") == 0
    assert caller.rows("anna")[-1]["occurred_at"] == midnight.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_setting_that_cannot_be_honoured_is_refused_with_its_path(installation: Installation) -> None:
    bad = programme(wallets=[wallet(expiry={"kind": "yearly", "month": 2, "day": 30})])
    with pytest.raises(Invalid) as refused:
        installation.publish(bad)
    assert refused.value.errors[0]["pointer"].startswith("/wallets/0/expiry")
