"""Cases B and T: what points are counted on, how they are rounded, and tiers, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase


def earns(caller: Caller, body: dict[str, Any]) -> int:
    """Points that a purchase earns: the row, which the steps and the reasons add up to."""
    answer = caller.did("POST", "purchases", body)
    earned = [each["amount"] for each in answer["effects"] if each.get("kind") == "earn"]
    assert sum(step["points"] for step in answer["steps"] if step["applied"]) == sum(earned)
    for row in (each["row"] for each in answer["effects"] if each["effect"] == "posted"):
        why = caller.did("GET", f"ledger/{row}/why?lang=en")
        assert sum(part["amount"] for part in why["parts"]) == why["row"]["amount"]
        assert why["sentence"]
    return sum(earned)


@pytest.mark.parametrize(("tax", "points"), [("excluded", 100), ("included", 121)])
def test_b40_tax_counts_or_not(installation: Installation, tax: str, points: int) -> None:
    caller = installation.caller(installation.publish(programme(basis={"tax": tax})))
    body = purchase("p")
    body["lines"] = [{"id": "1", "quantity": 1, "amount": "121.00", "tax": "21.00"}]
    assert earns(caller, body) == points


@pytest.mark.parametrize(("shipping", "points"), [(False, 40), (True, 52)])
def test_b41_shipping_counts_or_not(installation: Installation, shipping: bool, points: int) -> None:  # noqa: FBT001 - the case's own two values
    caller = installation.caller(installation.publish(programme(basis={"shipping": shipping})))
    body = purchase("p", "40.00")
    body["lines"].append({"id": "s", "kind": "shipping", "quantity": 1, "amount": "12.00"})
    assert earns(caller, body) == points


@pytest.mark.parametrize(("rewards", "points"), [("before", 100), ("after", 80)])
def test_b42_reward_discounts_count_or_not(installation: Installation, rewards: str, points: int) -> None:
    caller = installation.caller(installation.publish(programme(basis={"rewards": rewards})))
    body = purchase("p", "100.00", discounts=[{"amount": "20.00", "kind": "reward"}])
    answer = caller.did("POST", "purchases", body)
    assert answer["amounts"]["total"] == "80.00"
    assert answer["wallets"]["points"]["active"] == points
    [row] = caller.rows("anna")
    why = caller.did("GET", f"ledger/{row['id']}/why?lang=en")
    basis = why["parts"][0]["sentence"].partition("counted on ")[2].partition(", not on")[0]
    assert ("what a reward takes off" in basis) is (rewards == "before")


def test_b44_full_steps_alone_count(installation: Installation) -> None:
    rule = {"id": "steps", "kind": "amount", "points": 5, "each": "2.50", "full_steps": True}
    caller = installation.caller(installation.publish(programme(earn=[rule])))
    amounts = ("3.00", "4.99", "5.00")
    assert [earns(caller, purchase(amount, amount)) for amount in amounts] == [5, 5, 10]


@pytest.mark.parametrize(
    ("points", "amount", "full_steps", "expected"),
    [
        (4, "289.50", True, 1_156),
        (10, "149.99", True, 1_490),
        (4, "289.50", False, 1_158),
        (10, "149.99", False, 1_499),
    ],
)
def test_b46_points_for_each_full_unit_or_for_every_penny(
    installation: Installation,
    points: int,
    amount: str,
    full_steps: bool,  # noqa: FBT001 - the case's own two values
    expected: int,
) -> None:
    rule = {"id": "spend", "kind": "amount", "points": points, "each": "1.00", "full_steps": full_steps}
    caller = installation.caller(installation.publish(programme(earn=[rule])))
    assert earns(caller, purchase("p", amount)) == expected


@pytest.mark.parametrize(("level", "expected"), [("purchase", 4), ("line", 3)])
def test_b47_rounding_is_for_the_purchase_or_for_each_line(
    installation: Installation, level: str, expected: int
) -> None:
    caller = installation.caller(installation.publish(programme(rounding={"level": level})))
    assert earns(caller, purchase("p", "1.50", "1.50", "1.50")) == expected
    assert caller.balance("anna") == sum(row["amount"] for row in caller.rows("anna")) == expected


@pytest.mark.parametrize(("rate", "third"), [("before", 38_000), ("after", 76_000)])
def test_t62_the_purchase_that_reaches_a_tier_earns_by_the_rate_declared(
    installation: Installation, rate: str, third: int
) -> None:
    levels = [{"id": f"l{n}", "name": f"L{n}", "at": at} for n, at in ((1, 0), (2, 40_000), (3, 100_000))]
    status = {"id": "status", "name": "Status", "counts": "spend", "rate": rate, "levels": levels}
    earn = [{"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}]
    for number, factor in ((2, 2), (3, 3)):
        when = {"kind": "tier", "set": "status", "any_of": [f"l{number}"]}
        earn.append({"id": f"m{number}", "kind": "multiply", "factor": factor, "rules": ["spend"], "when": when})
    caller = installation.caller(installation.publish(programme(tiers=[status], earn=earn)))
    first = caller.did("POST", "purchases", purchase("a", "1000.00", at="2026-03-01T12:00:00Z"))
    assert (first["wallets"]["points"]["active"], first["tiers"]["status"]) == (1_000, "l1")
    second = caller.did("POST", "purchases", purchase("b", "1000.00", at="2026-03-02T12:00:00Z"))
    assert (second["wallets"]["points"]["active"], second["tiers"]["status"]) == (2_000, "l1")
    last = caller.did("POST", "purchases", purchase("c", "38000.00", at="2026-03-03T12:00:00Z"))
    assert (last["wallets"]["points"]["active"], last["tiers"]["status"]) == (2_000 + third, "l2")
    assert caller.did("GET", "members/anna")["tiers"]["status"] == "l2"
