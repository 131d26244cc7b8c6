"""What people read where the programs know a code."""

import re
from importlib import resources
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.text import format_lazy

import stammis
from stammis.accrual import queries
from stammis.accrual.outcomes import MemberFields
from stammis.activity.models import Event
from stammis.console import audits, formats, reasons, trying
from stammis.console.editor import parts as editing
from stammis.console.editor import texts
from stammis.console.editor.nodes import layout
from stammis.console.editor.normal import normal
from stammis.console.templatetags import parts
from stammis.programmes import yaml
from stammis.programmes.sentences import words
from tests.rooms.till import Till, bought

OWN = {"", "–", "A number", "yes", "no", "EN", "FI", "SV", "PL"}
"""What the code of the forms writes itself."""
SOURCES = Path(stammis.__file__).parent


def acts() -> set[str]:
    """Every act that some code writes into the audit."""
    calls = re.compile(r'record_audit\(\s*[\w.]+,\s*"([a-z_.]+)"')
    return {act for file in SOURCES.rglob("*.py") for act in calls.findall(file.read_text())}


def test_every_act_of_the_audit_is_told_in_words() -> None:
    found = acts()
    assert len(found) > 20
    assert found <= set(audits.SENTENCES)


def test_a_companys_own_fields_are_written_as_words() -> None:
    assert parts.spaced("kids_count") == "Kids count"
    assert (parts.said(True), parts.said(["a", "b"]), parts.said(3)) == ("yes", "a, b", "3")


def test_a_language_is_named_and_what_is_none_stays() -> None:
    assert (parts.language("fi"), parts.language("pt-BR")) == ("Finnish", "Portuguese (Brazil)")
    assert (parts.language("tlh-x-y"), parts.language("?")) == ("tlh-x-y", "?")


@pytest.mark.parametrize("template", ["sample", "grocery-tiers", "cafe-stamps"])
def test_every_name_and_hint_of_a_form_is_among_the_texts_to_translate(template: str) -> None:
    document = yaml.load((resources.files("stammis.programmes") / f"templates/{template}.yaml").read_text())
    known = set(texts.texts())
    listed = [
        f"/{name}/{place}" for name in ("earn", "wallets", "tiers") for place in range(len(document.get(name, [])))
    ]
    with translation.override("en"):
        for pointer in ["", *listed]:
            face = editing.face_at(pointer)
            for node in layout(face, normal(face, editing.value_at(document, pointer))).walk():
                assert {node.label, node.hint, *(text for value, text in node.options if value)} - known <= OWN
    assert "When a birthday or day of joining on 29 February comes back in years that have none." in known


@pytest.mark.django_db
def test_a_level_that_was_reached_is_told_with_what_counted() -> None:
    till = Till()
    till.say(MemberFields("a", {}))
    till.one(bought("1", 120_000, member="a"))
    event = Event.objects.filter(kind="purchase").get()
    told = reasons.told(queries.causes.cause(event.member_id, event.seq), till.programme)
    assert "counted then." in told.moves[0]


@pytest.mark.django_db
def test_somebody_is_meant_by_an_id_or_by_words() -> None:
    till = Till()
    till.say(MemberFields("m1", {"name": "Anna Berg"}), MemberFields("m2", {"name": "Anna Salo"}))
    meant = {
        asked: [one.reference for one in trying.meant(till.programme, asked)] for asked in ("m1", "salo", "ann", "otto")
    }
    assert meant == {"m1": ["m1"], "salo": ["m2"], "ann": ["m1", "m2"], "otto": []}


def test_a_sign_stays_with_its_amount_at_the_end_of_a_line() -> None:
    told = parts.unbroken(format_lazy("95 % interval: −$2.50 to +$3, fewer than <30>"))  # texts of pages are lazy
    signed = '<span class="nowrap">{}</span>'.format
    assert told == f"95 % interval: {signed('−$2.50')} to {signed('+$3,')} fewer than &lt;30&gt;"


@pytest.mark.parametrize("language", ["en", "fi", "sv", "pl"])
def test_less_than_nothing_has_a_true_minus_in_every_language(language: str) -> None:
    with translation.override(language):
        written = [
            formats.number(-12),
            formats.points(-1_250, 2),
            formats.signed(-3),
            formats.money("-41.50", "EUR"),
            formats.percent(-0.05, 1),
            words.number(-7),
            words.signed(-7),
            words.minor_money(-4_150, "EUR"),
        ]
    assert [(each.count("−"), each.count("-")) for each in written] == [(1, 0)] * len(written)
