"""Where a page says what to press, the console says the same: names in bold are texts of the console."""

import re
from pathlib import Path

import pytest

from tests.docs import markdown
from tests.docs.markdown import PROJECT
from tools import messages

GUIDES = [page for folder in ("how-to", "tutorial") for page in sorted((PROJECT / "docs" / folder).glob("*.md"))]
BOLD = re.compile(r"\*\*([^*]+)\*\*")


@pytest.fixture(scope="module")
def labels() -> set[str]:
    """Every text of the console."""
    return {text for message in messages.collect() for text in messages.strings(message.id)}


@pytest.mark.parametrize("path", GUIDES, ids=markdown.name)
def test_what_a_page_says_to_press_is_there(path: Path, labels: set[str]) -> None:
    told = {" ".join(label.split()) for label in BOLD.findall(path.read_text("utf-8"))}
    assert not told - labels, f"{markdown.name(path)}: the console has no {sorted(told - labels)}"
