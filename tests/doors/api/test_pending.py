"""Pending points let go, taken away and brought back by hand, over HTTP."""

from __future__ import annotations

import datetime as dt

from stammis.accrual.services import verify
from stammis.staff.services import limits
from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase
from tests.doors.api.test_lots import PENDING, view


def waiting(installation: Installation) -> tuple[Caller, str]:
    caller = installation.caller(installation.publish(programme(wallets=[PENDING])))
    caller.did("POST", "purchases", purchase("p", "100.00", at="2026-03-25T12:00:00Z"))
    return caller, caller.rows("anna")[0]["id"]


def test_pending_points_are_let_go(installation: Installation) -> None:
    caller, row = waiting(installation)
    body = {"id": "s", "reason": "The parcel has arrived."}
    tried = caller.did("POST", f"ledger/{row}/release?dry_run=true", body)
    assert (tried["wallets"]["points"]["active"], view(caller)) == (100, (0, 100, 0))
    answer = caller.send("POST", f"ledger/{row}/release", body)
    assert answer.status_code == 201
    assert [effect["effect"] for effect in answer.json()["effects"]] == ["activated"]
    assert (view(caller), caller.rows("anna")[0]["status"]) == ((100, 0, 0), "posted")
    again = caller.send("POST", f"ledger/{row}/release", body)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    other = caller.send("POST", f"ledger/{row}/cancel", body)
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    late = caller.send("POST", f"ledger/{row}/cancel", body | {"id": "t"})
    assert (late.status_code, late.json()["code"]) == (409, "not_pending")
    assert caller.did("GET", "members/anna/timeline?types=pending")["items"][0]["sentence"].endswith("has arrived.")
    assert not verify()


def test_pending_points_are_taken_away_and_brought_back(fresh: Installation) -> None:
    caller, row = waiting(fresh)
    caller.did("POST", f"ledger/{row}/cancel", {"id": "s", "reason": "resale"})
    assert view(caller) == (0, 0, 0)
    assert [(each["kind"], each["status"]) for each in caller.rows("anna")] == [
        ("earn", "cancelled"),
        ("adjust", "cancelled"),
    ]
    back = caller.did("POST", "pending/s/undo", {})
    assert (back["wallets"]["points"]["pending"], view(caller)) == (100, (0, 100, 0))
    assert caller.send("POST", "pending/s/undo", {}).headers["Idempotent-Replay"] == "true"
    assert view(caller) == (0, 100, 0)
    assert caller.send("POST", "pending/nobody/undo", {}).status_code == 404
    fresh.pass_until(dt.datetime(2026, 4, 7, 23, tzinfo=dt.UTC))
    assert view(caller) == (100, 0, 0)
    assert {each["status"] for each in caller.rows("anna")} == {"posted"}
    assert not verify()


def test_a_key_settles_no_more_than_programs_may_at_once(installation: Installation) -> None:
    caller, row = waiting(installation)
    limits.set_limits({"key": 99}, by="tests")
    try:
        small = installation.caller(caller.programme, ("adjustments:write",))
        refused = small.send("POST", f"ledger/{row}/release", {"id": "s", "reason": "late"})
        assert (refused.status_code, refused.json()["code"], refused.json()["max"]) == (403, "above_limit", 99)
    finally:
        limits.set_limits({"key": None}, by="tests")
    assert caller.send("POST", "ledger/nothing/release", {"id": "s", "reason": "x"}).status_code == 404
