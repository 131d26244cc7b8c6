"""Groups, tables, budgets and currencies over HTTP: case B48 and its family."""

from __future__ import annotations

from typing import Any

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import goods, programme, purchase, wallet

EXTRA = {"id": "extra", "kind": "purchase", "points": 50}


def told(caller: Caller, row: int = 0) -> dict[str, Any]:
    """Why the row was posted, the oldest being 0."""
    return dict(caller.did("GET", f"ledger/{caller.rows('anna')[row]['id']}/why?lang=en"))


def test_b48_a_purchase_in_rands_earns_by_the_rate_of_its_day_which_stands_in_the_explanation(
    installation: Installation,
) -> None:
    caller = installation.caller(installation.publish(programme(currency="EUR")))
    order = purchase("p", "1700.00", currency="ZAR")
    refused = caller.send("POST", "purchases", order)
    assert (refused.status_code, refused.json()["code"]) == (422, "no_rate")
    assert caller.did("PUT", "rates/ZAR", {"on": "2026-03-01", "rate": "17.0"})["rate"] == "17"
    answer = caller.did("POST", "purchases", order)
    assert answer["amounts"] == {"total": "1700.00", "by_points": "0.00", "due": "1700.00"}
    assert caller.balance("anna") == 100
    rate = next(step for step in answer["steps"] if step["because"] == "rate")
    assert rate["saw"] == {"currency": "ZAR", "rate": "17", "on": "2026-03-01"}
    said = "17 ZAR for 1 EUR, the rate of 1 March 2026"
    assert said in told(caller)["sentence"]
    assert said in caller.did("GET", "purchases/p/why?lang=en")["events"][0]["sentence"]
    caller.did("PUT", "rates/ZAR", {"on": "2026-03-01", "rate": "34"})
    back = caller.did("POST", "purchases/p/returns", goods("1", id="r"))
    assert back["refund"]["money"] == "1700.00"
    assert caller.balance("anna") == 0


def test_a_rate_that_cannot_be_is_refused_with_its_place(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(currency="EUR")))
    for currency, body, pointer in [
        ("EUR", {"on": "2026-03-01", "rate": "1"}, "/currency"),
        ("QQQ", {"on": "2026-03-01", "rate": "1"}, "/currency"),
        ("ZAR", {"on": "2026-03-01", "rate": "0"}, "/rate"),
        ("ZAR", {"on": "soon", "rate": "1"}, "/on"),
        ("ZAR", {"rate": "1"}, "/on"),
    ]:
        refused = caller.send("PUT", f"rates/{currency}", body)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_a_budget_gives_what_is_left_and_a_step_says_so(installation: Installation) -> None:
    budget = {"id": "spring", "name": "Spring", "rules": ["extra"], "money": "0.80"}
    document = programme(wallets=[wallet(value="0.01")], earn=[EXTRA], budgets=[budget])
    caller = installation.caller(installation.publish(document))
    first = caller.did("POST", "purchases", purchase("1", "5.00"))
    second = caller.did("POST", "purchases", purchase("2", "5.00", at="2026-03-02T12:00:00Z"))
    third = caller.did("POST", "purchases", purchase("3", "5.00", at="2026-03-03T12:00:00Z"))
    assert [answer["steps"][0].get("points", 0) for answer in (first, second, third)] == [50, 30, 0]
    assert [answer["steps"][0]["because"] for answer in (second, third)] == ["budget_reached"] * 2
    assert "The budget «Spring» left 30 points." in told(caller, 1)["parts"][0]["sentence"]
    caller.did("POST", "purchases/1/returns", goods("1", id="r", at="2026-03-04T12:00:00Z"))
    fourth = caller.did("POST", "purchases", purchase("4", "5.00", at="2026-03-05T12:00:00Z"))
    assert fourth["steps"][0]["points"] == 50


