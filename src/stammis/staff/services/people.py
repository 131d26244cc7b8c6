"""People: invited, given a role, disabled; their passwords are chosen through links sent by mail."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from stammis.kit.clock import real_now
from stammis.kit.errors import Conflict, Invalid, NotFound
from stammis.staff.letters import send_link
from stammis.staff.models import Link, Person, Role
from stammis.staff.services.audit import record_audit
from stammis.staff.services.sign_in import forgive

HOURS = {Link.Purpose.INVITATION: 7 * 24, Link.Purpose.RESET: 2}
Address = Callable[[str], str]  # makes the full address out of a link's token


class MailTaken(Conflict):
    """Somebody with this mail address is already here."""

    code = "mail_taken"


class LastOwner(Conflict):
    """The installation needs at least one owner who can sign in."""

    code = "last_owner"


class LinkEnded(NotFound):
    """This link was used, replaced by a newer one, or is too old. Ask for a new one."""

    code = "link_ended"


@dataclass(frozen=True)
class Invitation:
    """A person, the link with which they choose a password, and whether the mail server took the letter."""

    person: Person
    address: str
    sent: bool


@transaction.atomic
def found(*, email: str, name: str, password: str, role: str = Role.OWNER, by: str) -> Person:
    """Add a person whose password is already chosen (the first owner, the sample company's staff).

    Raises Invalid and MailTaken.
    """
    person = _add(email, name, role)
    person.set_password(password)
    person.save(update_fields=["password"])
    record_audit(by, "staff.found", subject=person.email, role=role)
    return person


def invite(*, email: str, name: str, role: str, by: str, address: Address) -> Invitation:
    """Add a person and mail them a link; inviting somebody who never signed in sends a new link.

    Raises Invalid (mail address, role) and MailTaken.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email=email.strip().lower()).first()
        if person is None:
            person = _add(email, name, role)
        elif person.has_usable_password() or not person.is_active:
            raise MailTaken
        token = _new_link(person, Link.Purpose.INVITATION)
        record_audit(by, "staff.invite", subject=person.email, role=person.role)
    return _sent(person, Link.Purpose.INVITATION, address(token))


def reset(*, email: str, by: str, address: Address) -> Invitation | None:
    """Mail a person a link for a new password; None where nobody active has this mail address."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email=email.strip().lower(), is_active=True).first()
        if person is None:
            return None
        token = _new_link(person, Link.Purpose.RESET)
        record_audit(by, "staff.reset", subject=person.email)
    return _sent(person, Link.Purpose.RESET, address(token))


@transaction.atomic
def link_owner(token: str) -> Person:
    """Give the person to whom a link belongs. Raises LinkEnded."""
    return _open_link(token).person


@transaction.atomic
def accept(token: str, password: str) -> Person:
    """Set the password of the link's person and use the link up. Raises LinkEnded, and Invalid for a weak password."""
    person = _open_link(token).person
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    person.set_password(password)
    person.save(update_fields=["password"])
    person.links.filter(used_at=None).update(used_at=real_now())
    forgive(person.email)
    record_audit(person.email, "staff.choose_password", subject=person.email)
    return person


@transaction.atomic
def change_role(email: str, role: str, *, by: str) -> Person:
    """Give a person another role. Raises NotFound, Invalid and LastOwner."""
    _check_role(role)
    person = _get(email)
    if person.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(person)
    before, person.role = person.role, role
    person.save(update_fields=["role"])
    record_audit(by, "staff.change_role", subject=person.email, before=before, after=role)
    return person


@transaction.atomic
def disable(email: str, *, by: str) -> Person:
    """Shut a person out: open sessions end at their next request, links stop working. Raises NotFound and LastOwner."""
    person = _get(email)
    if person.role == Role.OWNER:
        _keep_an_owner(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.links.filter(used_at=None).update(used_at=real_now())
    record_audit(by, "staff.disable", subject=person.email)
    return person


@transaction.atomic
def enable(email: str, *, by: str) -> Person:
    """Let a disabled person sign in again, with the password they had. Raises NotFound."""
    person = _get(email)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record_audit(by, "staff.enable", subject=person.email)
    return person


def choose_locale(person: Person, locale: str) -> None:
    """Keep the language that a person chose."""
    person.locale = locale
    person.save(update_fields=["locale"])


def _add(email: str, name: str, role: str) -> Person:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not a mail address.")) from error
    _check_role(role)
    if Person.objects.filter(email=email).exists():
        raise MailTaken
    person = Person(email=email, name=name.strip() or email.partition("@")[0], role=role)
    person.set_unusable_password()
    person.save(force_insert=True)
    return person


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise Invalid(_("There is no role %(role)s.") % {"role": role})


def _get(email: str) -> Person:
    person = Person.objects.select_for_update().filter(email=email.strip().lower()).first()
    if person is None:
        raise NotFound(_("Nobody here has the mail address %(email)s.") % {"email": email})
    return person


def _keep_an_owner(leaving: Person) -> None:
    owners = Person.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("id")
    if not [owner for owner in owners if owner.id != leaving.id and owner.has_usable_password()]:
        raise LastOwner


def _new_link(person: Person, purpose: Link.Purpose) -> str:
    now, token = real_now(), secrets.token_urlsafe(32)
    person.links.filter(used_at=None).update(used_at=now)
    Link.objects.create(
        hash=_hash(token),
        person=person,
        purpose=purpose,
        made_at=now,
        ends_at=now + dt.timedelta(hours=HOURS[purpose]),
    )
    return token


def _open_link(token: str) -> Link:
    link = Link.objects.select_for_update(of=("self",)).select_related("person").filter(hash=_hash(token)).first()
    if link is None or link.used_at or link.ends_at <= real_now() or not link.person.is_active:
        raise LinkEnded
    return link


def _sent(person: Person, purpose: Link.Purpose, address: str) -> Invitation:
    return Invitation(person, address, send_link(person, purpose, address, hours=HOURS[purpose]))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
