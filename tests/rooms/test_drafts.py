"""Drafts: changed step by step, approved by somebody else, published on a day, taken back."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from stammis.programmes import drafts, services
from stammis.programmes.models import Draft, DraftStep, Programme
from stammis.programmes.plan import plan
from stammis.programmes.services import Author
from tests.rooms.till import NOW, SHOP, day

pytestmark = pytest.mark.django_db
BONUS = {"id": "bonus", "kind": "purchase", "points": 7}


def by(name: str, **also: Any) -> Author:
    return Author(f"{name}@example.com", NOW, **also)


@pytest.fixture
def programme() -> Programme:
    document = SHOP | {"programme": f"shop-{uuid.uuid4().hex[:8]}"}
    return services.publish(document, by="ada", now=NOW).programme


def changed(draft: Draft, **fields: Any) -> dict[str, Any]:
    return {**draft.document, **fields}


def with_bonus(draft: Draft) -> dict[str, Any]:
    return changed(draft, earn=[*draft.document["earn"], BONUS])


def test_every_saved_step_is_kept_with_its_author_and_what_it_changed(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    draft = services.save(draft, with_bonus(draft), by("ada"))
    draft = services.save(draft, changed(draft, name="Summer shop"), by("bob", note="A better name"))
    newest, second, first = drafts.story(draft)
    assert [one.step.by.partition("@")[0] for one in (first, second, newest)] == ["ada", "ada", "bob"]
    assert first.changes == ()
    assert [(one.kind, one.list, one.id) for one in second.changes] == [("added", "earn", "bonus")]
    assert second.changes[0].after == ("7 points for a purchase.",)
    assert [(one.fields[0].before, one.fields[0].after) for one in newest.changes] == [("Shop", "Summer shop")]
    assert newest.step.note == "A better name"


def test_saving_the_same_again_is_no_step(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    assert services.save(draft, dict(draft.document), by("ada")).steps == 1


def test_who_saves_over_the_step_of_another_is_told(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    services.save(draft, with_bonus(draft), by("bob"), after=1)
    with pytest.raises(services.DraftMoved):
        services.save(draft, changed(draft, name="Other"), by("ada"), after=1)


def test_a_draft_may_have_mistakes_until_it_is_sent_to_review(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    draft = services.save(draft, changed(draft, earn=[{"id": "x"}]), by("ada"))
    told = drafts.story(draft)[0].changes
    assert ("added", "x") in {(one.kind, one.id) for one in told}
    with pytest.raises(services.BadDocument):
        services.ask_for_review(draft, by("ada"))


def test_changes_are_taken_back_one_by_one_down_to_the_beginning(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    begun = draft.document
    draft = services.save(draft, changed(draft, name="One"), by("ada"))
    one = draft.document
    draft = services.save(draft, changed(draft, name="Two"), by("ada"))
    draft = services.undo(draft, by("ada"))
    assert draft.document == one
    draft = services.save(draft, changed(draft, name="Three"), by("ada"))
    draft = services.undo(services.undo(draft, by("ada")), by("ada"))
    assert draft.document == begun
    with pytest.raises(services.WrongState):
        services.undo(draft, by("ada"))


def reviewed(programme: Programme) -> Draft:
    draft = services.begin(programme, "Summer", by("ada"))
    draft = services.save(draft, with_bonus(draft), by("ada"))
    return services.ask_for_review(draft, by("ada"))


def test_nobody_approves_their_own(programme: Programme) -> None:
    draft = reviewed(programme)
    with pytest.raises(services.NotYours):
        services.approve(draft, by("ada"))
    draft = services.approve(draft, by("bob"))
    assert (draft.state, draft.history.get(number=draft.steps).alone) == ("approved", False)


def test_two_who_wrote_in_turns_approve_each_others_last_change(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    draft = services.save(draft, with_bonus(draft), by("ada"))
    draft = services.ask_for_review(services.save(draft, changed(draft, name="Other"), by("bob")), by("ada"))
    with pytest.raises(services.NotYours):
        services.approve(draft, by("bob"))
    assert services.approve(draft, by("ada")).state == "approved"


def test_who_takes_the_change_of_another_back_leaves_the_change_before_it_to_be_approved(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    draft = services.save(draft, with_bonus(draft), by("ada"))
    draft = services.undo(services.save(draft, changed(draft, name="Other"), by("bob")), by("bob"))
    draft = services.ask_for_review(draft, by("bob"))
    with pytest.raises(services.NotYours):
        services.approve(draft, by("ada"))
    assert services.approve(draft, by("bob")).state == "approved"


def test_who_only_began_a_draft_may_approve_what_others_wrote(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("bob"))
    draft = services.ask_for_review(services.save(draft, with_bonus(draft), by("ada")), by("ada"))
    assert services.approve(draft, by("bob")).state == "approved"


def test_who_began_it_with_a_document_of_their_own_wrote_it(programme: Programme) -> None:
    document = SHOP | {"programme": programme.slug, "earn": [BONUS]}
    draft = services.ask_for_review(services.begin(programme, "File", by("ada"), document), by("ada"))
    with pytest.raises(services.NotYours):
        services.approve(draft, by("ada"))


def test_where_nobody_else_may_the_only_one_approves_and_it_is_written_down(programme: Programme) -> None:
    draft = services.approve(reviewed(programme), by("ada", alone=True))
    assert draft.history.get(number=draft.steps).alone


def test_a_change_after_the_approval_makes_it_a_draft_again(programme: Programme) -> None:
    draft = services.approve(reviewed(programme), by("bob"))
    draft = services.save(draft, changed(draft, name="Other"), by("ada"))
    assert draft.state == "draft"
    with pytest.raises(services.WrongState):
        services.publish_draft(draft, by("ada"))


def test_only_an_approved_draft_is_published_and_only_once(programme: Programme) -> None:
    draft = reviewed(programme)
    with pytest.raises(services.WrongState):
        services.publish_draft(draft, by("bob"))
    draft = services.approve(draft, by("bob"))
    version = services.publish_draft(draft, by("bob", note="Summer"), begins=dt.date(2026, 7, 1))
    draft.refresh_from_db()
    assert (version.number, version.starts_at, version.note) == (2, day("2026-06-30", "23:00"), "Summer")
    assert (draft.state, draft.version) == ("published", 2)
    assert version.document["earn"][-1] == BONUS
    with pytest.raises(services.WrongState):
        services.publish_draft(draft, by("bob"))


def test_what_was_sent_back_or_discarded_keeps_its_steps(programme: Programme) -> None:
    draft = services.send_back(reviewed(programme), by("bob", note="Too much"))
    assert draft.state == "draft"
    draft = services.discard(draft, by("ada"))
    assert [step.act for step in draft.history.order_by("number")] == [
        "begun",
        "saved",
        "asked",
        "sent_back",
        "discarded",
    ]
    with pytest.raises(services.WrongState):
        services.save(draft, changed(draft, name="Other"), by("ada"))


def test_a_step_can_never_be_changed(programme: Programme) -> None:
    draft = services.begin(programme, "Summer", by("ada"))
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftStep.objects.filter(draft=draft).update(by="eve")


def test_rolling_back_is_approved_by_another_and_publishes_an_earlier_document_as_a_new_version(
    programme: Programme,
) -> None:
    draft = services.approve(reviewed(programme), by("bob"))
    services.publish_draft(draft, by("bob"))
    draft = services.go_back(programme, 1, "Back to 1", by("bob", note="Too dear"), begins=dt.date(2026, 8, 1))
    assert (draft.state, draft.history.get(number=draft.steps).note) == ("in_review", "Too dear")
    with pytest.raises(services.NotYours):
        services.approve(draft, by("bob"))
    draft = services.approve(draft, by("ada"))
    version = services.publish_draft(draft, by("ada"), begins=dt.date.fromisoformat(draft.document["from"]))
    assert (version.number, version.starts_at) == (3, day("2026-07-31", "23:00"))
    assert "bonus" not in {rule["id"] for rule in version.document["earn"]}
    assert programme.versions.count() == 3


def test_a_plan_says_what_is_added_removed_and_changed_field_by_field(programme: Programme) -> None:
    document = drafts.start_of(programme.versions.get())
    rules = document["earn"]
    assert len(rules) >= 1
    changed_rule = rules[0] | {"points": 9, "name": "Nine"}
    found = plan(document | {"earn": [changed_rule, *rules[2:], BONUS]}, now=NOW)
    kinds = {(change.kind, change.id) for change in found.changes if change.list == "earn"}
    assert {("added", "bonus"), ("changed", rules[0]["id"])} <= kinds
    fields = {field.name: field.after for change in found.changes for field in change.fields}
    assert fields["Points"] == "9"
    assert (found.number, found.since, found.same) == (2, 1, False)


def test_a_plan_of_what_is_published_is_empty(programme: Programme) -> None:
    assert plan(drafts.start_of(programme.versions.get()), now=NOW).same


def test_a_plan_warns_of_a_wallet_that_gets_another_id_or_goes(programme: Programme) -> None:
    document = drafts.start_of(programme.versions.get())
    points, stars = document["wallets"][0], document["wallets"][0] | {"id": "stars", "name": "Stars", "pays": False}
    assert plan(document | {"wallets": [points | {"name": "Stars"}]}, now=NOW).risks == ()
    assert plan(document | {"wallets": [points, stars]}, now=NOW).risks == ()
    moved = {name: [each | {"wallet": "stars"} for each in document[name]] for name in ("earn", "rewards")}
    (renamed,) = plan(document | moved | {"wallets": [stars]}, now=NOW).risks
    assert renamed.startswith("The wallet points (Points) is gone and stars is new:")
    assert "keep the id points and change the name" in renamed
    with_both = services.publish(document | {"wallets": [points, stars]}, by="ada", now=NOW)
    assert with_both.number == 2
    (gone,) = plan(document | {"wallets": [points]}, now=NOW).risks
    assert gone == "The wallet stars (Stars) is gone: all that members have in it would seem to vanish."


def test_a_plan_refuses_what_publishing_would_refuse(programme: Programme) -> None:
    document = drafts.start_of(programme.versions.get())
    with pytest.raises(services.FixedForGood):
        plan(document | {"currency": "SEK"}, now=NOW)
    with pytest.raises(services.StartsInPast):
        plan(document | {"name": "Other", "from": "2026-05-01"}, now=NOW)
