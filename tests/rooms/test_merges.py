"""Two accounts made one, and parted again; and what a guest bought becomes a member's."""

import datetime as dt
from typing import Any

import pytest

from stammis.accrual.outcomes import MemberFields, Proof
from stammis.accrual.queries import member_view, timeline
from stammis.accrual.services import pass_days, verify
from stammis.core.effects import Posted
from stammis.core.events import Merged, Unmerged
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.members.queries import find, search
from tests.rooms.till import NOW, Till, adjusted, bought, day, redeems, returned, status

pytestmark = pytest.mark.django_db


def merges(till: Till, id: str = "M-1", member: str = "old", into: str = "anna", at: dt.datetime = NOW) -> Any:
    return till.one_as(Merged(occurred_at=at, id=id, member=member, into=into), ("merge", id))


def parts(merge: str = "M-1", at: dt.datetime = NOW) -> Unmerged:
    return Unmerged(occurred_at=at, merge=merge, member="")


def two(**changes: Any) -> Till:
    till = Till(**changes)
    till.one(bought("A-1", 10_000, "anna"))
    till.one(bought("O-1", 4_000, "old"))
    return till


def test_a_merge_moves_the_lots_and_the_old_id_leads_to_the_other() -> None:
    till = two()
    merges(till)
    assert till.active("old") == till.active("anna") == 140
    view = member_view(till.programme, "old", NOW)
    assert (view["member"], view["also_known_as"]) == ("anna", ["old"])
    till.one(bought("O-2", 1_000, "old"))
    assert till.active("anna") == 150
    assert verify(till.programme) == []


def test_the_timeline_shows_both() -> None:
    till = two()
    merges(till)
    told = [each["sentence"] for each in timeline(find(till.programme.id, "anna").id, language="en").rows]
    assert "Purchase O-1 for €40.00." in told
    assert "Purchase A-1 for €100.00." in told
    assert "This account was merged into anna." in told


def test_a_merged_account_is_not_listed_as_a_member() -> None:
    till = two()
    merges(till)
    assert [member.reference for member in search(till.programme.id).rows] == ["anna"]
    assert Member.objects.get(programme=till.programme, reference="old").kind == "merged"


def test_a_return_on_the_old_account_is_taken_from_the_other() -> None:
    till = two()
    merges(till)
    till.one(returned("R-1", "O-1", "1"))
    assert till.active("anna") == 100
    assert verify(till.programme) == []


def test_the_same_merge_again_changes_nothing_and_another_is_refused() -> None:
    till = two()
    merges(till)
    assert merges(till).replay
    refused = till.no_as(Merged(occurred_at=NOW, id="M-2", member="old", into="anna"), ("merge", "M-2"))
    assert refused.code == "already_merged"


def test_undoing_a_merge_gives_back_what_was_brought() -> None:
    till = two()
    merges(till)
    till.one(parts())
    assert (till.active("old"), till.active("anna")) == (40, 100)
    lot = Entry.objects.filter(member_id=find(till.programme.id, "old").id).order_by("-row")[0]
    assert lot.ends_at == Entry.objects.get(member_id=lot.member_id, row=1).ends_at
    assert till.no(parts()).code == "not_merged"
    assert Member.objects.get(programme=till.programme, reference="old").kind == "member"
    assert verify(till.programme) == []


def test_what_was_spent_meanwhile_is_owed() -> None:
    till = two()
    merges(till)
    till.one(adjusted("J", -130))
    till.one(parts())
    assert (till.active("old"), till.active("anna")) == (40, -30)
    assert verify(till.programme) == []


def test_what_expired_meanwhile_does_not_go_back() -> None:
    till = two()
    merges(till)
    pass_days(day("2027-07-01"))
    till.now = day("2027-07-01")
    till.one(parts(at=till.now))
    assert (till.active("old"), till.active("anna")) == (0, 0)
    assert verify(till.programme) == []


def test_debt_goes_along_and_comes_back() -> None:
    till = two()
    till.one(adjusted("J", -100, "old"))
    merges(till)
    assert till.active("anna") == 40
    till.one(parts())
    assert (till.active("old"), till.active("anna")) == (-60, 100)
    assert verify(till.programme) == []


def ends(till: Till, member: str = "anna") -> list[tuple[int, str | None]]:
    """What is there until which day; a lot lasts 365 days here."""
    view = member_view(till.programme, member, NOW)
    found = [(each["amount"], each["last_day"]) for each in view["expiring"]]
    rest = till.active(member) - sum(amount for amount, _ in found)
    return [*found, (rest, None)] if rest else found


