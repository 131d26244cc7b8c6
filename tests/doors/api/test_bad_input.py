"""Bad input over HTTP: a clear error with a code and a place, the good items kept, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import goods, programme, purchase


@pytest.fixture(scope="module")
def caller(installation: Installation) -> Caller:
    return installation.caller(installation.publish(programme(declared_age_days=100)))


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown field": (purchase("x", "1.00", colour="red"), "/colour", "unknown_field"),
    "a negative amount": (purchase("x", "-1.00"), "/lines/0/amount", "negative_amount"),
    "an exponent": (purchase("x", "1e2"), "/lines/0/amount", "bad_amount"),
    "NaN": (purchase("x", "NaN"), "/lines/0/amount", "bad_amount"),
    "full-width digits": (purchase("x", "１.00"), "/lines/0/amount", "bad_amount"),
    "a currency that does not exist": (purchase("x", "1.00", currency="XQX"), "/currency", "unknown_currency"),
    "a currency without a rate": (purchase("x", "1.00", currency="EUR"), "/currency", "no_rate"),
    "other decimals": (purchase("x", "1.00", currency="JPY"), "/lines/0/amount", "too_many_decimals"),
    "a time without an offset": (purchase("x", "1.00", at="2026-03-01T12:00:00"), "/occurred_at", "no_offset"),
    "too old": (purchase("x", "1.00", at="2025-12-01T12:00:00Z"), "/occurred_at", "too_old"),
    "in the future": (purchase("x", "1.00", at="2026-04-02T12:00:00Z"), "/occurred_at", "in_future"),
    "an unmapped status": (purchase("x", "1.00", status="lost"), "/status", "unknown_status"),
    "discounts above the lines": (
        purchase("x", "1.00", discounts=[{"amount": "2.00", "kind": "reward"}]),
        "/discounts",
        "negative_total",
    ),
}


@pytest.mark.parametrize(("body", "pointer", "code"), BAD.values(), ids=BAD)
def test_a_bad_purchase_is_refused_with_its_place_and_leaves_nothing(
    caller: Caller, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = caller.send("POST", "purchases", body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == 422, answer.text
    assert answer.json()["title"] == "Unprocessable Content"
    assert (pointer, code) in {(each["pointer"], each["code"]) for each in answer.json()["errors"]}
    assert caller.send("GET", "purchases/x").status_code == 404


def test_five_minutes_ahead_is_still_now(caller: Caller) -> None:
    assert caller.send("POST", "purchases", purchase("soon", "1.00", at="2026-04-01T00:04:59Z")).status_code == 201


def test_a_bad_item_spoils_no_other(caller: Caller) -> None:
    items: list[Any] = [
        {"kind": "purchase", **purchase("b1", "10.00", member="batch")},
        {"kind": "purchase", **purchase("b2", "-1.00", member="batch")},
        {"kind": "purchase", **purchase("b1", "99.00", member="batch")},
        {"kind": "dance"},
        7,
        {"kind": "purchase", **purchase("b3", "5.00", member="batch", at="2025-01-01T12:00:00Z")},
        {"kind": "return", "purchase": "b1", **goods("9", id="b4")},
        {"kind": "member", "member": "batch", "name": "B", "email": "no"},
        {"kind": "purchase", **purchase("b5", "20.00", member="batch")},
        {"kind": "status", "purchase": "b5", "status": "cancelled", "occurred_at": "2026-03-02T12:00:00Z"},
    ]
    outcomes = caller.did("POST", "batch", {"items": items})["outcomes"]
    said = [(each["status"], each.get("problem", {}).get("code")) for each in outcomes]
    assert said == [
        (201, None),
        (422, "invalid"),
        (409, "id_reused"),
        (422, "invalid"),
        (422, "invalid"),
        (422, "too_old"),
        (422, "unknown_line"),
        (422, "invalid"),
        (201, None),
        (200, None),
    ]
    assert outcomes[1]["problem"]["errors"][0]["pointer"] == "/lines/0/amount"
    assert caller.balance("batch") == 10


def test_a_batch_holds_at_most_a_thousand_items(caller: Caller) -> None:
    items = [{"kind": "member", "member": f"m{number}"} for number in range(1_001)]
    refused = caller.send("POST", "batch", {"items": items})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    outcomes = caller.did("POST", "batch", {"items": items[:1_000]})["outcomes"]
    assert [each["status"] for each in outcomes] == [200] * 1_000


@pytest.mark.parametrize(
    "query",
    [
        "dry_run=maybe",
        "as_of=2026-03-01T00:00:00Z",
        "dry_run=true&as_of=yesterday",
        "dry_run=true&as_of=0001-01-01T00:00:00Z",
    ],
)
def test_a_dry_run_is_asked_for_clearly(caller: Caller, query: str) -> None:
    for path, body in (("purchases", purchase("x", "1.00")), ("adjustments", ADJUSTMENT)):
        answer = caller.send("POST", f"{path}?{query}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(("query", "pointer"), [("why=true", "/?why"), ("dry_run=true&why=true&lang=de", "/?lang")])
def test_only_a_dry_run_says_why_and_in_a_language_that_there_is(caller: Caller, query: str, pointer: str) -> None:
    refused = caller.send("POST", f"purchases?{query}", purchase("x", "1.00"))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


ADJUSTMENT = {"id": "x", "member": "dry", "wallet": "points", "amount": 5, "reason": "why not"}


def test_a_dry_run_answers_alike_and_writes_nothing(caller: Caller) -> None:
    caller.did("POST", "purchases", purchase("d1", "30.00", member="dry"))
    for path, body in (
        ("purchases", purchase("d2", "12.00", member="dry", at="2026-03-02T12:00:00Z")),
        ("purchases/d1/returns", goods("1")),
        ("adjustments", ADJUSTMENT),
        ("events", {"id": "e", "type": "visit", "member": "dry", "occurred_at": "2026-03-02T12:00:00Z"}),
        ("batch", {"items": [{"kind": "purchase", **purchase("d3", "7.00", member="dry")}]}),
    ):
        answer = caller.send("POST", f"{path}?dry_run=true", body)
        assert answer.is_success, answer.text
        assert "idempotent-replay" not in answer.headers
    assert [row["amount"] for row in caller.rows("dry")] == [30]
    tried = caller.did("POST", "purchases?dry_run=true", purchase("d2", "12.00", member="dry"))
    assert tried["wallets"]["points"]["active"] == 42
    as_of = "purchases?dry_run=true&as_of=2026-02-01T00:00:00Z"
    past = caller.did("POST", as_of, purchase("d2", "12.00", member="dry"))
    assert past["wallets"]["points"]["active"] == 12
    later = caller.did("POST", as_of.replace("02-01", "03-20"), purchase("d2", "12.00", member="dry"))
    assert later["effects"][0]["occurred_at"] == "2026-03-20T00:00:00Z"
    assert caller.send("GET", "purchases/d2").status_code == 404


def test_a_cursor_that_is_none_and_a_page_too_large_are_refused(caller: Caller) -> None:
    for path in (
        "members?cursor=x",
        "members?limit=0",
        "members?limit=201",
        "members?limit=many",
        "deferred?state=lost",
    ):
        answer = caller.send("GET", path)
        assert answer.status_code == 422, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_long_lists_come_in_pages(caller: Caller) -> None:
    for number in range(7):
        caller.did("POST", "purchases", purchase(f"page-{number}", f"{number + 1}.00", member="pages"))
    seen: list[int] = []
    path = "members/pages/ledger?limit=3"
    cursor = ""
    while True:
        page = caller.did("GET", path + cursor)
        seen += [row["amount"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    story = caller.did("GET", "members/pages/timeline?types=purchase&limit=200")["items"]
    assert [each["id"] for each in story] == [f"page-{number}" for number in range(6, -1, -1)]
    assert caller.send("GET", "members/pages/timeline?types=dance").status_code == 422
