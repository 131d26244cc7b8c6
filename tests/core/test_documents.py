from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.document import DocumentErrors, as_document, parse
from stammis.core.schema import programme_schema
from tests.core import strategies
from tests.core.course import document, wallet
from tests.core.test_laws import lawful

RULE: dict[str, Any] = {"kind": "amount", "id": "goods", "points": 1}
TIERS: dict[str, Any] = {
    "id": "club",
    "name": "Club",
    "counts": "spend",
    "levels": [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": 100}],
}


def problems(**changes: Any) -> dict[str, str]:
    """The codes of everything that is wrong with the usual programme after these changes, by place."""
    with pytest.raises(DocumentErrors) as caught:
        parse(document(**changes))
    return {problem.pointer: problem.code for problem in caught.value.errors}


def rule(**changes: Any) -> list[dict[str, Any]]:
    return [{**RULE, **changes}]


def when(*of: dict[str, Any], kind: str = "all") -> list[dict[str, Any]]:
    return rule(when={"kind": kind, "of": list(of)})


@lawful
@given(strategies.documents())
def test_a_programme_reads_back_as_it_was_and_fits_its_schema(found: dict[str, Any]) -> None:
    programme = parse(found)
    assert parse(as_document(programme)) == programme
    jsonschema_rs.Draft202012Validator(programme_schema()).validate(as_document(programme))


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@lawful
@given(strategies.documents(), st.data())
def test_whatever_stands_in_a_document_it_is_read_or_its_problems_are_named(
    found: dict[str, Any], data: st.DataObject
) -> None:
    part: Any = found
    while isinstance(part, dict | list) and part:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()) or not isinstance(part[key], dict | list):
            part[key] = data.draw(anything)
            break
        part = part[key]
    try:
        parse(found)
    except DocumentErrors as errors:
        assert errors.errors  # noqa: PT017 - either outcome is right