@pytest.mark.parametrize(
    ("owed", "between", "after"),
    [
        (-40, 0, [(20, "2027-03-31"), (10, "2027-04-30")]),  # a part of the first lot had been taken
        (-60, 0, [(20, "2027-03-31"), (10, "2027-04-30")]),  # and more than there was
        (-60, 50, [(20, "2027-03-31"), (10, "2027-04-30"), (50, "2027-05-31")]),  # what filled the debt meanwhile
    ],
)
def test_lots_that_brought_debt_has_taken_come_back_with_their_ends(
    owed: int, between: int, after: list[tuple[int, str | None]]
) -> None:
    till = Till()
    till.one(bought("A-1", 2_000, "anna", at=day("2026-04-01")))
    till.one(bought("A-2", 1_000, "anna", at=day("2026-05-01")))
    till.one(bought("O-1", 1_000, "old", at=day("2026-05-10")))
    till.one(adjusted("J", owed - 10, "old", at=day("2026-05-11")))
    merges(till, at=day("2026-05-12"))
    if between:
        till.one(bought("A-3", between * 100, "anna", at=NOW))
    till.one(parts())
    assert till.active("old") == owed
    assert ends(till) == after
    assert verify(till.programme) == []


def test_merges_in_a_row_lead_to_the_last_and_are_undone_from_there() -> None:
    till = two()
    till.one(bought("C-1", 500, "cleo"))
    merges(till)
    merges(till, "M-2", "anna", "cleo")
    assert till.active("old") == till.active("cleo") == 145
    assert till.no(parts("M-1")).code == "merged_further"
    till.one(parts("M-2"))
    till.one(parts("M-1"))
    assert [till.active(who) for who in ("old", "anna", "cleo")] == [40, 100, 5]
    assert verify(till.programme) == []


def test_pools_are_not_merged() -> None:
    till = two()
    till.one(MemberFields("home", {"name": "Home"}, "household"))
    refused = till.no_as(Merged(occurred_at=NOW, id="M-1", member="home", into="anna"), ("merge", "M-1"))
    assert refused.code == "no_person"


def proves(member: str = "anna", email: str = "anna@example.com") -> Proof:
    return Proof(member, email, NOW)


def guest(**changes: Any) -> Till:
    till = Till(**changes)
    till.one(bought("A-1", 0, "anna"))
    till.one(bought("G-1", 3_000, None, email="Anna@example.com", at=day("2026-05-01")))
    till.one(bought("G-2", 2_000, None, email="anna@example.com", at=day("2026-05-20")))
    return till


def test_t64_guest_orders_become_the_members_once_the_address_is_proven() -> None:
    till = guest()
    assert till.active() == 0
    answer = till.one(proves())
    assert sum(effect.amount for effect in answer.answer.effects if isinstance(effect, Posted)) == 50
    assert till.active() == 50
    assert till.one(proves()).answer.effects == ()
    assert till.active() == 50
    dated = Entry.objects.filter(member_id=find(till.programme.id, "anna").id).values_list("occurred_at", flat=True)
    assert sorted(dated) == [day("2026-05-01"), day("2026-05-20")]
    assert verify(till.programme) == []


def test_t64_claims_earn_nothing_where_the_programme_says_so() -> None:
    till = guest(members={"claimed": "nothing"})
    till.one(proves())
    assert till.active() == 0
    till.one(returned("R-1", "G-1", "1"))
    assert till.rows() == []
    assert verify(till.programme) == []


def test_goods_of_a_claimed_purchase_come_back() -> None:
    till = guest()
    till.one(proves())
    till.one(returned("R-1", "G-1", "1"))
    assert till.active() == 20
    till.one(status("G-2", "cancelled"))
    assert till.active() == 0
    assert verify(till.programme) == []


def test_what_came_back_before_the_claim_earns_nothing() -> None:
    till = Till()
    till.one(bought("A-1", 0, "anna"))
    till.one(bought("G-1", [3_000, 1_000], None, email="anna@example.com"))
    till.one(returned("R-1", "G-1", "1"))
    till.one(proves())
    assert till.active() == 10
    assert verify(till.programme) == []


def test_later_guest_orders_earn_at_once() -> None:
    till = guest()
    till.one(proves())
    till.one(bought("G-3", 1_000, None, email="anna@example.com"))
    assert till.active() == 60
    till.one(redeems("X", "bag"))
    assert verify(till.programme) == []


def test_an_address_is_proven_by_one_member() -> None:
    till = guest()
    till.one(bought("B-1", 0, "ben"))
    till.one(proves())
    assert till.no(proves("ben")).code == "contact_taken"


def test_the_guests_answer_stays_the_first() -> None:
    till = guest()
    till.one(proves())
    again = till.one(bought("G-1", 3_000, None, email="Anna@example.com", at=day("2026-05-01")))
    assert again.replay
    assert again.answer.steps[0].because == "unenrolled"
