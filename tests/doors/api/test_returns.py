"""Cases R: returns and cancellations, over HTTP."""

from __future__ import annotations

import pytest

from tests.doors.api.installation import Installation
from tests.doors.api.programmes import goods, programme, purchase, wallet


def test_r1_a_full_return_takes_everything_back_once(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    earned = caller.did("POST", "purchases", purchase("p", "100.00"))
    assert earned["wallets"]["points"]["active"] == 100
    first = caller.send("POST", "purchases/p/returns", goods("1"))
    again = caller.send("POST", "purchases/p/returns", goods("1"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    earn, back = caller.rows("anna")
    assert (earn["amount"], back["amount"], back["reverses"]) == (100, -100, earn["id"])
    assert caller.balance("anna") == 0


def test_r2_a_part_returned_takes_its_part_back(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "900.00", "100.00"))
    caller.did("POST", "purchases/p/returns", goods("2"))
    assert caller.balance("anna") == 900


def test_r3_pieces_come_back_one_after_the_other_and_never_more_than_was_earned(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    body = purchase("p")
    body["lines"] = [{"id": "1", "quantity": 3, "amount": "60.00"}]
    caller.did("POST", "purchases", body)
    one = {"id": "r1", "occurred_at": "2026-03-02T12:00:00Z", "lines": [{"line": "1", "quantity": 1}]}
    two = {"id": "r2", "occurred_at": "2026-03-03T12:00:00Z", "lines": [{"line": "1", "quantity": "2"}]}
    caller.did("POST", "purchases/p/returns", one)
    assert caller.balance("anna") == 40
    caller.did("POST", "purchases/p/returns", two)
    assert caller.balance("anna") == 0
    more = caller.send("POST", "purchases/p/returns", {**one, "id": "r3"})
    assert (more.status_code, more.json()["code"]) == (422, "more_than_bought")
    assert caller.balance("anna") == 0


@pytest.mark.parametrize(("money_back", "left"), [("lower", 75), ("keep", 80)])
def test_r4_money_back_without_goods_lowers_or_leaves_as_declared(
    installation: Installation, money_back: str, left: int
) -> None:
    caller = installation.caller(installation.publish(programme(returns={"money_back": money_back})))
    caller.did("POST", "purchases", purchase("p", "80.00"))
    answer = caller.did(
        "POST", "purchases/p/returns", {"id": "r", "occurred_at": "2026-03-02T12:00:00Z", "money": "5.00"}
    )
    assert answer["refund"]["money"] == "5.00"
    assert caller.balance("anna") == left


def test_r5_points_paid_come_back_into_the_lots_they_came_from(installation: Installation) -> None:
    paying = wallet(value="1.00", pays=True)
    caller = installation.caller(installation.publish(programme(wallets=[paying])))
    caller.did("POST", "purchases", purchase("old", "30.00", at="2026-01-10T12:00:00Z"))
    caller.did("POST", "purchases", purchase("new", "40.00", at="2026-02-10T12:00:00Z"))
    order = purchase("order", "50.00", points={"wallet": "points", "amount": 50})
    paid = caller.did("POST", "purchases", order)
    assert paid["amounts"] == {"total": "50.00", "by_points": "50.00", "due": "0.00"}
    before = caller.did("GET", "members/anna")
    assert [each["amount"] for each in before["expiring"]] == [20]
    back = caller.did("POST", "purchases/order/returns", goods("1"))
    assert back["refund"] == {"money": "0.00", "points": 50}
    after = caller.did("GET", "members/anna")
    assert [(each["amount"], each["last_day"]) for each in after["expiring"]] == [
        (30, "2027-01-09"),
        (40, "2027-02-09"),
    ]
    spent, restored = (next(row for row in caller.rows("anna") if row["kind"] == kind) for kind in ("spend", "restore"))
    assert restored["reverses"] == spent["id"]
    assert {lot["row"]: lot["amount"] for lot in restored["lots"]} == {
        lot["row"]: lot["amount"] for lot in spent["lots"]
    }


def test_r11_a_cancelled_order_that_is_completed_after_all_reads_40_40_40(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "40.00"))
    for status, day in (("cancelled", 2), ("completed", 3)):
        caller.did("PUT", "purchases/p/status", {"status": status, "occurred_at": f"2026-03-0{day}T12:00:00Z"})
    assert [row["amount"] for row in caller.rows("anna")] == [40, -40, 40]
    assert caller.balance("anna") == 40
    refused = caller.send("PUT", "purchases/p/status", {"status": "lost", "occurred_at": "2026-03-04T12:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_status")


def test_r13_a_line_voided_before_payment_earns_nothing(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "10.00", "5.00", status="placed"))
    assert caller.did("POST", "purchases/p/returns", goods("2"))["wallets"]["points"]["active"] == 0
    paid = caller.did("PUT", "purchases/p/status", {"status": "completed", "occurred_at": "2026-03-03T12:00:00Z"})
    assert paid["wallets"]["points"]["active"] == 10
    assert [row["amount"] for row in caller.rows("anna")] == [10]


def test_a_return_after_cancellation_is_refused(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "40.00"))
    caller.did("PUT", "purchases/p/status", {"status": "cancelled", "occurred_at": "2026-03-02T12:00:00Z"})
    refused = caller.send("POST", "purchases/p/returns", goods("1", at="2026-03-03T12:00:00Z"))
    assert (refused.status_code, refused.json()["code"]) == (409, "already_cancelled")
