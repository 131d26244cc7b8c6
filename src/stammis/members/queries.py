"""Finding members: by their own id, and by the beginning of any word."""

from __future__ import annotations

import uuid
from typing import Any, LiteralString

import psycopg
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from stammis.kit.errors import NotFound
from stammis.kit.pages import BadCursor, Page, page, read_cursor, write_cursor
from stammis.members.models import Identity, Member, Membership, Word
from stammis.members.words import asked

Found = tuple[str, uuid.UUID]
Condition = tuple[LiteralString, list[Any]]

ACCOUNTS = (Member.Kind.HOUSEHOLD, Member.Kind.COMPANY, Member.Kind.CHARITY)
"""Kinds of accounts that are no persons."""
LAST = "\U0010ffff"
SHORT = 1_000
"""Up to so many matches of each word are counted to begin with the rarest."""
LONG = 20_000
"""Where all words are frequent, the members with the second are listed once if they are fewer than this."""


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

    Of several words, those whose name has the two rarest come first. It reads a short stretch of an index, however many
    members there are. Raises BadCursor.
    """
    beginnings = asked(q)
    if not beginnings:
        members = Member.objects.filter(programme_id=programme_id, kind=Member.Kind.MEMBER)
        return page(members, order=("reference", "id"), cursor=cursor, limit=limit)
    beginnings = _rarest_first(programme_id, beginnings)
    after = _place(cursor)
    found: list[Found] = []
    if len(beginnings) > 1 and (after is None or after[0].startswith(" ")):
        found = _named(programme_id, beginnings, after, limit + 1)
        after = None
    if len(found) <= limit:
        found += _others(programme_id, beginnings, after, limit + 1 - len(found))
    ids = [member for _, member in found[:limit]]
    rows = _shown(ids)
    more = write_cursor(found[limit - 1]) if len(found) > limit else None
    return Page([rows[id] for id in ids], after=more)


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
    return beginning, beginning + LAST


def _pair_bounds(first: str, second: str) -> tuple[str, str]:
    """Give where pairs begin so: nearest the first bound lie those whose first word is ``first`` and no longer."""
    return f" {first} {second}", f" {first}{LAST}"


def _place(cursor: str | None) -> Found | None:
    match read_cursor(cursor)[0] if cursor else None:
        case None:
            return None
        case [str() as word, uuid.UUID() as member] if "\0" not in word:
            return word, member
        case _:
            raise BadCursor


def _rarest_first(programme_id: uuid.UUID, beginnings: list[str]) -> list[str]:
    if len(beginnings) == 1:
        return beginnings
    return sorted(dict.fromkeys(beginnings), key=lambda each: (_count(programme_id, each, SHORT), -len(each), each))


def _count(programme_id: uuid.UUID, beginning: str, most: int) -> int:
    """Count the words that begin so, up to ``most``."""
    with connection.cursor() as db:
        db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM members_word"
            " WHERE programme_id = %s AND word >= %s AND word < %s LIMIT %s) AS shortlist",
            [programme_id, *_bounds(beginning), most],
        )
        return int(db.fetchone()[0])


def _named(programme_id: uuid.UUID, beginnings: list[str], after: Found | None, limit: int) -> list[Found]:
    """Give members at the first pair of their name's words that begins with the first two, each member once."""
    first, second, *more = beginnings
    said: list[Condition] = [
        (_GOES_ON, [second]),
        (_NO_EARLIER_PAIR, [*_begins(f" {first}"), second]),
        *((_HAS, _begins(each)) for each in more),
    ]
    return _found(programme_id, _pair_bounds(first, second), said, after, limit)


def _others(programme_id: uuid.UUID, beginnings: list[str], after: Found | None, limit: int) -> list[Found]:
    """Give the other members, each once, at the first of their words that begins with the first."""
    first, *more = beginnings
    said: list[Condition] = [(_NO_EARLIER, _begins(first)), *((_HAS, _begins(each)) for each in more)]
    if more:
        said.append((_NO_PAIR, [*_begins(f" {first}"), more[0]]))
        if _count(programme_id, first, SHORT) == SHORT and _count(programme_id, more[0], LONG) < LONG:
            said.append((_AMONG, [programme_id, *_bounds(more[0])]))
    return _found(programme_id, _bounds(first), said, after, limit)


def _begins(beginning: str) -> list[Any]:
    return [len(beginning), beginning]


def _found(
    programme_id: uuid.UUID, bounds: tuple[str, str], said: list[Condition], after: Found | None, limit: int
) -> list[Found]:
    """Give the words within bounds with their members, where all that is said is true."""
    params: list[Any] = [programme_id, *bounds, *(each for _, values in said for each in values)]
    sql: list[LiteralString] = [_WITHIN, *(each for each, _ in said)]
    if after:
        sql.append(" AND (w.word, w.member_id) > (%s, %s)")
        params += after
    _, rows = _read("".join([*sql, " ORDER BY w.word, w.member_id LIMIT %s"]), [*params, limit])
    return rows


def _shown(ids: list[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """Read what lists of members show."""
    names, rows = _read(_SHOWN, [ids])
    return {row[0]: Member.from_db(connection.alias, names, row) for row in rows}


def _read(sql: LiteralString, params: list[Any]) -> tuple[list[str], list[Any]]:
    """Ask in binary, and give the columns' names and the rows: as text, fifty rows take longer than finding them."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as db:
        db.execute(sql, params, binary=True)
        return [column.name for column in db.description or ()], db.fetchall()


# In the order of the model's fields, by which Django takes values.
_SHOWN = """
SELECT id, programme_id, reference, kind, email, phone, name, joined_at, labels
FROM members_member WHERE id = ANY(%s)"""
# The planner knows little of how many words begin in a way. So only the words that are read in order are asked for by
# bounds; a member's own are compared by left() and apart (OFFSET 0), for which nothing but the member's key will do.
_WITHIN = """
SELECT w.word, w.member_id FROM members_word AS w WHERE w.programme_id = %s AND w.word >= %s AND w.word < %s"""
_NO_EARLIER = """
AND NOT EXISTS (SELECT 1 FROM members_word AS e WHERE e.member_id = w.member_id AND left(e.word, %s) = %s
                AND e.word < w.word OFFSET 0)"""
_HAS = """
AND EXISTS (SELECT 1 FROM members_word AS o WHERE o.member_id = w.member_id AND left(o.word, %s) = %s OFFSET 0)"""
_AMONG = """
AND (w.member_id IN (SELECT l.member_id FROM members_word AS l
                     WHERE l.programme_id = %s AND l.word >= %s AND l.word < %s)) IS TRUE"""
_GOES_ON = """
AND starts_with(split_part(w.word, ' ', 3), %s)"""
_NO_EARLIER_PAIR = """
AND NOT EXISTS (SELECT 1 FROM members_word AS e WHERE e.member_id = w.member_id AND left(e.word, %s) = %s
                AND e.word < w.word AND starts_with(split_part(e.word, ' ', 3), %s) OFFSET 0)"""
_NO_PAIR = """
AND NOT EXISTS (SELECT 1 FROM members_word AS n WHERE n.member_id = w.member_id AND left(n.word, %s) = %s
                AND starts_with(split_part(n.word, ' ', 3), %s) OFFSET 0)"""
