"""Caps, budgets and limits whose kind of period a later version changes: counted apart, proven, and told again."""

import datetime as dt
import importlib
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.queries import drafted, standing_of, try_out
from stammis.accrual.services import verify
from stammis.core.calendars import PERIODS, first_day
from stammis.core.document import parse
from stammis.core.events import Transfer
from stammis.members.queries import find
from stammis.programmes.queries import versions
from stammis.programmes.services import publish
from stammis.rewards.models import Drawn
from stammis.rewards.queries import drawn_by_budget
from stammis.simulation import queries, services
from stammis.simulation.results import Summary
from tests.rooms.test_merges import merges, parts
from tests.rooms.till import NOW, SHOP, Till, bought, day, returned, status

pytestmark = pytest.mark.django_db
MORNING, EVENING = NOW - dt.timedelta(hours=4), NOW + dt.timedelta(hours=4)
BASE = re.compile(r"\b7\d{6}\b")
"""How numbers of periods look, and nothing else in what these tests store."""


def programme(per: str, times: int) -> dict[str, Any]:
    """A programme in which a cap, a budget and a limit of transfers have this period, each for so many tens."""
    return {
        "earn": [
            {"id": "visit", "kind": "purchase", "points": 10, "cap": {"per": per, "times": times}},
            {"id": "extra", "kind": "purchase", "points": 10},
        ],
        "budgets": [{"id": "spring", "rules": ["extra"], "points": 10 * times, "per": per}],
        "transfers": {"most": {"per": per, "points": 10 * times}},
    }


def changed(before: str = "day", after: str = "week") -> Till:
    """A till whose programme changes at noon of Monday, 1 June; in the morning everything allowed is used."""
    till = Till(**programme(before, 2))
    till.say(*(bought(f"M-{number}", at=MORNING) for number in range(3)))
    till.one(MemberFields("ben", {}))
    till.one(gives("T-0", 20, at=MORNING))
    publish(again(till, **programme(after, 3)), by="test", now=NOW)
    till.now = EVENING
    return till


def again(till: Till, **changes: Any) -> dict[str, Any]:
    """The till's programme with changes, in force from its publication on."""
    return {key: value for key, value in SHOP.items() if key != "from"} | {"programme": till.programme.slug} | changes


def gives(id: str, amount: int, at: dt.datetime) -> Transfer:
    return Transfer(occurred_at=at, id=id, member="anna", to="ben", wallet="points", amount=amount)


def given(till: Till, id: str, at: dt.datetime = EVENING) -> dict[str, int]:
    """What a purchase is given, by rule."""
    return {step.rule: step.points for step in till.one(bought(id, at=at)).answer.steps if step.wallet}


def drawn(till: Till) -> dict[str, int]:
    """What was drawn, by kind of period."""
    return {PERIODS[number % 10]: points for (_, _, number), points in drawn_by_budget(till.programme.id).items()}


