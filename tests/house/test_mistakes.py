"""Whatever is wrong with a document is told by a text that the catalogues know; what cannot be told is found."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from stammis.core.reading import UNKNOWN
from tests.house.mistakes import HEART, Mistake, mistakes
from tests.house.tree import Tree
from tools import messages


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Every text that the catalogues collect."""
    return {str(message.id) for message in messages.collect()}


def untold(found: Iterable[Mistake], known: set[str]) -> list[str]:
    """The codes that nobody could translate."""
    return [each.code for each in found if not each.patterns or not known.issuperset(each.patterns)]


def test_every_mistake_of_a_document_has_a_text_that_can_be_translated(known: set[str]) -> None:
    found = list(mistakes(Tree(), UNKNOWN))
    codes = {each.code for each in found}
    assert {"unknown_field", "wrong_type", "bad_formula", "circular_groups", "ends_while_pending"} <= codes
    assert set(UNKNOWN) <= codes
    assert untold(found, known) == []


@pytest.mark.parametrize(
    "line",
    [
        "yield Problem(at, 'odd', 'Oddly written.')",
        "yield Problem(at, 'odd', Worded(SAID))",
        "yield Problem(at, 'odd', Worded('Nobody collects this, since it stands in no file of ours.'))",
        "yield unknown(at, 'odd', name, names)",
    ],
)
def test_a_mistake_without_such_a_text_is_found(line: str, known: set[str], tmp_path: Path) -> None:
    place = tmp_path / HEART / "checks.py"
    place.parent.mkdir(parents=True)
    place.write_text(f"def check(at):\n    {line}\n", "utf-8")
    assert untold(mistakes(Tree(tmp_path), UNKNOWN), known) == ["odd"]
