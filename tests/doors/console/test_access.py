"""Who may open what."""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from stammis.console.urls import urlpatterns
from stammis.staff import services
from stammis.staff.models import Person, Role
from stammis.staff.roles import ALLOWED, Permission

pytestmark = pytest.mark.django_db
DOORS = {"sign_in", "sign_out", "forgotten", "welcome", "choose"}
NOBODY = "00000000-0000-0000-0000-000000000000"
ARGUMENTS = {
    "member_id": NOBODY,
    "key_id": NOBODY,
    "run_id": NOBODY,
    "draft_id": NOBODY,
    "correction_id": NOBODY,
    "seq": 1,
    "tier_set": "level",
    "hold": "x",
    "redemption": "x",
    "row": f"{NOBODY.replace('-', '')}-1",
    "number": 1,
    "email": "nobody@example.com",
    "token": "x",
    "act": "x",
    "part_id": NOBODY,
    "key": "sales",
    "name": "points",
    "form": "csv",
}
VIEWS = {str(pattern.name): pattern for pattern in urlpatterns}


def permission_of(pattern: URLPattern) -> Permission | None:
    return pattern.callback.permission  # type: ignore[attr-defined,no-any-return] # set by ``may`` and ``everybody``


def address_of(name: str) -> str:
    needed = VIEWS[name].pattern.regex.groupindex
    return reverse(f"console:{name}", kwargs={one: ARGUMENTS[one] for one in needed})


def somebody(role: str) -> Person:
    return services.found(email=f"{role}@example.com", name=role, password="seven green kettles", role=role, by="tests")


def test_every_address_says_who_may_open_it_and_only_the_doors_are_open_to_everybody() -> None:
    assert {name for name, pattern in VIEWS.items() if permission_of(pattern) is None} == DOORS


@pytest.mark.parametrize("name", sorted(set(VIEWS) - DOORS))
def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client, name: str) -> None:
    address = address_of(name)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("console:sign_in"))


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_it_may_and_nothing_else(client: Client, role: str) -> None:
    client.force_login(somebody(role))
    for name in sorted(set(VIEWS) - DOORS):
        permission = permission_of(VIEWS[name])
        assert permission is not None
        for answer in (client.get(address_of(name)), client.post(address_of(name))):
            assert (answer.status_code == 403) == (permission not in ALLOWED[role]), (name, answer.status_code)


def test_a_person_who_was_shut_out_is_a_stranger_at_the_next_request(client: Client) -> None:
    viewer = somebody(Role.VIEWER)
    client.force_login(viewer)
    assert client.get(reverse("console:first_steps")).status_code == 200
    services.disable(viewer.email, by="tests")
    assert client.get(reverse("console:first_steps")).status_code == 302


def test_an_address_after_signing_in_is_never_a_foreign_one(client: Client) -> None:
    somebody(Role.VIEWER)
    form = {"email": "viewer@example.com", "password": "seven green kettles", "next": "https://evil.example/"}
    answer = client.post(reverse("console:sign_in"), form)
    assert answer["Location"] == reverse("console:overview")


def test_a_page_lets_nothing_run_that_is_not_ours_and_is_not_kept(client: Client) -> None:
    client.force_login(somebody(Role.VIEWER))
    answer = client.get(reverse("console:first_steps"))
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("locale", ["en", "fi", "sv", "pl"])
def test_a_language_is_chosen_once_and_kept_with_the_person(client: Client, locale: str) -> None:
    viewer = somebody(Role.VIEWER)
    client.force_login(viewer)
    client.post(reverse("console:choose"), {"locale": locale})
    viewer.refresh_from_db()
    assert viewer.locale == locale
    assert f'<html lang="{locale}"' in client.get(reverse("console:first_steps")).content.decode()


def test_a_page_that_is_not_there_says_so_in_the_frame(client: Client) -> None:
    client.force_login(somebody(Role.VIEWER))
    answer = client.get("/console/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_program_that_asks_for_an_address_that_is_not_there_gets_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