def proven(till: Till) -> Summary:
    found = queries.summary_of(services.work(services.begin_identity(till.programme, by="test").id))
    assert found is not None
    return found


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files of the runs, below a folder of the test."""
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("kinds", [("day", "week"), ("week", "day"), ("day", "month"), ("month", "week")])
def test_what_a_later_version_counts_by_another_period_counts_anew_and_the_history_folds_to_the_same(
    kinds: tuple[str, str],
) -> None:
    till = changed(*kinds)
    both = {"visit": 10, "extra": 10}
    assert [given(till, f"E-{number}") for number in range(4)] == [both, both, both, {"visit": 0, "extra": 0}]
    till.one(gives("T-1", 30, at=EVENING))
    assert till.no(gives("T-2", 1, at=EVENING)).code == "transfer_limit"
    assert drawn(till) == {kinds[0]: 20, kinds[1]: 30}
    till.one(returned("R-0", "M-0", "1", at=EVENING))
    assert drawn(till) == {kinds[0]: 10, kinds[1]: 30}
    assert given(till, "E-5") == {"visit": 0, "extra": 0}, "it came back to the morning's"
    till.one(status("E-0", "cancelled", at=EVENING))
    assert given(till, "E-6") == both
    assert verify(till.programme) == []
    found = proven(till)
    assert (found.compared, found.differing) == (len(till.rows()) + len(till.rows("ben")), 0)


def test_a_merge_carries_each_kind_of_period_and_parting_takes_it_back() -> None:
    till = changed()
    till.say(bought("B-0", member="old", at=EVENING), bought("B-1", member="old", at=EVENING))
    before = standing_of(find(till.programme.id, "anna").id).counts
    merges(till, at=EVENING)
    assert given(till, "E-0")["visit"] == 10
    assert given(till, "E-1")["visit"] == 0
    till.one(returned("R-0", "E-0", "1", at=EVENING))
    till.one(parts(at=EVENING))
    assert standing_of(find(till.programme.id, "anna").id).counts == before
    assert verify(till.programme) == []


def test_a_trial_of_a_draft_with_another_period_counts_anew() -> None:
    till = changed()
    given(till, "E-0")
    standing, published = standing_of(find(till.programme.id, "anna").id), versions(till.programme.id)
    draft = parse(again(till, **programme("month", 1)))
    trial = try_out(standing, bought("x", at=EVENING), drafted(published, draft))
    assert sum(part.amount for gain in trial.gains for part in gain.parts) == 20


def test_what_an_earlier_build_stored_without_kinds_goes_on_and_is_proven() -> None:
    till = Till(**programme("week", 3))
    till.say(bought("1", at=MORNING), bought("2", at=MORNING), bought("3", member="old", at=MORNING))
    till.one(returned("R-1", "1", "1", at=MORNING))
    till.one(MemberFields("ben", {}))
    till.one(gives("T-0", 10, at=MORNING))
    forget_kinds(till.programme.id)
    till.now = EVENING
    assert {number for *_, number in drawn_by_budget(till.programme.id)} == {NOW.date().toordinal()}
    upgrade_budgets()
    assert drawn(till) == {"week": 20}
    assert verify(till.programme) == []
    assert [given(till, f"4-{number}") for number in range(2)] == [
        {"visit": 10, "extra": 10},
        {"visit": 10, "extra": 0},
    ]
    assert till.no(gives("T-1", 21, at=NOW)).code == "transfer_limit"
    till.one(returned("R-2", "2", "1", at=EVENING))
    till.one(status("3", "cancelled", at=EVENING))
    merges(till, at=EVENING)
    till.one(parts(at=EVENING))
    assert drawn(till) == {"week": 10}
    assert verify(till.programme) == []


def test_a_merge_of_before_kinds_were_told_is_parted_as_ever() -> None:
    till = Till(**programme("week", 3))
    till.say(bought("1", at=MORNING), bought("2", member="old", at=MORNING))
    merges(till, at=MORNING)
    forget_kinds(till.programme.id)
    till.now = EVENING
    upgrade_budgets()
    assert verify(till.programme) == []
    assert [given(till, f"3-{number}")["visit"] for number in range(2)] == [10, 0]
    till.one(parts(at=EVENING))
    (count,) = standing_of(find(till.programme.id, "anna").id).counts["visit"]
    assert (first_day(count.period), count.times) == (NOW.date().toordinal(), 2)
    assert verify(till.programme) == []


@pytest.mark.parametrize("what", ["standing", "decision"])
def test_the_proof_finds_another_kind_of_period(what: str) -> None:
    till = changed()
    table, column = {"standing": ("standing", "state"), "decision": ("decision", "record")}[what]
    with connection.cursor() as db:
        db.execute(
            "ALTER TABLE accrual_decision DISABLE TRIGGER USER; GRANT UPDATE ON accrual_decision TO CURRENT_USER"
        )
        week, month = NOW.date().toordinal() * 10, NOW.date().toordinal() * 10 + 2
        db.execute(f"UPDATE accrual_{table} SET {column} = replace({column}, '{week}', '{month}')")  # noqa: S608 - names of our own
        db.execute("ALTER TABLE accrual_decision ENABLE TRIGGER USER")
    assert {each.what for each in verify(till.programme)} == {what}


def forget_kinds(programme_id: uuid.UUID) -> None:
    """Store everything as builds did that named periods by their first days."""
    places = [("accrual_standing", "state"), ("accrual_decision", "record"), ("accrual_purchasestatus", "state")]
    with connection.cursor() as db:
        for table, column in [*places, ("activity_event", "body")]:
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; GRANT UPDATE ON {table} TO CURRENT_USER")
            db.execute(f"SELECT ctid::text, {column}::text FROM {table}")  # noqa: S608 - names of our own
            for place, text in db.fetchall():
                bare = BASE.sub(lambda found: str(first_day(int(found.group()))), text)
                assert json.loads(bare)
                db.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid", [bare, place])  # noqa: S608 - names of our own
            db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        db.execute("UPDATE rewards_drawn SET period = period / 10 WHERE programme_id = %s", [programme_id])


def upgrade_budgets() -> None:
    with connection.cursor() as db:
        db.execute(importlib.import_module("stammis.rewards.migrations.0005_drawn_by_kind").FILL)


def test_an_upgrade_tells_the_kind_of_a_budget_s_periods_by_the_newest_version_that_fits() -> None:
    till = Till(**programme("week", 9))
    for per, date in (("month", "2026-06-02"), ("ever", "2026-06-03")):
        publish(again(till, **programme(per, 9)), by="test", now=day(date))
    monday, first, none = (dt.date(2026, 6, each).toordinal() for each in (8, 1, 3))
    for number in (monday, first, none, 0):
        Drawn.objects.create(programme=till.programme, budget="spring", period=number, points=5)
    upgrade_budgets()
    found = {number for *_, number in drawn_by_budget(till.programme.id)}
    assert found == {monday * 10 + 1, first * 10 + 2, none, 0}
