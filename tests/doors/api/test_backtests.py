"""Back-tests over HTTP: asked for, worked off, read, compared, stopped, taken away."""

from __future__ import annotations

from typing import Any

import pytest

from stammis.programmes import yaml
from stammis.simulation import tasks
from stammis.simulation.models import Run
from stammis.simulation.results import folder_of
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.test_openapi import SHOP


@pytest.fixture(scope="module")
def document(installation: Installation) -> dict[str, Any]:
    document = {**yaml.load(SHOP.read_text()), "from": "2026-01-01"}
    installation.publish(document)
    return document


@pytest.fixture(scope="module")
def caller(installation: Installation, document: dict[str, Any]) -> Caller:
    made = installation.caller(document["programme"])
    for number, amount in enumerate(("10.00", "25.00")):
        line = {"id": "1", "quantity": "1", "amount": amount}
        said = {"id": f"A-{number}", "member": "anna", "occurred_at": "2026-03-04T12:00:00+02:00", "currency": "EUR"}
        made.did("POST", "purchases", said | {"lines": [line]})
    return made


def test_a_rule_left_out_is_tried_and_laid_beside_what_was(caller: Caller, document: dict[str, Any]) -> None:
    rule = document["earn"][0]["id"]
    asked = caller.send("POST", "backtests", {"without": rule, "from": "2026-03-01"})
    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["result"]) == ("queued", None)
    run = asked.json()["id"]
    assert caller.send("POST", "backtests", {"without": rule, "from": "2026-03-01"}).json()["id"] == run
    assert caller.send("GET", f"backtests/{run}/compare/{run}").status_code == 409
    tasks.work_off(run)
    done = caller.did("GET", f"backtests/{run}")
    assert (done["state"], done["result"]["purchases"]) == ("done", 2)
    earned = caller.balance("anna")
    found = caller.did("GET", f"backtests/{run}/compare/{done['compared_with']}")
    wallet = found["wallets"][0]
    assert (wallet["other"]["earned"], wallet["tried"]["earned"]) == (earned, 0)
    assert (found["better"], found["worse"], found["largest"][0]["member"]) == (0, 1, "anna")
    assert "less (−100%)" in found["sentences"][0]
    assert (found["rewards"], found["assumed"]) == ([], {"redemption": [], "response": []})
    assert (wallet["cost_tried"]["value"], wallet["cost_minor"]["few"]) == (0, True)
    table = caller.send("GET", f"backtests/{run}/export/members?form=csv")
    assert table.text.splitlines()[0].startswith("member_id,member,wallet,today,tried")
    assert caller.send("GET", f"backtests/{run}/export/members?form=parquet").content[:4] == b"PAR1"
    assert caller.send("GET", f"backtests/{run}/export/nothing").json()["code"] == "unknown_table"


def test_why_is_told_at_once_or_found_out_by_the_worker(caller: Caller, document: dict[str, Any]) -> None:
    rule = document["earn"][0]["id"]
    run = caller.did("POST", "backtests", {"without": rule, "from": "2026-03-01"})["id"]
    assert caller.send("GET", f"backtests/{run}/members/anna/why").json()["code"] == "not_comparable"
    tasks.work_off(run)
    told = caller.did("GET", f"backtests/{run}/members/anna/why?lang=en")
    assert [(each["type"], each["id"]) for each in told["moments"]] == [("purchase", "A-0"), ("purchase", "A-1")]
    assert told["moments"][0]["other"]["parts"][0]["rule"] == rule
    assert told["moments"][0]["tried"]["points"] == {}
    budget = {"id": "spring", "rules": [rule], "points": 1}
    shared = {"document": {**document, "budgets": [budget], "name": "Shared"}, "from": "2026-03-01"}
    run = caller.did("POST", "backtests", shared)["id"]
    tasks.work_off(run)
    waits = caller.send("GET", f"backtests/{run}/members/anna/why")
    assert (waits.status_code, waits.json()["state"], waits.headers["Retry-After"]) == (202, "queued", "1")
    place = folder_of(Run.objects.get(id=run))
    away = place.rename(place.with_suffix(".away"))  # how far it is can be told without a look at the history
    assert caller.send("GET", f"backtests/{run}/members/anna/why").status_code == 202
    away.rename(place)
    beside = caller.did("GET", f"backtests/{run}")["compared_with"]
    tasks.explain(caller.did("GET", f"backtests/{run}/compare/{beside}")["largest"][0]["id"], run, beside)
    told = caller.did("GET", f"backtests/{run}/members/anna/why?other={beside}")
    assert told["moments"][0]["tried"]["points"] == {"points": 1}
    assert caller.send("GET", f"backtests/{run}/members/nobody/why").status_code == 404


