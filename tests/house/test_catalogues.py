"""A catalogue that lacks a text, or tells it wrongly, is refused; texts are found in code and in pages."""

import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from tests.house.catalogues import incomplete
from tools import messages


def catalogue(*texts: tuple[str | tuple[str, str], str | tuple[str, ...]], fuzzy: bool = False) -> Catalog:
    """A catalogue of texts and their translations."""
    made = Catalog(locale="fi")
    for text, translation in texts:
        made.add(text, translation, flags={"fuzzy"} if fuzzy else ())
    return made


POINTS = ("%(number)s point", "%(number)s points")
TEXTS = catalogue(("Members", ""), (POINTS, ("", "")))


def test_a_complete_catalogue_passes() -> None:
    translated = catalogue(("Members", "Jäsenet"), (POINTS, ("%(number)s piste", "%(number)s pistettä")))
    assert incomplete("fi", translated, TEXTS) == []


@pytest.mark.parametrize(
    ("translated", "wrong"),
    [
        (catalogue((POINTS, ("%(number)s piste", "%(number)s pistettä"))), "is not in the catalogue"),
        (catalogue(("Members", ""), (POINTS, ("%(number)s piste", "%(number)s pistettä"))), "is not translated"),
        (catalogue(("Members", "Jäsenet"), (POINTS, ("%(number)s piste", ""))), "is not translated"),
        (catalogue(("Members", "Jäsenet"), (POINTS, ("%(luku)s piste", "%(number)s pistettä"))), "has other values"),
        (
            catalogue(("Members", "Jäsenet"), (POINTS, ("%(number)s piste", "%(number)s pistettä")), fuzzy=True),
            "is marked as unsure",
        ),
    ],
)
def test_an_incomplete_catalogue_is_refused(translated: Catalog, wrong: str) -> None:
    found = incomplete("fi", translated, TEXTS)
    assert found
    assert all(wrong in each for each in found)


def test_texts_of_a_page_are_found() -> None:
    page = b"{% load i18n %}<p>{% translate 'Members' %}</p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}"
    found = extract("tools.messages:read_template", io.BytesIO(page), messages.KEYWORDS)
    assert [text for _line, text, _comments, _context in found] == ["Members", "Hello %(name)s"]
