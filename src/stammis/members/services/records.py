"""Writing members: the accrual room decides with them in one transaction, so they are written as columns of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.members.models import Identity, Member
from stammis.members.words import words_of

FIELDS = ("email", "phone", "name", "birthday", "locale", "joined_at", "attributes", "labels", "consents")
MEMBER, GUEST = Member.Kind.MEMBER.value, Member.Kind.GUEST.value
ID, GUEST_ADDRESS = Identity.Kind.ID.value, Identity.Kind.GUEST.value
_JSON = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Record:
    """A member's row in memory; ``id`` and ``programme_id`` are the 16 bytes of a UUID."""

    id: bytes
    programme_id: bytes
    kind: str
    reference: str | None
    created_at: dt.datetime
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    birthday: dt.date | None = None
    locale: str | None = None
    joined_at: dt.datetime | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    consents: Mapping[str, Any] = field(default_factory=dict)


def merged(record: Record, fields: Mapping[str, Any]) -> Record:
    """Give the record with these fields: what is given replaces, None clears, what is absent stays.

    Attributes and consents are merged name by name in the same way. Raises KeyError for an unknown field.
    """
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        if name in ("attributes", "consents"):
            changes[name] = _merged_facts(getattr(record, name), value)
        elif name == "labels":
            changes[name] = tuple(dict.fromkeys(value or ()))
        elif name in FIELDS:
            changes[name] = value
        else:
            raise KeyError(name)
    return replace(record, **changes)


def _merged_facts(facts: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {}
    return {name: value for name, value in {**facts, **given}.items() if value is not None}


# «OFFSET 0»: a plan that was made while the tables were empty would else pair each member with each name
_READ = """
SELECT m.id, m.programme_id, m.kind, m.reference, m.created_at, m.email, m.phone, m.name, m.birthday::text, m.locale,
       m.joined_at, m.attributes::text, to_jsonb(m.labels)::text, m.consents::text
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (programme_id, kind, value),
LATERAL (SELECT i.member_id FROM members_identity AS i
         WHERE i.programme_id = k.programme_id AND i.kind = k.kind AND i.value = k.value OFFSET 0) AS i,
LATERAL (SELECT m.* FROM members_member AS m WHERE m.id = i.member_id OFFSET 0) AS m
"""


def ask(transaction: Transaction, identities: Sequence[tuple[bytes, str, str]]) -> int:
    """Add the statement that reads the rows of members: (programme, kind, value) each; ``records`` reads its answer."""
    programmes, kinds, values = zip(*identities, strict=True) if identities else ((), (), ())
    return transaction.send(_READ, arrays.uuids(programmes), arrays.texts(kinds), arrays.texts(values))


def records(rows: Rows) -> dict[bytes, Record]:
    """Read the answer to ``ask``."""
    found = {}
    for row in rows:
        texts = [
            None if (value := rows.maybe(row, column)) is None else value.decode() for column in (3, 5, 6, 7, 8, 9)
        ]
        reference, email, phone, name, birthday, locale = texts
        joined_at = rows.maybe(row, 10)
        found[rows.value(row, 0)] = Record(
            id=rows.value(row, 0),
            programme_id=rows.value(row, 1),
            kind=rows.text(row, 2),
            reference=reference,
            created_at=arrays.read_instant(rows.value(row, 4)),
            email=email,
            phone=phone,
            name=name,
            birthday=dt.date.fromisoformat(birthday) if birthday else None,
            locale=locale,
            joined_at=arrays.read_instant(joined_at) if joined_at else None,
            attributes=msgspec.json.decode(rows.value(row, 11)),
            labels=tuple(msgspec.json.decode(rows.value(row, 12))),
            consents=msgspec.json.decode(rows.value(row, 13)),
        )
    return found


_SAVE = """
INSERT INTO members_member (id, programme_id, kind, reference, created_at, email, phone, name, birthday, locale,
                            joined_at, attributes, labels, consents)
SELECT id, programme_id, kind, reference, created_at, email, phone, name, birthday::date, locale,
       joined_at, attributes::jsonb, ARRAY(SELECT jsonb_array_elements_text(labels::jsonb)), consents::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::text[], $14::text[])
     AS new (id, programme_id, kind, reference, created_at, email, phone, name, birthday, locale,
             joined_at, attributes, labels, consents)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, reference = excluded.reference, email = excluded.email, phone = excluded.phone,
    name = excluded.name, birthday = excluded.birthday, locale = excluded.locale, joined_at = excluded.joined_at,
    attributes = excluded.attributes, labels = excluded.labels, consents = excluded.consents
"""
_IDENTIFY = """
INSERT INTO members_identity (programme_id, kind, value, member_id)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS new (programme_id, kind, value, member_id)
ORDER BY programme_id, kind, value
"""
_FORGET_WORDS = "DELETE FROM members_word WHERE member_id = ANY($1::uuid[])"
_WORDS = """
INSERT INTO members_word (member_id, programme_id, word)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new (member_id, programme_id, word)
"""


def identify(transaction: Transaction, found: Sequence[tuple[bytes, str, str, bytes]]) -> None:
    """Add the statement that makes identities: (programme, kind, value, member) each.

    The statement fails as a unique violation where another transaction was quicker: then everything is tried again.
    """
    if found:
        programmes, kinds, values, ids = zip(*found, strict=True)
        transaction.send(
            _IDENTIFY, arrays.uuids(programmes), arrays.texts(kinds), arrays.texts(values), arrays.uuids(ids)
        )


def save(transaction: Transaction, rows: Sequence[Record]) -> None:
    """Add the statements that write these rows, new or known, and the words by which members are found."""
    if not rows:
        return
    transaction.send(
        _SAVE,
        arrays.uuids([row.id for row in rows]),
        arrays.uuids([row.programme_id for row in rows]),
        arrays.texts([row.kind for row in rows]),
        arrays.texts([row.reference for row in rows]),
        arrays.instants([arrays.microseconds(row.created_at) for row in rows]),
        arrays.texts([row.email for row in rows]),
        arrays.texts([row.phone for row in rows]),
        arrays.texts([row.name for row in rows]),
        arrays.texts([row.birthday.isoformat() if row.birthday else None for row in rows]),
        arrays.texts([row.locale for row in rows]),
        arrays.instants([arrays.microseconds(row.joined_at) if row.joined_at else None for row in rows]),
        arrays.encoded([_JSON.encode(row.attributes) for row in rows]),
        arrays.encoded([_JSON.encode(row.labels) for row in rows]),
        arrays.encoded([_JSON.encode(row.consents) for row in rows]),
    )
    members = [row for row in rows if row.kind == MEMBER]
    if not members:
        return
    words = [
        (row, word)
        for row in members
        for word in words_of(reference=row.reference, name=row.name, email=row.email, phone=row.phone)
    ]
    transaction.send(_FORGET_WORDS, arrays.uuids([row.id for row in members]))
    transaction.send(
        _WORDS,
        arrays.uuids([row.id for row, _ in words]),
        arrays.uuids([row.programme_id for row, _ in words]),
        arrays.texts([word for _, word in words]),
    )
