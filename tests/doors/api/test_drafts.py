"""Drafts of programmes over HTTP: written, read by another, published on a day."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.doors.api.installation import Caller, Installation
from tests.doors.api.programmes import programme, purchase

BONUS = {"id": "bonus", "kind": "purchase", "points": 7}


@pytest.fixture
def draft() -> str:
    return f"drafts/{uuid.uuid4()}"


@pytest.fixture
def callers(installation: Installation) -> tuple[Caller, Caller]:
    """An author, and somebody else who may approve: two keys of one programme."""
    slug = installation.publish(programme())
    return installation.caller(slug), installation.caller(slug, name="reviewer")


def with_bonus(caller: Caller, draft: str, **more: Any) -> dict[str, Any]:
    begun = caller.did("PUT", draft, {"name": "Summer"})
    document = {**begun["document"], "earn": [*begun["document"]["earn"], BONUS]}
    return dict(caller.did("PUT", draft, {"document": document, **more}))


def test_a_draft_is_written_read_by_another_and_published_at_once(callers: tuple[Caller, Caller], draft: str) -> None:
    author, reviewer = callers
    saved = with_bonus(author, draft, note="For the summer")
    assert (saved["state"], saved["step"], saved["mistakes"], saved["compared_with"]) == ("draft", 2, [], 1)
    [change] = author.did("GET", f"{draft}?lang=en")["changes"]
    assert (change["kind"], change["pointer"], change["after"]) == ("added", "/earn/1", ["7 points for a purchase."])
    assert author.send("GET", f"{draft}?lang=de").status_code == 422
    assert author.did("POST", f"{draft}/review", {"note": "Please look."})["state"] == "in_review"
    assert author.send("POST", f"{draft}/approve", {}).json()["code"] == "own_draft"
    assert reviewer.did("POST", f"{draft}/approve")["state"] == "approved"
    published = author.did("POST", f"{draft}/publish", {"note": "Now"})
    assert (published["state"], published["version"]) == ("published", 2)
    assert [(step["act"], step["by"], step["note"]) for step in published["history"]] == [
        ("begun", "tests", ""),
        ("saved", "tests", "For the summer"),
        ("asked", "tests", "Please look."),
        ("approved", "reviewer", ""),
        ("published", "tests", "Now"),
    ]
    earned = author.did("POST", "purchases", purchase("p", "5.00", at="2026-04-01T00:04:00Z"))
    assert earned["wallets"]["points"]["active"] == 12
    assert author.send("POST", f"{draft}/publish").json()["code"] == "wrong_state"
    [listed] = author.did("GET", "drafts?state=published")["items"]
    assert listed["id"] == draft.removeprefix("drafts/")


def test_a_draft_is_published_from_a_day_on(callers: tuple[Caller, Caller], draft: str) -> None:
    author, reviewer = callers
    with_bonus(author, draft)
    author.did("POST", f"{draft}/review")
    reviewer.did("POST", f"{draft}/approve")
    refused = author.send("POST", f"{draft}/publish", {"begins": "2026-03-01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "starts_in_past")
    author.did("POST", f"{draft}/publish", {"begins": "2026-07-01"})
    order = purchase("p", "5.00", at="2026-04-01T00:04:00Z")
    assert author.did("POST", "purchases", order)["wallets"]["points"]["active"] == 5
    later = author.did("POST", "purchases?dry_run=true&as_of=2026-07-01T12:00:00Z", {**order, "id": "q"})
    assert later["wallets"]["points"]["active"] == 5 + 12


def test_mistakes_are_kept_and_named_until_a_review_is_asked_for(callers: tuple[Caller, Caller], draft: str) -> None:
    author, reviewer = callers
    document = author.did("PUT", draft, {"name": "Summer"})["document"]
    saved = author.did("PUT", draft, {"document": {**document, "earns": []}})
    [mistake] = saved["mistakes"]
    assert (mistake["pointer"], mistake["code"], mistake["nearest"]) == ("/earns", "unknown_field", "earn")
    refused = author.send("POST", f"{draft}/review")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_document")
    assert author.did("POST", f"{draft}/undo")["document"] == document
    author.did("POST", f"{draft}/review")
    assert reviewer.did("POST", f"{draft}/return", {"note": "No."})["state"] == "draft"
    assert author.did("DELETE", draft)["state"] == "discarded"
    assert author.send("PUT", draft, {"document": document}).json()["code"] == "wrong_state"


def test_the_way_back_is_a_draft_with_the_document_of_an_earlier_version(
    callers: tuple[Caller, Caller], draft: str
) -> None:
    author, reviewer = callers
    with_bonus(author, draft)
    author.did("POST", f"{draft}/review")
    reviewer.did("POST", f"{draft}/approve")
    author.did("POST", f"{draft}/publish")
    back = f"drafts/{uuid.uuid4()}"
    [change] = author.did("PUT", back, {"name": "Back", "version": 1})["changes"]
    assert (change["kind"], change["id"]) == ("removed", "bonus")
    refused = author.send("PUT", back, {"version": 9})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/version"]


def test_nobody_saves_over_what_they_have_not_seen(callers: tuple[Caller, Caller], draft: str) -> None:
    author, reviewer = callers
    document = with_bonus(author, draft)["document"]
    refused = reviewer.send("PUT", draft, {"document": {**document, "name": "Other"}, "after": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "draft_moved")
    assert reviewer.did("PUT", draft, {"document": {**document, "name": "Other"}, "after": 2})["step"] == 3


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "missing_field"),
        ({"name": ""}, "/name", "empty"),
        ({"name": "x", "document": []}, "/document", "wrong_type"),
        ({"name": "x", "document": {"earn": [{"points": 1.5}]}}, "/document/earn/0/points", "wrong_type"),
        ({"name": "x", "document": {"a~/": "\0"}}, "/document/a~0~1", "nul_character"),
        ({"name": "x", "document": {"a": "x" * 600_000}}, "/document", "too_long"),
        ({"name": "x", "colour": 1}, "/colour", "unknown_field"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(
    callers: tuple[Caller, Caller], draft: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    refused = callers[0].send("PUT", draft, body)
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


def test_a_document_nested_too_deeply_is_refused(callers: tuple[Caller, Caller], draft: str) -> None:
    deep: dict[str, Any] = {}
    for _each in range(50):
        deep = {"a": deep}
    refused = callers[0].send("PUT", draft, {"name": "x", "document": deep})
    assert [error["code"] for error in refused.json()["errors"]] == ["too_deep"]


def test_drafts_need_their_own_scopes_and_belong_to_one_programme(installation: Installation, draft: str) -> None:
    slug = installation.publish(programme())
    writer = installation.caller(slug, ("programmes:read", "programmes:write"))
    writer.did("PUT", draft, {"name": "Summer"})
    for act in ("approve", "return", "publish"):
        assert writer.send("POST", f"{draft}/{act}").json()["code"] == "missing_scope"
    other = installation.caller(installation.publish(programme()))
    assert other.send("GET", draft).json()["code"] == "unknown_draft"
    assert other.send("PUT", draft, {"name": "Mine"}).json()["code"] == "draft_moved"
    assert other.send("GET", "drafts/nonsense").status_code == 404
