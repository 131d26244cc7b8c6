"""Cases R12, E54, E60 and D25: pending points, holds, debts and longer lives, over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stammis.accrual.services import verify
from stammis.kit.errors import Invalid
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import goods, programme, purchase, wallet

BAG = {"id": "bag", "name": "A bag", "price": 80}
PENDING = wallet(pending={"kind": "days", "days": 14})


def view(caller: Caller, member: str = "anna") -> tuple[int, int, int]:
    """Active, pending and held points of a member now."""
    found = caller.did("GET", f"members/{member}")["wallets"]["points"]
    return found["active"], found["pending"], found["held"]


@pytest.mark.parametrize(
    ("policy", "after", "later"), [("allow_debt", -80, 20), ("to_zero", 0, 100), ("pending_only", 20, 120)]
)
def test_r12_a_return_of_what_was_spent(installation: Installation, policy: str, after: int, later: int) -> None:
    caller = installation.caller(installation.publish(programme(rewards=[BAG], negative_balance=policy)))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    taken = {"id": "r", "member": "anna", "reward": "bag", "occurred_at": "2026-03-01T13:00:00Z"}
    caller.did("POST", "redemptions", taken)
    answer = caller.did("POST", "purchases/p/returns", goods("1"))
    assert caller.balance("anna") == answer["wallets"]["points"]["active"] == after
    last = caller.rows("anna")[-1]
    if policy == "to_zero":
        assert (last["amount"], last["shortfall"]) == (-20, 80)
        assert answer["effects"][0]["shortfall"] == 80
        why = caller.did("GET", f"ledger/{last['id']}/why?lang=en")
        assert "80 points more were spent already and are not taken." in why["sentence"].lower()
    if policy == "pending_only":
        assert last["kind"] == "spend"
        assert [step["saw"]["shortfall"] for step in answer["steps"] if step["because"] == "shortfall"] == [100]
    caller.did("POST", "purchases", purchase("q", "100.00", at="2026-03-03T12:00:00Z"))
    assert caller.balance("anna") == later


def test_e60_pending_points_that_are_returned_never_move_the_balance(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[PENDING])))
    answer = caller.did("POST", "purchases", purchase("p", "100.00", at="2026-03-25T12:00:00Z"))
    [posted] = answer["effects"]
    assert (posted["pending"], posted["active_at"]) == (True, "2026-04-07T23:00:00Z")
    assert answer["wallets"]["points"]["pending"] == 100
    assert view(caller) == (0, 100, 0)
    assert caller.did("GET", "members/anna")["pending"][0]["active_on"] == "2026-04-08"
    [row] = caller.rows("anna")
    assert row["status"] == "pending"
    assert "Pending until 8 April 2026." in caller.did("GET", f"ledger/{row['id']}/why?lang=en")["sentence"]
    caller.did("POST", "purchases/p/returns", goods("1", at="2026-03-27T12:00:00Z"))
    assert view(caller) == (0, 0, 0)
    assert [(row["status"], row["amount"], row["running"]) for row in caller.rows("anna")] == [
        ("cancelled", 100, 0),
        ("cancelled", -100, 0),
    ]


def test_e60_pending_points_are_active_on_day_15(fresh: Installation) -> None:
    caller = fresh.caller(fresh.publish(programme(wallets=[PENDING])))
    caller.did("POST", "purchases", purchase("p", "100.00", "30.00", at="2026-03-25T12:00:00Z"))
    caller.did("POST", "purchases/p/returns", goods("2", at="2026-03-27T12:00:00Z"))
    assert view(caller) == (0, 100, 0)
    fresh.pass_until(dt.datetime(2026, 4, 7, 22, 59, 40, tzinfo=dt.UTC))
    assert view(caller) == (0, 100, 0)
    fresh.pass_until(dt.datetime(2026, 4, 7, 23, tzinfo=dt.UTC))
    assert view(caller) == (100, 0, 0)
    rows = caller.rows("anna")
    assert [(row["status"], row["amount"]) for row in rows] == [("posted", 130), ("posted", -30)]
    why = caller.did("GET", f"ledger/{rows[0]['id']}/why?lang=en")
    assert sum(part["amount"] for part in why["parts"]) == 130
    assert not verify()


def test_e54_a_setting_that_cannot_be_honoured_is_refused_with_its_path(installation: Installation) -> None:
    bad = wallet(expiry={"kind": "days", "days": 14}, pending={"kind": "days", "days": 30})
    with pytest.raises(Invalid) as refused:
        installation.publish(programme(wallets=[bad]))
    [error] = refused.value.errors
    assert (error["pointer"], error["code"]) == ("/wallets/0/pending/days", "ends_while_pending")


def holds(caller: Caller, id: str = "h", amount: int = 80, seconds: int = 900) -> Any:
    """Puts points of Anna's aside."""
    return caller.did(
        "POST", "holds", {"id": id, "member": "anna", "wallet": "points", "amount": amount, "seconds": seconds}
    )


