"""The form of a document, and the document of a form: the same, whatever the types say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from msgspec import inspect as shapes

from stammis.console.editor import parts
from stammis.console.editor.faces import Face, face_of, fields_of, item_of, kinds_of, words_of
from stammis.console.editor.nodes import Node, entries, layout
from stammis.console.editor.normal import normal
from stammis.console.editor.reading import Act, read
from stammis.console.forms.drafts import HolidaysForm
from stammis.core.conditions import OnWeekday
from stammis.core.document import as_document, parse
from stammis.core.programme import Programme
from stammis.core.reading import Problem
from stammis.core.wording import Worded
from stammis.kit.holidays import NoHolidays
from tests.core.strategies import documents

FACE = face_of(shapes.type_info(Programme))
SMALL: dict[str, Any] = {
    "stammis": 1,
    "programme": "shop",
    "name": {"en": "Shop", "fi": "Kauppa"},
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "wallets": [{"id": "points", "name": "Points", "expiry": {"kind": "days", "days": 365}}],
    "earn": [
        {"kind": "amount", "id": "spend", "points": 2, "each": "2.50", "cap": {"per": "week", "times": 3}},
        {"kind": "unit", "id": "tea", "points": 1, "when": {"kind": "category", "any_of": ["tea", "coffee"]}},
    ],
    "statuses": {"paid": "completed"},
}


def form(document: dict[str, Any]) -> Node:
    return layout(FACE, document)


def asked(document: dict[str, Any], act: str) -> dict[str, Any]:
    """The document after a button was pressed."""
    found: dict[str, Any] = read(FACE, entries(form(document)), Act.of(act))
    return found


@given(documents())
def test_a_document_comes_back_from_its_form_as_it_went_in(document: dict[str, Any]) -> None:
    written = normal(FACE, document)
    assert read(FACE, entries(form(written))) == written
    assert parse(written) == parse(normal(FACE, as_document(parse(document))))


def test_a_small_document_comes_back_too() -> None:
    assert read(FACE, entries(form(SMALL))) == normal(FACE, SMALL) == SMALL | {"earn": normal(FACE, SMALL)["earn"]}


@pytest.mark.parametrize(
    ("act", "at", "expected"),
    [
        ("add f/earn", ("earn",), 3),
        ("remove f/earn/0", ("earn",), 1),
        ("add f/statuses", ("statuses",), 2),
        ("remove f/statuses/0", ("statuses",), 0),
    ],
)
def test_parts_are_added_and_removed(act: str, at: tuple[str, ...], expected: int) -> None:
    found = asked(SMALL, act)
    assert len(found[at[0]]) == expected


def test_parts_are_moved_up_and_down() -> None:
    assert [rule["id"] for rule in asked(SMALL, "up f/earn/1")["earn"]] == ["tea", "spend"]
    assert [rule["id"] for rule in asked(SMALL, "down f/earn/0")["earn"]] == ["tea", "spend"]
    assert [rule["id"] for rule in asked(SMALL, "up f/earn/0")["earn"]] == ["spend", "tea"]


def test_a_condition_is_put_into_all_any_or_not() -> None:
    before = SMALL["earn"][1]["when"]
    for kind in ("all", "any"):
        assert asked(SMALL, f"wrap:{kind} f/earn/1/when")["earn"][1]["when"] == {"kind": kind, "of": [before]}
    assert asked(SMALL, "wrap:not f/earn/1/when")["earn"][1]["when"] == {"kind": "not", "of": before}


def test_an_optional_part_is_set_and_taken_away() -> None:
    assert "cap" not in asked(SMALL, "unset f/earn/0/cap")["earn"][0]
    assert asked(SMALL, "set f/earn/1/cap")["earn"][1]["cap"] == {}


def test_a_name_is_given_once_or_in_each_language() -> None:
    assert asked(SMALL, "one f/name")["name"] == "Shop"
    assert asked(SMALL, "each f/wallets/0/name")["wallets"][0]["name"] == {"en": "Points"}


def test_another_kind_keeps_what_both_kinds_have() -> None:
    sent = entries(form(SMALL)) | {"f/earn/1/when@": ["sku"]}
    assert read(FACE, sent)["earn"][1]["when"] == {"kind": "sku", "any_of": ["tea", "coffee"]}


def test_a_part_of_which_only_the_kind_is_chosen_can_be_shown_again() -> None:
    rule = parts.face_at("/earn/-")
    for kind in kinds_of(rule):
        found = read(rule, {"f@": [kind]})
        assert parts.can_show(rule, found), kind


def test_every_field_of_the_programme_can_be_reached_in_the_editor() -> None:
    places = {one.pointer for group in parts.groups(SMALL, None, set()) for one in group.entries}
    places |= {group.new for group in parts.groups(SMALL, None, set()) if group.new}
    assert all(parts.is_place(place) for place in places)
    named = {field.name for field in fields_of(FACE.shape)} - set(parts.FIXED)
    apart = {place.split("/")[1] for place in places if place}
    assert named == apart | {field.name for field in fields_of(parts.face_at("").shape)}


def test_what_cannot_be_read_stays_as_it_was_written() -> None:
    sent = entries(form(SMALL)) | {"f/earn/0/points": ["many"], "f/declared_age_days": ["x"]}
    found = read(FACE, sent)
    assert (found["earn"][0]["points"], found["declared_age_days"]) == ("many", "x")


def test_a_comma_is_a_decimal_point_and_blanks_do_not_count() -> None:
    sent = entries(form(SMALL)) | {"f/earn/0/points": [" 2,5 "], "f/programme": [" shop "]}
    found = read(FACE, sent)
    assert (found["earn"][0]["points"], found["programme"]) == ("2.5", "shop")


def test_a_problem_stands_with_the_innermost_field_that_it_concerns() -> None:
    problems = [
        Problem("/earn/1/when/any_of/0", "x", Worded("Here.")),
        Problem("/earn/0/points", "x", Worded("There.")),
    ]
    root = layout(FACE, SMALL, problems=problems)
    wrong = {node.pointer: [one.message for one in node.errors] for node in root.walk() if node.errors}
    assert wrong == {"/earn/1/when/any_of": ["Here."], "/earn/0/points": ["There."]}


def test_every_type_of_the_programme_has_a_face_of_its_own() -> None:
    """A type without one is shown as JSON, which nobody should have to write: give it a face when this fails."""
    plain = [at for at, face in faces(FACE, "", set()) if face.kind == "raw"]
    assert plain == ["/stammis"]


def faces(face: Face, at: str, seen: set[type]) -> Iterator[tuple[str, Face]]:
    yield at, face
    if face.kind in ("list", "pairs"):
        yield from faces(item_of(face), f"{at}/…", seen)
    structs = kinds_of(face).values() if face.kind == "choice" else [face.shape] if face.kind == "struct" else []
    for shape in structs:
        if shape.cls not in seen:
            seen.add(shape.cls)
            for field in fields_of(shape):
                yield from faces(field.face, f"{at}/{field.name}", seen)


def test_a_countrys_holidays_are_a_list_by_its_code_and_unknown_ones_are_refused() -> None:
    said = {"country": "DE", "subdivision": "BY", "first": "2026", "last": "2026"}
    form = HolidaysForm(said)
    assert form.is_valid()
    ((name, days),) = form.days().items()
    assert (name, "2026-01-06" in days, days == sorted(days)) == ("de-by", True, True)
    plain = HolidaysForm(said | {"subdivision": ""})
    assert plain.is_valid()
    assert "2026-01-06" not in plain.days()["de"]
    for wrong in ({"subdivision": "QQ"}, {"first": "2027"}):
        form = HolidaysForm(said | wrong)
        assert form.is_valid()
        with pytest.raises(NoHolidays):
            form.days()


def test_weekdays_are_chosen_in_the_order_in_which_one_says_them() -> None:
    shape = shapes.type_info(OnWeekday)
    assert isinstance(shape, shapes.StructType)
    (days,) = fields_of(shape)
    assert words_of(item_of(days.face)) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
