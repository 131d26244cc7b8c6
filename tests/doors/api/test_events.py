"""Declared events and days that come by themselves, over HTTP."""

from __future__ import annotations

from tests.doors.api.installation import Installation
from tests.doors.api.programmes import programme, purchase

VISIT = {"id": "visit", "properties": [{"name": "stars", "type": "number", "required": True}]}


def test_an_event_that_does_not_fit_its_type_is_refused_with_its_place(installation: Installation) -> None:
    rule = {"kind": "event", "id": "visit", "event": "visit", "points": 10}
    caller = installation.caller(installation.publish(programme(earn=[rule], events=[VISIT])))
    body = {"id": "1", "type": "visit", "member": "anna", "occurred_at": "2026-03-01T12:00:00Z"}
    refused = caller.send("POST", "events", body | {"properties": {"stars": "five"}})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "invalid_event"
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/properties/stars", "wrong_type")]
    caller.did("POST", "events", body | {"properties": {"stars": 5}})
    assert caller.balance("anna") == 10


def test_a_step_says_which_purchase_it_was(installation: Installation) -> None:
    rule = {"kind": "purchase", "id": "third", "points": 10, "when": {"kind": "nth_purchase", "every": 3}}
    caller = installation.caller(installation.publish(programme(earn=[rule])))
    given = [caller.did("POST", "purchases", purchase(str(n), "5.00"))["steps"][0] for n in range(1, 4)]
    assert [step.get("points", 0) for step in given] == [0, 0, 10]
    assert given[0]["saw"]["saw"] == "1"