def test_a_sample_is_scaled_up(caller: Caller, document: dict[str, Any]) -> None:
    asked = {"without": document["earn"][0]["id"], "from": "2026-03-01", "sample": 1}
    run = caller.did("POST", "backtests", asked)["id"]
    tasks.work_off(run)
    beside = caller.did("GET", f"backtests/{run}")["compared_with"]
    found = caller.did("GET", f"backtests/{run}/compare/{beside}")
    earned = found["wallets"][0]["estimates"]["earned"]
    assert earned["other"]["value"] == found["wallets"][0]["other"]["earned"] * found["share"][1]
    assert earned["change"]["value"] == -earned["other"]["value"]
    assert all(level["other_estimate"]["n"] == 1 for level in found["levels"])


def test_what_is_supposed_is_told_apart(caller: Caller, document: dict[str, Any]) -> None:
    supposed = {"redemption": "curve", "response": {"low": 0.0, "high": 0.1}}
    asked = caller.did("POST", "backtests", {"document": {**document, "name": "Supposed"}} | supposed)
    assert (asked["redemption"], asked["response"]) == ("curve", {"low": 0.0, "high": 0.1})
    tasks.work_off(asked["id"])
    beside = caller.did("GET", f"backtests/{asked['id']}")["compared_with"]
    found = caller.did("GET", f"backtests/{asked['id']}/compare/{beside}")
    assert [each["wallet"] for each in found["assumed"]["redemption"]] == ["points"]
    assert found["assumed"]["redemption"][0]["ages"][0]["months"] == 0
    wrong = caller.send("POST", "backtests", {"proof": True, "response": {"low": 1, "high": "much"}})
    assert wrong.status_code == 422


def test_the_proof_and_stopping(caller: Caller, document: dict[str, Any]) -> None:
    proof = caller.did("POST", "backtests", {"proof": True})["id"]
    tasks.work_off(proof)
    result = caller.did("GET", f"backtests/{proof}")["result"]
    assert (result["differing"], result["compared"] > 0) == (0, True)
    run = caller.did("POST", "backtests", {"document": {**document, "name": "Other"}})["id"]
    assert caller.did("DELETE", f"backtests/{run}")["state"] == "cancelled"
    assert caller.did("POST", f"backtests/{run}/pin")["pinned"]
    assert not caller.did("POST", f"backtests/{run}/pin?pinned=false")["pinned"]
    gone = caller.did("POST", "backtests", {"document": {**document, "name": "Gone"}})["id"]
    assert caller.did("DELETE", f"backtests/{gone}")["state"] == "cancelled"
    caller.did("DELETE", f"backtests/{gone}?remove=true")
    assert caller.send("GET", f"backtests/{gone}").status_code == 404
    listed = caller.did("GET", "backtests")["items"]
    assert {run, proof} <= {each["id"] for each in listed}


def test_what_cannot_be_asked_is_refused_with_its_reason(
    installation: Installation, caller: Caller, document: dict[str, Any]
) -> None:
    for body, code in (
        ({}, "invalid"),
        ({"proof": True, "without": "x"}, "invalid"),
        ({"without": "nothing"}, "unknown_rule"),
        ({"document": {**document, "programme": "another"}}, "other_programme"),
        ({"document": document, "from": "2026-02-02", "to": "2026-02-02"}, "bad_period"),
    ):
        answer = caller.send("POST", "backtests", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    reader = installation.caller(document["programme"], ("backtests:read",), name="reader")
    assert reader.send("GET", "backtests").status_code == 200
    assert reader.send("POST", "backtests", {"proof": True}).status_code == 403
    assert caller.send("GET", "backtests/00000000-0000-0000-0000-000000000000").status_code == 404
