from importlib.resources import files
from typing import Any

import pytest
from django.utils import translation

from stammis.core.document import parse
from stammis.core.programme import Programme
from stammis.programmes import yaml
from stammis.programmes.sentences import condition_phrase, describe, differences, rule_sentence, words

TEMPLATES = sorted(
    entry.name for entry in (files("stammis.programmes") / "templates").iterdir() if entry.name.endswith(".yaml")
)
FRAME: dict[str, Any] = {
    "stammis": 1,
    "programme": "shop",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "wallets": [
        {"id": "points", "name": {"en": "points", "fi": "pistettä"}},
        {"id": "stamps", "name": "stamps", "decimals": 2},
    ],
    "tiers": [
        {
            "id": "level",
            "name": "Level",
            "counts": "spend",
            "levels": [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": 1000}],
        }
    ],
}
SHIPPED = (
    "1 point for each €1.00 spent, counted on goods, tax and shipping, not on fees, gift cards, "
    "what is paid with points or what a reward takes off."
)
SPEND = {"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def programme(*earn: dict[str, Any], **changes: Any) -> Programme:
    return parse(FRAME | {"earn": [SPEND, *earn]} | changes)


def template(name: str) -> Programme:
    return parse(yaml.load((files("stammis.programmes") / "templates" / name).read_text("utf-8")))


def sentence(rule: dict[str, Any]) -> str:
    told = programme({"id": "told"} | rule)
    return rule_sentence(told.earn[1], told)


def phrase(condition: dict[str, Any]) -> str:
    told = programme(SPEND | {"id": "told", "when": condition})
    asked = told.earn[1].when
    assert asked is not None
    return condition_phrase(asked, told)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "amount", "points": 1}, "1 point for each €1.00 spent."),
        ({"kind": "amount", "points": "0.5", "each": "2.5"}, "0.5 points for each €2.50 spent."),
        ({"kind": "amount", "points": 5, "each": 10, "full_steps": True}, "5 points for each full €10.00 spent."),
        ({"kind": "unit", "wallet": "stamps", "points": 1}, "1 stamp for each piece bought."),
        ({"kind": "purchase", "points": 1500}, "1,500 points for a purchase."),
        ({"kind": "event", "event": "review", "points": 20}, "20 points for each event «review»."),
        ({"kind": "multiply", "factor": 2}, "2 times the points of all other rules."),
        ({"kind": "multiply", "factor": "1.5", "rules": ["spend"]}, "1.5 times the points of the rule «spend»."),
        (
            {"kind": "purchase", "points": 5, "cap": {"per": "week", "times": 1}},
            "5 points for a purchase, at most 1 time a week.",
        ),
        (
            {"kind": "amount", "points": 1, "cap": {"per": "ever", "points": 100, "times": 3}},
            "1 point for each €1.00 spent, at most 100 points and 3 times in all.",
        ),
        (
            {"kind": "amount", "points": 1, "basis": {"tax": "included", "shipping": True}},
            SHIPPED,
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: dict[str, Any], said: str) -> None:
    assert sentence(rule) == said


def test_a_rule_with_its_conditions_is_still_one_sentence() -> None:
    when = {
        "kind": "all",
        "of": [
            {"kind": "category", "any_of": ["dairy", "bread"]},
            {"kind": "any", "of": [{"kind": "channel", "any_of": ["web"]}, {"kind": "weekday", "any_of": ["tue"]}]},
        ],
    }
    said = "1 point for each €1.00 spent, in the categories dairy or bread, through the channel web or on Tuesdays."
    assert sentence({"kind": "amount", "points": 1, "when": when}) == said


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ({"kind": "sku", "any_of": ["A1"]}, "on the article A1", "except on the article A1"),
        (
            {"kind": "category", "any_of": ["a", "b", "c"]},
            "in the categories a, b or c",
            "except in the categories a, b or c",
        ),
        ({"kind": "line_amount", "at_least": 5}, "on lines of €5.00 or more", "except on lines of €5.00 or more"),
        ({"kind": "line_amount", "at_most": 5}, "on lines of €5.00 or less", "except on lines of €5.00 or less"),
        (
            {"kind": "days_since", "what": "enrolment", "at_most": 13},
            "13 or fewer days after joining",
            "not 13 or fewer days after joining",
        ),
        (
            {"kind": "basket_lines", "at_most": 3},
            "on purchases with 3 or fewer lines",
            "except on purchases with 3 or fewer lines",
        ),
        ({"kind": "channel", "any_of": ["web"]}, "through the channel web", "except through the channel web"),
        ({"kind": "store", "any_of": ["1", "2"]}, "in the stores 1 or 2", "except in the stores 1 or 2"),
        (
            {"kind": "total", "at_least": 5, "at_most": "9.99"},
            "on purchases of €5.00 to €9.99",
            "except on purchases of €5.00 to €9.99",
        ),
        ({"kind": "weekday", "any_of": ["sat", "sun"]}, "on Saturdays or Sundays", "except on Saturdays or Sundays"),
        (
            {"kind": "hours", "from": "17:00", "until": "24:00"},
            "between 17:00 and 24:00",
            "except between 17:00 and 24:00",
        ),
        ({"kind": "dates", "first": "2026-03-04"}, "from 4 March 2026 on", "except from 4 March 2026 on"),
        ({"kind": "dates", "last": "2026-03-04"}, "until 4 March 2026", "except until 4 March 2026"),
        (
            {"kind": "tier", "set": "level", "at_least": "gold"},
            "for members at the level Gold or above",
            "for members not at the level Gold or above",
        ),
        (
            {"kind": "label", "any_of": ["staff"]},
            "for members with the label staff",
            "for members without the label staff",
        ),
        (
            {"kind": "attribute", "name": "city", "any_of": ["Turku"]},
            "for members whose city is Turku",
            "for members whose city is not Turku",
        ),
    ],
)
def test_a_condition_has_a_phrase_and_so_has_its_opposite(condition: dict[str, Any], holds: str, fails: str) -> None:
    assert phrase(condition) == holds
    assert phrase({"kind": "not", "of": condition}) == fails
    assert phrase({"kind": "not", "of": {"kind": "not", "of": condition}}) == holds


