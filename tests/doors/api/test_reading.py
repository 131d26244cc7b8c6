from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.events import Adjustment, Happening, Line, Purchase, Redemption, Return, ReturnLine
from stammis.intake.reading import (
    read_adjustment,
    read_event,
    read_facts,
    read_purchase,
    read_redemption,
    read_return,
    read_status,
)
from stammis.kit.errors import Invalid
from tools.reference.calls import INTRODUCTION

NOW = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
PURCHASE: dict[str, Any] = {
    "id": "P-1",
    "member": "anna",
    "occurred_at": "2026-03-04T12:30:00+02:00",
    "currency": "EUR",
    "lines": [
        {"id": "1", "sku": "milk", "category": "dairy", "quantity": 2, "amount": "3.10", "tax": "0.37"},
        {"id": "2", "quantity": "0.750", "amount": "12.5"},
    ],
    "discounts": [{"amount": "1.00", "kind": "reward"}],
    "points": {"wallet": "points", "amount": 100},
    "rounding": "-0.02",
}


def raw(body: object) -> bytes:
    return json.dumps(body).encode()


def changed(pointer: str, value: object, body: dict[str, Any] = PURCHASE) -> dict[str, Any]:
    whole = copy.deepcopy(body)
    at: Any = whole
    *way, last = pointer.strip("/").split("/")
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    return whole


def errors_of(body: bytes) -> list[dict[str, str]] | None:
    try:
        read_purchase(body)
    except Invalid as refused:
        return refused.errors
    return None


def faults_of(body: bytes) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_purchase(body)
    assert all(each["message"] for each in refused.value.errors)
    return {(each["pointer"], each["code"]) for each in refused.value.errors}


def test_a_purchase_is_read_into_whole_units() -> None:
    event = read_purchase(raw(PURCHASE)).event
    assert isinstance(event, Purchase)
    assert event.lines == (
        Line(id="1", amount=310, quantity=2_000_000, sku="milk", category="dairy", tax=37),
        Line(id="2", amount=1_250, quantity=750_000),
    )
    assert event.occurred_at == dt.datetime(2026, 3, 4, 10, 30, tzinfo=dt.UTC)
    assert (event.discounts[0].amount, event.rounding, event.status) == (100, -2, "completed")


def test_amounts_follow_the_decimals_of_the_currency() -> None:
    lines = [{"id": "1", "quantity": 1, "amount": "1234"}]
    yen = read_purchase(raw({**PURCHASE, "currency": "JPY", "lines": lines, "discounts": [], "rounding": None})).event
    assert isinstance(yen, Purchase)
    assert yen.lines[0].amount == 1_234
    dinar = {**PURCHASE, "currency": "KWD", "lines": [{"id": "1", "quantity": 1, "amount": "1.234"}]}
    event = read_purchase(raw(dinar)).event
    assert isinstance(event, Purchase)
    assert event.lines[0].amount == 1_234


BAD: list[tuple[str, str, object, str]] = [
    ("an unknown field", "/colour", "red", "unknown_field"),
    ("an unknown field of a line", "/lines/0/price", "1.00", "unknown_field"),
    ("a negative amount", "/lines/0/amount", "-3.10", "negative_amount"),
    ("NaN as text", "/lines/0/amount", "NaN", "bad_amount"),
    ("an exponent", "/lines/0/amount", "1e2", "bad_amount"),
    ("a number for money", "/lines/0/amount", 3.1, "number_for_money"),
    ("a whole number for money", "/lines/0/tax", 1, "number_for_money"),
    ("full-width digits", "/lines/0/amount", "３.10", "bad_amount"),
    ("a space before the amount", "/lines/0/amount", " 3.10", "bad_amount"),
    ("a line end after the amount", "/lines/0/amount", "3.10\n", "bad_amount"),
    ("no digit before the point", "/lines/0/amount", ".10", "bad_amount"),
    ("no amount at all", "/lines/0/amount", "", "bad_amount"),
    ("a comma", "/lines/0/amount", "3,10", "bad_amount"),
    ("empty tax", "/lines/0/tax", "", "bad_amount"),
    ("too many decimals", "/lines/0/amount", "3.100", "too_many_decimals"),
    ("a huge amount", "/lines/0/amount", "9" * 13, "out_of_range"),
    ("a currency that does not exist", "/currency", "XQZ", "unknown_currency"),
    ("a currency in lower case", "/currency", "eur", "unknown_currency"),
    ("a currency with other decimals", "/currency", "JPY", "too_many_decimals"),
    ("a time without an offset", "/occurred_at", "2026-03-04T12:30:00", "no_offset"),
    ("a time that is none", "/occurred_at", "yesterday", "bad_time"),
    ("a time that is a number", "/occurred_at", 1_772_000_000, "wrong_type"),
    ("a time before reckoning", "/occurred_at", "0001-01-01T00:00:00+14:00", "out_of_range"),
    ("a duplicate line", "/lines/1/id", "1", "duplicate_line"),
    ("a tax above the amount", "/lines/0/tax", "3.11", "tax_above_amount"),
    ("a fractional quantity as a number", "/lines/0/quantity", 1.5, "wrong_type"),
    ("a quantity below zero", "/lines/0/quantity", -1, "out_of_range"),
    ("a quantity below zero as text", "/lines/0/quantity", "-1", "out_of_range"),
    ("a quantity too large", "/lines/0/quantity", 10**9 + 1, "out_of_range"),
    ("a quantity with seven decimals", "/lines/0/quantity", "0.1234567", "bad_quantity"),
    ("a quantity of true", "/lines/0/quantity", True, "wrong_type"),
    ("no quantity", "/lines/0/quantity", None, "wrong_type"),
    ("a long id", "/id", "x" * 201, "too_long"),
    ("an empty id", "/id", "", "empty"),
    ("NUL in an id", "/id", "a\0b", "nul_character"),
    ("half a character", "/lines/0/name", "\ud800", "half_character"),
    ("a number for an id", "/id", 7, "wrong_type"),
    ("an unknown kind of line", "/lines/0/kind", "service", "wrong_type"),
    ("no lines", "/lines", [], "empty"),
    ("lines that are no list", "/lines", {"1": "2"}, "wrong_type"),
    ("a line that is no object", "/lines/1", "milk", "wrong_type"),
    ("10,000 lines", "/lines", [{"id": str(at), "quantity": 1, "amount": "1"} for at in range(10_000)], "too_long"),
    ("points of nothing", "/points/amount", 0, "out_of_range"),
    ("points as text", "/points/amount", "100", "wrong_type"),
    ("a discount of another kind", "/discounts/0/kind", "coupon", "wrong_type"),
    ("a rounding that is no amount", "/rounding", "+0.40", "bad_amount"),
    ("a rounding with too many decimals", "/rounding", "0.405", "too_many_decimals"),
    ("a contact without a mail address", "/contact", {"email": "anna"}, "bad_form"),
]


