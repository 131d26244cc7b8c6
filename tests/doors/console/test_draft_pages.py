"""The pages of a draft, asked for without a browser."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stammis.programmes import services
from stammis.programmes.models import Draft
from stammis.programmes.services import Author
from stammis.staff import services as staff
from tests.rooms.till import NOW, Till

pytestmark = pytest.mark.django_db


def signed_in(client: Client, role: str = "manager") -> Client:
    client.force_login(
        staff.found(email=f"{role}@example.com", name=role, password="seven green kettles", role=role, by="x")
    )
    return client


def begun() -> Draft:
    return services.begin(Till().programme, "Feasts", Author("ada@example.com", NOW))


def test_a_countrys_holidays_are_added_to_those_there_are(client: Client) -> None:
    draft = begun()
    address = reverse("console:draft_edit", args=[draft.id]) + "?part=/holidays"
    signed_in(client)
    said = {"step": "holidays", "country": "FI", "subdivision": ""}
    assert "Finland" in client.get(address).content.decode()
    for year in ("2026", "2027"):
        assert client.post(address, said | {"first": year, "last": year}).status_code == 302
    draft.refresh_from_db()
    days = draft.document["holidays"]["fi"]
    assert {"2026-12-06", "2027-12-06"} <= set(days)
    assert days == sorted(days)
    wrong = client.post(address, said | {"subdivision": "QQ", "first": "2026", "last": "2026"})
    assert wrong.status_code == 422
    assert "QQ" in wrong.content.decode()


def multiplied(*rules: str) -> Draft:
    draft = begun()
    earn = [
        {"id": "basket", "name": "Points on the basket", "kind": "per_purchase", "wallet": "points", "points": 1},
        {"id": "twice", "name": "Twice", "kind": "multiply", "wallet": "points", "factor": 2, "rules": [*rules]},
    ]
    return services.save(draft, draft.document | {"earn": earn}, Author("ada@example.com", NOW))


def test_the_rules_that_a_multiplier_multiplies_are_ticked(client: Client) -> None:
    draft = multiplied("basket")
    signed_in(client)
    address = reverse("console:draft_edit", args=[draft.id]) + "?part=/earn/1"
    page = client.get(address).content.decode()
    assert '<label for="f-rules-basket">Points on the basket (basket)</label>' in page
    assert 'name="f/rules" value="basket" id="f-rules-basket" checked' in page
    sent = {"f@": "multiply", "f/id": "twice", "f/name@": "one", "f/name": "Twice", "f/wallet": "points"}
    sent |= {"f/factor": "2", "part": "/earn/1", "step": "save"}
    assert client.post(address, sent | {"f/rules": ["basket", "twice"]}).status_code in {200, 302, 422}
    draft.refresh_from_db()
    assert draft.document["earn"][1]["rules"] == ["basket", "twice"]


def test_a_mistake_leads_to_the_field_that_it_is_about(client: Client) -> None:
    draft = multiplied("Points on the basket")
    signed_in(client)
    for name in ("draft", "draft_text"):
        page = client.get(reverse(f"console:{name}", args=[draft.id])).content.decode()
        edit = reverse("console:draft_edit", args=[draft.id])
        assert f'<a href="{edit}?part=%2Fearn%2F1#f-rules">Twice · Rules</a>' in page
    form = client.get(f"{edit}?part=/earn/1").content.decode()
    assert 'id="f-rules"' in form
    assert 'value="Points on the basket"' in form


def test_a_draft_that_was_put_away_is_read_and_not_edited(client: Client) -> None:
    draft = services.discard(begun(), Author("ada@example.com", NOW))
    signed_in(client)
    for name in ("draft_edit", "draft_text"):
        answer = client.get(reverse(f"console:{name}", args=[draft.id]))
        assert answer["Location"] == reverse("console:draft", args=[draft.id])


def test_the_history_asks_as_often_for_many_versions_as_for_two(client: Client) -> None:
    programme = Till().programme
    signed_in(client)

    def published(number: int) -> None:
        draft = services.begin(programme, f"No. {number}", Author("ada@example.com", NOW))
        draft = services.save(draft, draft.document | {"name": f"Shop {number}"}, Author("bo@example.com", NOW))
        draft = services.approve(
            services.ask_for_review(draft, Author("bo@example.com", NOW)), Author("ada@example.com", NOW)
        )
        services.publish_draft(draft, Author("ada@example.com", NOW))

    def asked() -> int:
        with CaptureQueriesContext(connection) as said:
            page = client.get(reverse("console:history")).content.decode()
        assert "bo@example.com" in page
        return len(said)

    published(2)
    asked()
    few = asked()
    for number in range(3, 8):
        published(number)
    asked()
    assert asked() == few
