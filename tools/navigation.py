"""Lays out the documentation: a section for each folder, its pages in the order of their names."""

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

SECTIONS = {
    "Tutorial": "tutorial",
    "How-to": "how-to",
    "Stories": "stories",
    "Reference": "reference",
    "Explanation": "explanation",
    "Decisions": "decisions",
}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fills in the navigation, so that a new page needs no entry anywhere."""
    docs = Path(config.docs_dir)
    sections = [{title: pages(docs, folder)} for title, folder in SECTIONS.items() if pages(docs, folder)]
    config.nav = ["index.md", *sections, "glossary.md"]
    return config


def on_page_markdown(markdown: str, page: Page, **_more: Any) -> str:
    """Gives the tables of a story the room in which other pages list their headings."""
    if page.file.src_uri.startswith("stories/") and page.file.name != "index":
        page.meta["hide"] = ["toc"]
    return markdown


def pages(docs: Path, folder: str) -> list[str]:
    """A folder's pages, its own page first."""
    found = [path.relative_to(docs).as_posix() for path in sorted((docs / folder).rglob("*.md"))]
    return sorted(found, key=lambda page: not page.endswith("/index.md"))
