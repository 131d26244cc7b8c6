"""What counted in a merged account counts in the other: levels, caps, conditions; parted, it counts there again."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs

from stammis.accrual.outcomes import Accepted
from stammis.accrual.queries import hold_view, member_view, open_holds, standing_of, timeline
from stammis.accrual.services import change_member, give_level, pass_days, verify
from stammis.core.events import HoldCaptured, HoldPlaced, HoldReleased, Purchase, Tender
from stammis.core.standing import Standing
from stammis.members.queries import find
from tests.rooms.test_merges import merges, parts
from tests.rooms.till import NOW, SHOP, Till, adjusted, bought, day, happened, returned, status

pytestmark = pytest.mark.django_db
LEVELS = [{"id": id, "name": id, "at": at} for id, at in (("basic", 0), ("silver", 100), ("gold", 1000))]
CALENDAR = {"kind": "calendar"}
YEARS: dict[str, Any] = {"id": "level", "name": "Level", "counts": "spend", "levels": LEVELS, "cycle": CALENDAR}


def level(till: Till, member: str = "anna") -> str | None:
    found: dict[str, str | None] = member_view(till.programme, member, till.now)["tiers"]
    return found["level"]


def ids(till: Till, *members: str) -> list[uuid.UUID]:
    return [find(till.programme.id, member).id for member in members]


def read(member: uuid.UUID) -> dict[str, Any]:
    """What counts in an account, as far as it is no number of a row or an event."""
    standing: Standing = standing_of(member)
    return {
        "purses": {
            wallet: (sorted((lot.left, lot.ends_at) for lot in purse.lots), purse.debt, purse.held)
            for wallet, purse in standing.purses.items()
        },
        "levels": {name: rank.level for name, rank in standing.ranks.items()},
        "progress": {name: rank.days for name, rank in standing.ranks.items() if rank.days},
        "rest": (standing.counts, standing.purchases, standing.past, standing.stays, standing.pending, standing.holds),
    }


def test_a_merge_makes_the_level_that_both_make_together_and_parting_takes_it_back() -> None:
    till = Till()
    till.one(bought("A-1", 60_000, "anna"))
    till.one(bought("O-1", 50_000, "old"))
    both = ids(till, "anna", "old")
    before = [read(member) for member in both]
    assert level(till) == "basic"
    merges(till)
    assert level(till) == level(till, "old") == "gold"
    told = [each["sentence"] for each in timeline(both[0], language="en").rows]
    assert "What counted in a merged account counts here." in told
    till.one(parts())
    assert [read(member) for member in both] == before
    assert (level(till), level(till, "old")) == ("basic", "basic")
    assert verify(till.programme) == []


def test_parting_leaves_what_was_bought_meanwhile() -> None:
    till = Till()
    till.one(bought("A-1", 60_000, "anna"))
    till.one(bought("O-1", 50_000, "old"))
    both = ids(till, "anna", "old")
    merges(till)
    till.one(bought("O-2", 45_000, "old"))
    till.one(parts())
    [rank] = standing_of(both[0]).ranks.values()
    assert (rank.level, rank.total) == ("gold", 105_000)
    assert (level(till, "old"), standing_of(both[1]).purchases) == ("basic", 1)
    assert verify(till.programme) == []


def test_a_return_on_the_merged_account_lowers_the_other_and_is_not_taken_out_twice() -> None:
    till = Till()
    till.one(bought("A-1", 60_000, "anna"))
    till.one(bought("O-1", [40_000, 10_000], "old"))
    both = ids(till, "anna", "old")
    merges(till)
    till.one(returned("R-1", "O-1", "1"))
    assert level(till) == "basic"
    assert standing_of(both[0]).ranks["level"].total == 70_000
    till.one(parts())
    assert [standing_of(member).ranks["level"].total for member in both] == [60_000, 10_000]
    assert verify(till.programme) == []


def test_used_caps_and_counted_purchases_are_those_of_both() -> None:
    till = Till(
        earn=[
            {"id": "spend", "kind": "amount", "points": 1, "cap": {"points": 100, "per": "month"}},
            {"id": "third", "kind": "purchase", "points": 30, "when": {"kind": "nth_purchase", "any_of": [3]}},
        ]
    )
    till.one(bought("A-1", 6_000, "anna"))
    till.one(bought("O-1", 3_000, "old"))
    both = ids(till, "anna", "old")
    before = [read(member) for member in both]
    merges(till)
    till.one(bought("A-2", 5_000, "anna"))
    assert till.active("anna") == 60 + 30 + 10 + 30, "ten were left of the cap, and it was the third"
    till.one(returned("R-1", "A-2", "1"))
    till.one(parts())
    assert [read(member)["rest"] for member in both] == [each["rest"] for each in before]
    assert verify(till.programme) == []


def test_conditions_about_history_see_what_both_did() -> None:
    spent = {"kind": "spent_in_window", "days": 90, "at_least": "80.00"}
    ask = {"kind": "days_since", "what": "event", "event": "visit", "at_most": 30}
    till = Till(
        earn=[
            {"id": "soon", "kind": "purchase", "points": 5, "when": ask},
            {
                "id": "big",
                "kind": "purchase",
                "points": 7,
                "when": spent,
            },
        ],
    )
    till.one(bought("A-1", 5_000, "anna", at=day("2026-05-01")))
    till.one(bought("O-1", 3_000, "old", at=day("2026-05-02")))
    till.one(happened("E-1", "visit", "old", at=day("2026-05-20")))
    both = ids(till, "anna", "old")
    before = [read(member) for member in both]
    merges(till)
    till.one(bought("A-2", 100, "anna"))
    assert till.active("anna") == 12
    till.one(status("A-2", "cancelled"))
    till.one(parts())
    assert [read(member)["rest"] for member in both] == [each["rest"] for each in before]
    till.one(bought("A-3", 100, "anna"))
    assert till.active("anna") == 0
    assert verify(till.programme) == []


def test_a_level_that_a_review_kept_goes_along_and_comes_back() -> None:
    till = Till(tiers=[YEARS], now=day("2026-12-01"))
    till.one(bought("O-1", 120_000, "old", at=day("2025-12-01")))
    till.one(bought("A-1", 20_000, "anna", at=day("2026-11-01")))
    pass_days(till.now)
    both = ids(till, "anna", "old")
    before = [read(member) for member in both]
    assert (level(till), level(till, "old")) == ("silver", "gold")
    merges(till, at=till.now)
    assert level(till) == "gold"
    till.one(parts(at=till.now))
    assert [read(member) for member in both] == before
    merges(till, "M-2", at=till.now)
    pass_days(day("2027-01-02"))
    till.now = day("2027-01-02")
    assert level(till) == "silver", "gold was kept through 2026 only"
    assert verify(till.programme) == []


@pytest.mark.parametrize("downgrade", [{}, {"by": "one_step"}, {"keep_until": {"month": 3, "day": 31}}])
@pytest.mark.parametrize("old", [60_000, 120_000])
@pytest.mark.parametrize("own", [9_000, 60_000])
@pytest.mark.parametrize("before", [0, 120_000])
def test_a_review_between_merge_and_parting_is_made_again_for_each_alone(
    before: int, own: int, old: int, downgrade: dict[str, Any]
) -> None:
    found = []
    for merged in (True, False):
        till = Till(tiers=[YEARS | ({"downgrade": downgrade} if downgrade else {})], now=day("2025-11-01"))
        till.one(bought("A-0", before, "anna", at=day("2024-10-01")))
        till.one(bought("A-1", own, "anna", at=day("2025-10-01")))
        till.one(bought("O-1", old, "old", at=day("2025-10-02")))
        if merged:
            merges(till, at=till.now)
        till.now = day("2026-01-05")
        pass_days(till.now)
        till.one(bought("A-2", 20_000, "anna", at=till.now))
        if merged:
            till.one(parts(at=till.now))
        found.append([read_level(till, member) for member in ("anna", "old")])
        pass_days(day("2027-05-01"))
        till.now = day("2027-05-01")
        found[-1] += [read_level(till, member) for member in ("anna", "old")]
        assert verify(till.programme) == []
    assert found[0] == found[1]


@pytest.mark.parametrize("merged", [("old", "cleo"), ("cleo", "old")])
@pytest.mark.parametrize("parted", [("old", "cleo"), ("cleo", "old")])
@pytest.mark.parametrize(("own", "cleo"), [(0, 9_000), (120_000, 120_000)])
@pytest.mark.parametrize(("reviewed", "at_once"), [(False, True), (True, False), (True, True)])
def test_of_accounts_that_leave_in_turn_nothing_stays(
    own: int, cleo: int, merged: Sequence[str], parted: Sequence[str], *, reviewed: bool, at_once: bool
) -> None:
    found = []
    for alone in (False, True):
        till = Till(tiers=[YEARS | {"downgrade": {"by": "one_step"}}], now=day("2026-12-01"))
        till.say(bought("A-1", own, at=day("2025-12-01")), bought("O-1", 120_000, "old", at=day("2025-12-01")))
        till.say(bought("A-2", 9_000, at=day("2026-11-01")), bought("C-1", cleo, "cleo", at=day("2026-11-01")))
        pass_days(till.now)
        for member in () if alone else merged:
            till.now += dt.timedelta(hours=1)
            merges(till, member, member, at=till.now)
        assert alone or level(till) == "gold"
        till.now = day("2027-01-05") if reviewed else till.now
        pass_days(till.now)
        said = [] if alone else [parts(member, at=till.now) for member in parted]
        for group in [said] if at_once else [[each] for each in said]:
            till.say(*group)
        found.append([read_level(till, member) for member in ("anna", "old", "cleo")])
        pass_days(day("2028-05-01"))
        till.now = day("2028-05-01")
        found[-1] += [read_level(till, member) for member in ("anna", "old", "cleo")]
        assert verify(till.programme) == []
    assert found[0] == found[1]


def read_level(till: Till, member: str) -> Any:
    [told] = member_view(till.programme, member, till.now)["progress"]
    return told


@pytest.mark.parametrize("until", [None, dt.date(2026, 9, 1)])
def test_a_level_by_hand_goes_along_and_comes_back(until: dt.date | None) -> None:
    till = Till()
    till.one(bought("A-1", 100, "anna"))
    till.one(bought("O-1", 100, "old"))
    both = ids(till, "anna", "old")
    given = give_level(
        till.programme.id, "old", tier_set="level", level="gold", until=until, reason="a friend", now=NOW
    )
    assert isinstance(given, Accepted)
    before = [read(member) for member in both]
    merges(till)
    assert level(till) == "gold"
    till.one(parts())
    assert [read(member) for member in both] == before
    merges(till, "M-2")
    pass_days(day("2026-09-03"))
    till.now = day("2026-09-03")
    assert level(till) == ("basic" if until else "gold")
    assert verify(till.programme) == []


def put_aside(till: Till, member: str = "old", amount: int = 30) -> None:
    hold = HoldPlaced(occurred_at=NOW, id="H-1", member=member, wallet="points", amount=amount, seconds=9 * 86_400)
    till.one_as(hold, ("hold", "H-1"))


def test_a_merge_with_points_put_aside_moves_the_rest_and_what_is_freed_follows() -> None:
    till = Till()
    till.one(bought("A-1", 10_000, "anna"))
    till.one(bought("O-1", 4_000, "old"))
    both = ids(till, "anna", "old")
    put_aside(till)
    before = [read(member) for member in both]
    merges(till)
    assert till.active("anna") == 110
    assert [hold.hold for hold in open_holds(both[0], NOW)] == ["H-1"]
    till.one(parts())
    assert [read(member) for member in both] == before
    merges(till, "M-2")
    till.one(HoldCaptured(occurred_at=NOW, hold="H-1", amount=10))
    assert till.active("anna") == 130
    till.one(parts("M-2"))
    assert (till.active("anna"), till.active("old")) == (100, 30)
    assert verify(till.programme) == []


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_hold_of_a_merged_account_ends_for_the_other(*, by_itself: bool) -> None:
    till = Till()
    till.one(bought("A-1", 10_000, "anna"))
    till.one(bought("O-1", 4_000, "old"))
    put_aside(till)
    merges(till)
    if by_itself:
        pass_days(day("2026-06-20"))
        till.now = day("2026-06-20")
    else:
        till.one(HoldReleased(occurred_at=NOW, hold="H-1"))
    assert till.active("anna") == 140
    assert verify(till.programme) == []


def pays(till: Till, amount: int, id: str = "P-1", member: str = "anna", at: dt.datetime = NOW) -> Purchase:
    said = bought(id, 10_000, member, at=at)
    return structs.replace(said, points=Tender("points", amount, "H-1"))


@pytest.mark.parametrize("member", ["anna", "old"])
def test_a_purchase_may_name_a_hold_of_the_merged_account(member: str) -> None:
    till = Till()
    till.one(bought("A-1", 1_000, "anna"))
    till.one(bought("O-1", 4_000, "old"))
    put_aside(till)
    merges(till)
    assert till.active("anna") == 20
    assert till.no(pays(till, 31, member=member)).detail == {"hold": "H-1", "max": 30}
    assert [hold.hold for hold in open_holds(ids(till, "anna")[0], NOW)] == ["H-1"], "refused, it is as it was"
    till.one(pays(till, 20, member=member))
    assert till.active("anna") == 20 + 10 + 80, "ten of the hold are free again, 80.00 were paid in money"
    assert open_holds(ids(till, "anna")[0], NOW) == []
    seen = hold_view(till.programme, "H-1", NOW)
    assert (seen["state"], seen["captured"], seen["purchase"]) == ("captured", 20, "P-1")
    till.one(returned("R-1", "P-1", "1"))
    assert till.active("anna") == 50
    till.one(parts())
    assert (till.active("anna"), till.active("old")) == (10, 40)
    assert hold_view(till.programme, "H-1", NOW) == seen, "apart again, it still tells who took it"
    assert verify(till.programme) == []


def test_a_hold_follows_through_merges_in_a_row_and_not_to_somebody_else() -> None:
    till = Till()
    for member in ("anna", "cleo", "dora"):
        till.one(bought(f"{member}-1", 1_000, member))
    till.one(bought("O-1", 4_000, "old"))
    put_aside(till)
    merges(till)
    merges(till, "M-2", "anna", "cleo")
    assert till.no(pays(till, 10, member="dora")).code == "hold_refused"
    late = NOW + dt.timedelta(days=10)
    till.now = late
    assert till.no(pays(till, 10, at=late)).code == "hold_refused", "its time is over"
    till.now = NOW
    till.one(pays(till, 30))
    assert till.active("cleo") == 10 + 10 + 10 + 70
    assert verify(till.programme) == []


def test_who_owes_points_pays_them_before_a_hold_that_follows() -> None:
    till = Till()
    till.one(bought("A-1", 1_000, "anna"))
    till.one(bought("O-1", 3_000, "old"))
    put_aside(till)
    till.one(adjusted("J-1", -25, "anna"))
    merges(till)
    refused = till.no(pays(till, 20))
    assert (refused.code, refused.detail["max"]) == ("hold_refused", 15)
    till.one(pays(till, 15))
    assert till.active("anna") == 85
    assert verify(till.programme) == []


def test_merges_in_a_row_carry_everything_to_the_last_and_back() -> None:
    till = Till()
    for member, amount in (("old", 50_000), ("anna", 30_000), ("cleo", 30_000)):
        till.one(bought(f"{member}-1", [amount - 100, 100], member))
    all_three = ids(till, "old", "anna", "cleo")
    before = [read(member) for member in all_three]
    merges(till)
    merges(till, "M-2", "anna", "cleo")
    assert level(till, "cleo") == "gold"
    till.one(returned("R-1", "old-1", "1"))
    assert standing_of(all_three[2]).ranks["level"].total == 60_100
    assert (level(till, "cleo"), till.active("cleo")) == ("basic", 601)
    till.one(parts("M-2"))
    till.one(parts("M-1"))
    assert [read(member) for member in all_three[1:]] == before[1:]
    assert verify(till.programme) == []


def test_a_birthday_is_had_once_after_a_merge() -> None:
    till = Till(earn=[{"id": "cake", "kind": "event", "event": "birthday", "points": 50}], wallets=SHOP["wallets"])
    till.one(bought("A-1", 0, "anna"))
    till.one(bought("O-1", 0, "old"))
    for member in ("anna", "old"):
        born(till, member)
    merges(till)
    pass_days(day("2026-08-02"))
    till.now = day("2026-08-02")
    assert till.active("anna") == 50
    assert verify(till.programme) == []


def born(till: Till, member: str) -> None:
    change_member(till.programme.id, member, {"birthday": dt.date(1990, 8, 1)}, now=NOW)
