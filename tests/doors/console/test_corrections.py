"""Corrections in the console: asked for, planned by the worker, read, posted to some or all, undone, taken away."""

from __future__ import annotations

import csv
import html
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from stammis.accrual.services import verify
from stammis.kit import clock
from stammis.members.queries import find
from stammis.programmes import services, yaml
from stammis.programmes.services import Author
from stammis.simulation import tasks
from stammis.simulation.models import Correction
from stammis.staff.models import Audit
from tests.doors.console.test_backtests import signed_in
from tests.rooms.test_corrections import RIGHT, history, shop
from tests.rooms.till import NOW, SHOP, Till

pytestmark = pytest.mark.django_db
State = Correction.State


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return tmp_path


@pytest.fixture(autouse=True)
def queue() -> object:
    with app.replace_connector(InMemoryConnector()) as replaced:
        yield replaced


@pytest.fixture
def till() -> Till:
    till = shop()
    history(till)
    return till


def asked(client: Client, **said: Any) -> Correction:
    answer = client.post(
        reverse("console:correction_new"), {"wrong": "2", "right": "version:3", "name": "March"} | said
    )
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    return Correction.objects.get(id=answer["Location"].rsplit("/", 1)[1])


def planned(client: Client, **said: Any) -> Correction:
    correction = asked(client, **said)
    tasks.correct(str(correction.id))
    return correction


def page(client: Client, correction: Correction, view: str = "correction", asks: str = "") -> str:
    answer = client.get(reverse(f"console:{view}", args=[correction.id]) + asks)
    return " ".join(html.unescape(answer.content.decode()).split())


def act(client: Client, correction: Correction, view: str, **said: str) -> None:
    assert client.post(reverse(f"console:{view}", args=[correction.id]), said).status_code == 302
    tasks.correct(str(correction.id))
    correction.refresh_from_db()


def test_a_wrong_version_is_put_right_from_the_form_to_the_ledger_and_undone(client: Client, till: Till) -> None:
    signed_in(client)
    assert "If a version with a mistake ran" in client.get(reverse("console:corrections")).content.decode()
    new = html.unescape(client.get(reverse("console:correction_new")).content.decode())
    assert "File</label>" in new  # not «optional»: it is asked for where a file is what should have decided
    assert '<option value="2" selected>Version 2: 10 Jan 2026 – 12 Jan 2026' in new
    assert '<option value="version:3" selected>' in new
    correction = asked(client)
    assert "It waits for its turn." in page(client, correction)
    tasks.correct(str(correction.id))
    told = page(client, correction)
    assert "version 3 in place of version 2" in told.casefold()
    assert "2 members should have got 60 points less." in told
    assert "−€60.00" in told
    sure = page(client, correction, "correction_decide", "?scope=all")
    assert "Taken back from 2 members: 60 points." in sure
    assert "of them" not in sure
    assert "the balance goes below zero" in sure
    assert till.active() == 70
    act(client, correction, "correction_decide", scope="all")
    assert (correction.state, till.active(), till.active("ben")) == (State.POSTED, 30, 50)
    assert "Posted to all" in page(client, correction)
    assert "2 members get back 60 points." in page(client, correction, "correction_undo")
    act(client, correction, "correction_undo")
    assert (correction.state, till.active(), till.active("ben")) == (State.UNDONE, 70, 70)
    told = page(client, correction)
    assert "Undone as a whole" in told
    assert "Posted to all" in told
    assert verify(till.programme) == []
    listed = html.unescape(client.get(reverse("console:corrections")).content.decode())
    assert "10 Jan 2026 – 12 Jan 2026" in listed


def test_what_cannot_be_planned_is_told_beside_the_field(client: Client, till: Till) -> None:
    signed_in(client)
    for said, mistake in (
        ({"wrong": "3"}, "This is the version that ran."),
        ({"right": "file"}, "Choose the programme file."),
        ({"first": "2026-01-12", "last": "2026-01-11"}, "This day lies before the first one."),
        ({"first": "2026-01-13"}, "This version decided until 12 Jan 2026."),
        ({"last": "2026-01-09"}, "This version did not decide before 10 Jan 2026."),
        ({"wrong": "any"}, "Choose the day, or the version that ran wrong."),
        ({"name": ""}, "This field is required."),
        ({"wrong": "7"}, "Select a valid choice."),
    ):
        body = {"wrong": "2", "right": "version:3", "name": "March"} | said
        answer = client.post(reverse("console:correction_new"), body)
        assert answer.status_code == 422
        assert mistake in html.unescape(answer.content.decode()), said
    other = SimpleUploadedFile("other.yaml", yaml.dump(SHOP | {"programme": "other"}).encode())
    upload: dict[str, Any] = {"wrong": "2", "right": "file", "name": "March", "file": other}
    assert "of another programme" in client.post(reverse("console:correction_new"), upload).content.decode()
    assert not Correction.objects.filter(programme=till.programme).exists()


def test_a_file_or_a_draft_may_be_what_should_have_decided(client: Client, till: Till) -> None:
    signed_in(client)
    document = SHOP | {"programme": till.programme.slug, "earn": RIGHT}
    file = SimpleUploadedFile("right.yaml", yaml.dump(document).encode())
    by_file = planned(client, right="file", file=file, wrong="any", first="2026-01-12", last="2026-01-12")
    assert "1 member should have got 20 points less." in page(client, by_file)
    draft = services.begin(till.programme, "Nothing at all", Author("ada@example.com", NOW))
    draft = services.save(draft, draft.document | {"earn": [{**RIGHT[0], "points": 4}]}, Author("a@example.com", NOW))
    by_draft = planned(client, right=f"draft:{draft.id}")
    told = page(client, by_draft)
    assert "another file in place of version 2" in told.casefold()
    assert "2 members should have got 30 points more." in told


