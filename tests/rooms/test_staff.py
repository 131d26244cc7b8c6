"""People, their passwords and the door that locks."""

import re

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from stammis.kit.clock import real_now
from stammis.kit.errors import Invalid
from stammis.staff import services
from stammis.staff.models import Audit, Link, Person, Role, SignInFailure
from stammis.staff.roles import ALLOWED, Permission, may

pytestmark = pytest.mark.django_db
PASSWORD = "seven green kettles"


def address(token: str) -> str:
    return f"https://stammis.example/welcome/{token}"


def token_of(letter: int = -1) -> str:
    found = re.search(r"/welcome/(\S+)", str(mail.outbox[letter].body))
    assert found
    return found[1]


@pytest.fixture
def owner() -> Person:
    return services.found(email="Ada@Example.com", name="Ada", password=PASSWORD, by="command line")


def sign_in(email: str = "ada@example.com", password: str = PASSWORD, origin: str = "192.0.2.1") -> Person:
    return services.check_password(email, password, origin=origin)


def fail(times: int, email: str = "ada@example.com", origin: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(services.WrongPassword):
            sign_in(email, "wrong", origin)


def test_a_mail_address_is_known_however_it_is_capitalised(owner: Person) -> None:
    assert owner.email == "ada@example.com"
    assert sign_in(" ADA@example.COM") == owner


def test_five_wrong_passwords_lock_the_door_even_for_the_right_one(owner: Person) -> None:
    fail(5)
    with pytest.raises(services.Locked):
        sign_in()
    assert Audit.objects.filter(what="staff.locked").count() == 1


def test_the_door_opens_again_after_the_lockout(owner: Person) -> None:
    fail(5)
    SignInFailure.objects.update(last_at=real_now() - services.LOCKOUT)
    assert sign_in() == owner


def test_a_right_password_forgets_the_wrong_ones_before_it(owner: Person) -> None:
    fail(4)
    sign_in()
    fail(4)
    assert sign_in() == owner


def test_one_origin_that_tries_many_addresses_is_locked_out_of_all(owner: Person) -> None:
    for number in range(50):
        fail(1, f"nobody{number}@example.com", "198.51.100.7")
    with pytest.raises(services.Locked):
        sign_in(origin="198.51.100.7")
    assert sign_in(origin="198.51.100.8") == owner


def test_an_invited_person_chooses_a_password_once() -> None:
    invitation = services.invite(email="bo@example.com", name="Bo", role=Role.AGENT, by="ada", address=address)
    assert invitation.sent
    assert invitation.address.endswith(token_of())
    with pytest.raises(services.WrongPassword):
        sign_in("bo@example.com", "")
    assert services.link_owner(token_of()).email == "bo@example.com"
    services.accept(token_of(), PASSWORD)
    assert sign_in("bo@example.com").role == Role.AGENT
    with pytest.raises(services.LinkEnded):
        services.accept(token_of(), PASSWORD)


def test_inviting_again_makes_the_older_link_useless() -> None:
    for _ in range(2):
        services.invite(email="bo@example.com", name="Bo", role=Role.AGENT, by="ada", address=address)
    with pytest.raises(services.LinkEnded):
        services.accept(token_of(0), PASSWORD)
    services.accept(token_of(1), PASSWORD)
    with pytest.raises(services.MailTaken):
        services.invite(email="bo@example.com", name="Bo", role=Role.AGENT, by="ada", address=address)


def test_an_old_link_ends(owner: Person) -> None:
    services.reset(email=owner.email, by="command line", address=address)
    Link.objects.update(ends_at=real_now())
    with pytest.raises(services.LinkEnded):
        services.accept(token_of(), PASSWORD)


def test_a_new_password_opens_a_locked_door(owner: Person) -> None:
    fail(5)
    services.reset(email=owner.email, by=owner.email, address=address)
    services.accept(token_of(), "eight blue kettles")
    assert sign_in(password="eight blue kettles") == owner


def test_a_weak_password_is_refused_with_the_reason(owner: Person) -> None:
    services.reset(email=owner.email, by=owner.email, address=address)
    with pytest.raises(Invalid, match="too short"):
        services.accept(token_of(), "kettle")


def test_nobody_learns_whether_an_address_is_known() -> None:
    assert services.reset(email="nobody@example.com", by="", address=address) is None
    assert not mail.outbox


def test_a_letter_is_written_in_the_language_of_its_reader(owner: Person) -> None:
    services.choose_locale(owner, "en")
    services.reset(email=owner.email, by=owner.email, address=address)
    assert mail.outbox[0].to == ["ada@example.com"]


def test_the_last_owner_can_neither_leave_nor_step_down(owner: Person) -> None:
    services.invite(email="bo@example.com", name="Bo", role=Role.OWNER, by="ada", address=address)  # not here yet
    with pytest.raises(services.LastOwner):
        services.disable(owner.email, by="ada")
    with pytest.raises(services.LastOwner):
        services.change_role(owner.email, Role.VIEWER, by="ada")
    services.accept(token_of(), PASSWORD)
    services.disable(owner.email, by="bo@example.com")
    with pytest.raises(services.WrongPassword):
        sign_in()
    services.enable(owner.email, by="bo@example.com")
    assert sign_in() == owner


@pytest.mark.parametrize(
    "change", ["UPDATE staff_audit SET who = 'x'", "DELETE FROM staff_audit", "TRUNCATE staff_audit"]
)
def test_the_audit_cannot_be_changed(owner: Person, change: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@given(st.sampled_from(Role.values), st.sampled_from(list(Permission)))
def test_a_disabled_person_may_do_nothing(role: str, permission: Permission) -> None:
    assert may(Person(role=role), permission) == (permission in ALLOWED[role])
    assert not may(Person(role=role, is_active=False), permission)
