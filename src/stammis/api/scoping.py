"""Which programme a call means: the key's, the one it names, or the only one there is."""

from __future__ import annotations

from stammis.kit.errors import Problem
from stammis.programmes import queries
from stammis.programmes.models import Programme
from stammis.staff.models import ApiKey


class OtherProgramme(Problem):
    """This key is bound to another programme."""

    code = "other_programme"
    status = 403


def programme_of(key: ApiKey, named: str | None) -> Programme:
    """Give the programme that a call is about.

    Raises OtherProgramme, UnknownProgramme, and ProgrammeRequired where there are several and none is named.
    """
    if key.programme_id is None:
        return queries.programme(named)
    bound = queries.by_id(key.programme_id)
    if named is not None and named != bound.slug:
        raise OtherProgramme
    return bound
