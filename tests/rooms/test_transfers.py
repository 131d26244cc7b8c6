"""Points from one member to another: nothing is made or lost, and each history stands by itself."""

from typing import Any

import pytest

from stammis.accrual.outcomes import Declined
from stammis.accrual.queries import timeline
from stammis.accrual.services import pass_days, verify
from stammis.core.events import Exchange, Transfer
from stammis.ledger.models import Entry
from stammis.members.queries import find
from tests.rooms.till import NOW, Till, adjusted, bought, day, gives

pytestmark = pytest.mark.django_db


def two(**changes: Any) -> Till:
    """A shop with two members, one of whom has 100 points that end in a year."""
    till = Till(**changes)
    till.one(bought("A-1", 10_000, "anna"))
    till.one(bought("B-1", 0, "ben"))
    return till


def test_a_transfer_leaves_the_one_and_reaches_the_other_with_its_last_day() -> None:
    till = two()
    answer = till.one(gives("T-1", 60))
    assert answer.status == 201
    assert till.rows("anna") == [("earn", 100, 100), ("transfer_out", -60, 40)]
    assert till.rows("ben") == [("transfer_in", 60, 60)]
    sent = Entry.objects.get(member_id=find(till.programme.id, "anna").id, row=1)
    got = Entry.objects.get(member_id=find(till.programme.id, "ben").id, row=1)
    assert got.ends_at == sent.ends_at
    assert (got.source_kind, got.source_id) == ("received", "T-1")
    assert verify(till.programme) == []


def test_the_same_transfer_again_moves_nothing() -> None:
    till = two()
    first = till.one(gives("T-1", 60))
    again = till.one(gives("T-1", 60))
    assert again.replay
    assert again.answer.effects == first.answer.effects
    assert till.no(gives("T-1", 50)).code == "id_reused"
    assert (till.active("anna"), till.active("ben")) == (40, 60)


def test_more_than_there_is_moves_nothing() -> None:
    till = two()
    refused = till.no(gives("T-1", 101))
    assert (refused.status, refused.code) == (409, "not_enough_points")
    assert till.rows("ben") == []


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (gives("T-1", 10, to="nobody"), "unknown_receiver"),
        (gives("T-1", 10, giver="nobody", to="anna"), "unknown_member"),
        (gives("T-1", 10, to="anna"), "same_member"),
    ],
)
def test_both_sides_are_known_and_two(event: Transfer, code: str) -> None:
    refused = two().no(event)
    assert (refused.status, refused.code) == (422, code)


def test_points_that_ended_are_not_given() -> None:
    till = two(now=day("2027-07-01"))
    refused = till.no(gives("T-1", 10, at=day("2027-07-01")))
    assert (refused.code, refused.reason) == ("not_enough_points", "expired")


def test_what_is_received_expires_with_the_lot_it_came_from() -> None:
    till = two()
    till.one(gives("T-1", 60))
    pass_days(day("2027-07-01"))
    till.now = day("2027-07-01")
    assert till.rows("ben")[-1] == ("expire", -60, 0)
    assert verify(till.programme) == []


@pytest.mark.parametrize(
    ("transfers", "amount", "code"),
    [
        ({"allowed": "none"}, 10, "transfers_off"),
        ({"allowed": "donations"}, 10, "transfers_off"),
        ({"minimum": 20}, 10, "below_minimum"),
        ({"most": {"points": 50, "per": "month"}}, 51, "transfer_limit"),
        ({"wallets": ["points"]}, 10, None),
    ],
)
def test_a_programme_limits_transfers(transfers: dict[str, object], amount: int, code: str | None) -> None:
    till = two(transfers=transfers)
    (outcome,) = till.say(gives("T-1", amount))
    assert (outcome.code if isinstance(outcome, Declined) else None) == code


def test_a_limit_counts_the_month() -> None:
    till = two(transfers={"most": {"points": 50, "per": "month"}}, now=day("2026-07-01"))
    till.one(gives("T-1", 30, at=day("2026-06-20")))
    assert till.no(gives("T-2", 30, at=day("2026-06-30"))).detail == {"max": 20}
    till.one(gives("T-2", 30, at=day("2026-07-01", "00:00")))


def test_received_points_first_fill_a_debt() -> None:
    till = two()
    till.one(adjusted("J", -30, "ben"))
    till.one(gives("T-1", 60))
    assert till.active("ben") == 30
    assert verify(till.programme) == []


def test_points_change_wallets_in_whole_steps() -> None:
    wallets = [{"id": "points", "name": "Points"}, {"id": "miles", "name": "Miles", "decimals": 1}]
    till = two(wallets=wallets, exchange=[{"from": "points", "to": "miles", "each": 10, "gives": 3, "minimum": 20}])
    swap = Exchange(occurred_at=NOW, id="X-1", member="anna", wallet="points", to="miles", amount=45)
    assert till.no(swap).code == "no_whole_steps"
    assert till.no(Exchange(occurred_at=NOW, id="X", member="anna", wallet="points", to="miles", amount=10)).code == (
        "below_minimum"
    )
    assert till.no(Exchange(occurred_at=NOW, id="X", member="anna", wallet="miles", to="points", amount=10)).code == (
        "no_exchange"
    )
    till.one(Exchange(occurred_at=NOW, id="X-1", member="anna", wallet="points", to="miles", amount=40))
    assert (till.active("anna"), till.active("anna", "miles")) == (60, 120)
    assert verify(till.programme) == []


def test_the_timeline_tells_both_sides() -> None:
    till = two()
    till.one(gives("T-1", 60))
    told = [timeline(find(till.programme.id, who).id, language="en").rows[0]["sentence"] for who in ("anna", "ben")]
    assert told == ["Gave points to ben.", "Got points from anna."]