def test_all_problems_are_named_at_once_with_place_and_nearest_name() -> None:
    with pytest.raises(DocumentErrors) as caught:
        parse(
            document(
                currancy="GBP",
                timezone="Europe/Lundon",
                earn=[{**RULE, "pionts": 2}, {**RULE, "id": "second", "wallet": "poins"}, {"kind": "amont", "id": "x"}],
                tiers=[{**TIERS, "counts": "spent"}],
            )
        )
    found = {problem.pointer: (problem.code, problem.nearest) for problem in caught.value.errors}
    assert found == {
        "/currancy": ("unknown_field", "currency"),
        "/timezone": ("unknown_timezone", "Europe/London"),
        "/earn/0/pionts": ("unknown_field", "points"),
        "/earn/1/wallet": ("unknown_wallet", "points"),
        "/earn/2/kind": ("unknown_kind", "amount"),
        "/tiers/0/counts": ("unknown_value", "spend"),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"currency": "EUX"}, {"/currency": "unknown_currency"}),
        ({"currency": "eur"}, {"/currency": "wrong_format"}),
        ({"stammis": 2}, {"/stammis": "unknown_value"}),
        ({"stammis": True}, {"/stammis": "unknown_value"}),
        ({"name": ""}, {"/name": "empty"}),
        ({"name": "x" * 201}, {"/name": "too_long"}),
        ({"name": {"de": "Punkte"}}, {"/name/de": "unknown_value"}),
        ({"name": {}}, {"/name": "empty"}),
        ({"programme": "a\n"}, {"/programme": "wrong_format"}),
        ({"wallets": []}, {"/wallets": "empty", "/earn/0/wallet": "unknown_wallet"}),
        ({"wallets": [wallet(), wallet()]}, {"/wallets/1/id": "duplicate_id"}),
        ({"wallets": [wallet(pays=True)]}, {"/wallets/0/value": "missing_value"}),
        ({"wallets": [wallet(value=0.5)]}, {"/wallets/0/value": "wrong_type"}),
        ({"wallets": [wallet(value="1e3")]}, {"/wallets/0/value": "wrong_format"}),
        ({"wallets": [wallet(value="０.５")]}, {"/wallets/0/value": "wrong_format"}),
        ({"wallets": [wallet(decimals=5)]}, {"/wallets/0/decimals": "out_of_range"}),
        (
            {"wallets": [wallet(expiry={"kind": "yearly", "month": 4, "day": 31})]},
            {"/wallets/0/expiry/day": "out_of_range"},
        ),
        ({"wallets": [wallet(expiry={"kind": "days"})]}, {"/wallets/0/expiry/days": "missing_field"}),
        (
            {"wallets": [wallet(expiry={"kind": "date", "last": "2025-02-30"})]},
            {"/wallets/0/expiry/last": "wrong_format"},
        ),
        ({"wallets": [wallet(pending_days=30)]}, {"/wallets/0/pending_days": "unknown_field"}),
        ({"earn": rule(each=0)}, {"/earn/0/each": "out_of_range"}),
        ({"earn": rule(each="0.005")}, {"/earn/0/each": "too_many_decimals"}),
        (
            {"rewards": [{"id": "mug", "name": "Mug", "price": 5, "cost": "0.005"}]},
            {"/rewards/0/cost": "too_many_decimals"},
        ),
        ({"earn": rule(points=-1)}, {"/earn/0/points": "out_of_range"}),
        ({"earn": rule(cap={"per": "day"})}, {"/earn/0/cap": "missing_field"}),
        (
            {"earn": rule(kind="multiply", points=None)},
            {"/earn/0/points": "unknown_field", "/earn/0/factor": "missing_field"},
        ),
        (
            {"earn": [{"kind": "multiply", "id": "x2", "factor": 2}]},
            {"/earn/0": "nothing_to_multiply"},
        ),
        (
            {"earn": [RULE, {"kind": "multiply", "id": "x2", "factor": "0.5", "rules": ["good", "x2"]}]},
            {
                "/earn/1/factor": "out_of_range",
                "/earn/1/rules/0": "unknown_rule",
                "/earn/1/rules/1": "multiplies_multiplier",
            },
        ),
        (
            {
                "earn": [
                    {
                        "kind": "event",
                        "id": "e",
                        "event": "v",
                        "points": 1,
                        "when": {"kind": "channel", "any_of": ["a"]},
                    }
                ]
            },
            {"/earn/0/when": "not_for_events"},
        ),
        ({"tiers": [{**TIERS, "counts": "points", "wallet": "coins"}]}, {"/tiers/0/wallet": "unknown_wallet"}),
        (
            {"tiers": [{**TIERS, "levels": [*TIERS["levels"], {"id": "gold", "name": "G", "at": 100}]}]},
            {"/tiers/0/levels/2/id": "duplicate_id", "/tiers/0/levels/2/at": "not_ascending"},
        ),
        (
            {"rewards": [{"id": "mug", "name": "Mug", "price": 1, "wallet": "coins"}]},
            {"/rewards/0/wallet": "unknown_wallet"},
        ),
        ({"statuses": {"paid": "complete"}}, {"/statuses/paid": "unknown_value"}),
        ({"from": "soon"}, {"/from": "wrong_format"}),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert problems(**changes) == expected


@pytest.mark.parametrize(
    ("condition", "place", "code"),
    [
        ({"kind": "tier", "set": "clubb", "any_of": ["gold"]}, "/set", "unknown_tier_set"),
        ({"kind": "tier", "set": "club", "any_of": ["silver"]}, "/any_of/0", "unknown_level"),
        ({"kind": "tier", "set": "club", "at_least": "silver"}, "/at_least", "unknown_level"),
        ({"kind": "tier", "set": "club"}, "", "missing_field"),
        ({"kind": "dates", "first": "2025-02-01", "last": "2025-01-31"}, "", "never_holds"),
        ({"kind": "hours", "from": "08:00", "until": "08:00"}, "", "never_holds"),
        ({"kind": "hours", "from": "8:00", "until": "09:00"}, "/from", "wrong_format"),
        ({"kind": "total"}, "", "missing_field"),
        ({"kind": "total", "at_least": "5.001"}, "/at_least", "too_many_decimals"),
        ({"kind": "line_amount", "at_least": 6, "at_most": 5}, "", "never_holds"),
        ({"kind": "category", "any_of": []}, "/any_of", "empty"),
        ({"kind": "weekday", "any_of": ["monday"]}, "/any_of/0", "unknown_value"),
        ({"kind": "not", "of": {"kind": "sku"}}, "/of/any_of", "missing_field"),
    ],
)
def test_conditions_are_checked_wherever_they_stand(condition: dict[str, Any], place: str, code: str) -> None:
    assert problems(tiers=[TIERS], earn=rule(when=condition)) == {f"/earn/0/when{place}": code}
    assert problems(tiers=[TIERS], earn=when(condition, kind="any")) == {f"/earn/0/when/of/0{place}": code}


