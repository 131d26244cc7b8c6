"""Corrections over HTTP: planned, read line by line, posted, undone, put away, told."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from stammis.programmes import yaml
from stammis.simulation import tasks
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.test_openapi import SHOP

SPEND = {"id": "spend", "kind": "amount", "each": "1.00"}


@pytest.fixture(scope="module")
def document(installation: Installation) -> dict[str, Any]:
    document = {**yaml.load(SHOP.read_text()), "from": "2026-01-01", "earn": [{**SPEND, "points": 3}]}
    installation.publish(document)
    return document


@pytest.fixture(scope="module")
def right(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "earn": [{**SPEND, "points": 1}]}


@pytest.fixture(scope="module")
def caller(installation: Installation, document: dict[str, Any]) -> Caller:
    made = installation.caller(document["programme"])
    for member, amount in (("anna", "10.00"), ("ben", "25.00")):
        line = {"id": "1", "quantity": "1", "amount": amount}
        said = {"id": f"A-{member}", "member": member, "occurred_at": "2026-03-04T12:00:00+02:00", "currency": "EUR"}
        made.did("POST", "purchases", said | {"lines": [line]})
    made.did("PUT", "members/ben", {"name": "=1+1"})
    return made


def asked(right: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Triple points", "wrong": 1, "document": right} | more


def test_a_wrong_version_is_put_right_and_undone(caller: Caller, right: dict[str, Any]) -> None:
    body = asked(right)
    begun = caller.send("POST", "corrections", body, headers={"Idempotency-Key": "c-1"})
    assert (begun.status_code, begun.json()["state"], begun.json()["wallets"]) == (202, "planning", {})
    correction = begun.json()["id"]
    again = caller.send("POST", "corrections", body, headers={"Idempotency-Key": "c-1"})
    assert (again.json()["id"], again.headers["Idempotent-Replay"]) == (correction, "true")
    early = caller.send("POST", f"corrections/{correction}/post", {})
    assert (early.status_code, early.json()["code"]) == (409, "not_planned")
    tasks.correct(correction)
    planned = caller.did("GET", f"corrections/{correction}")
    assert (planned["state"], planned["wrong"], planned["version"], planned["members"]) == ("draft", 1, None, 2)
    assert planned["wallets"]["points"] == {
        "gaining": 0,
        "gains": 0,
        "losing": 2,
        "losses": -70,
        "posted": 0,
        "undone": 0,
    }
    lines = caller.did("GET", f"corrections/{correction}/lines?limit=1")
    (line,) = lines["items"]
    assert (line["member"], line["amount"], line["state"]) == ("ben", -50, "planned")
    assert line["events"] == [{"kind": "purchase", "id": "A-ben", "before": 75, "after": 25}]
    assert "Taken back: 50 points." in line["sentence"]
    rest = caller.did("GET", f"corrections/{correction}/lines?cursor={lines['next']}")
    assert [each["member"] for each in rest["items"]] == ["anna"]
    assert caller.did("GET", f"corrections/{correction}/lines?which=gains")["items"] == []
    for _ in range(2):
        assert caller.send("POST", f"corrections/{correction}/post", {}).json()["state"] == "posting"
    tasks.correct(correction)
    assert (caller.balance("anna"), caller.balance("ben")) == (10, 25)
    told = caller.send("GET", f"corrections/{correction}/messages")
    rows = list(csv.DictReader(io.StringIO(told.text)))
    assert [(row["member"], row["name"], row["amount"], row["wallet"]) for row in rows] == [
        ("anna", "", "-20", "points"),
        ("ben", "'=1+1", "-50", "points"),
    ]
    assert caller.send("DELETE", f"corrections/{correction}").status_code == 409
    assert caller.did("POST", f"corrections/{correction}/undo", {})["state"] == "undoing"
    tasks.correct(correction)
    undone = caller.did("GET", f"corrections/{correction}")
    assert (undone["state"], undone["wallets"]["points"]["undone"]) == ("undone", 70)
    assert (caller.balance("anna"), caller.balance("ben")) == (30, 75)


def test_a_plan_is_stopped_gone_on_with_and_put_away(caller: Caller, right: dict[str, Any]) -> None:
    body = asked(right, name="Another")
    correction = caller.did("POST", "corrections", body)["id"]
    assert caller.did("DELETE", f"corrections/{correction}")["state"] == "cancelled"
    assert caller.did("POST", "corrections", body)["id"] != ""
    open_ones = [each for each in caller.did("GET", "corrections")["items"] if each["name"] == "Another"]
    assert open_ones[0]["state"] == "planning"
    tasks.correct(open_ones[0]["id"])
    assert caller.did("DELETE", f"corrections/{open_ones[0]['id']}")["state"] == "dropped"
    assert caller.balance("anna") == 30


def test_what_cannot_be_planned_is_refused_with_its_reason(
    installation: Installation, caller: Caller, document: dict[str, Any], right: dict[str, Any]
) -> None:
    for body, code in (
        ({"name": "x"}, "invalid"),
        ({"name": "x", "wrong": 1, "version": 2, "document": right}, "invalid"),
        ({"name": "x", "wrong": 1, "version": 1}, "same_version"),
        ({"name": "x", "wrong": 7, "document": right}, "not_in_force"),
        ({"name": "x", "document": right}, "no_period"),
        ({"name": "x", "wrong": 1, "version": 9}, "nothing_chosen"),
        (asked({**right, "programme": "another"}), "other_programme"),
        (asked(right, **{"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}), "bad_period"),
        (asked(right, **{"from": "0001-01-01T00:00:00+14:00"}), "invalid"),
    ):
        answer = caller.send("POST", "corrections", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    reader = installation.caller(document["programme"], ("corrections:read",), name="reader")
    assert reader.send("GET", "corrections").status_code == 200
    assert reader.send("POST", "corrections", asked(right)).status_code == 403
    assert caller.send("GET", "corrections/00000000-0000-0000-0000-000000000000").status_code == 404
    assert caller.send("POST", "corrections/00000000-0000-0000-0000-000000000000/undo", {}).status_code == 404
