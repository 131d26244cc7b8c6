"""Why an event, a purchase and a moment: every rule with what it saw, and parts that add up to the rows, always."""

from typing import Any

import pytest

from stammis.accrual.queries import UnknownEvent, UnknownPurchase, member_view, why_event, why_moment, why_purchase
from stammis.accrual.services import pass_days
from stammis.core.events import ReturnLine
from stammis.ledger.models import Entry
from stammis.members.queries import find
from tests.rooms.test_reasons import RULES
from tests.rooms.till import ONE, Till, adjusted, bought, day, gives_back, happened, redeems, returned, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    till = Till(earn=RULES)
    till.say(
        bought("1", [1_550, 2_000], at=day("2026-01-01"), channel="web"),
        bought("2", 3_000, at=day("2026-01-02"), pay=12),
        returned("r1", "1", ReturnLine("2", quantity=ONE // 2), at=day("2026-01-03")),
        redeems("x", "bag", at=day("2026-01-04")),
        gives_back("x", at=day("2026-01-05")),
        happened("e", at=day("2026-01-06")),
        adjusted("a", -5, at=day("2026-01-07")),
        status("2", "cancelled", at=day("2026-01-08")),
        status("2", "completed", at=day("2026-01-09")),
        returned("r2", "1", "1", at=day("2026-01-10")),
        returned("r3", "2", "1", at=day("2026-01-11")),
        bought("3", 120_000, at=day("2026-02-01")),
        status("3", "cancelled", at=day("2026-02-10")),
        bought("4", 110_000, at=day("2026-03-01")),
    )
    pass_days(day("2027-06-01"))
    return till


@pytest.mark.parametrize("purchase", ["1", "2", "3", "4"])
def test_the_parts_of_a_purchase_add_up_to_its_rows_after_every_return(till: Till, purchase: str) -> None:
    told = why_purchase(till.programme, purchase)
    for event in told["events"]:
        assert sum(part["amount"] for part in event["parts"]) == sum(row["amount"] for row in event["rows"])
    posted = sum(row["amount"] for event in told["events"] for row in event["rows"])
    assert told["wallets"].get("points", 0) == posted == sum(part["amount"] for part in told["parts"])
    ids = {row["row"].rpartition("-")[2] for event in told["events"] for row in event["rows"]}
    member = find(till.programme.id, "anna").id
    mine = Entry.objects.filter(member_id=member).exclude(source_kind="day")
    of_purchase = {"1": ("1", "r1", "r2"), "2": ("2", "r3"), "3": ("3",), "4": ("4",)}[purchase]
    assert ids == {str(entry.row) for entry in mine if entry.source_id in of_purchase}


def test_a_purchase_tells_every_rule_what_it_saw_and_what_each_return_took(till: Till) -> None:
    first, half, rest = why_purchase(till.programme, "1")["events"]
    assert {part["rule"]: part["amount"] for part in first["parts"]} == {"spend": 36, "double": 35, "visit": 7}
    assert {each["rule"] for each in first["not_applied"]} == {"review"}
    assert next(part for part in first["parts"] if part["rule"] == "spend")["saw"]["counted"] == 3_550
    assert sum(part["amount"] for part in half["parts"]) == -20
    assert {part["because"] for part in (*half["parts"], *rest["parts"])} == {"returned"}
    second = why_purchase(till.programme, "2")
    assert second["sentence"] == "No points stand for this purchase."
    double = next(each for each in second["events"][0]["not_applied"] if each["rule"] == "double")
    assert double["saw"] == {"asks": "channel", "wanted": "web", "saw": ""}
    with pytest.raises(UnknownPurchase):
        why_purchase(till.programme, "9")


def test_an_event_tells_what_each_rule_saw_of_it(till: Till) -> None:
    told = why_event(till.programme, "e")
    assert [(part["rule"], part["amount"]) for part in told["parts"]] == [("review", 10)]
    assert {each["rule"] for each in told["not_applied"]} == {"spend", "double", "visit"}
    assert told["version"] == 1
    with pytest.raises(UnknownEvent):
        why_event(till.programme, "1")


def test_a_moment_tells_rows_lots_and_what_expired(till: Till) -> None:
    told = why_moment(till.programme, "anna", day("2026-01-07", "13:00"), "en")["wallets"]["points"]
    assert told["rows"] == {"earn": 78 + 25 + 10, "spend": -42, "return": -20, "restore": 30, "adjust": -5}
    assert told["balance"] == told["active"] == sum(told["rows"].values()) == sum(lot["left"] for lot in told["lots"])
    assert told["sentence"] == (
        "76 points on 7 January 2026 at 13:00: +113 earned, −42 spent, −20 taken back, +30 came back and −5 by hand."
    )
    later = why_moment(till.programme, "anna", day("2027-05-01"))["wallets"]["points"]
    assert later["balance"] == 0
    assert later["rows"]["expire"] == -sum(each["amount"] for each in later["expired"])
    before = why_moment(till.programme, "anna", day("2025-05-01"), "en")["wallets"]["points"]
    assert before["sentence"] == "0 points on 1 May 2025 at 13:00: nothing had moved yet."


def test_a_moment_now_is_what_the_member_has(till: Till) -> None:
    member = find(till.programme.id, "anna").id
    for entry in Entry.objects.filter(member_id=member).order_by("row"):
        told = why_moment(till.programme, "anna", entry.occurred_at)["wallets"]["points"]
        assert told["balance"] == sum(told["rows"].values())
        assert told["balance"] == sum(lot["left"] for lot in told["lots"]) - told["debt"]
    now = member_view(till.programme, "anna", day("2027-06-01"))["wallets"]["points"]
    told = why_moment(till.programme, "anna", day("2027-06-01"))["wallets"]["points"]
    assert {name: told[name] for name in now} == now


def test_a_moment_tells_why_a_level_was_reached_and_lost(till: Till) -> None:
    def level(at: str) -> Any:
        (told,) = why_moment(till.programme, "anna", day(at), "en")["tiers"]
        return told

    assert level("2026-01-20")["moved"] is None
    reached, lost, again, gone = (level(at) for at in ("2026-02-05", "2026-02-20", "2026-03-02", "2027-04-01"))
    assert [each["level"] for each in (reached, lost, again, gone)] == ["gold", "basic", "gold", "basic"]
    takes = " «Gold» takes €1,000.00."
    sentences = [each["moved"]["sentence"] for each in (reached, lost, again, gone)]
    assert sentences == [
        "«Gold» since 1 February 2026, by purchase 3. €1,210.00 counted then.",
        "«Basic» since 10 February 2026, as purchase 3 became «cancelled». €10.00 counted then." + takes,
        "«Gold» since 1 March 2026, by purchase 4. €1,110.00 counted then.",
        "«Basic» since 1 March 2027, as what had counted before lies too far back now. €0.00 counted then." + takes,
    ]
