"""Caps of a household: shared by who lives together, given back where they were drawn, and proven."""

from typing import Any

import pytest

from stammis.accrual.outcomes import Accepted, MemberFields, Proof
from stammis.accrual.queries import standing_of, try_out, why
from stammis.accrual.services import record, verify
from stammis.core.events import Merged, PoolChanged
from stammis.ledger.queries import row_id
from stammis.members.queries import find
from stammis.programmes.queries import versions
from stammis.rewards.queries import drawn_by_budget
from tests.rooms.till import NOW, SHOP, Till, bought, day, happened, returned, status

pytestmark = pytest.mark.django_db

CAPPED: dict[str, Any] = {
    "earn": [*SHOP["earn"], {"id": "extra", "kind": "purchase", "points": 100}],
    "budgets": [
        {"id": "bread", "name": "Bread weeks", "rules": ["extra"], "points": 150, "per": "month", "of": "household"}
    ],
}


def joins(member: str, pool: str = "home", *, left: bool = False) -> PoolChanged:
    return PoolChanged(occurred_at=NOW, member=member, pool=pool, account="", share=0, left=left)


def family(*members: str, kind: str = "household") -> Till:
    till = Till(**CAPPED)
    till.one(MemberFields("home", {"name": "Home"}, kind))
    for member in members:
        till.one(MemberFields(member, {}))
        till.one(joins(member))
    return till


def drawn(till: Till) -> dict[str, int]:
    """What is drawn by whose budget it is, where that is anything."""
    return {whose: points for (_, whose, _), points in drawn_by_budget(till.programme.id).items() if points}


def own(till: Till, member: str) -> str:
    return find(till.programme.id, member).id.hex


def test_two_of_one_household_share_a_cap_and_who_lives_alone_has_it_alone() -> None:
    till = family("anna", "ben")
    till.say(*(bought(who, 1_000, who, at=day("2026-05-01")) for who in ("anna", "ben", "cleo")))
    assert [till.active(who) for who in ("anna", "ben", "cleo")] == [110, 60, 110]
    assert drawn(till) == {own(till, "home"): 150, own(till, "cleo"): 100}
    till.one(bought("more", 1_000, "cleo", at=day("2026-05-02")))
    assert till.active("cleo") == 110 + 60
    assert verify(till.programme) == []


def test_a_return_gives_back_to_the_household_that_its_member_has_left() -> None:
    till = family("anna", "ben")
    till.one(bought("A", 1_000, at=day("2026-05-01")))
    till.one(joins("anna", left=True))
    till.one(bought("B", 1_000, at=day("2026-05-02")))
    assert drawn(till) == {own(till, "home"): 100, own(till, "anna"): 100}
    till.one(returned("back", "A", "1", at=day("2026-05-03")))
    assert drawn(till) == {own(till, "anna"): 100}
    till.one(bought("C", 1_000, "ben", at=day("2026-05-04")))
    till.one(status("C", "cancelled", at=day("2026-05-05")))
    till.one(status("B", "cancelled", at=day("2026-05-05")))
    assert drawn(till) == {}
    till.one(status("C", "completed", at=day("2026-05-06")))
    assert drawn(till) == {own(till, "home"): 100}
    assert verify(till.programme) == []


def test_who_joins_and_buys_in_one_group_draws_on_the_households_cap() -> None:
    till = family("ben")
    till.one(bought("B", 1_000, "ben", at=day("2026-05-01")))
    outcomes = till.say(
        MemberFields("anna", {}),
        joins("anna"),
        bought("A", 1_000, at=day("2026-05-02")),
        MemberFields("flat", {"name": "Flat"}, "household"),
        joins("cleo", "flat"),
        bought("C", 1_000, "cleo", at=day("2026-05-02")),
    )
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [True, True, True, True, False, True]
    assert (till.active(), till.active("cleo")) == (60, 110)
    assert drawn(till) == {own(till, "home"): 150, own(till, "cleo"): 100}
    assert verify(till.programme) == []


