"""Every link of the documentation leads somewhere."""

from pathlib import Path

import pytest

from tests.docs import markdown
from tests.docs.markdown import PAGES, PROJECT

LISTED = ("decisions", "stories")
"""Folders of pages of one kind: the navigation is their list."""


def broken(page: Path) -> list[str]:
    """The links of a page that lead to no file, or to no heading of it. Other hosts are not asked."""
    found = []
    for link in markdown.links(page):
        path, _, anchor = link.target.partition("#")
        if "://" in link.target or link.target.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            found.append(f"{page}:{link.line}: {link.target} does not exist")
        elif anchor and target.suffix == ".md" and anchor not in markdown.anchors(target):
            found.append(f"{page}:{link.line}: {link.target}: there is no such heading")
    return found


@pytest.mark.parametrize("path", PAGES, ids=markdown.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert not broken(path), "\n".join(broken(path))


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title\n[gone](gone.md), [here](#a-title), [not here](#other), `[code](code.md)`\n", "utf-8")
    assert [line.partition(": ")[2] for line in broken(page)] == [
        "gone.md does not exist",
        "#other: there is no such heading",
    ]


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    for index in (PROJECT / "docs").glob("*/index.md"):
        if index.parent.name in LISTED:
            continue
        reached = {(index.parent / link.target.partition("#")[0]).resolve() for link in markdown.links(index)}
        missed = sorted(page.name for page in index.parent.glob("*.md") if page != index and page not in reached)
        assert not missed, f"{markdown.name(index)} has no link to {', '.join(missed)}"
