"""Every row of points can be asked why; the parts add up to it."""

import pytest

from stammis.accrual.queries import UnknownPurchase, purchase_view, timeline, why
from stammis.accrual.queries.timeline import UnknownType
from stammis.accrual.services import pass_days
from stammis.core.events import ReturnLine
from stammis.ledger.models import Entry
from stammis.ledger.queries import UnknownRow, row_id
from stammis.members.queries import find
from tests.rooms.till import (
    NOW,
    ONE,
    SHOP,
    Till,
    adjusted,
    bought,
    day,
    gives_back,
    happened,
    redeems,
    returned,
    status,
)

pytestmark = pytest.mark.django_db

RULES = [
    *SHOP["earn"],
    {
        "id": "double",
        "kind": "multiply",
        "factor": 2,
        "rules": ["spend"],
        "when": {"kind": "channel", "any_of": ["web"]},
    },
    {"id": "visit", "kind": "purchase", "points": 7},
]


@pytest.fixture
def till() -> Till:
    till = Till(earn=RULES)
    till.say(
        bought("1", [1_550, 2_000], at=day("2026-01-01"), channel="web"),
        bought("2", 3_000, at=day("2026-01-02"), pay=12),
        returned("r1", "1", ReturnLine("2", quantity=ONE), at=day("2026-01-03")),
        redeems("x", "bag", at=day("2026-01-04")),
        gives_back("x", at=day("2026-01-05")),
        happened("e", at=day("2026-01-06")),
        adjusted("a", -5, at=day("2026-01-07")),
        status("2", "cancelled", at=day("2026-01-08")),
        status("2", "completed", at=day("2026-01-09")),
        returned("r2", "2", "1", at=day("2026-01-10")),
    )
    pass_days(day("2027-02-01"))
    return till


def test_the_parts_of_every_row_add_up_to_it(till: Till) -> None:
    entries = list(Entry.objects.filter(programme=till.programme).order_by("row"))
    assert {entry.kind for entry in entries} == {"earn", "spend", "return", "restore", "expire", "adjust"}
    for entry in entries:
        told = why(row_id(entry.member_id, entry.row), now=NOW)
        assert sum(part["amount"] for part in told["parts"]) == entry.amount, told
        assert told["sentence"]
        assert told["version"] == 1


def test_an_earn_row_names_the_rules_that_gave_and_those_that_did_not(till: Till) -> None:
    member = find(till.programme.id, "anna").id
    first = why(row_id(member, 1), now=NOW)
    assert {part["rule"]: part["amount"] for part in first["parts"]} == {"spend": 36, "double": 35, "visit": 7}
    assert [each["rule"] for each in first["not_applied"]] == ["review"]
    second = why(row_id(member, Entry.objects.get(member_id=member, kind="earn", source_id="2", seq=3).row), now=NOW)
    assert {each["rule"]: each["because"] for each in second["not_applied"]} == {
        "review": "condition",
        "double": "condition",
    }
    with pytest.raises(UnknownRow):
        why(row_id(member, 99), now=NOW)


def test_a_reason_is_told_in_the_language_asked_for(till: Till) -> None:
    row = row_id(find(till.programme.id, "anna").id, 1)
    assert why(row, "en", now=NOW)["sentence"] == why(row, now=NOW)["sentence"]


def test_a_story_has_everything_newest_first_by_types_and_pages(till: Till) -> None:
    member = find(till.programme.id, "anna").id
    whole = timeline(member, limit=100).rows
    times = [each["occurred_at"] for each in whole]
    assert times == sorted(times, reverse=True)
    kinds = {
        "purchase",
        "status",
        "return",
        "event",
        "redemption",
        "redemption_cancelled",
        "adjustment",
        "member",
        "day",
    }
    assert {each["type"] for each in whole} == kinds
    assert sum(len(each["rows"]) for each in whole) == Entry.objects.filter(member_id=member).count()
    first = timeline(member, ["purchase"], limit=1)
    second = timeline(member, ["purchase"], first.after, limit=1)
    assert [each["id"] for each in (*first.rows, *second.rows)] == ["2", "1"]
    with pytest.raises(UnknownType, match="purchases"):
        timeline(member, ["purchases"])


def test_a_purchase_is_shown_as_it_stands(till: Till) -> None:
    first = purchase_view(till.programme, "1", NOW)
    assert (first["status"], first["state"], first["member"]) == ("completed", "completed", "anna")
    assert first["amounts"] == {"total": "35.50", "by_points": "0.00", "due": "35.50"}
    assert first["returned"] == [{"line": "2", "quantity": "1", "amount": "20.00"}]
    assert [row["kind"] for row in first["rows"]] == ["earn", "return"]
    second = purchase_view(till.programme, "2", NOW)
    assert (second["status"], second["state"]) == ("completed", "completed")
    assert sum(row["amount"] for row in second["rows"]) == 0
    with pytest.raises(UnknownPurchase):
        purchase_view(till.programme, "3", NOW)
