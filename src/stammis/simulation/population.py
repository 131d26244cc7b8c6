"""Whom a run is about: everybody, those with a label, or a sample; and who has to be folded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from stammis.snapshot.reading import Snapshot


class Labelled(msgspec.Struct):
    """Of a member's facts, only the labels."""

    labels: tuple[str, ...] = ()


class _Tie(msgspec.Struct):
    """Of an event, only the account that it ties to."""

    account: str = ""


_read_labels = msgspec.json.Decoder(Labelled).decode
_read_tie = msgspec.json.Decoder(_Tie).decode
_TIES = """
SELECT kind, external_id, member_id, body FROM events
WHERE kind IN ('transfer', 'received', 'pool', 'merged')
"""
_FACTS = """
SELECT member_id, arg_max(body, seq) FROM events WHERE kind = 'member' GROUP BY member_id
"""


class _Circles:
    """Who is tied to whom, directly or by others (union and find)."""

    def __init__(self) -> None:
        self._above: dict[bytes, bytes] = {}

    def root(self, member: bytes) -> bytes:
        above = self._above.setdefault(member, member)
        while above != member:
            self._above[member] = member = above = self._above[above]
            above = self._above[member]
        return member

    def join(self, one: bytes, other: bytes) -> None:
        one, other = self.root(one), self.root(other)
        self._above[max(one, other)] = min(one, other)

    def members(self) -> Iterator[bytes]:
        return iter(tuple(self._above))


def circles(snapshot: Snapshot) -> dict[bytes, bytes]:
    """Give by member the first of those with whom points are shared or to whom some went; only who is tied is named."""
    found = _Circles()
    first: dict[str, bytes] = {}
    with snapshot.sql() as db:
        asked = db.execute(_TIES)
        while rows := asked.fetchmany(10_000):
            for kind, external_id, member, body in rows:
                if kind in {"transfer", "received"}:
                    if external_id:
                        found.join(member, first.setdefault(external_id, member))
                    continue
                account = _read_tie(body).account
                if account:
                    found.join(member, bytes.fromhex(account))
    return {member: found.root(member) for member in found.members()}


def labelled(snapshot: Snapshot, label: str) -> frozenset[bytes]:
    """Give the members who have a label at the snapshot's position."""
    with snapshot.sql() as db:
        rows = db.execute(_FACTS).fetchall()
    return frozenset(member for member, body in rows if label in _read_labels(body).labels)


def everybody(snapshot: Snapshot) -> frozenset[bytes]:
    """Give all members and guests with a history."""
    return frozenset(member for bucket in snapshot.buckets for member in snapshot.members(bucket))


def sampled(members: Iterable[bytes], ties: dict[bytes, bytes], size: int) -> frozenset[bytes]:
    """Choose about so many members by a hash of their ids, tied ones together: the same ones whenever it is asked."""
    groups: dict[bytes, list[bytes]] = {}
    for member in members:
        groups.setdefault(ties.get(member, member), []).append(member)
    chosen: list[bytes] = []
    for root in sorted(groups, key=lambda root: blake2b(root, digest_size=16).digest()):
        if len(chosen) >= size:
            break
        chosen += groups[root]
    return frozenset(chosen)
