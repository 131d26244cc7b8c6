"""Households and companies that pool: what is earned is shared, what is spent is drawn, nothing is made or lost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from stammis.accrual.outcomes import Accepted, Declined, MemberFields
from stammis.accrual.queries import member_view, pool_view
from stammis.accrual.services import pass_days, verify
from stammis.core.events import AnyEvent, HoldPlaced, Merged, PoolChanged, ReturnLine, Right, Tender, Unmerged
from stammis.ledger.models import Entry
from tests.rooms.till import (
    NOW,
    ONE,
    Till,
    adjusted,
    bought,
    day,
    gives,
    gives_back,
    happened,
    redeems,
    returned,
    status,
)

pytestmark = pytest.mark.django_db


def joins(
    member: str = "anna", share: int = 50, rights: tuple[Right, ...] = ("earn", "spend", "view"), *, left: bool = False
) -> PoolChanged:
    return PoolChanged(occurred_at=NOW, member=member, pool="home", account="", share=share, rights=rights, left=left)


def home(**changes: Any) -> Till:
    till = Till(**changes)
    for member in ("anna", "ben"):
        till.one(MemberFields(member, {}))
    till.one(MemberFields("home", {"name": "Home"}, "household"))
    till.one(joins())
    return till


def test_the_pool_gets_its_share_of_what_is_earned_with_its_last_day() -> None:
    till = home()
    till.one(bought("A-1", 10_100))
    assert (till.active(), till.active("home")) == (51, 50)
    assert len(set(Entry.objects.filter(kind="transfer_in").values_list("ends_at", flat=True))) == 1
    till.one(happened("E-1"))
    assert (till.active(), till.active("home")) == (56, 55)
    assert verify(till.programme) == []


def test_the_pools_share_of_what_comes_back_is_taken_from_the_pool() -> None:
    till = home()
    till.one(bought("A-1", {"1": 300, "2": 200}))
    assert (till.active(), till.active("home")) == (3, 2)
    for number in range(3):
        till.one(returned(f"R-{number}", "A-1", ReturnLine("1", ONE // 3 if number < 2 else None)))
    till.one(returned("R-9", "A-1", "2"))
    assert (till.active(), till.active("home")) == (0, 0)
    assert verify(till.programme) == []


def test_what_the_pool_has_spent_the_member_owes() -> None:
    till = home()
    till.one(bought("A-1", 10_000))
    till.one(adjusted("J", -50, "home"))
    till.one(status("A-1", "cancelled"))
    assert (till.active(), till.active("home")) == (-50, 0)
    assert verify(till.programme) == []


def test_a_member_spends_from_the_pool_what_is_missing() -> None:
    till = home()
    till.one(joins("ben", 0))
    till.one(bought("A-1", 20_000))
    till.one(redeems("X-1", "bag", "ben"))
    assert (till.active("ben"), till.active("home")) == (0, 70)
    till.one(bought("B-1", 5_000, "ben", pay=50))
    assert (till.active("ben"), till.active("home")) == (0, 20)
    assert verify(till.programme) == []


def test_what_the_pool_gave_for_goods_or_a_reward_that_come_back_it_gets_again() -> None:
    till = home()
    till.one(adjusted("J", 100, "home"))
    till.one(adjusted("K", 10))
    before = pool_view(till.programme, "home", NOW)["expiring"]
    till.one(bought("A-1", {"1": 3_000, "2": 1_000}, pay=40))
    assert (till.active(), till.active("home")) == (0, 70)
    till.one(returned("R-1", "A-1", "2"))
    assert till.active() + till.active("home") == 80
    till.one(status("A-1", "cancelled"))
    assert (till.active(), till.active("home")) == (10, 100)
    till.one(status("A-1", "completed"))
    assert (till.active(), till.active("home")) == (0, 80)
    till.one(status("A-1", "cancelled"))
    assert (till.active(), till.active("home")) == (10, 100)
    till.one(redeems("X-1", "bag"))
    assert till.active("home") < 100
    till.one(gives_back("X-1"))
    assert (till.active(), till.active("home")) == (10, 100)
    assert pool_view(till.programme, "home", NOW)["expiring"] == before
    assert verify(till.programme) == []


def test_a_purchase_paid_in_part_by_the_pool_leaves_it_as_before_once_it_comes_back() -> None:
    till = home()
    till.one(joins(share=100))
    till.one(adjusted("J", 50, "home"))
    till.one(bought("A-1", 10_000, pay=40))
    assert (till.active(), till.active("home")) == (0, 70)
    till.one(returned("R-1", "A-1", "1"))
    assert (till.active(), till.active("home")) == (0, 50)
    assert verify(till.programme) == []


@pytest.mark.parametrize("rights", [("earn",), ("view",)])
def test_without_the_right_nothing_is_drawn(rights: tuple[Right, ...]) -> None:
    till = home()
    till.one(joins("ben", 0, rights))
    till.one(bought("A-1", 20_000))
    assert till.no(redeems("X-1", "bag", "ben")).code == "not_enough_points"
    assert till.active("home") == 100


def test_what_the_pool_cannot_cover_is_refused_and_nothing_moves() -> None:
    till = home()
    till.one(bought("A-1", 4_000))
    till.one(joins("ben", 0))
    assert till.no(redeems("X-1", "bag", "ben")).code == "not_enough_points"
    assert till.active("home") == 20
    assert verify(till.programme) == []


def test_who_has_left_keeps_what_is_earned() -> None:
    till = home()
    till.one(bought("A-1", 10_000))
    till.one(joins(left=True))
    till.one(bought("A-2", 10_000))
    assert (till.active(), till.active("home")) == (150, 50)
    assert till.no(joins(left=True)).code == "not_in_pool"
    assert member_view(till.programme, "anna", NOW)["pools"] == []


def test_shares_are_at_most_all() -> None:
    till = home()
    till.one(MemberFields("firm", {}, "company"))
    firm = PoolChanged(occurred_at=NOW, member="anna", pool="firm", account="", share=60)
    assert till.no(firm).detail == {"max": 50}


def test_who_takes_part_is_listed_and_sees_the_pool() -> None:
    till = home()
    till.one(joins("ben", 10, ("earn",)))
    till.one(bought("A-1", 10_000))
    shown = pool_view(till.programme, "home", NOW)
    assert [(part["member"], part["share"], part["rights"]) for part in shown["members"]] == [
        ("anna", 50, ["earn", "spend", "view"]),
        ("ben", 10, ["earn"]),
    ]
    assert shown["wallets"]["points"]["active"] == 50
    (mine,) = member_view(till.programme, "anna", NOW)["pools"]
    assert mine["wallets"]["points"]["active"] == 50
    (theirs,) = member_view(till.programme, "ben", NOW)["pools"]
    assert theirs["wallets"] is None


def test_a_pools_id_is_no_members() -> None:
    till = home()
    assert till.no(MemberFields("home", {"name": "Hanna"})).code == "id_in_use"
    assert till.no(MemberFields("anna", {}, "company")).code == "id_in_use"
    assert till.no(gives("T", 1, "anna", "home")).code == "not_enough_points"


def test_a_gift_to_a_charity_is_a_donation_and_free_of_limits() -> None:
    till = home(transfers={"allowed": "donations", "most": {"points": 1, "per": "day"}})
    till.one(MemberFields("red-cross", {"name": "Red Cross"}, "charity"))
    till.one(joins(left=True))
    till.one(bought("A-1", 10_000))
    till.one(gives("T-1", 40, "anna", "red-cross"))
    assert till.no(gives("T-2", 1)).code == "transfers_off"
    assert (till.active(), till.active("red-cross")) == (60, 40)


acts = st.lists(
    st.tuples(
        st.sampled_from(["buy", "return", "cancel", "give", "redeem", "join", "leave", "merge", "part", "event"]),
        st.sampled_from(["anna", "ben", "cleo"]),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(acts)
def test_nothing_is_made_or_lost_by_transfers_merges_and_pools(steps: list[tuple[str, str, int]]) -> None:
    till = home(rewards=[{"id": "bag", "name": "Bag", "price": 13}])
    till.one(MemberFields("cleo", {}))
    merges = 0
    for number, (what, who, size) in enumerate(steps):
        other = {"anna": "ben", "ben": "cleo", "cleo": "anna"}[who]
        merges += what == "merge"
        event: dict[str, AnyEvent] = {
            "buy": bought(f"P-{number}", {"1": 700 * size + 100, "2": 333}, who),
            "return": returned(f"R-{number}", f"P-{size}", "1"),
            "cancel": status(f"P-{size}", "cancelled"),
            "give": gives(f"T-{number}", size * 3 + 1, who, other),
            "redeem": redeems(f"X-{number}", "bag", who),
            "join": joins(who, size * 10),
            "leave": joins(who, left=True),
            "merge": Merged(occurred_at=NOW, id=f"M-{merges}", member=who, into=other),
            "part": Unmerged(occurred_at=NOW, merge=f"M-{size % 3 + 1}", member=""),
            "event": happened(f"E-{number}", member=who),
        }
        key = ("merge", f"M-{merges}") if what == "merge" else None
        (outcome,) = till.say_as((event[what], key))
        assert isinstance(outcome, Accepted | Declined)
        assert not isinstance(outcome, Declined) or outcome.status < 500, outcome
    rows = Entry.objects.filter(programme=till.programme)
    assert sum(rows.filter(kind__in=["transfer_in", "transfer_out"]).values_list("amount", flat=True)) == 0
    assert verify(till.programme) == []


def waiting_wallet(**changes: Any) -> list[dict[str, Any]]:
    return [{"id": "points", "name": "Points", "pending": {"kind": "days", "days": 14}, **changes}]


def test_of_pending_points_the_pool_has_its_share_once_they_are_active() -> None:
    till = home(wallets=waiting_wallet(), rewards=[])
    till.one(bought("A-1", 10_100))
    till.one(bought("A-2", 1_000))
    assert (till.active(), till.active("home")) == (0, 0)
    till.one(returned("R-2", "A-2", "1"))
    pass_days(day("2026-06-15"))
    till.now = day("2026-06-15")
    assert (till.active(), till.active("home")) == (51, 50)
    till.one(returned("R-1", "A-1", "1", at=till.now))
    assert (till.active(), till.active("home")) == (0, 0)
    assert verify(till.programme) == []


def test_what_becomes_active_before_an_event_is_shared_too() -> None:
    till = home(wallets=waiting_wallet(), rewards=[], now=day("2026-07-01"))
    till.one(joins(share=40))
    till.one(bought("A-1", 10_000, at=NOW))
    till.one(bought("A-2", 1_000, at=day("2026-06-30")))
    assert (till.active(), till.active("home")) == (60, 40)
    assert verify(till.programme) == []


def test_the_pool_has_its_share_of_what_becomes_active_before_a_hold_comes_along() -> None:
    till = home(wallets=waiting_wallet(pays=True, value="1"), rewards=[])
    till.one(MemberFields("old", {}))
    till.one(adjusted("J", 30, "old"))
    hold = HoldPlaced(occurred_at=NOW, id="H-1", member="old", wallet="points", amount=30, seconds=30 * 86_400)
    till.one_as(hold, ("hold", "H-1"))
    till.one(joins(left=True))
    till.one_as(Merged(occurred_at=NOW, id="M-1", member="old", into="anna"), ("merge", "M-1"))
    till.one(joins(share=40))
    till.one(bought("A-1", 10_000))
    till.now = day("2026-06-20")
    till.one(structs.replace(bought("A-2", 3_000, at=till.now), points=Tender("points", 30, "H-1")))
    assert (till.active(), till.active("home")) == (60, 40)
    assert verify(till.programme) == []


def test_pending_points_of_a_merged_account_arrive_once_they_are_active() -> None:
    till = home(wallets=waiting_wallet(), rewards=[])
    till.one(bought("B-1", 5_000, "ben"))
    till.one(joins(left=True))
    till.one_as(Merged(occurred_at=NOW, id="M-1", member="ben", into="anna"), ("merge", "M-1"))
    pass_days(day("2026-06-15"))
    till.now = day("2026-06-15")
    assert till.active("anna") == 50
    till.one(Unmerged(occurred_at=till.now, merge="M-1", member=""))
    assert (till.active("anna"), till.active("ben")) == (0, 50)
    assert verify(till.programme) == []


def test_a_merge_undone_where_no_debt_is_allowed_gives_back_what_is_there() -> None:
    till = home(wallets=[{"id": "points", "name": "Points", "negative_balance": "to_zero"}], rewards=[])
    till.one(bought("B-1", 5_000, "ben"))
    till.one(joins(left=True))
    till.one_as(Merged(occurred_at=NOW, id="M-1", member="ben", into="anna"), ("merge", "M-1"))
    till.one(adjusted("J", -30))
    till.one(Unmerged(occurred_at=NOW, merge="M-1", member=""))
    assert (till.active("anna"), till.active("ben")) == (0, 20)
    assert verify(till.programme) == []
