"""Cases D: retries, duplicates and what comes out of order, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.doors.api.installation import Installation
from tests.doors.api.programmes import goods, programme, purchase

STATUSES = {"processing": "placed", "shipped": "placed", "complete": "completed", "completed": "completed"}


def test_d15_the_same_purchase_again_gives_the_same_answer_and_one_row(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    first = caller.send("POST", "purchases", purchase("99", "500.00"))
    again = caller.send("POST", "purchases", purchase("99", "500"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replay"] == "true"
    assert [row["amount"] for row in caller.rows("anna")] == [500]


def test_d16_a_status_that_comes_back_gives_points_once(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(statuses=STATUSES)))
    caller.did("POST", "purchases", purchase("p", "25.00", status="processing"))
    for minute, status in enumerate(("complete", "shipped", "complete")):
        at = f"2026-03-01T12:1{minute}:00Z"
        caller.did("PUT", "purchases/p/status", {"status": status, "occurred_at": at})
    assert [row["amount"] for row in caller.rows("anna")] == [25]


def test_d17_a_sale_that_is_synchronised_twice_is_credited_once_and_dated_at_the_sale(
    installation: Installation,
) -> None:
    caller = installation.caller(installation.publish(programme()))
    sale = {"kind": "purchase", **purchase("T7-000123", "12.00", at="2026-02-14T10:00:00+00:00")}
    outcomes = caller.did("POST", "batch", {"items": [sale, sale]})["outcomes"]
    assert [(each["status"], each["replay"]) for each in outcomes] == [(201, False), (201, True)]
    assert caller.did("POST", "batch", {"items": [sale]})["outcomes"][0]["replay"] is True
    [row] = caller.rows("anna")
    assert (row["amount"], row["occurred_at"]) == (12, "2026-02-14T10:00:00Z")


def test_d18_an_id_with_another_body_is_refused_and_nothing_is_posted(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("K", "40.00"))
    refused = caller.send("POST", "purchases", purchase("K", "45.00"))
    assert (refused.status_code, refused.json()["code"]) == (409, "id_reused")
    assert [row["amount"] for row in caller.rows("anna")] == [40]


def test_d27_a_member_first_seen_in_two_calls_at_once_is_one_member(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    for number in range(10):
        member = f"new-{number}"
        bodies = [purchase(f"{member}-{place}", "10.00", member=member) for place in ("shop", "till")]
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda body: caller.send("POST", "purchases", body).status_code, bodies))
        assert answers == [201, 201]
        assert caller.balance(member) == 20
        assert len(caller.did("GET", f"members?q={member}")["items"]) == 1


def test_d28_a_status_before_its_purchase_waits_for_it(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(statuses=STATUSES)))
    early = caller.send("PUT", "purchases/p/status", {"status": "completed", "occurred_at": "2026-03-01T13:00:00Z"})
    assert early.status_code == 202
    assert [each["state"] for each in caller.did("GET", "deferred")["items"]] == ["waiting"]
    caller.did("POST", "purchases", purchase("p", "30.00", status="processing"))
    assert caller.balance("anna") == 30
    assert [each["state"] for each in caller.did("GET", "deferred?state=applied")["items"]] == ["applied"]


def test_a_return_before_its_purchase_waits_and_its_id_is_free_again_where_it_is_refused_then(
    installation: Installation,
) -> None:
    caller = installation.caller(installation.publish(programme()))
    assert caller.send("POST", "purchases/p/returns", goods("1")).status_code == 202
    repeat = caller.send("POST", "purchases/p/returns", goods("1"))
    assert (repeat.status_code, repeat.headers["idempotent-replay"]) == (202, "true")
    assert caller.send("POST", "purchases/p/returns", goods("7", id="bad")).status_code == 202
    caller.did("POST", "purchases", purchase("p", "30.00", "5.00"))
    assert caller.balance("anna") == 5
    [refused] = caller.did("GET", "deferred?state=refused")["items"]
    assert (refused["id"], refused["code"]) == ("bad", "unknown_line")
    assert caller.send("POST", "purchases/p/returns", goods("2", id="bad")).status_code == 201


def test_what_was_refused_may_be_tried_again_with_its_id(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    refused = caller.send("POST", "purchases", purchase("p", "30.00", currency="EUR"))
    assert (refused.status_code, refused.json()["code"]) == (422, "no_rate")
    assert caller.send("POST", "purchases", purchase("p", "30.00")).status_code == 201


def test_other_writes_honour_an_idempotency_key(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "30.00"))
    keyed = {"headers": {"Idempotency-Key": "k1"}}
    cancel = {"status": "cancelled", "occurred_at": "2026-03-02T12:00:00Z"}
    first = caller.send("PUT", "purchases/p/status", cancel, **keyed)
    again = caller.send("PUT", "purchases/p/status", cancel, **keyed)
    assert again.json() == first.json()
    assert again.headers["idempotent-replay"] == "true"
    other = caller.send("PUT", "purchases/p/status", {**cancel, "status": "completed"}, **keyed)
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    first = caller.send("PUT", "members/ben", {"name": "Ben"}, headers={"Idempotency-Key": "k2"})
    caller.did("PUT", "members/ben", {"name": "Benjamin"})
    again = caller.send("PUT", "members/ben", {"name": "Ben"}, headers={"Idempotency-Key": "k2"})
    assert again.json() == first.json()
    assert again.headers["idempotent-replay"] == "true"
    assert caller.did("GET", "members/ben")["name"] == "Benjamin"


def test_callers_choose_their_idempotency_keys_without_knowing_each_other(installation: Installation) -> None:
    shop = installation.publish(programme())
    till, web = installation.caller(shop, name="till"), installation.caller(shop, name="web")
    keyed = {"headers": {"Idempotency-Key": "1"}}
    cancel = {"status": "cancelled", "occurred_at": "2026-03-02T12:00:00Z"}
    complete = {"kind": "status", "status": "completed", "occurred_at": "2026-03-02T13:00:00Z"}
    for number, caller in enumerate((till, web)):
        caller.did("POST", "purchases", purchase(f"p{number}", "30.00"))
        done = caller.send("PUT", f"purchases/p{number}/status", cancel, **keyed)
        assert (done.status_code, "idempotent-replay" in done.headers) == (200, False)
        items = [{**complete, "purchase": f"p{number}"}]
        (outcome,) = caller.send("POST", "batch", {"items": items}, **keyed).json()["outcomes"]
        assert (outcome["status"], outcome["replay"]) == (200, False)
    assert web.did("GET", "members/anna")["wallets"]["points"]["active"] == 60


def test_an_idempotency_key_that_is_too_long_is_refused_by_every_call(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "30.00"))
    cancel = {"status": "cancelled", "occurred_at": "2026-03-02T12:00:00Z"}
    calls = [
        ("PUT", "purchases/p/status", cancel),
        ("POST", "batch", {"items": [{"kind": "status", "purchase": "p", **cancel}]}),
        ("PUT", "members/anna", {"name": "Anna"}),
    ]
    for method, path, body in calls:
        refused = caller.send(method, path, body, headers={"Idempotency-Key": "k" * 201})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/Idempotency-Key")
    assert [row["amount"] for row in caller.rows("anna")] == [30]


def test_a_member_never_conflicts_a_key_used_before_is_no_obstacle(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    keyed = {"headers": {"Idempotency-Key": "k"}}
    first = caller.send("PUT", "members/ben", {"name": "Ben"}, **keyed)
    other = caller.send("PUT", "members/ben", {"name": "Benjamin"}, **keyed)
    assert (other.status_code, other.json()["name"]) == (200, "Benjamin")
    assert "idempotent-replay" not in other.headers
    assert caller.did("GET", "members/ben")["name"] == "Benjamin"
    again = caller.send("PUT", "members/ben", {"name": "Ben"}, **keyed)
    assert (again.json(), again.headers["idempotent-replay"]) == (first.json(), "true")