@pytest.mark.parametrize(("pointer", "value", "code"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_bad_input_is_refused_with_its_place(pointer: str, value: object, code: str) -> None:
    place = "/contact/email" if pointer == "/contact" else pointer
    found = faults_of(raw(changed(pointer, value)))
    if code == "too_many_decimals" and pointer == "/currency":
        assert ("/lines/0/amount", code) in found
    else:
        assert (place, code) in found


def test_all_faults_of_a_body_are_listed_at_once() -> None:
    body = changed("/lines/0/amount", 3.1, changed("/lines/1/quantity", "many", changed("/currency", 5)))
    del body["id"]
    body["colour"] = "red"
    assert faults_of(raw(body)) == {
        ("/id", "missing_field"),
        ("/colour", "unknown_field"),
        ("/currency", "wrong_type"),
        ("/lines/0/amount", "number_for_money"),
        ("/lines/1/quantity", "bad_quantity"),
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b'{"id": "\xff"}', "bad_json"),
        (b"\xef\xbb\xbf{}", "bad_json"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"lines": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b"null", "wrong_type"),
        (b"[]", "wrong_type"),
    ],
)
def test_what_is_no_readable_json_is_refused(body: bytes, code: str) -> None:
    assert ("", code) in faults_of(body)


def test_a_field_that_there_is_not_is_answered_with_the_nearest_name() -> None:
    body = changed("/lines/0/ammount", "3.10")
    with pytest.raises(Invalid) as refused:
        read_purchase(raw(body))
    told = {each["pointer"]: each["message"] for each in refused.value.errors}
    assert told == {"/lines/0/ammount": "There is no field of this name here. Did you mean «amount»?"}


@pytest.mark.parametrize("pointer", ["/lines/0/amount", "/lines/0/quantity"])
def test_nan_is_refused_where_it_stands(pointer: str) -> None:
    body = raw(changed(pointer, float("nan")))
    assert b"NaN" in body
    assert (pointer, "not_a_number") in faults_of(body)


def test_the_digest_minds_neither_key_order_nor_decimal_notation_nor_the_programme() -> None:
    digest = read_purchase(raw(PURCHASE)).digest
    assert read_purchase(raw(dict(reversed(PURCHASE.items())))).digest == digest
    assert read_purchase(raw(changed("/lines/1/amount", "012.50"))).digest == digest
    assert read_purchase(raw(changed("/lines/1/quantity", "0.75"))).digest == digest
    assert read_purchase(raw({**PURCHASE, "programme": "shop"})).digest == digest
    for pointer, value in (("/lines/1/amount", "12.51"), ("/member", "ben"), ("/lines/0/name", "Milk")):
        assert read_purchase(raw(changed(pointer, value))).digest != digest


