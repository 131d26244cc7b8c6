"""Made-up members in any number, written straight into the tables of an empty database."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from stammis.imports.sample.names import FAMILY, GIVEN
from stammis.members.words import words_of

PROGRAMME = uuid.UUID("01900000-0000-7000-8000-000000000001")
MADE_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LIKE_ALL = ("member", "{}", "{}", "{}", MADE_AT, MADE_AT)
AT_ONCE = 10_000
NAMES = [(given, family) for language in GIVEN for given in GIVEN[language] for family in FAMILY[language]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody made up."""

    number: int
    reference: str
    name: str
    email: str
    phone: str

    @property
    def id(self) -> uuid.UUID:
        """The member's id."""
        return uuid.UUID(int=PROGRAMME.int + 1 + self.number)


def people(count: int) -> Iterator[Person]:
    """So many people; the first are the same whatever the count."""
    chance = random.Random(7)  # noqa: S311 - a repeatable sample needs no cryptography
    for number in range(count):
        given, family = chance.choice(NAMES)
        mailbox = f"{given}.{family}.{number}".lower()
        phone = f"+35840{chance.randrange(10**7):07d}"
        yield Person(number, f"m-{number:07d}", f"{given} {family}", f"{mailbox}@example.com", phone)


def fill(dsn: str, count: int) -> None:
    """Write so many members and the words by which they are found; indexes are made afterwards."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "insert into programmes_programme (id, slug, name, currency, zone, created_at)"
            " values (%s, 'crowd', 'Crowd', 'EUR', 'UTC', %s)",
            (PROGRAMME, MADE_AT),
        )
        indexes = connection.execute(
            "select indexname, indexdef from pg_indexes i where tablename = 'members_word'"
            " and not exists (select from pg_constraint where conname = indexname)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index {name}".encode())
        waiting: list[Person] = []
        for person in people(count):
            waiting.append(person)
            if len(waiting) == AT_ONCE:
                _write(connection, waiting)
                waiting = []
        _write(connection, waiting)
        for _, made in indexes:
            connection.execute(made.encode())
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze members_member")
        connection.execute("vacuum analyze members_word")


def _write(connection: psycopg.Connection, crowd: list[Person]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(
            "copy members_member (id, programme_id, reference, name, email, phone,"
            " kind, attributes, labels, consents, joined_at, created_at) from stdin"
        ) as copy:
            for each in crowd:
                copy.write_row((each.id, PROGRAMME, each.reference, each.name, each.email, each.phone, *LIKE_ALL))
        with cursor.copy("copy members_word (member_id, word, programme_id) from stdin") as copy:
            for each in crowd:
                for word in _words(each):
                    copy.write_row((each.id, word, PROGRAMME))


def _words(person: Person) -> set[str]:
    return words_of(reference=person.reference, name=person.name, email=person.email, phone=person.phone)