@pytest.mark.parametrize(
    "of",
    [
        ({"kind": "category", "any_of": ["a"]}, {"kind": "category", "any_of": ["b"]}),
        ({"kind": "weekday", "any_of": ["mon"]}, {"kind": "all", "of": [{"kind": "weekday", "any_of": ["tue"]}]}),
        ({"kind": "dates", "last": "2025-01-31"}, {"kind": "dates", "first": "2025-02-01"}),
        ({"kind": "total", "at_least": 10}, {"kind": "total", "at_most": 5}),
        ({"kind": "tier", "set": "club", "any_of": ["basic"]}, {"kind": "tier", "set": "club", "at_least": "gold"}),
        ({"kind": "label", "any_of": ["a"]}, {"kind": "not", "of": {"kind": "label", "any_of": ["a"]}}),
        ({"kind": "channel", "any_of": ["a"]}, {"kind": "not", "of": {"kind": "channel", "any_of": ["a", "b"]}}),
        ({"kind": "hours", "from": "08:00", "until": "10:00"}, {"kind": "hours", "from": "10:00", "until": "08:00"}),
        (
            {"kind": "days_since", "what": "enrolment", "at_most": 3},
            {"kind": "days_since", "what": "enrolment", "at_least": 4},
        ),
        ({"kind": "basket_lines", "at_least": 3}, {"kind": "basket_lines", "at_most": 2}),
    ],
)
def test_conditions_that_never_hold_together_are_refused(of: tuple[dict[str, Any], ...]) -> None:
    assert problems(tiers=[TIERS], earn=when(*of)) == {"/earn/0/when": "never_holds"}


@pytest.mark.parametrize(
    "of",
    [
        ({"kind": "label", "any_of": ["a"]}, {"kind": "label", "any_of": ["b"]}),
        ({"kind": "channel", "any_of": ["a", "b"]}, {"kind": "not", "of": {"kind": "channel", "any_of": ["a"]}}),
        ({"kind": "hours", "from": "22:00", "until": "06:00"}, {"kind": "hours", "from": "05:59", "until": "08:00"}),
        ({"kind": "spent_in_window", "days": 9, "at_most": 3}, {"kind": "spent_in_window", "days": 90, "at_least": 4}),
        (
            {"kind": "basket_lines", "at_least": 3, "of": {"kind": "sku", "any_of": ["a"]}},
            {"kind": "basket_lines", "at_most": 4},
        ),
        ({"kind": "balance", "wallet": "points", "at_least": 3}, {"kind": "balance", "wallet": "points", "at_most": 3}),
    ],
)
def test_conditions_that_may_hold_together_are_not_refused(of: tuple[dict[str, Any], ...]) -> None:
    parse(document(tiers=[TIERS], earn=when(*of)))  # raises nothing


def test_very_deep_conditions_are_refused() -> None:
    condition: dict[str, Any] = {"kind": "channel", "any_of": ["a"]}
    for _ in range(200):
        condition = {"kind": "not", "of": condition}
    assert set(problems(earn=rule(when=condition)).values()) == {"too_deep"}


def test_a_document_that_is_no_set_of_fields_is_refused() -> None:
    no_fields: Any = []
    with pytest.raises(DocumentErrors):
        parse(no_fields)
