"""Points by hand above a limit: posted by a second person, never by the one who asked."""

import pytest
from django.test import Client
from django.urls import reverse

from stammis.accrual.models import Approval
from stammis.accrual.outcomes import Accepted
from stammis.accrual.queries import approvals
from stammis.accrual.services import NotWaiting, OwnApproval, approve, ask_approval, refuse_approval, verify
from stammis.kit import clock
from stammis.members.models import Member
from stammis.members.queries import find
from stammis.staff import services as staff
from stammis.staff.models import Audit, Person, Role
from stammis.staff.services import limits
from tests.rooms.till import NOW, Till, bought

pytestmark = pytest.mark.django_db


def asked(till: Till, amount: int = 500) -> Member:
    till.one(bought("A-1", 0))
    anna = find(till.programme.id, "anna")
    ask_approval(
        till.programme, anna, id="J-1", wallet="points", amount=amount, reason="late", by="agent@example.com", now=NOW
    )
    return anna


def test_what_is_asked_for_moves_nothing_until_another_agrees() -> None:
    till = Till()
    anna = asked(till)
    assert till.rows() == []
    assert [one.external_id for one in approvals(till.programme.id).rows] == ["J-1"]
    with pytest.raises(OwnApproval):
        approve(till.programme, anna, "J-1", by="agent@example.com", now=NOW)
    assert isinstance(approve(till.programme, anna, "J-1", by="boss@example.com", now=NOW), Accepted)
    assert till.rows() == [("adjust", 500, 500)]
    with pytest.raises(NotWaiting):
        approve(till.programme, anna, "J-1", by="boss@example.com", now=NOW)
    assert approvals(till.programme.id).rows == ()
    assert verify(till.programme) == []


def test_what_is_refused_moves_nothing() -> None:
    till = Till()
    anna = asked(till)
    refuse_approval(till.programme, anna, "J-1", by="boss@example.com", now=NOW)
    with pytest.raises(NotWaiting):
        approve(till.programme, anna, "J-1", by="other@example.com", now=NOW)
    assert till.rows() == []
    assert Approval.objects.get().state == "refused"


def test_a_limit_is_by_role_and_in_points() -> None:
    limits.set_limits({"agent": 100, "key": 50}, by="owner@example.com")
    assert limits.above("agent", 100, 0) is None
    assert limits.above("agent", -101, 0) == 100
    assert limits.above("agent", 10_001, 2) == 10_000
    assert limits.above("manager", 10**9, 0) is None
    limits.set_limits({"agent": None}, by="owner@example.com")
    assert limits.above("agent", 10**9, 0) is None
    assert Audit.objects.filter(what="staff.set_limits").count() == 2


def person(role: str) -> Person:
    return staff.found(email=f"{role}@example.com", name=role, password="seven green kettles", role=role, by="tests")


def test_an_agent_asks_on_the_page_and_a_manager_approves(client: Client) -> None:
    clock.begin(NOW)
    till = Till()
    till.one(bought("A-1", 0))
    anna = find(till.programme.id, "anna")
    limits.set_limits({"agent": 100}, by="owner@example.com")
    client.force_login(person(Role.AGENT))
    form = {"id": "console-1", "wallet": "points", "amount": "500", "reason": "late", "step": "check"}
    page = client.post(reverse("console:adjust", args=[anna.id]), form)
    assert "A second person has to approve it" in page.content.decode()
    client.post(reverse("console:adjust", args=[anna.id]), form | {"step": "do"})
    assert till.rows() == []
    assert client.get(reverse("console:approvals")).status_code == 403
    client.force_login(person(Role.MANAGER))
    shown = client.get(reverse("console:approvals")).content.decode()
    assert "agent@example.com" in shown
    client.post(reverse("console:approval", args=[anna.id, "console-1"]), {"step": "approve"})
    assert till.rows() == [("adjust", 500, 500)]
    assert set(Audit.objects.values_list("what", flat=True)) >= {"points.ask_approval", "points.approve"}
