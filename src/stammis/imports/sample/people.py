"""Made-up people for the households of the panel: names, addresses and numbers that belong to nobody.

The same household always gets the same person. Mail addresses end in a domain that is reserved for examples, telephone
numbers lie in the range that is reserved for fiction.
"""

from __future__ import annotations

import random
import unicodedata
from typing import NamedTuple

from stammis.imports.sample.names import FAMILY, GIVEN

LABEL = "sample"
"""The label that marks every member of the sample company."""

AREA_CODES = (
    *(212, 215, 216, 303, 305, 312, 313, 314, 404, 412, 415, 503, 504, 512, 513, 602, 612, 615, 617, 619),
    *(702, 704, 713, 716, 804, 808, 813, 816, 901, 916),
)
NUMBERS_OF_FICTION = 100

LANGUAGES = tuple(GIVEN)
_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O"})


class Person(NamedTuple):
    """A made-up person."""

    name: str
    email: str
    phone: str
    locale: str


def person(household: int, place: int) -> Person:
    """The made-up person of a household; ``place`` (0, 1, 2 … among the households) gives each its own number."""
    chance = random.Random(household)  # noqa: S311 - made-up names are no secrets
    language = chance.choice(LANGUAGES)
    given = chance.choice(GIVEN[language])
    family = chance.choice(FAMILY[language])
    area = AREA_CODES[place // NUMBERS_OF_FICTION % len(AREA_CODES)]
    return Person(
        name=f"{given} {family}",
        email=f"{_plain(given)}.{_plain(family)}.{household}@example.com",
        phone=f"+1{area}55501{place % NUMBERS_OF_FICTION:02d}",
        locale=language,
    )


def _plain(name: str) -> str:
    """A name in the letters that every mail address may have."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in decomposed if letter.isascii()).lower()
