"""Who writes and who approves: the person of a request as an author, and whether anybody else could approve."""

from __future__ import annotations

from stammis.console.requests import StaffRequest
from stammis.kit import clock
from stammis.programmes.services import Author
from stammis.staff import roles
from stammis.staff.models import Person
from stammis.staff.roles import Permission


def author(request: StaffRequest, note: str = "") -> Author:
    """Give whoever asks as the author of a step."""
    return Author(request.user.email, clock.now(), note.strip()[:2_000], alone=not others_may(request.user))


def others_may(person: Person) -> bool:
    """Say whether somebody else here may approve drafts: who may change programmes and can sign in."""
    others = Person.objects.filter(is_active=True).exclude(id=person.id)
    return any(roles.may(one, Permission.RUN) and one.has_usable_password() for one in others)
