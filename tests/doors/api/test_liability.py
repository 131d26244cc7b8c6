"""What is owed for points, over HTTP: asked for, reckoned, answered in the shapes that the document shows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from stammis.insight import services
from stammis.programmes import queries as programmes
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase
from tests.doors.api.test_openapi import check_answer, operations
from tests.processes import SECONDS


@pytest.fixture
def caller(installation: Installation) -> Caller:
    caller = installation.caller(installation.publish(programme()))
    for number in range(3):
        caller.did("POST", "purchases", purchase(f"p{number}", "40.00"))
    return caller


@pytest.fixture
def document(installation: Installation) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{installation.url}/api/v1/openapi.json", timeout=SECONDS).json()
    return found


def reckoned(caller: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the worker does."""
    monkeypatch.setenv("STAMMIS_DATA", str(folder))
    services.liability(programmes.programme(caller.programme))


def test_a_report_is_reckoned_when_somebody_asks_and_then_answered(
    caller: Caller, document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = operations(document)
    first = caller.send("GET", "liability")
    assert (first.status_code, first.json()["state"]) == (202, "waiting")
    check_answer(document, known["get_liability"][2], first)
    reckoned(caller, tmp_path, monkeypatch)
    answer = caller.send("GET", "liability")
    assert answer.status_code == 200
    check_answer(document, known["get_liability"][2], answer)
    report = answer.json()
    assert report["state"] == "done"
    assert report["wallets"][0]["outstanding"] == caller.balance("anna")
    assert report["wallets"][0]["breakage"]["reason"] == "nothing_redeemed"
    for line in report["roll_forward"]:
        parts = [Decimal(line[part]) for part in ("opening", "issued", "redeemed", "expired", "estimate")]
        assert sum(parts) == Decimal(line["closing"])
    again = caller.send("POST", "liability", {})
    assert again.status_code == 202
    assert caller.did("GET", "liability")["state"] == "waiting"


def test_another_rule_is_tried_on_the_report_that_is_kept(
    caller: Caller, document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert caller.send("POST", "liability/expiry", {"expiry": {"kind": "never"}}).status_code == 202
    reckoned(caller, tmp_path, monkeypatch)
    answer = caller.send("POST", "liability/expiry", {"expiry": {"kind": "days", "days": 1}})
    assert answer.status_code == 200
    check_answer(document, operations(document)["expiry_effect"][2], answer)
    assert answer.json()["at_once"]["points"] + sum(
        each["points"] for each in answer.json()["then"]["expiring"]
    ) == caller.balance("anna")
    for rule, code in (({"kind": "sliding", "days": 9}, "cannot_tell"), ({"kind": "days"}, "bad_expiry")):
        refused = caller.send("POST", "liability/expiry", {"expiry": rule})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert caller.send("POST", "liability/expiry", {"expiry": {"kind": "never"}, "wallet": "x"}).status_code == 404


def test_days_that_cannot_be_reckoned_are_refused(caller: Caller) -> None:
    for day, code in (("2999-01-01", "not_yet"), ("1999-01-01", "before_beginning")):
        refused = caller.send("POST", "liability", {"on": day})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    missing = caller.send("GET", "liability?on=2026-03-01")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_report")


def test_a_key_without_the_scope_sees_nothing(installation: Installation, caller: Caller) -> None:
    other = installation.caller(caller.programme, ("members:read",))
    assert other.send("GET", "liability").status_code == 403
    assert other.send("POST", "liability", {}).status_code == 403