def test_of_an_exclusive_group_one_rule_gives_and_the_other_says_why_not(installation: Installation) -> None:
    rules = [EXTRA, {"id": "more", "kind": "purchase", "points": 70, "priority": 1}]
    document = programme(earn=rules, groups=[{"id": "one", "name": "Welcome", "rules": ["extra", "more"]}])
    caller = installation.caller(installation.publish(document))
    caller.did("POST", "purchases", purchase("1", "5.00"))
    why = told(caller)
    assert [(part["rule"], part["amount"]) for part in why["parts"]] == [("more", 70)]
    assert why["not_applied"][0]["because"] == "group_lost"
    assert "of «Welcome» only one rule gives, here «more»" in why["not_applied"][0]["sentence"]


def test_a_dry_run_says_of_every_rule_what_it_would_give_and_why_not(installation: Installation) -> None:
    shop = {"id": "seven", "kind": "purchase", "points": 9, "when": {"kind": "store", "any_of": ["7"]}}
    review = {"id": "review", "kind": "event", "event": "review", "points": 3}
    caller = installation.caller(installation.publish(programme(earn=[EXTRA, shop, review])))
    tried = caller.did("POST", "purchases?dry_run=true&why=true", purchase("1", "5.00", store="8"))["why"]
    assert [(part["rule"], part["amount"]) for part in tried["parts"]] == [("extra", 50)]
    assert {each["rule"]: each["because"] for each in tried["not_applied"]} == {
        "seven": "condition",
        "review": "condition",
    }
    assert "gave nothing" in tried["not_applied"][0]["sentence"]
    event = {"id": "e", "type": "review", "member": "anna", "occurred_at": "2026-03-02T12:00:00Z"}
    caller.did("POST", "purchases", purchase("1", "5.00", store="8"))
    tried = caller.did("POST", "events?dry_run=true&why=true&lang=en", event)["why"]
    assert [(part["rule"], part["amount"]) for part in tried["parts"]] == [("review", 3)]
    back = caller.did("POST", "purchases/1/returns?dry_run=true&why=true", goods("1"))["why"]
    assert [part["amount"] for part in back["parts"]] == [-50]
    early = caller.did("POST", "purchases/9/returns?dry_run=true&why=true", goods("1", id="early"))
    assert "why" not in early
    assert "why" not in caller.did("POST", "purchases?dry_run=true", purchase("2", "5.00"))


def test_a_purchase_in_a_currency_with_more_decimals_comes_back_to_the_cent(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(currency="JPY")))
    money = {"id": "r1", "occurred_at": "2026-03-11T10:00:00Z", "money": "5.50"}
    refused = caller.send("POST", "purchases/p/returns", money)
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/money", "too_many_decimals")]
    caller.did("PUT", "rates/EUR", {"on": "2026-03-01", "rate": "0.01"})
    caller.did("POST", "purchases", purchase("p", "20.50", currency="EUR"))
    earned = caller.balance("anna")
    answer = caller.did("POST", "purchases/p/returns", money)
    assert answer["refund"]["money"] == "5.50"
    assert caller.balance("anna") == earned - 550
    assert "5.50" in told(caller, 1)["sentence"]
    assert "€" in told(caller, 1)["sentence"]
    again = caller.send("POST", "purchases/p/returns", money | {"money": "5.5"})
    assert (again.status_code, again.json()) == (201, answer)
    lines = [{"line": "1", "amount": "5.005"}]
    refused = caller.send(
        "POST", "purchases/p/returns", {"id": "r2", "occurred_at": money["occurred_at"], "lines": lines}
    )
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/lines/0/amount", "too_many_decimals")
    ]
    caller.did("POST", "purchases", purchase("y", "2000", currency="JPY"))
    refused = caller.send("POST", "purchases/y/returns", money | {"id": "r3"})
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/money", "too_many_decimals")]
    items = {"items": [{"kind": "return", "purchase": "p"} | money | {"id": "r4", "money": "0.50"}]}
    (done,) = caller.did("POST", "batch", items)["outcomes"]
    assert (done["status"], done["answer"]["refund"]["money"]) == (201, "0.50")
