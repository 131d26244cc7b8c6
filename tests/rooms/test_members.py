"""Members: what is written about them, and how they are found."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.queries import member_view, standing_of
from stammis.accrual.services import change_member
from stammis.activity.models import Event
from stammis.kit.pages import BadCursor
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


def pages(till: Till, q: str, limit: int) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        page = queries.search(till.programme.id, q, cursor, limit)
        seen += [str(member.reference) for member in page.rows]
        cursor = page.after
        if cursor is None:
            return seen


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


def test_what_is_found_is_the_member_as_written(till: Till) -> None:
    said = {"name": "Anna Berg", "email": "a@example.com", "phone": "+358401234567", "labels": ["vip", "new"]}
    till.one(MemberFields("m-1", said))
    (member,) = queries.search(till.programme.id, "anna berg").rows
    shown = {name: getattr(member, name) for name in said}
    assert (shown, member.reference, member.kind, member.joined_at) == (said, "m-1", "member", NOW)
    assert member == queries.find(till.programme.id, "m-1")


def test_words_follow_the_record(till: Till) -> None:
    till.one(MemberFields("m", {"name": "Old Name"}))
    till.one(MemberFields("m", {"name": "New Name"}))
    assert (found(till, "old"), found(till, "new")) == ([], ["m"])
    assert set(Word.objects.values_list("word", flat=True)) == {"m", "new", "name", " new name", " name new"}


FAMILY = {
    "m1": {"name": "Anna Virtanen", "email": "anna@virtanen.example"},
    "m2": {"name": "Anna-Maria Virta", "email": "am@x.example"},
    "m3": {"name": "Maria Virtanen", "email": "anna@x.example"},
    "m4": {"name": "Virtanen Maria Anna Anneli Aino", "phone": "+358401234567"},
    "m5": {"name": "Anneli Annala", "email": "virtanen.anna@x.example"},
    "m6": {"name": "Virpi Annala", "email": "virpi@y.example"},
    "virtanen 7": {"name": "Anna", "email": "anna.7@x.example"},
}


@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize(
    "q",
    [
        "anna virtanen",
        "virtanen anna",
        "ann vir",
        "vir ann",
        "a v",
        "mar vir ann",
        "an an",
        "vir x",
        "aino virt",
        "ann 7",
    ],
)
def test_several_words_find_each_member_who_has_them_all_once_and_those_first_whose_name_has_two(
    till: Till, q: str, limit: int
) -> None:
    till.say(*[MemberFields(id, fields) for id, fields in FAMILY.items()])
    having = {
        id
        for id, fields in FAMILY.items()
        for words in [words_of(**{"reference": id, "name": None, "email": None, "phone": None} | fields)]
        if all(any(word.startswith(beginning) for word in words) for beginning in asked(q))
    }
    seen = pages(till, q, limit)
    assert sorted(seen) == sorted(having)
    assert {str(row.reference) for row in queries.matching(till.programme.id, q)} == having
    if q in {"anna virtanen", "virtanen anna"}:
        assert sorted(seen[:2]) == ["m1", "m4"]


def test_a_hyphenated_name_is_found_as_it_is_written(till: Till) -> None:
    till.say(MemberFields("m1", {"name": "Anna-Maria O'Neill"}), MemberFields("m2", {"name": "Anna Maria Neill"}))
    for q in ("anna-m", "anna-maria o'n", "o'neill anna"):
        assert found(till, q) == ["m1"], q
    assert sorted(map(str, found(till, "maria neill"))) == ["m1", "m2"]


def test_pairs_are_written_for_members_who_came_before_there_were_any(till: Till) -> None:
    till.say(*[MemberFields(id, fields) for id, fields in FAMILY.items()], MemberFields("unnamed", {}))
    pairs = Word.objects.filter(word__startswith=" ")
    written = set(pairs.values_list("member_id", "word"))
    assert written
    pairs.delete()
    step = importlib.import_module("stammis.members.migrations.0004_names_in_pairs")
    for _ in range(2):
        step.write_pairs(apps, connection.schema_editor())
        assert set(pairs.values_list("member_id", "word")) == written


@pytest.mark.parametrize("q", ["", "ann", "ann anne"])
def test_pages_give_every_member_once(till: Till, q: str) -> None:
    till.say(*[MemberFields(f"m{n:03}", {"name": "Anna Anneli", "email": f"anna{n}@x.fi"}) for n in range(25)])
    assert sorted(pages(till, q, 10)) == [f"m{n:03}" for n in range(25)]
    with pytest.raises(BadCursor):
        queries.search(till.programme.id, q, "nonsense")


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_whatever_stands_in_a_record_gives_words_that_a_search_for_them_finds(name: str, id: str, phone: str) -> None:
    words = words_of(reference=id, name=name, email=None, phone=phone)
    assert all(word and len(word) <= LONGEST and "\0" not in word for word in words)
    for said in name.split():
        beginnings = asked(said)
        assert all(
            any(word.startswith(beginning[:1]) for word in words) for beginning in beginnings if beginning.isalnum()
        )
