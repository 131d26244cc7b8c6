"""Cases P: paying with points and taking rewards, over HTTP."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from tests.doors.api.installation import Installation
from tests.doors.api.programmes import programme, purchase, wallet

BAG = {"id": "bag", "name": "A bag", "price": 77}


def test_p30_points_pay_for_part_of_an_order_and_the_rest_earns(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[wallet(value="1.00", pays=True)])))
    caller.did("POST", "purchases", purchase("till", "106.00"))
    order = purchase("web", "106.00", at="2026-03-02T12:00:00Z", points={"wallet": "points", "amount": 50})
    answer = caller.did("POST", "purchases", order)
    assert answer["amounts"] == {"total": "106.00", "by_points": "50.00", "due": "56.00"}
    assert [row["amount"] for row in caller.rows("anna")] == [106, -50, 56]
    assert caller.balance("anna") == answer["wallets"]["points"]["active"] == 112


def test_p31_the_answer_to_a_redemption_shows_what_is_left(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(rewards=[BAG])))
    caller.did("POST", "purchases", purchase("p", "77.00"))
    answer = caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})
    assert answer["wallets"]["points"]["active"] == 0
    assert answer["state"] == "issued"
    known = caller.did("GET", "redemptions/r")
    assert (known["code"], known["state"], known["member"]) == (answer["code"], "issued", "anna")


def test_p32_points_are_shown_in_money(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[wallet(value="0.05")])))
    answer = caller.did("POST", "purchases", purchase("p", "77.00"))
    assert answer["wallets"]["points"]["value"] == "3.85"
    assert caller.did("GET", "members/anna")["wallets"]["points"]["value"] == "3.85"


def test_p38_points_that_ended_yesterday_pay_for_nothing(fresh: Installation) -> None:
    caller = fresh.caller(fresh.publish(programme(rewards=[BAG])))
    caller.did("POST", "purchases", purchase("p", "80.00", at="2026-03-15T12:00:00Z"))
    fresh.pass_until(dt.datetime(2027, 3, 16, 9, tzinfo=dt.UTC))
    refused = caller.send("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (
        409,
        "not_enough_points",
        "expired",
    )
    assert caller.send("GET", "redemptions/r").status_code == 404
    assert [row["kind"] for row in caller.rows("anna")] == ["earn", "expire"]


def test_a_redemption_is_given_back_once(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(rewards=[BAG])))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})
    assert caller.balance("anna") == 23
    assert caller.did("POST", "redemptions/r/cancel")["state"] == "cancelled"
    assert caller.balance("anna") == 100
    refused = caller.send("POST", "redemptions/r/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_cancelled")


def test_the_last_of_a_reward_goes_to_one_of_many(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(rewards=[{**BAG, "stock": 1}])))
    for member in ("anna", "ben"):
        caller.did("POST", "purchases", purchase(f"p-{member}", "5000.00", member=member))
    wishes = [{"id": f"r{n}", "member": ("anna", "ben")[n % 2], "reward": "bag"} for n in range(20)]
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda wish: caller.send("POST", "redemptions", wish), wishes))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"sold_out"}
    assert caller.balance("anna") + caller.balance("ben") == 10_000 - 77
    assert caller.did("GET", "rewards")["items"][0]["left"] == 0


def test_a_coupon_is_used_by_a_purchase_and_freed_by_its_return(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(rewards=[BAG])))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    code = caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})["code"]
    unknown = caller.send("POST", "purchases", purchase("x", "10.00", coupons=["NONE"]))
    assert (unknown.status_code, unknown.json()["code"]) == (409, "coupon_refused")
    order = purchase("order", "10.00", at="2026-04-01T00:00:01Z", coupons=[code])
    caller.did("POST", "purchases", order)
    assert caller.did("GET", "redemptions/r")["state"] == "used"
    used = caller.send("POST", "purchases", {**order, "id": "order2"})
    assert (used.status_code, used.json()["code"]) == (409, "coupon_refused")
    back = {"id": "b", "occurred_at": "2026-04-01T00:00:02Z", "lines": [{"line": "1"}]}
    caller.did("POST", "purchases/order/returns", back)
    assert caller.did("GET", "redemptions/r")["state"] == "issued"


def test_more_points_than_there_are_refuse_the_whole_purchase(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[wallet(value="0.10", pays=True)])))
    caller.did("POST", "purchases", purchase("p", "900.00"))
    order = purchase("order", "80.00", points={"wallet": "points", "amount": 901})
    refused = caller.send("POST", "purchases", order)
    assert (refused.status_code, refused.json()["code"], refused.json()["max"]) == (409, "tender_limit", 800)
    order["points"]["amount"] = 800
    assert caller.did("POST", "purchases", order)["amounts"]["due"] == "0.00"
    order = purchase("order2", "80.00", points={"wallet": "points", "amount": 800})
    refused = caller.send("POST", "purchases", order)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_points")
    assert caller.send("GET", "purchases/order2").status_code == 404


def test_a_price_is_told_in_the_smallest_unit_in_which_it_is_paid(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[wallet(decimals=2)], rewards=[BAG])))
    caller.did("POST", "purchases", purchase("p", "80.00"))
    [reward] = caller.did("GET", "rewards")["items"]
    assert reward["price"] == 7_700
    answer = caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "bag"})
    assert answer["wallets"]["points"]["active"] == 8_000 - reward["price"]


def test_p36_an_order_paid_in_full_by_points_leaves_nothing_outstanding_with_or_without_cash_rounding(
    installation: Installation,
) -> None:
    caller = installation.caller(installation.publish(programme(wallets=[wallet(value="0.10", pays=True)])))
    caller.did("POST", "purchases", purchase("p", "5000.00"))
    exact = purchase("a", "100.60", at="2026-03-02T12:00:00Z", points={"wallet": "points", "amount": 1_006})
    assert caller.did("POST", "purchases", exact)["amounts"] == {
        "total": "100.60",
        "by_points": "100.60",
        "due": "0.00",
    }
    tender = {"wallet": "points", "amount": 1_010}
    rounded = purchase("b", "100.60", at="2026-03-03T12:00:00Z", rounding="0.40", points=tender)
    answer = caller.did("POST", "purchases", rounded)
    assert answer["amounts"] == {"total": "101.00", "by_points": "101.00", "due": "0.00"}


def test_p37_points_pay_at_most_their_share_of_an_order_and_so_many_of_them(installation: Installation) -> None:
    limited = wallet(value="0.10", pays=True, limit={"share": 50, "points": 500})
    caller = installation.caller(installation.publish(programme(wallets=[limited])))
    caller.did("POST", "purchases", purchase("p", "900.00"))
    order = purchase("a", "80.00", at="2026-03-02T12:00:00Z", points={"wallet": "points", "amount": 500})
    refused = caller.send("POST", "purchases", order)
    assert (refused.status_code, refused.json()["code"], refused.json()["max"]) == (409, "tender_limit", 400)
    order["points"]["amount"] = 400
    assert caller.did("POST", "purchases", order)["amounts"]["by_points"] == "40.00"
    large = purchase("b", "300.00", at="2026-03-03T12:00:00Z", points={"wallet": "points", "amount": 501})
    assert caller.send("POST", "purchases", large).json()["max"] == 500
