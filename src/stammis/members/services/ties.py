"""Writing which accounts belong together: aliases of merged ones, and who takes part in which pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.members.models import Member

POOLS = (Member.Kind.HOUSEHOLD.value, Member.Kind.COMPANY.value)
MERGED = Member.Kind.MERGED.value
CHARITY = Member.Kind.CHARITY.value
ACCOUNTS = (*POOLS, CHARITY)
"""Kinds of accounts that are no persons."""


class Alias(NamedTuple):
    """An identity that leads to another account from now on; ids are the 16 bytes of a UUID."""

    programme: bytes
    kind: str
    value: str
    member: bytes


class Closing(NamedTuple):
    """An account that goes on in another, or (None) by itself again, as the kind it has then."""

    member: bytes
    into: bytes | None
    kind: str


class Part(NamedTuple):
    """A member's part in a pool; without a share the member leaves. ``joined_at``: microseconds since 1970."""

    member: bytes
    pool: bytes
    joined_at: int
    share: int | None = None
    rights: tuple[str, ...] = ()


_ALIASES = "SELECT member_id, kind, value FROM members_identity WHERE member_id = ANY($1::uuid[]) ORDER BY kind, value"
_LEAD = """
UPDATE members_identity AS i SET member_id = n.member_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS n (programme_id, kind, value, member_id)
WHERE i.programme_id = n.programme_id AND i.kind = n.kind AND i.value = n.value
    AND i.programme_id = ANY($1::uuid[]) AND i.kind = ANY($2::text[]) AND i.value = ANY($3::text[])
"""
_CLOSE = """
UPDATE members_member AS m SET merged_into_id = n.into_id::uuid, kind = n.kind
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (id, into_id, kind) WHERE m.id = n.id AND m.id = ANY($1::uuid[])
"""
_TAKE_PART = """
INSERT INTO members_membership (member_id, pool_id, share, rights, joined_at)
SELECT member_id, pool_id, share, string_to_array(rights, ','), joined_at
FROM unnest($1::uuid[], $2::uuid[], $3::int2[], $4::text[], $5::timestamptz[])
     AS n (member_id, pool_id, share, rights, joined_at)
ON CONFLICT (member_id, pool_id) DO UPDATE SET share = excluded.share, rights = excluded.rights
"""
_LEAVE = """
DELETE FROM members_membership AS m USING unnest($1::uuid[], $2::uuid[]) AS n (member_id, pool_id)
WHERE m.member_id = n.member_id AND m.pool_id = n.pool_id
    AND m.member_id = ANY($1::uuid[]) AND m.pool_id = ANY($2::uuid[])
"""


def ask_aliases(transaction: Transaction, members: Sequence[bytes]) -> int:
    """Add the statement that reads what leads to members; ``aliases`` reads its answer."""
    return transaction.send(_ALIASES, arrays.uuids(members))


def aliases(rows: Rows) -> dict[bytes, tuple[tuple[str, str], ...]]:
    """Read the answer to ``ask_aliases``: (kind, value) by member."""
    found: dict[bytes, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        member = rows.value(row, 0)
        found[member] = (*found.get(member, ()), (rows.text(row, 1), rows.text(row, 2)))
    return found


def lead(transaction: Transaction, rows: Sequence[Alias]) -> None:
    """Add the statement that lets identities lead to other accounts."""
    if rows:
        programmes, kinds, values, members = zip(*sorted(rows), strict=True)
        transaction.send(
            _LEAD, arrays.uuids(programmes), arrays.texts(kinds), arrays.texts(values), arrays.uuids(members)
        )


def close(transaction: Transaction, rows: Sequence[Closing]) -> None:
    """Add the statement that closes accounts, or opens them again."""
    if rows:
        members, into, kinds = zip(*rows, strict=True)
        transaction.send(
            _CLOSE, arrays.uuids(members), arrays.texts([each and each.hex() for each in into]), arrays.texts(kinds)
        )


def take_part(transaction: Transaction, rows: Sequence[Part]) -> None:
    """Add the statements by which members join pools, change their part in them, and leave them."""
    joining = [row for row in rows if row.share is not None]
    leaving = [row for row in rows if row.share is None]
    if joining:
        transaction.send(
            _TAKE_PART,
            arrays.uuids([row.member for row in joining]),
            arrays.uuids([row.pool for row in joining]),
            arrays.smallints([row.share or 0 for row in joining]),
            arrays.texts([",".join(row.rights) for row in joining]),
            arrays.instants([row.joined_at for row in joining]),
        )
    if leaving:
        transaction.send(
            _LEAVE, arrays.uuids([row.member for row in leaving]), arrays.uuids([row.pool for row in leaving])
        )