def test_a_household_that_begins_in_a_group_has_the_whole_cap() -> None:
    till = Till(**CAPPED)
    till.say(
        MemberFields("home", {"name": "Home"}, "household"),
        MemberFields("anna", {}),
        joins("anna"),
        bought("A", 1_000, at=day("2026-05-02")),
        bought("B", 1_000, at=day("2026-05-02")),
    )
    assert till.active() == 170
    assert drawn(till) == {own(till, "home"): 150}
    assert verify(till.programme) == []


def test_a_company_has_no_cap_together() -> None:
    till = family("anna", "ben", kind="company")
    till.say(*(bought(who, 1_000, who, at=day("2026-05-01")) for who in ("anna", "ben")))
    assert drawn(till) == {own(till, "anna"): 100, own(till, "ben"): 100}
    assert verify(till.programme) == []


def test_a_merged_account_gives_back_where_it_drew() -> None:
    till = family("ben")
    till.one(bought("A", 1_000, at=day("2026-05-01")))
    anna = own(till, "anna")
    till.one(Merged(occurred_at=day("2026-05-02"), id="M", member="anna", into="ben", account=""))
    till.one(bought("B", 1_000, "anna", at=day("2026-05-03")))
    assert drawn(till) == {anna: 100, own(till, "home"): 100}
    till.one(returned("back", "A", "1", at=day("2026-05-04")))
    assert drawn(till) == {own(till, "home"): 100}
    assert verify(till.programme) == []


def test_what_a_guest_bought_draws_on_the_claimers_household() -> None:
    till = family("anna", "ben")
    till.one(bought("B", 1_000, "ben", at=day("2026-05-01")))
    till.one(bought("G", 1_000, None, at=day("2026-05-02"), email="a@example.org"))
    till.one(Proof("anna", "a@example.org", day("2026-05-02", "13:00")))
    assert till.active() == 60
    till.one(returned("back", "G", "1", at=day("2026-05-03")))
    assert drawn(till) == {own(till, "home"): 100}
    assert verify(till.programme) == []


def test_an_event_draws_on_the_households_cap() -> None:
    till = family("anna", "ben")
    review = {"id": "talk", "rules": ["review"], "points": 8, "of": "household"}
    till = Till(earn=SHOP["earn"], budgets=[review])
    till.one(MemberFields("home", {"name": "Home"}, "household"))
    for member in ("anna", "ben"):
        till.one(MemberFields(member, {}))
        till.one(joins(member))
    till.say(happened("r1", at=day("2026-05-01")), happened("r2", "ben", at=day("2026-05-01")))
    assert till.active() + till.active("ben") == 8
    assert verify(till.programme) == []


def test_the_reason_and_a_trial_know_the_households_cap() -> None:
    till = family("anna", "ben")
    till.one(bought("A", 1_000, at=day("2026-05-01")))
    published = versions(till.programme.id)
    ben = find(till.programme.id, "ben").id
    event = bought("x", 1_000, "ben", at=day("2026-05-01"))
    (dry,) = record([till.item(event)], now=till.now, dry_run=True)
    assert isinstance(dry, Accepted)
    trial = try_out(standing_of(ben), event, published, own=ben.hex)
    given = {step.rule: step.points for step in dry.answer.steps if step.points}
    assert given["extra"] == 50
    assert {part.rule: part.amount for gain in trial.gains for part in gain.parts} == given
    till.say(bought("B", 1_000, "ben", at=day("2026-05-01")), bought("C", 1_000, "ben", at=day("2026-05-01")))
    told = why(row_id(ben, 1), "en", now=NOW)
    assert any("«Bread weeks», which a household has together" in part["sentence"] for part in told["parts"])
    (part,) = (p for p in try_out(standing_of(ben), event, published, own=ben.hex).not_applied if p.rule == "extra")
    assert part.sentence == "«extra» gave nothing: nothing was left of «Bread weeks», which a household has together."