def test_neither_of_two_is_not_the_one_and_not_the_other() -> None:
    either = {"kind": "any", "of": [{"kind": "sku", "any_of": ["A"]}, {"kind": "store", "any_of": ["1"]}]}
    assert phrase(either) == "on the article A or in the store 1"
    assert phrase({"kind": "not", "of": either}) == "except on the article A and except in the store 1"


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "fi", "sv", "pl"])
def test_every_programme_that_comes_with_stammis_can_be_told_in_every_language(name: str, language: str) -> None:
    told = describe(template(name), language)
    sentences = [each for chapter in told for each in chapter.sentences]
    assert all(each.text.endswith(".") and "%(" not in each.text for each in sentences)
    assert all(chapter.title for chapter in told)
    pointers = {each.pointer for each in sentences}
    document = template(name)
    assert {f"/earn/{place}" for place in range(len(document.earn))} <= pointers
    assert {f"/rewards/{place}" for place in range(len(document.rewards))} <= pointers


def test_expiry_value_levels_and_rewards_are_told() -> None:
    told = {each.name: each.text for chapter in describe(template("sample.yaml"), "en") for each in chapter.sentences}
    lasting = "Usable for 180 days, the day they are earned being the first."
    assert told["points"] == f"{lasting} 1 point is worth $0.01 and can pay for a purchase."
    assert told["Silver"] == "From $1,500.00 spent within 365 days."
    assert told["The cookbook"] == "For 2,000 points. There are 500 of it."
    assert told["Level"] == "The purchase that reaches a level still earns at the level before it."


@pytest.mark.parametrize(
    ("expiry", "said"),
    [
        ({"kind": "months", "months": 1}, "Usable through the same day of the following month."),
        ({"kind": "yearly", "month": 7, "day": 31}, "Usable through the next 31 July."),
        ({"kind": "yearly", "month": 2, "day": 29}, "Usable through the next 29 February."),
        ({"kind": "date", "last": "2026-12-31"}, "Usable through 31 December 2026."),
        ({"kind": "never"}, "They do not expire."),
    ],
)
def test_every_expiry_is_told(expiry: dict[str, Any], said: str) -> None:
    told = programme(wallets=[{"id": "points", "name": "points", "expiry": expiry}])
    assert describe(told, "en")[0].sentences[0].text == said


def test_numbers_and_money_are_written_as_the_reader_does() -> None:
    with translation.override("fi"):
        assert words.number("1234.5") == "1\N{NO-BREAK SPACE}234,5"
        assert words.money("0.005", "EUR") == "0,005\N{NO-BREAK SPACE}€"
        assert words.minor_money(1250, "EUR") == "12,50\N{NO-BREAK SPACE}€"
    with translation.override("en"):
        assert words.money("0.005", "EUR") == "€0.005"
        assert words.signed_points(-3, None) == "−3 points"


def test_a_name_is_the_readers_else_english_else_any() -> None:
    with translation.override("fi"):
        assert words.name({"en": "points", "fi": "pistettä"}) == "pistettä"
        assert words.name({"en": "points", "sv": "poäng"}) == "points"
        assert words.name({"sv": "poäng"}) == "poäng"
        assert words.name("plain") == "plain"


def test_two_versions_differ_in_sentences() -> None:
    old = programme({"id": "gone", "kind": "purchase", "points": 5})
    new = programme(
        {"id": "fresh", "kind": "purchase", "points": 7},
        earn=[SPEND | {"points": 2}, {"id": "fresh", "kind": "purchase", "points": 7}],
    )
    assert [(each.kind, each.name, each.before, each.after) for each in differences(old, new, "en")] == [
        ("changed", "spend", "1 point for each €1.00 spent.", "2 points for each €1.00 spent."),
        ("added", "fresh", "", "7 points for a purchase."),
        ("removed", "gone", "5 points for a purchase.", ""),
    ]


def test_moving_a_rule_in_its_list_changes_nothing() -> None:
    other = {"id": "other", "kind": "purchase", "points": 5}
    assert differences(programme(other), parse(FRAME | {"earn": [other, SPEND]}), "en") == ()
