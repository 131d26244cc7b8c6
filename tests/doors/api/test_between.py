"""Points between members, over HTTP: transfers, donations, exchanges, merges, guests' claims, pools, limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from stammis.staff.services import limits
from tests.doors.api.installation import Installation, pointed_to
from tests.doors.api.programmes import programme, purchase, wallet


def test_d21_of_twenty_transfers_at_once_exactly_one_succeeds(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00", member="a"))
    caller.did("PUT", "members/b", {})

    def give(number: int) -> tuple[int, str]:
        body = {"id": f"t-{number}", "from": "a", "to": "b", "wallet": "points", "amount": 100}
        answer = caller.send("POST", "transfers", body)
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(give, range(20)))
    assert sorted(answers) == [(201, "")] + [(409, "not_enough_points")] * 19
    assert (caller.balance("a"), caller.balance("b")) == (0, 100)


def test_a_transfer_is_made_once_and_its_rows_name_it(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    caller.did("PUT", "members/ben", {})
    body = {"id": "t", "from": "anna", "to": "ben", "wallet": "points", "amount": 60}
    assert caller.did("POST", "transfers?dry_run=true", body)["wallets"]["points"]["active"] == 40
    assert caller.balance("anna") == 100
    first = caller.send("POST", "transfers", body)
    again = caller.send("POST", "transfers", {**body, "occurred_at": None})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replay"] == "true"
    assert first.json() == again.json()
    assert caller.send("POST", "transfers", {**body, "amount": 61}).json()["code"] == "id_reused"
    (row,) = [row for row in caller.rows("ben") if row["kind"] == "transfer_in"]
    assert (row["amount"], row["source"]) == (60, {"kind": "received", "id": "t"})
    why = caller.did("GET", f"ledger/{row['id']}/why?lang=en")
    assert sum(part["amount"] for part in why["parts"]) == 60
    assert "because anna gave them" in why["sentence"]
    lost = caller.send("POST", "transfers", {**body, "id": "t2", "to": "nobody"})
    assert (lost.status_code, lost.json()["errors"][0]["pointer"]) == (422, "/to")


def test_points_change_wallets_at_the_declared_rate(installation: Installation) -> None:
    wallets = [wallet(), {"id": "miles", "name": "Miles"}]
    rate = {"from": "points", "to": "miles", "each": 10, "gives": 3}
    caller = installation.caller(installation.publish(programme(wallets=wallets, exchange=[rate])))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    body = {"id": "x", "member": "anna", "from": "points", "to": "miles", "amount": 70}
    answer = caller.did("POST", "exchanges", body)
    assert {name: each["active"] for name, each in answer["wallets"].items()} == {"points": 30, "miles": 21}
    refused = caller.send("POST", "exchanges", {**body, "id": "y", "amount": 15})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_whole_steps")


def test_a_merged_account_is_known_by_its_old_id_and_can_be_parted(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme()))
    caller.did("POST", "purchases", purchase("p", "100.00"))
    caller.did("POST", "purchases", purchase("q", "40.00", member="old"))
    caller.did("POST", "merges", {"id": "m", "member": "old", "into": "anna"})
    shown = caller.did("GET", "members/old")
    assert (shown["member"], shown["also_known_as"]) == ("anna", ["old"])
    assert shown["wallets"]["points"]["active"] == 140
    again = {"id": "n", "member": "old", "into": "anna"}
    assert caller.send("POST", "merges", again).json()["code"] == "already_merged"
    told = [each["sentence"] for each in caller.did("GET", "members/anna/timeline")["items"]]
    assert len([each for each in told if each.startswith("Purchase")]) == 2
    caller.did("POST", "merges/m/undo")
    assert (caller.balance("anna"), caller.balance("old")) == (100, 40)
    assert caller.send("POST", "merges/m/undo").json()["code"] == "not_merged"
    assert caller.send("POST", "merges/other/undo").status_code == 404


def test_t64_guest_orders_earn_once_the_address_is_verified(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(members={"claimed": "earn"})))
    caller.did("PUT", "members/anna", {"email": "anna@example.com"})
    for id, amount, day in (("g1", "30.00", "03"), ("g2", "20.00", "09")):
        guest = {"contact": {"email": "anna@example.com"}}
        caller.did("POST", "purchases", purchase(id, amount, member=None, at=f"2026-03-{day}T12:00:00Z", **guest))
    assert caller.balance("anna") == 0
    caller.did("POST", "members/anna/verify", {"email": "Anna@Example.com"})
    caller.did("POST", "members/anna/verify", {"email": "anna@example.com"})
    assert caller.balance("anna") == 50
    assert sorted(row["occurred_at"][:10] for row in caller.rows("anna")) == ["2026-03-03", "2026-03-09"]
    assert {row["source"]["id"] for row in caller.rows("anna")} == {"g1", "g2"}
    caller.did(
        "POST", "purchases/g1/returns", {"id": "b", "occurred_at": "2026-03-20T12:00:00Z", "lines": [{"line": "1"}]}
    )
    assert caller.balance("anna") == 20
    caller.did("PUT", "members/ben", {})
    taken = caller.send("POST", "members/ben/verify", {"email": "anna@example.com"})
    assert (taken.status_code, taken.json()["code"]) == (409, "contact_taken")


def test_t64_claims_earn_nothing_where_the_programme_does_not_say_so(installation: Installation) -> None:
    caller = installation.caller(installation.publish(programme(members={"claimed": "nothing"})))
    caller.did("PUT", "members/anna", {})
    caller.did("POST", "purchases", purchase("g", "30.00", member=None, contact={"email": "anna@example.com"}))
    caller.did("POST", "members/anna/verify", {"email": "anna@example.com"})
    assert caller.balance("anna") == 0


def test_a_household_pools_and_spends(installation: Installation) -> None:
    bag = {"id": "bag", "name": "A bag", "price": 30}
    caller = installation.caller(installation.publish(programme(rewards=[bag])))
    for member in ("anna", "ben"):
        caller.did("PUT", f"members/{member}", {})
    caller.did("PUT", "pools/home", {"kind": "household", "name": "Home"})
    caller.did("PUT", "pools/home/members/anna", {"share": 50})
    caller.did("PUT", "pools/home/members/ben", {"share": 0, "rights": ["spend"]})
    caller.did("POST", "purchases", purchase("p", "100.00"))
    assert caller.did("GET", "pools/home")["wallets"]["points"]["active"] == 50
    caller.did("POST", "redemptions", {"id": "r", "member": "ben", "reward": "bag"})
    assert caller.did("GET", "pools/home")["wallets"]["points"]["active"] == 20
    assert [each["pool"] for each in caller.did("GET", "members/anna")["pools"]] == ["home"]
    left = caller.did("DELETE", "pools/home/members/ben")
    assert [each["member"] for each in left["members"]] == ["anna"]
    assert caller.send("DELETE", "pools/home/members/ben").json()["code"] == "not_in_pool"
    assert caller.send("PUT", "pools/anna", {"kind": "company"}).json()["code"] == "id_in_use"


def test_programs_give_no_more_than_their_limit(installation: Installation) -> None:
    slug = installation.publish(programme())
    caller = installation.caller(slug, scopes=("members:write", "adjustments:write", "members:read", "ledger:read"))
    caller.did("PUT", "members/anna", {})
    with pointed_to(installation.address):
        limits.set_limits({"key": 100}, by="tests")
    body = {"id": "j", "member": "anna", "wallet": "points", "amount": 101, "reason": "much"}
    refused = caller.send("POST", "adjustments", body)
    assert (refused.status_code, refused.json()["code"], refused.json()["max"]) == (403, "above_limit", 100)
    caller.did("POST", "adjustments", {**body, "amount": 100})
    assert installation.caller(slug).send("POST", "adjustments", {**body, "id": "k"}).status_code == 201
    with pointed_to(installation.address):
        limits.set_limits({"key": None}, by="tests")
