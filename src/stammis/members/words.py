"""Words: what of a member's record can be searched, and how a search is read. Both fold letters in the same way."""

from __future__ import annotations

import itertools
import re
import unicodedata

import phonenumbers

LONGEST = 64
PAIRED = 4
"""The first so many words of a name are also written down two by two."""
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "\0": None})
_BREAKS = re.compile(r"[\W_]+")
_NOT_DIGITS = re.compile(r"\D+")
_PHONE = re.compile(r"^(?=.*[+\s(])\+?[\d\s().\-/]{3,}$")


def fold(text: str) -> str:
    """Write text in lower case and without accents: «Łódź» and «lodz» are the same word."""
    if text.isascii():
        return text.lower().replace("\0", "")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_PLAIN)


def words_of(*, reference: str | None, name: str | None, email: str | None, phone: str | None) -> set[str]:
    """Give the words by whose beginnings a member is found: whole, and broken where no letter or digit stands."""
    words: set[str] = set()
    for text in (reference, email, name):
        if text:
            folded = fold(text)
            words.update(_BREAKS.split(folded))
            words.update(folded.split() if text is name else [folded])
    if phone:
        words.update(_phone_words(phone))
    words.discard("")
    return {word[:LONGEST] for word in words} | pairs_of(name)


def pairs_of(name: str | None) -> set[str]:
    """Give each two of a name's first words, in either order, after a space: no word that is asked for begins with one.

    Many members have either word of a full name; so a search reads those alone who have both.
    """
    words = dict.fromkeys(word[:LONGEST] for word in _BREAKS.split(fold(name or "")) if word)
    return {f" {one} {other}" for one, other in itertools.permutations(itertools.islice(words, PAIRED), 2)}


def asked(search: str) -> list[str]:
    """Give the beginnings that a search asks for, all of which a member must have; a spaced phone number is one."""
    if _PHONE.match(search.strip()):
        return [_NOT_DIGITS.sub("", search)[:LONGEST]]
    return [word[:LONGEST] for word in fold(search).split()]


def _phone_words(phone: str) -> set[str]:
    """Give a number's digits, and where its country is known the digits as they are dialled at home."""
    digits = _NOT_DIGITS.sub("", phone)
    if not phone.startswith("+"):
        return {digits}
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return {digits}
    national = str(number.national_number)
    return {digits, national, f"0{national}"}
