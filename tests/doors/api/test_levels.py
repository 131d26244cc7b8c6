"""Levels over HTTP: what counts as declared, rates at the threshold, what keeps a level, and levels by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import goods, programme, purchase

LEVELS = [
    {"id": "basic", "name": "Basic", "at": 0},
    {"id": "silver", "name": "Silver", "at": 500},
    {"id": "gold", "name": "Gold", "at": 1000},
]
RATES = [
    {"kind": "amount", "id": level, "points": points, "when": {"kind": "tier", "set": "club", "any_of": [level]}}
    for points, level in enumerate(("basic", "silver", "gold"), start=1)
]


def club(**changes: Any) -> list[dict[str, Any]]:
    return [{"id": "club", "name": "Club", "counts": "spend", "levels": LEVELS, **changes}]


def caller_of(installation: Installation, **changes: Any) -> Caller:
    return installation.caller(installation.publish(programme(**changes)))


@pytest.mark.parametrize(("counts", "level"), [("points", "silver"), ("balance", "basic")])
def test_t61_on_the_earned_basis_silver_on_the_balance_basis_basic(
    installation: Installation, counts: str, level: str
) -> None:
    caller = caller_of(installation, tiers=club(counts=counts), rewards=[{"id": "mug", "name": "Mug", "price": 300}])
    answer = caller.did("POST", "purchases", purchase("1", "600.00"))
    assert answer["tiers"] == {"club": "silver"}
    caller.did("POST", "redemptions", {"id": "r", "member": "anna", "reward": "mug"})
    assert caller.did("GET", "members/anna")["tiers"] == {"club": level}


@pytest.mark.parametrize(("rate", "points"), [("before", 38_000), ("after", 76_000), ("split", 38_000)])
def test_t62_the_purchase_that_reaches_the_threshold_earns_as_declared(
    installation: Installation, rate: str, points: int
) -> None:
    levels = [{**level, "at": at} for level, at in zip(LEVELS, (0, 40_000, 100_000), strict=True)]
    caller = caller_of(installation, earn=RATES, tiers=club(levels=levels, rate=rate))
    for number, (amount, given, level) in enumerate(
        [("1000.00", 1_000, "basic"), ("1000.00", 1_000, "basic"), ("38000.00", points, "silver")]
    ):
        answer = caller.did("POST", "purchases", purchase(str(number), amount))
        assert [each["amount"] for each in answer["effects"] if each["effect"] == "posted"] == [given]
        assert answer["tiers"] == {"club": level}


def test_a_split_purchase_is_explained_in_its_parts_and_a_return_decides_the_rest_alike(
    installation: Installation,
) -> None:
    caller = caller_of(installation, earn=RATES, tiers=club(rate="split"))
    caller.did("POST", "purchases", purchase("1", "460.00"))
    answer = caller.did("POST", "purchases", purchase("2", "60.00", "40.00"))
    (row,) = [each for each in answer["effects"] if each["effect"] == "posted"]
    assert row["amount"] == 160
    why = caller.did("GET", f"ledger/{row['row']}/why")
    assert {part["rule"]: part["amount"] for part in why["parts"]} == {"basic": 40, "silver": 120}
    said = [part["sentence"].partition("decided in parts: ")[2] for part in (*why["parts"], *why["not_applied"])]
    basic, silver = "£40.00 at the level Basic", "£60.00 at the level Silver"
    assert said == [
        f"{basic}: 40 points for £40.00; {silver}: nothing, since it holds for members at the level Basic.",
        f"{basic}: nothing, since it holds for members at the level Silver; {silver}: 120 points for £60.00.",
        f"{basic}: nothing; {silver}: nothing.",
    ]
    caller.did("POST", "purchases/2/returns", goods("1", "2"))
    record = caller.did("GET", "members/anna")
    assert record["wallets"]["points"]["active"] == 460
    assert record["progress"][0]["counted"] == 46_000


def test_progress_says_by_when_what_keeps_the_level_and_where_the_pace_leads(installation: Installation) -> None:
    caller = caller_of(installation, tiers=club(cycle={"kind": "calendar"}))
    caller.did("POST", "purchases", purchase("1", "660.00", at="2026-01-10T12:00:00Z"))
    record = caller.did("GET", "members/anna")
    assert record["tiers"] == {"club": "silver"}
    (progress,) = record["progress"]
    assert (progress["next"], progress["missing"], progress["by"]) == ("gold", 34_000, "2026-12-31")
    assert (progress["rests_on"], progress["last_day"]) == ("counted", "2027-12-31")
    assert progress["keep"] == {"missing": 0, "by": "2026-12-31"}
    assert progress["projected"]["level"] == "gold"


def test_visits_and_a_mix_of_measures_count_events(installation: Installation) -> None:
    levels = [{"id": "friend", "name": "Friend", "at": 100, "also": {"visits": 2}}]
    caller = caller_of(
        installation, tiers=club(levels=levels, also=[{"id": "visits", "counts": "visits", "events": ["visit"]}])
    )
    caller.did("POST", "purchases", purchase("1", "100.00"))
    for number in (1, 2):
        assert caller.did("GET", "members/anna")["tiers"] == {"club": None}
        event = {"id": f"v{number}", "type": "visit", "member": "anna", "occurred_at": "2026-03-02T10:00:00Z"}
        caller.did("POST", "events", event)
    record = caller.did("GET", "members/anna")
    assert record["tiers"] == {"club": "friend"}
    assert [(each["measure"], each["counted"]) for each in record["progress"][0]["measures"]] == [
        ("club", 10_000),
        ("visits", 2),
    ]


def test_a_level_by_hand_has_a_reason_and_an_end_and_null_takes_it_back(installation: Installation) -> None:
    caller = caller_of(installation, tiers=club())
    caller.did("PUT", "members/anna", {})
    body = {"level": "gold", "until": "2026-12-31", "reason": "Promised at the counter"}
    record = caller.did("PUT", "members/anna/tiers/club", body)
    assert record["tiers"] == {"club": "gold"}
    assert record["progress"][0]["by_hand"] == {
        "level": "gold",
        "until": "2026-12-31",
        "only": False,
        "reason": "Promised at the counter",
    }
    assert caller.did("GET", "members/anna/timeline")["items"][0]["type"] == "level"
    assert caller.did("PUT", "members/anna/tiers/club", {"level": None, "reason": "Over"})["tiers"] == {"club": "basic"}
    refused = caller.send("PUT", "members/anna/tiers/club", {**body, "level": "platinum"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_level")
    assert refused.json()["errors"][0]["pointer"] == "/level"
    refused = caller.send("PUT", "members/anna/tiers/other", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_tier_set")


def test_whose_level_falls_soon_is_listed_soonest_first(installation: Installation) -> None:
    caller = caller_of(installation, tiers=club(window_days=60))
    caller.did("POST", "purchases", purchase("1", "600.00", at="2026-02-20T12:00:00Z"))
    caller.did("POST", "purchases", purchase("2", "1200.00", member="ben", at="2026-02-10T12:00:00Z"))
    caller.did("POST", "purchases", purchase("3", "1200.00", member="cora", at="2026-03-30T12:00:00Z"))
    found = caller.did("GET", "tiers/club/falling", params={"days": 30})
    assert found["count"] == 2
    assert [(each["member"], each["level"], each["falls_to"], each["last_day"]) for each in found["items"]] == [
        ("ben", "gold", "basic", "2026-04-10"),
        ("anna", "silver", "basic", "2026-04-20"),
    ]
    assert found["items"][1]["keep"] == {"missing": 50_000, "by": "2026-04-20"}
