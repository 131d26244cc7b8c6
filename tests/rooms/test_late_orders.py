"""Orders completed late, by the window of their own day: as recorded, in merged accounts and in back-tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stammis.accrual.outcomes import Accepted, Proof
from stammis.accrual.queries import member_view, standing_of
from stammis.accrual.services import verify
from stammis.core.events import Merged, Unmerged
from stammis.members.queries import find
from tests.rooms.test_backtest import proven, tried
from tests.rooms.till import Till, bought, day, status

pytestmark = pytest.mark.django_db
LEVELS = [{"id": id, "name": id, "at": at} for id, at in (("basic", 0), ("gold", 500))]
CLUB: dict[str, Any] = {"id": "club", "name": "Club", "counts": "spend", "window_days": 365, "levels": LEVELS}
EARN = [
    {"kind": "amount", "id": "spend", "points": {"kind": "tiers", "set": "club", "levels": {"basic": 1, "gold": 2}}},
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def shop() -> Till:
    """A shop whose points depend on what was spent within a year."""
    return Till(earn=EARN, tiers=[CLUB], wallets=[{"id": "points", "name": "Points"}], now=day("2026-03-01"))


def ordered(till: Till, member: str = "anna") -> None:
    """Spend 600.00 on a day, and place an order just before that day leaves the window."""
    till.one(bought(f"{member}-much", 60_000, member, at=day("2025-01-10")))
    till.one(bought(f"{member}-order", 10_000, member, at=day("2026-01-05"), status="placed"))


def level(till: Till, member: str = "anna") -> str | None:
    found: dict[str, str | None] = member_view(till.programme, member, till.now)["tiers"]
    return found["club"]


def at_peace(till: Till, rows: int) -> None:
    """What is stored is what the history says, and so is what a back-test gives."""
    assert verify(till.programme) == []
    found = proven(till)
    assert (found.differing, found.compared) == (0, rows)


def test_an_order_earns_at_the_level_of_its_own_day_though_that_is_lost_by_now() -> None:
    till = shop()
    ordered(till)
    till.one(bought("little", 1_000, at=day("2026-01-15")))
    assert level(till) == "basic"
    till.one(status("anna-order", "complete", at=day("2026-01-20")))
    assert till.rows()[-1] == ("earn", 200, 600 + 10 + 200)
    assert standing_of(find(till.programme.id, "anna").id).awaited is None
    at_peace(till, 3)
    more = {
        "kind": "amount",
        "id": "spend",
        "points": {"kind": "tiers", "set": "club", "levels": {"basic": 1, "gold": 5}},
    }
    there, today = tried(till, {"earn": [more], "tiers": [CLUB], "wallets": [{"id": "points", "name": "Points"}]})
    assert today.wallets["points"].earned == 600 + 10 + 200
    assert there.wallets["points"].earned == 600 + 10 + 500


def test_an_order_hears_what_was_cancelled_after_it_had_left_the_window() -> None:
    till = shop()
    ordered(till)
    till.one(bought("little", 1_000, at=day("2026-01-15")))
    till.one(status("anna-much", "cancelled", at=day("2026-01-18")))
    till.one(status("anna-order", "complete", at=day("2026-01-20")))
    assert till.active() == 10 + 100
    at_peace(till, 4)


def test_an_order_that_a_guest_placed_is_awaited_for_the_member_who_claims_it() -> None:
    till = shop()
    till.one(bought("much", 60_000, at=day("2025-01-10")))
    till.one(bought("order", 10_000, None, at=day("2026-01-05"), email="anna@example.org", status="placed"))
    till.one(Proof(member="anna", email="anna@example.org", occurred_at=day("2026-01-06")))
    till.one(bought("little", 1_000, at=day("2026-01-15")))
    till.one(status("order", "complete", at=day("2026-01-20")))
    assert till.active() == 600 + 10 + 200
    assert verify(till.programme) == []


def test_orders_of_accounts_that_are_merged_and_parted_are_each_completed_as_of_their_own_day() -> None:
    till = shop()
    for member in ("anna", "old"):
        ordered(till, member)
        till.one(bought(f"{member}-second", 10_000, member, at=day("2026-01-06"), status="placed"))
        till.one(bought(f"{member}-third", 10_000, member, at=day("2026-01-07"), status="placed"))
        till.one(bought(f"{member}-little", 1_000, member, at=day("2026-01-15")))
    both = [find(till.programme.id, member).id for member in ("anna", "old")]
    merge = Merged(occurred_at=day("2026-01-16"), id="M-1", member="old", into="anna")
    till.one_as(merge, ("merge", "M-1"))
    assert level(till) == "basic", "what is kept for orders counts for nothing else"
    till.one(status("anna-much", "cancelled", at=day("2026-01-17")))
    till.one(status("anna-order", "complete", at=day("2026-01-18")))
    till.one(status("old-order", "complete", at=day("2026-01-18")))
    assert till.active() == (10 + 200) + (600 + 10 + 200), "by what the other had spent, and by its own"
    [parted] = till.say(Unmerged(occurred_at=day("2026-01-19"), merge="M-1", member=""))
    assert isinstance(parted, Accepted)
    assert [standing_of(member).ranks["club"].total for member in both] == [10_000 + 1_000, 10_000 + 1_000]
    till.one(status("anna-second", "complete", at=day("2026-01-20")))
    till.one(status("old-second", "complete", at=day("2026-01-20")))
    assert [till.rows(member)[-1][1] for member in ("anna", "old")] == [100, 200]
    till.one(status("anna-third", "cancelled", at=day("2026-01-21")))
    till.one(status("old-third", "cancelled", at=day("2026-01-21")))
    assert [standing_of(member).awaited for member in both] == [None, None]
    at_peace(till, len(till.rows("anna")) + len(till.rows("old")))
