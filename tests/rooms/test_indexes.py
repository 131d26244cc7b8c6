"""What is listed and searched is read out of an index: planned in a database where nothing else was ever kept."""

import datetime as dt
from typing import Any, LiteralString

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stammis.accrual.outcomes import MemberFields
from stammis.kit.pages import page
from stammis.members import queries
from stammis.rewards.models import Issued
from tests.rooms.till import Till, bought, redeems

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def till() -> Till:
    return Till()


def test_search_reads_a_stretch_of_its_index(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.say(*[MemberFields(f"m{n:04}", {"name": f"Anna Nr{n}"}) for n in range(500)])
    read, asked = queries._read, list[tuple[LiteralString, list[Any]]]()  # noqa: SLF001 - past what Django hears of

    def heard(sql: LiteralString, params: list[Any]) -> tuple[list[str], list[Any]]:
        asked.append((sql, params))
        return read(sql, params)

    monkeypatch.setattr(queries, "_read", heard)
    with connection.cursor() as db:
        db.execute("ANALYZE members_word")
        assert queries.search(till.programme.id, "ann", limit=10).rows
        db.execute(f"EXPLAIN {asked[0][0]}", asked[0][1])
        plan = "\n".join(row[0] for row in db.fetchall())
    assert "members_word_found" in plan
    assert "Sort" not in plan


def test_a_label_is_found_in_an_index_where_few_carry_it(till: Till) -> None:
    till.say(*[MemberFields(f"m{n:04}", {"labels": ["rare"] if n % 100 == 7 else ["usual"]}) for n in range(2_000)])
    with connection.cursor() as db, CaptureQueriesContext(connection) as said:
        db.execute("ANALYZE members_member")
        found = page(queries.matching(till.programme.id, label="rare"), order=("reference", "id"), limit=5)
        db.execute(f"EXPLAIN {said[-1]['sql']}")
        plan = "\n".join(row[0] for row in db.fetchall())
    assert "members_member_by_label" in plan
    assert [member.reference for member in found.rows] == ["m0007", "m0107", "m0207", "m0307", "m0407"]
    others = queries.matching(till.programme.id, label="rare").order_by("reference")[5:]
    assert [member.reference for member in others] == [f"m{n:02}07" for n in range(5, 20)]


def test_the_latest_are_listed_out_of_an_index(till: Till) -> None:
    till.one(bought("1", 20_000))
    till.one(redeems("x", "bag"))
    one = Issued.objects.get(redemption="x")
    facts = {field.attname: getattr(one, field.attname) for field in Issued._meta.concrete_fields if field.name != "pk"}
    Issued.objects.bulk_create(
        Issued(**{**facts, "redemption": f"r{n}", "code": f"C{n}", "issued_at": one.issued_at + dt.timedelta(hours=n)})
        for n in range(2_000)
    )
    with connection.cursor() as db, CaptureQueriesContext(connection) as said:
        db.execute("ANALYZE rewards_issued")
        order = ("-issued_at", "member_id", "redemption")
        listed = page(Issued.objects.filter(programme=till.programme), order=order, limit=20)
        db.execute(f"EXPLAIN {said[-1]['sql']}")
        plan = "\n".join(row[0] for row in db.fetchall())
    assert "rewards_issued_listed" in plan
    assert [issued.redemption for issued in listed.rows[:2]] == ["r1999", "r1998"]
