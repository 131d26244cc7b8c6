"""The stories of ``docs/stories`` come out as they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammis.accrual.queries import what_if, why_purchase
from stammis.core.document import parse
from tests.stories.grammar import read
from tests.stories.living import begin, happen, lived, state_of, written

PAGES = sorted(path for path in Path("docs/stories").glob("*.md") if path.name != "index.md")
FORETOLD = [page for page in PAGES if read(page).previews]
REASONED = [page for page in PAGES if read(page).reasons]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give corrections a place for what they reckon."""
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_story_comes_out_as_it_is_told(page: Path) -> None:
    """Every row of a page moves the points it says, and leaves the balance and whatever else it tells."""
    story, programme = begin(page)
    told = [(row.line, row.points, row.balance, row.further) for row in story.rows]
    assert [(row.line, happen(story, row, programme), *state_of(story, row, programme)) for row in story.rows] == told


@pytest.mark.parametrize("page", FORETOLD, ids=lambda page: page.stem)
def test_who_a_story_says_would_move_is_who_the_preview_names(page: Path) -> None:
    story, programme = begin(page)
    left = list(story.rows)
    for number in sorted({told.version for told in story.previews}):
        told = [each for each in story.previews if each.version == number]
        while left[0].line < told[0].line:
            row = left.pop(0)
            happen(story, row, programme)
        document = parse(story.versions[number - 1])
        found = what_if(programme, document, on=document.from_, now=row.at)
        moves = {(move.reference, move.before or "none", move.after or "none") for one in found for move in one.members}
        assert moves == {(each.who, each.before, each.after) for each in told}


@pytest.mark.parametrize("page", REASONED, ids=lambda page: page.stem)
def test_the_explanation_says_what_a_story_says_it_says(page: Path) -> None:
    programme, reasons = lived(page), read(page).reasons
    for order in {reason.order for reason in reasons}:
        why = why_purchase(programme, order, "en")["events"][0]
        said = {(written(part.get("amount", 0)), part["sentence"]) for part in [*why["parts"], *why["not_applied"]]}
        assert {(each.points, each.sentence) for each in reasons if each.order == order} == said
