"""What each role may do, in one table."""

from __future__ import annotations

from enum import StrEnum

from stammis.staff.models import Person, Role


class Permission(StrEnum):
    """Something that a page shows or does."""

    SEE = "see"
    SERVE = "serve"
    RUN = "run"
    OWN = "own"


ALLOWED: dict[str, frozenset[Permission]] = {
    # see: all pages about members, the programme and the numbers
    Role.VIEWER: frozenset({Permission.SEE}),
    # serve: adjust points, give and take back rewards, change a member's record
    Role.AGENT: frozenset({Permission.SEE, Permission.SERVE}),
    # run: publish programmes, import files, export lists
    Role.MANAGER: frozenset({Permission.SEE, Permission.SERVE, Permission.RUN}),
    # own: people, API keys, audit, the installation
    Role.OWNER: frozenset(Permission),
}


def may(person: Person, permission: Permission) -> bool:
    """Say whether the person, who has to be active, may do this."""
    return person.is_active and permission in ALLOWED.get(person.role, frozenset())