def test_d25_a_hold_expires_by_itself(fresh: Installation) -> None:
    caller = fresh.caller(fresh.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    answer = holds(caller)
    assert (answer["state"], answer["wallets"]["points"]["held"]) == ("held", 80)
    assert view(caller) == (20, 0, 80)
    again = caller.send(
        "POST", "holds", {"id": "h", "member": "anna", "wallet": "points", "amount": 80, "seconds": 900}
    )
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    fresh.pass_until(dt.datetime(2026, 4, 1, 0, 16, tzinfo=dt.UTC))
    assert view(caller) == (100, 0, 0)
    assert caller.did("GET", "holds/h")["state"] == "expired"
    refused = caller.send("POST", "holds/h/capture", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "hold_closed")
    assert [(row["kind"], row["amount"], row["running"]) for row in caller.rows("anna")] == [
        ("earn", 100, 100),
        ("hold", -80, 100),
        ("release", 80, 100),
    ]
    assert not verify()


def test_a_hold_is_captured_in_part_released_or_refused(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    holds(caller)
    body = {"id": "i", "member": "anna", "wallet": "points", "amount": 21, "seconds": 60}
    refused = caller.send("POST", "holds", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_points")
    assert caller.send("GET", "holds/i").status_code == caller.send("DELETE", "holds/i").status_code == 404
    too_many = caller.send("POST", "holds/h/capture", {"amount": 81})
    assert (too_many.status_code, too_many.json()["code"], too_many.json()["max"]) == (422, "more_than_held", 80)
    assert caller.did("POST", "holds/h/capture", {"amount": 50})["state"] == "captured"
    assert view(caller) == (50, 0, 0)
    known = caller.did("GET", "holds/h")
    assert (known["state"], known["captured"], known["member"]) == ("captured", 50, "anna")
    caller.did("POST", "holds", body)
    assert caller.did("DELETE", "holds/i")["state"] == "released"
    assert view(caller) == (50, 0, 0)
    assert caller.send("DELETE", "holds/i").json()["code"] == "hold_closed"
    assert not verify()


def test_a_purchase_takes_over_a_hold(installation: Installation) -> None:
    pays = wallet(value="0.10", pays=True)
    caller = installation.caller(installation.publish(programme(wallets=[pays])))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    holds(caller)
    tender = {"wallet": "points", "amount": 60, "hold": "h"}
    order = purchase("web", "20.00", at="2026-04-01T00:01:00Z", points=tender)
    assert caller.did("POST", "purchases", order)["amounts"]["by_points"] == "6.00"
    assert view(caller) == (54, 0, 0)
    known = caller.did("GET", "holds/h")
    assert (known["state"], known["captured"], known["purchase"]) == ("captured", 60, "web")
    refused = caller.send("POST", "purchases", {**order, "id": "other"})
    assert (refused.status_code, refused.json()["code"]) == (409, "hold_refused")


def test_points_last_longer_where_somebody_says_so(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    body = {"id": "e", "member": "anna", "wallet": "points", "last_day": "2027-12-31", "reason": "closed"}
    answer = caller.did("POST", "extensions", body)
    assert [effect["effect"] for effect in answer["effects"]] == ["extended"]
    assert [each["last_day"] for each in caller.did("GET", "members/anna")["expiring"]] == ["2027-12-31"]
    assert caller.rows("anna")[0]["ends_at"] == "2028-01-01T00:00:00Z"
    refused = caller.send("POST", "extensions", {**body, "id": "f"})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_extend")
    assert not verify()
