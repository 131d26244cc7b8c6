"""What rules read of a member's record and of declared events, from the record to the ledger and its proof."""

import datetime as dt
from typing import Any

import pytest

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.services import pass_days, verify
from stammis.core.events import Happening
from tests.rooms.till import NOW, Till, bought, day, returned

pytestmark = pytest.mark.django_db
VISIT = {"id": "visit", "properties": [{"name": "stars", "type": "number", "required": True}]}


def gives(points: int, id: str, **more: Any) -> dict[str, Any]:
    """A rule for an event or a purchase."""
    return {"kind": "purchase", "id": id, "points": points, **more}


def till(*rules: dict[str, Any], **more: Any) -> Till:
    """A till of a shop with these rules alone."""
    return Till(earn=list(rules), **more)


def test_a_birthday_on_the_record_is_celebrated_once_and_proven() -> None:
    shop = till(gives(50, "cake", kind="event", event="birthday"), gives(5, "hello", kind="event", event="enrolment"))
    shop.one(MemberFields("anna", {"birthday": dt.date(1990, 6, 10)}))
    shop.one(MemberFields("anna", {"birthday": dt.date(1990, 6, 10), "name": "Anna"}))
    assert pass_days(day("2026-06-20")) == 1
    assert pass_days(day("2026-06-20")) == 0
    shop.one(MemberFields("anna", {"birthday": dt.date(1990, 6, 25)}))
    assert pass_days(day("2026-06-30")) == 0
    assert shop.rows() == [("earn", 5, 5), ("earn", 50, 55)]
    assert not verify(shop.programme)


def test_a_consent_on_the_record_holds_until_it_is_withdrawn() -> None:
    shop = till(gives(10, "friend", when={"kind": "consent", "any_of": ["mail"]}))
    shop.one(MemberFields("anna", {"consents": {"mail": "no", "phone": True}}))
    shop.one(bought("1"))
    shop.one(MemberFields("anna", {"consents": {"mail": True}}))
    shop.one(bought("2"))
    shop.one(MemberFields("anna", {"consents": {"mail": None}}))
    shop.one(bought("3"))
    assert shop.rows() == [("earn", 10, 10)]
    assert not verify(shop.programme)


def test_history_is_proven_through_returns() -> None:
    shop = till(
        gives(10, "second", when={"kind": "nth_purchase", "any_of": [2]}),
        gives(3, "back", when={"kind": "days_since", "what": "purchase", "at_least": 1}),
        gives(7, "keen", when={"kind": "spent_in_window", "days": 30, "at_least": "100.00"}),
    )
    shop.one(bought("1", at=day("2026-05-01")))
    shop.one(bought("2", at=day("2026-05-02")))
    shop.one(returned("r", "2", "1", at=day("2026-05-03")))
    shop.one(bought("3", at=day("2026-05-04")))
    assert [amount for _, amount, _ in shop.rows()] == [20, -20, 20]
    assert not verify(shop.programme)


def test_an_event_that_does_not_fit_its_declared_type_is_refused_with_the_places() -> None:
    shop = till(gives(10, "visit", kind="event", event="visit"), events=[VISIT])
    refusal = shop.no(Happening(occurred_at=NOW, id="1", type="visit", member="anna", properties={"star": 5}))
    assert (refusal.status, refusal.code) == (422, "invalid_event")
    places = [(fault["pointer"], fault["code"]) for fault in refusal.detail["errors"]]
    assert places == [("/properties/star", "unknown_field"), ("/properties/stars", "missing_field")]
    shop.one(Happening(occurred_at=NOW, id="1", type="visit", member="anna", properties={"stars": 5}))
    assert shop.rows() == [("earn", 10, 10)]