def test_properties_are_the_same_in_any_order_and_notation() -> None:
    one = {"id": "e", "type": "review", "member": "anna", "occurred_at": "2026-03-04T12:30:00Z"}
    first, second = ({**one, "properties": each} for each in ({"a": 1.0, "b": "x"}, {"b": "x", "a": 1}))
    assert read_event(raw(first)).digest == read_event(raw(second)).digest
    event = read_event(raw(first)).event
    assert isinstance(event, Happening)
    assert event.properties == {"a": 1, "b": "x"}


def test_a_return_gives_lines_or_money_back_but_not_both() -> None:
    one = {"id": "R-1", "occurred_at": "2026-03-04T12:30:00Z"}
    event = read_return(raw({**one, "lines": [{"line": "1", "quantity": 1}]}), "P-1", "EUR").event
    assert event == Return(
        occurred_at=dt.datetime(2026, 3, 4, 12, 30, tzinfo=dt.UTC),
        id="R-1",
        purchase="P-1",
        lines=(ReturnLine("1", quantity=1_000_000),),
    )
    for body in (one, {**one, "lines": [{"line": "1"}], "money": "5.00"}):
        with pytest.raises(Invalid) as refused:
            read_return(raw(body), "P-1", "EUR")
        assert refused.value.errors[0]["code"] == "lines_or_money"
    with pytest.raises(Invalid) as refused:
        read_return(raw({**one, "money": "5.001"}), "P-1", "EUR")
    assert refused.value.errors[0]["code"] == "too_many_decimals"


def test_what_happens_now_has_the_same_digest_at_any_time() -> None:
    body = raw({"id": "A", "member": "anna", "wallet": "points", "amount": -5, "reason": "a mistake of ours"})
    now, later = read_adjustment(body, NOW), read_adjustment(body, NOW + dt.timedelta(days=1))
    assert now.digest == later.digest
    assert isinstance(now.event, Adjustment)
    assert now.event.occurred_at == NOW
    with pytest.raises(Invalid):
        read_adjustment(raw({"id": "A", "member": "a", "wallet": "w", "amount": 0, "reason": "none"}), NOW)
    asked = raw({"id": "D", "member": "anna", "reward": "coffee"})
    redeemed = read_redemption(asked, NOW)
    assert isinstance(redeemed.event, Redemption)
    assert (redeemed.event.quantity, redeemed.event.occurred_at) == (1, NOW)
    assert redeemed.digest == read_redemption(asked, NOW + dt.timedelta(days=1)).digest


def test_facts_about_a_member_tell_absent_from_cleared() -> None:
    given, programme = read_facts(raw({"email": None, "labels": ["vip"], "attributes": {"pets": 2.0}}))
    assert given == {"email": None, "labels": ["vip"], "attributes": {"pets": 2}}
    assert programme is None
    with pytest.raises(Invalid) as refused:
        read_facts(raw({"attributes": {"a": {"deep": 1}}, "birthday": "17.4.1990", "locale": "x y"}))
    assert {(each["pointer"], each["code"]) for each in refused.value.errors} == {
        ("/attributes/a", "wrong_type"),
        ("/birthday", "bad_date"),
        ("/locale", "bad_form"),
    }


def test_a_status_is_read_for_its_purchase() -> None:
    said = read_status(raw({"status": "shipped", "occurred_at": "2026-03-04T12:30:00Z", "programme": "shop"}), "P-1")
    assert said.programme == "shop"
    with pytest.raises(Invalid):
        read_status(raw({"status": "", "occurred_at": "2026-03-04T12:30:00Z"}), "P-1")


PLACES = [
    "/id",
    "/member",
    "/occurred_at",
    "/currency",
    "/lines",
    "/lines/0",
    "/lines/1/id",
    "/lines/0/quantity",
    "/lines/0/amount",
    "/lines/0/tax",
    "/discounts",
    "/discounts/0/amount",
    "/points",
    "/rounding",
    "/status",
    "/contact",
    "/coupons",
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.from_regex(r"\A-?[0-9]{0,13}\.?[0-9]{0,7}\Z"),
    st.just({}),
    st.just([]),
    st.sampled_from(["EUR", "JPY", "2026-03-04T12:30:00Z", "1", {"email": "a@b"}, ["a"], {"wallet": "w", "amount": 3}]),
)


@given(st.dictionaries(st.sampled_from(PLACES), ODD, min_size=1, max_size=3))
def test_what_the_fast_way_refuses_the_slow_way_explains(changes: dict[str, object]) -> None:
    body = PURCHASE
    for pointer in sorted(changes, reverse=True):
        body = changed(pointer, changes[pointer], body)
    errors = errors_of(raw(body))
    assert errors is None or (errors and all(each["code"] != "bad_json" for each in errors))


def test_of_a_name_that_stands_twice_the_last_value_counts_as_the_reference_says() -> None:
    twice = raw(PURCHASE).replace(b'"member": "anna"', b'"member": "ben", "member": "anna"')
    assert read_purchase(twice) == read_purchase(raw(PURCHASE))
    assert "stands twice in one object the last value counts" in " ".join(INTRODUCTION.split())