def test_a_draft_that_was_a_file_without_a_note_says_when_it_came_and_from_whom(client: Client, till: Till) -> None:
    signed_in(client)
    text = yaml.dump(SHOP | {"programme": till.programme.slug, "earn": RIGHT})
    client.post(reverse("console:programme_change"), {"text": text, "step": "publish"})
    draft = till.programme.drafts.get()
    assert draft.name.startswith("From a file, ")
    assert draft.name.endswith("manager@example.com")
    assert draft.name in html.unescape(client.get(reverse("console:correction_new")).content.decode())


def test_the_members_differences_are_a_table_each_with_its_why(client: Client, till: Till) -> None:
    signed_in(client)
    correction = planned(client)
    told = page(client, correction, asks="?order=gains")
    assert told.index(">ben</a>") < told.index(">anna</a>")
    assert "Nobody whom this correction concerns" in page(client, correction, asks="?which=gains")
    assert ">anna</a>" not in page(client, correction, asks="?q=be")
    anna = find(till.programme.id, "anna")
    address = reverse("console:correction_why", args=[correction.id, anna.id])
    why = " ".join(html.unescape(client.get(address).content.decode()).split())
    assert "Purchase a (20 points instead of 60)." in why
    assert "As it was: +60 Points" in why.replace('<span class="muted">', "").replace("</span>", "").replace(
        '<span class="strong">', ""
    )
    assert "As it should have been:" in why
    assert client.get(reverse("console:correction_why", args=[correction.id, till.programme.id])).status_code == 404


def test_messages_are_taken_away_and_that_is_noted(client: Client, till: Till) -> None:
    signed_in(client)
    correction = planned(client)
    assert "Tell the members" not in page(client, correction), "before it is decided what is posted"
    assert listed(client, correction)[0].startswith("draft-messages-")
    act(client, correction, "correction_decide", scope="all")
    assert "Tell the members" in page(client, correction)
    name, rows = listed(client, correction)
    assert name.startswith("messages-")
    assert [(row["member"], row["amount"]) for row in rows] == [("anna", "-40"), ("ben", "-20")]
    assert Audit.objects.filter(what="correction.messages", subject="March").exists()


def test_who_was_told_of_it_can_be_told_that_it_was_undone(client: Client, till: Till) -> None:
    signed_in(client)
    correction = planned(client)
    act(client, correction, "correction_decide", scope="all")
    act(client, correction, "correction_undo")
    assert "Tell the members" in page(client, correction)
    _, rows = listed(client, correction)
    assert [(row["member"], row["amount"]) for row in rows] == [("anna", "40"), ("ben", "20")]
    assert rows[0]["sentence"] == "You get back 40 points. The correction «March» was undone."


def listed(client: Client, correction: Correction) -> tuple[str, list[dict[str, str]]]:
    """The name and the rows of the file of messages."""
    answer = client.get(reverse("console:correction_messages", args=[correction.id]))
    name = answer["Content-Disposition"].partition('filename="')[2]
    return name, list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_nothing_is_posted_where_that_is_decided_or_nobody_gains(client: Client, till: Till) -> None:
    signed_in(client)
    correction = planned(client)
    assert "Nobody gains" in page(client, correction, "correction_decide", "?scope=gains")
    assert "Post nothing?" in page(client, correction, "correction_decide", "?scope=none")
    act(client, correction, "correction_act", act="drop")
    assert correction.state == State.DROPPED
    assert "It was decided to leave everything as it is." in page(client, correction)
    answer = client.post(reverse("console:correction_decide", args=[correction.id]), {"scope": "all"})
    assert answer.status_code == 302
    assert till.active() == 70


def test_two_corrections_of_the_same_days_are_not_both_posted(client: Client, till: Till) -> None:
    signed_in(client)
    first, second = planned(client), planned(client, name="Again")
    act(client, first, "correction_decide", scope="all")
    answer = client.post(reverse("console:correction_decide", args=[second.id]), {"scope": "all"})
    assert answer.status_code == 409
    assert "Another correction of this period is posted." in answer.content.decode()


def test_a_planning_is_stopped_and_gone_on_with(client: Client, till: Till) -> None:
    signed_in(client)
    correction = asked(client)
    act(client, correction, "correction_act", act="stop")
    assert "It was stopped" in page(client, correction)
    act(client, correction, "correction_act", act="resume")
    assert correction.state == State.DRAFT
    assert till.active() == 70


def test_who_only_looks_sees_everything_and_decides_nothing(client: Client, till: Till) -> None:
    correction = planned(signed_in(client))
    signed_in(client, "viewer")
    told = page(client, correction)
    assert "2 members should have got 60 points less." in told
    assert "See what will happen" not in told
    assert "Messages" not in told


def test_what_would_happen_is_told_by_the_programme_as_it_is_now(client: Client, till: Till) -> None:
    signed_in(client)
    correction = planned(client)
    assert "the balance goes below zero" in page(client, correction, "correction_decide", "?scope=all")
    document = {key: value for key, value in SHOP.items() if key != "from"}
    document |= {"programme": till.programme.slug, "earn": RIGHT}
    services.publish(document | {"negative_balance": "to_zero"}, by="test", now=NOW)
    told = page(client, correction, "correction_decide", "?scope=all")
    assert "the balance goes below zero" not in told
    miles = [SHOP["wallets"][0] | {"id": "miles"}]
    earn = [rule | {"wallet": "miles"} for rule in RIGHT]
    services.publish(
        document | {"wallets": miles, "earn": earn, "rewards": [], "tiers": []}, by="test", now=clock.now()
    )
    told = page(client, correction, "correction_decide", "?scope=all")
    assert "«Points» is not in the programme now: nothing is posted there." in told
