"""Finding members: by their own id, and by the beginning of any word."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from stammis.kit.errors import NotFound
from stammis.kit.pages import BadCursor, Page, page, read_cursor, write_cursor
from stammis.members.models import Identity, Member, Membership, Word
from stammis.members.words import asked

ACCOUNTS = (Member.Kind.HOUSEHOLD, Member.Kind.COMPANY, Member.Kind.CHARITY)
"""Kinds of accounts that are no persons."""
SHORTLIST = 1_000
"""Up to so many matches of each word are counted to begin with the rarest."""


class UnknownMember(NotFound):
    """There is no member with this id."""

    code = "unknown_member"


def find(programme_id: uuid.UUID, reference: str) -> Member:
    """Give the member with the caller's id. Raises UnknownMember."""
    found = (
        Identity.objects.filter(programme_id=programme_id, kind=Identity.Kind.ID, value=reference)
        .select_related("member")
        .first()
    )
    if found is None:
        raise UnknownMember
    return found.member


def find_account(programme_id: uuid.UUID, reference: str) -> Member:
    """Give the pool or charity with the caller's id. Raises UnknownMember."""
    found = find(programme_id, reference)
    if found.kind not in ACCOUNTS:
        raise UnknownMember
    return found


def aliases(member: Member) -> list[str]:
    """Give the other ids that lead to a member: those of accounts that were merged into it."""
    found = Identity.objects.filter(member=member, kind=Identity.Kind.ID).exclude(value=member.reference or "")
    return list(found.order_by("value").values_list("value", flat=True))


def parts_of(member_id: uuid.UUID) -> list[Membership]:
    """Give a member's parts in pools, each with its pool."""
    return list(Membership.objects.filter(member_id=member_id).select_related("pool").order_by("joined_at", "pool_id"))


def members_of(pool_id: uuid.UUID) -> list[Membership]:
    """Give who takes part in a pool, each with the member."""
    found = Membership.objects.filter(pool_id=pool_id).select_related("member")
    return list(found.order_by("joined_at", "member_id"))


def accounts(programme_id: uuid.UUID) -> QuerySet[Member]:
    """Give the pools and charities of a programme, by their ids."""
    return Member.objects.filter(programme_id=programme_id, kind__in=ACCOUNTS).order_by("reference")


def merged_into(member_id: uuid.UUID) -> list[uuid.UUID]:
    """Give the accounts that go on in this one, those merged into them included."""
    found: list[uuid.UUID] = []
    latest = [member_id]
    while latest:
        latest = list(Member.objects.filter(merged_into__in=latest).values_list("id", flat=True))
        found += latest
    return found


def search(programme_id: uuid.UUID, q: str = "", cursor: str | None = None, limit: int = 50) -> Page[Member]:
    """Give members one of whose words begins with each word of ``q``; without ``q`` all, by their ids.

    It reads a short stretch of an index, however many members there are. Raises BadCursor.
    """
    beginnings = asked(q)
    if not beginnings:
        members = Member.objects.filter(programme_id=programme_id, kind=Member.Kind.MEMBER)
        return page(members, order=("reference", "id"), cursor=cursor, limit=limit)
    first, *others = _rarest_first(programme_id, beginnings)
    found = _matches(programme_id, first, others, cursor, limit + 1)
    rows = Member.objects.in_bulk([member for _, member in found[:limit]])
    after = write_cursor(found[limit - 1]) if len(found) > limit else None
    return Page([rows[member] for _, member in found[:limit]], after=after)


def matching(programme_id: uuid.UUID, q: str = "", label: str = "") -> QuerySet[Member]:
    """Give all members one of whose words begins with each word of ``q`` and who carry a label, to be narrowed further.

    Labels and words are found in indexes.
    """
    members = Member.objects.filter(programme_id=programme_id, kind=Member.Kind.MEMBER)
    if label:
        members = members.filter(labels__contains=[label]).exclude(labels=[])
    for beginning in asked(q):
        low, high = _bounds(beginning)
        members = members.filter(Exists(Word.objects.filter(member=OuterRef("id"), word__gte=low, word__lt=high)))
    return members


def _bounds(beginning: str) -> tuple[str, str]:
    return beginning, beginning + "\U0010ffff"


def _rarest_first(programme_id: uuid.UUID, beginnings: list[str]) -> list[str]:
    if len(beginnings) == 1:
        return beginnings
    counted = []
    with connection.cursor() as db:
        for beginning in dict.fromkeys(beginnings):
            db.execute(
                "SELECT count(*) FROM (SELECT 1 FROM members_word"
                " WHERE programme_id = %s AND word >= %s AND word < %s LIMIT %s) AS shortlist",
                [programme_id, *_bounds(beginning), SHORTLIST],
            )
            counted.append((db.fetchone()[0], -len(beginning), beginning))
    return [beginning for _, _, beginning in sorted(counted)]


def _matches(
    programme_id: uuid.UUID, first: str, others: list[str], cursor: str | None, limit: int
) -> list[tuple[str, uuid.UUID]]:
    """Give (word, member), each member once, at the first of the words that begin with ``first``."""
    low, high = _bounds(first)
    sql = """
        SELECT w.word, w.member_id FROM members_word AS w
        WHERE w.programme_id = %s AND w.word >= %s AND w.word < %s
          AND NOT EXISTS (SELECT 1 FROM members_word AS e
                          WHERE e.member_id = w.member_id AND e.word >= %s AND e.word < w.word)
    """
    params: list[Any] = [programme_id, low, high, low]
    for other in others:
        sql += """
          AND EXISTS (SELECT 1 FROM members_word AS o
                      WHERE o.member_id = w.member_id AND o.word >= %s AND o.word < %s)
        """
        params += _bounds(other)
    if cursor:
        keys, _ = read_cursor(cursor)
        if len(keys) != 2 or not isinstance(keys[1], uuid.UUID):  # noqa: PLR2004 - a word and a member
            raise BadCursor
        sql += " AND (w.word, w.member_id) > (%s, %s)"
        params += keys
    with connection.cursor() as db:
        db.execute(sql + " ORDER BY w.word, w.member_id LIMIT %s", [*params, limit])
        return list(db.fetchall())
