"""Members: what is written about them, and how they are found."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.queries import member_view, standing_of
from stammis.accrual.services import change_member
from stammis.activity.models import Event
from stammis.kit.pages import BadCursor, page
from stammis.members import queries
from stammis.members.models import Word
from stammis.members.words import LONGEST, asked, words_of
from tests.rooms.till import NOW, Till, bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    return Till()


def found(till: Till, q: str) -> list[str | None]:
    return [member.reference for member in queries.search(till.programme.id, q).rows]


def test_what_is_given_replaces_what_is_absent_stays_and_null_clears(till: Till) -> None:
    till.one(MemberFields("anna", {"name": "Anna", "email": "a@x.fi", "attributes": {"a": 1, "b": 2}, "labels": ["x"]}))
    till.one(
        MemberFields("anna", {"email": None, "attributes": {"a": None, "c": True}, "birthday": dt.date(1990, 2, 28)})
    )
    view = member_view(till.programme, "anna", NOW)
    assert (view["name"], view["email"], view["birthday"]) == ("Anna", None, dt.date(1990, 2, 28))
    assert (view["attributes"], view["labels"], view["joined_at"]) == ({"b": 2, "c": True}, ["x"], NOW)
    till.one(MemberFields("anna", {"attributes": None, "labels": None}))
    view = member_view(till.programme, "anna", NOW)
    assert (view["attributes"], view["labels"], view["name"]) == ({}, [], "Anna")


def test_what_rules_read_becomes_an_event_only_where_it_changes(till: Till) -> None:
    for fields in ({"labels": ["vip"]}, {"name": "Anna"}, {"labels": ["vip"]}, {"attributes": {"size": "M"}}):
        assert change_member(till.programme.id, "anna", fields, now=NOW).status == 200
    member = queries.find(till.programme.id, "anna")
    assert Event.objects.filter(member_id=member.id, kind="member").count() == 2
    standing = standing_of(member.id)
    assert (standing.enrolled, standing.labels, standing.attributes) == (True, ("vip",), {"size": "M"})


def test_facts_and_purchases_of_one_member_can_come_in_one_group(till: Till) -> None:
    till.say(
        bought("1"), MemberFields("anna", {"name": "Anna"}), bought("2"), MemberFields("anna", {"email": "a@x.fi"})
    )
    view = member_view(till.programme, "anna", NOW)
    assert (view["name"], view["email"], view["wallets"]["points"]["active"]) == ("Anna", "a@x.fi", 200)


def test_a_member_is_found_by_the_beginning_of_any_word(till: Till) -> None:
    fields = {"name": "Åsa-Maria Łuczak", "email": "asa.l@example.com", "phone": "+358 40 123 4567"}
    till.say(
        MemberFields("A-1001", fields),
        MemberFields("b2", {"name": "Maria Virtanen", "email": "maria@example.com"}),
        bought("1", member=None, email="maria@guests.example"),
    )
    for q in ("asa", "Åsa", "luc", "ŁUCZAK", "a-10", "1001", "asa.l@ex", "+358 40 123", "040 123 45", "4012", "0401"):
        assert found(till, q) == ["A-1001"], q
    assert sorted(filter(None, found(till, "mar"))) == ["A-1001", "b2"]
    assert found(till, "mar vir") == ["b2"]
    assert found(till, "vir mar exam") == ["b2"]
    for q in ("arina", "mar xyz", "guests", "%", "_", "\0q"):
        assert found(till, q) == [], q


def test_words_follow_the_record(till: Till) -> None:
    till.one(MemberFields("m", {"name": "Old Name"}))
    till.one(MemberFields("m", {"name": "New Name"}))
    assert (found(till, "old"), found(till, "new")) == ([], ["m"])
    assert set(Word.objects.values_list("word", flat=True)) == {"m", "new", "name"}


@pytest.mark.parametrize("q", ["", "ann"])
def test_pages_give_every_member_once(till: Till, q: str) -> None:
    till.say(*[MemberFields(f"m{n:03}", {"name": "Anna Anneli", "email": f"anna{n}@x.fi"}) for n in range(25)])
    seen: list[str | None] = []
    cursor = None
    while True:
        page = queries.search(till.programme.id, q, cursor, limit=10)
        seen += [member.reference for member in page.rows]
        cursor = page.after
        if cursor is None:
            break
    assert sorted(map(str, seen)) == [f"m{n:03}" for n in range(25)]
    with pytest.raises(BadCursor):
        queries.search(till.programme.id, q, "nonsense")


def test_search_reads_a_stretch_of_its_index(till: Till) -> None:
    till.say(*[MemberFields(f"m{n:04}", {"name": f"Anna Nr{n}"}) for n in range(500)])
    with connection.cursor() as db:
        db.execute("ANALYZE members_word")
        db.execute(
            "EXPLAIN SELECT word, member_id FROM members_word WHERE programme_id = %s"
            " AND word >= 'ann' AND word < 'anz' ORDER BY word, member_id LIMIT 10",
            [till.programme.id],
        )
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


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_whatever_stands_in_a_record_gives_words_that_a_search_for_them_finds(name: str, id: str, phone: str) -> None:
    words = words_of(reference=id, name=name, email=None, phone=phone)
    assert all(word and len(word) <= LONGEST and "\0" not in word for word in words)
    for said in name.split():
        beginnings = asked(said)
        assert all(
            any(word.startswith(beginning[:1]) for word in words) for beginning in beginnings if beginning.isalnum()
        )
