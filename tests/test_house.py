"""The agreements of the house that no linter knows, held against the project itself."""

from collections.abc import Callable

import pytest
from babel.messages.catalog import Catalog

from tests.house import (
    catalogues,
    imports,
    mistakes,
    names,
    pages,
    pins,
    reasons,
    records,
    sizes,
    spoken,
    tables,
    words,
    writes,
)
from tests.house.tree import Tree
from tools import messages

AGREEMENTS: tuple[Callable[[Tree], list[str]], ...] = (
    imports.late_imports,
    imports.patched_rooms,
    imports.unwanted_imports,
    imports.worldly_heart,
    mistakes.unworded_mistakes,
    names.forbidden_names,
    names.odd_room_files,
    pages.untranslated_texts,
    pins.stale_pins,
    reasons.bare_ignores,
    reasons.bare_switches,
    records.odd_changelog,
    records.odd_records,
    sizes.long_files,
    sizes.long_functions,
    spoken.untold_texts,
    words.fetched_parts,
    words.unwanted_words,
    writes.writes_past_services,
)


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """Every text of code and pages."""
    return messages.collect()


@pytest.mark.parametrize("agreement", AGREEMENTS, ids=lambda agreement: agreement.__name__)
def test_the_project_has_no(agreement: Callable[[Tree], list[str]]) -> None:
    found = agreement(Tree())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("agreement", tables.AGREEMENTS, ids=lambda agreement: agreement.__name__)
def test_the_tables_have_no(agreement: Callable[[list[tables.Table]], list[str]]) -> None:
    found = agreement(tables.our_tables())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated_into(language: str, texts: Catalog) -> None:
    found = catalogues.incomplete(language, messages.read(language), texts)
    assert not found, "\n".join(found)
