"""Reading Markdown: its blocks of code, its headings and its links, each with the line on which it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "benchmarks").glob("*.md")])

FENCE = re.compile(r"^ *(?P<fence>```+)(?P<language>[a-z]*)(?P<marks>.*)$")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\((?P<target>[^()\s]+)(?: \"[^\"]*\")?\)")
PART = re.compile(r"<(?:img|source|a)\s[^>]*?(?:src|srcset|href)=\"(?P<target>[^\"]+)\"")
CODE = re.compile(r"`[^`]+`")
HEADING = re.compile(r"^#{1,6} (?P<text>.+?)\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block of code: its language, its text, and the line on which the text begins."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Link:
    """A link or picture: where it leads, and the line on which it stands."""

    target: str
    line: int


def name(page: Path) -> str:
    """A page as it is called in the project."""
    return page.relative_to(PROJECT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    open_at, fence, language, lines = 0, "", "", list[str]()
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        match = FENCE.match(line)
        if not fence and match:
            open_at, fence, language, lines = number + 1, match["fence"], match["language"], []
        elif fence and line.strip() == fence:
            found.append(Block(language, "\n".join(lines) + "\n", open_at))
            fence = ""
        elif fence:
            lines.append(line)
    assert not fence, f"{name(page)}: the block that begins before line {open_at} does not end"
    return found


def links(page: Path) -> list[Link]:
    """The links and pictures of a page, without what stands in code."""
    text = CODE.sub(lambda span: re.sub(r"[^\n]", " ", span[0]), prose(page))
    found = [(match.start(), match["target"]) for pattern in (LINK, PART) for match in pattern.finditer(text)]
    return [Link(target, text.count("\n", 0, start) + 1) for start, target in sorted(found)]


def prose(page: Path) -> str:
    """A page's text, its lines where they were, without what stands in blocks of code."""
    lines = dict(_prose(page))
    return "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1))


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can lead to: its headings, as Markdown names them."""
    found: set[str] = set()
    for _, line in _prose(page):
        heading = HEADING.match(line)
        if heading:
            plain = re.sub(r"[^\w\s-]", "", heading["text"].replace("`", "")).strip().lower()
            found.add(re.sub(r"[-\s]+", "-", plain))
    return found


def _prose(page: Path) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        match = FENCE.match(line)
        if match and not fence:
            fence = match["fence"]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            yield number, line
