"""Members over HTTP: merged, found, enrolled or refused; guests and the anonymous are counted and earn nothing."""

from __future__ import annotations

import pytest

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase


@pytest.fixture(scope="module")
def caller(installation: Installation) -> Caller:
    return installation.caller(installation.publish(programme()))


def test_facts_are_merged_and_null_clears(caller: Caller) -> None:
    first = {"name": "Anna", "email": "anna@example.com", "attributes": {"pets": 2, "town": "Turku"}, "labels": ["vip"]}
    record = caller.did("PUT", "members/anna", first)
    assert {name: record[name] for name in first} == first
    record = caller.did("PUT", "members/anna", {"email": None, "attributes": {"pets": None, "size": 38}})
    assert (record["name"], record["email"]) == ("Anna", None)
    assert record["attributes"] == {"town": "Turku", "size": 38}
    assert record["labels"] == ["vip"]
    assert caller.did("GET", "members/anna") == record
    assert record["wallets"]["points"] == {"active": 0, "pending": 0, "held": 0, "decimals": 0, "value": None}


def test_members_are_found_by_the_beginning_of_any_word(caller: Caller) -> None:
    caller.did("PUT", "members/c-77", {"name": "Bengt Ågren", "email": "bengt@example.com", "phone": "+358 40 555"})
    for words in ("beng", "ågr", "agren", "c-77", "bengt@", "BENGT ag"):
        found = caller.did("GET", "members", params={"q": words})
        assert [each["member"] for each in found["items"]] == ["c-77"], words
    assert caller.did("GET", "members", params={"q": "gren"})["items"] == []


def test_who_is_not_known_is_enrolled_or_refused_as_the_programme_says(
    installation: Installation, caller: Caller
) -> None:
    assert caller.did("POST", "purchases", purchase("p", "5.00", member="new"))["wallets"]["points"]["active"] == 5
    strict = installation.caller(installation.publish(programme(members={"unknown": "refuse"})))
    refused = strict.send("POST", "purchases", purchase("p", "5.00", member="new"))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_member")
    assert refused.json()["errors"][0]["pointer"] == "/member"
    strict.did("PUT", "members/new", {})
    assert strict.send("POST", "purchases", purchase("p", "5.00", member="new")).status_code == 201


def test_guests_and_the_anonymous_are_counted_and_earn_nothing(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    for number, contact in enumerate((None, None, {"email": "guest@example.com"})):
        answer = caller.did("POST", "purchases", purchase(f"g{number}", "7.00", member=None, contact=contact))
        assert [each for each in answer["effects"] if each["effect"] == "posted"] == []
        assert answer["amounts"]["total"] == "7.00"
    assert caller.did("GET", "members")["items"] == []
    assert caller.did("GET", "purchases/g0")["member"] is None
    assert caller.did("GET", "metrics/purchases")["value"] == 3
    assert caller.did("GET", "metrics/gross_sales")["value"] == "21.00"
    assert caller.did("GET", "metrics/members")["value"] == 0


def test_labels_reach_the_rules(installation: Installation) -> None:
    rule = {"id": "vip", "kind": "purchase", "points": 50, "when": {"kind": "label", "any_of": ["vip"]}}
    caller = installation.caller(installation.publish(programme(earn=[rule])))
    assert caller.did("POST", "purchases", purchase("p", "5.00"))["wallets"]["points"]["active"] == 0
    caller.did("PUT", "members/anna", {"labels": ["vip"]})
    later = purchase("q", "5.00", at="2026-03-30T12:00:00Z")
    assert caller.did("POST", "purchases", later)["wallets"]["points"]["active"] == 50
