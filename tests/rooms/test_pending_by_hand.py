"""Pending points that somebody settles: on the page, above a limit with a second person; and what a return sees."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stammis.accrual.models import Approval
from stammis.accrual.outcomes import Accepted
from stammis.accrual.queries import timeline, why
from stammis.accrual.services import pass_days, restore_pending, settle_pending, verify
from stammis.core.events import Merged
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.ledger.queries import row_id
from stammis.members.queries import find
from stammis.staff.models import Audit, Role
from stammis.staff.services import limits
from tests.rooms.test_approvals import person
from tests.rooms.till import NOW, SHOP, Till, bought, day, returned

pytestmark = pytest.mark.django_db
WAITS = [SHOP["wallets"][0] | {"pending": {"kind": "days", "days": 14}}]


def waiting() -> Till:
    till = Till(wallets=WAITS)
    till.one(bought("A-1", [6_000, 4_000]))
    return till


def anna(till: Till) -> uuid.UUID:
    return find(till.programme.id, "anna").id


def settle(till: Till, id: str = "S-1", *, released: bool, **more: Any) -> Any:
    return settle_pending(
        till.programme.id, anna(till), 1, id=id, member="anna", released=released, reason="asked", now=till.now, **more
    )


def restored(till: Till, taken: str) -> Any:
    return restore_pending(till.programme.id, taken, now=till.now)


def test_points_let_go_are_active_and_told_in_words() -> None:
    till = waiting()
    assert isinstance(settle(till, released=True, dry_run=True), Accepted)
    assert till.active() == 0
    settle(till, released=True)
    assert settle(till, released=True).replay
    assert (till.active(), till.rows()) == (100, [("earn", 100, 0)])
    told = [each["sentence"] for each in timeline(anna(till), language="en").rows]
    assert told[0] == "Pending points were let go by hand: asked"
    assert settle(till, "S-2", released=False).code == "not_pending"
    assert verify(till.programme) == []


def test_points_taken_away_come_back_once() -> None:
    till = waiting()
    settle(till, released=False)
    pass_days(day("2026-08-01"))
    till.now = day("2026-08-01")
    assert till.active() == 0
    row = Entry.objects.get(member_id=anna(till), row=2)
    said = why(row_id(row.member_id, row.row), "en", now=till.now)
    assert said["sentence"] == "−100 points on 1 June 2026, while they were pending, because: asked"
    assert sum(part["amount"] for part in said["parts"]) == -100
    restore_pending(till.programme.id, "S-1", now=till.now)
    assert till.active() == 100
    assert restored(till, "S-1").replay
    assert restored(till, "S-9").status == 404
    assert verify(till.programme) == []


def test_what_was_let_go_has_nothing_to_bring_back() -> None:
    till = waiting()
    settle(till, released=True)
    assert restored(till, "S-1").code == "not_cancelled"


def test_a_return_finds_what_was_taken_away_gone_and_what_came_back_there() -> None:
    till = waiting()
    till.one(bought("A-2", 1_000, at=day("2026-05-01")))
    pass_days(NOW)
    settle(till, released=False)
    till.one(returned("R-1", "A-1", "1"))
    assert till.active() == 10
    restore_pending(till.programme.id, "S-1", now=NOW)
    till.one(returned("R-2", "A-1", "2"))
    pass_days(day("2026-07-01"))
    assert till.active() == 10
    assert verify(till.programme) == []


def test_pending_points_of_a_merged_account_go_on_to_the_other_once_they_are_let_go() -> None:
    till = waiting()
    till.one(bought("B-1", 0, "ben"))
    old = anna(till)
    till.one_as(Merged(occurred_at=NOW, id="M-1", member="anna", into="ben"), ("merge", "M-1"))
    settle_pending(till.programme.id, old, 1, id="S-1", member="anna", released=True, reason="asked", now=NOW)
    assert till.active("ben") == 100
    assert verify(till.programme) == []


def test_the_page_shows_what_will_happen_then_does_it_and_offers_to_undo_it(client: Client) -> None:
    clock.begin(NOW)
    till = waiting()
    client.force_login(person(Role.AGENT))
    shown = client.get(reverse("console:member", args=[anna(till)])).content.decode()
    address = reverse("console:settle", args=[anna(till), 1])
    assert address in shown
    form = {"id": "console-1", "act": "cancel", "reason": "bought for resale"}
    planned = client.post(address, form | {"step": "check"}).content.decode()
    assert "The pending points are gone" in planned
    client.post(address, form | {"step": "do"})
    assert till.rows() == [("earn", 100, 0), ("adjust", -100, 0)]
    back = reverse("console:bring_back", args=[anna(till), "console-1"])
    assert back in client.get(reverse("console:member", args=[anna(till)])).content.decode()
    client.post(back)
    assert till.rows()[-1] == ("restore", 100, 0)
    assert "They were brought back before" in client.get(back).content.decode()
    assert client.get(reverse("console:settle", args=[anna(till), 7])).status_code == 404
    assert set(Audit.objects.values_list("what", flat=True)) >= {"points.settle", "points.restore"}
    assert verify(till.programme) == []


@pytest.mark.parametrize(("act", "rows", "active"), [("release", 1, 100), ("cancel", 2, 0)])
def test_above_a_limit_a_second_person_settles_them(client: Client, act: str, rows: int, active: int) -> None:
    clock.begin(NOW)
    till = waiting()
    limits.set_limits({"agent": 99}, by="owner@example.com")
    client.force_login(person(Role.AGENT))
    address = reverse("console:settle", args=[anna(till), 1])
    form = {"id": "console-1", "act": act, "reason": "late"}
    assert "A second person has to approve it" in client.post(address, form | {"step": "check"}).content.decode()
    client.post(address, form | {"step": "do"})
    assert Approval.objects.get().act == act
    assert till.active() == 0
    client.force_login(person(Role.MANAGER))
    assert "pending points" in client.get(reverse("console:approvals")).content.decode()
    client.post(reverse("console:approval", args=[anna(till), "console-1"]), {"step": "approve"})
    assert (till.active(), len(till.rows())) == (active, rows)
    assert verify(till.programme) == []
