"""Every text of a page goes through translation."""

import re
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from tests.house.tree import Tree

SPOKEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "title"}
# What is the same in every language: names of things, and what is typed as it stands.
NAMES = {"API", "CSV", "JSON", "PNG", "Parquet", "SVG", "Stammis", "YAML"}
AS_TYPED = {"code", "kbd", "samp", "script", "style", "pre"}
WORD = re.compile(r"[^\W\d_]{2,}")
SWALLOWED = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def untranslated_texts(tree: Tree) -> list[str]:
    """Words in templates that stand outside ``{% translate %}`` and ``{% blocktranslate %}``."""
    found = []
    for path in tree.files(".html", ".txt", under="src"):
        if "templates" in path.parts:
            reader = Reader(path.suffix == ".html")
            reader.read(path)
            found += [f"{tree.place(path, line)}: «{text}» is not translated" for line, text in reader.found]
    return found


class Reader(HTMLParser):
    """Reads a template as the page it makes, with every tag and variable left out."""

    def __init__(self, html: bool) -> None:  # noqa: FBT001 - a file is a page or it is plain text
        super().__init__(convert_charrefs=True)
        self.html = html
        self.found: list[tuple[int, str]] = []
        self.typed: list[str] = []

    def read(self, path: Path) -> None:
        """Collects what a person would see or hear and no catalogue knows."""
        text = spoken_only(Lexer(path.read_text("utf-8")).tokenize())
        if self.html:
            self.feed(text)
            self.close()
        else:
            for number, line in enumerate(text.splitlines(), start=1):
                self.note(number, line)

    def note(self, line: int, text: str) -> None:
        """Keeps a text that has words of a language."""
        spoken = [word for word in WORD.findall(text) if word not in NAMES]
        if spoken and not self.typed:
            self.found.append((line, " ".join(text.split())[:60]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at the attributes that are read aloud or shown."""
        for name, value in attrs:
            if name in SPOKEN and value:
                self.note(self.getpos()[0], value)
        if tag in AS_TYPED or ("translate", "no") in attrs:
            self.typed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leaves what is typed as it stands."""
        if self.typed and self.typed[-1] == tag:
            self.typed.pop()

    def handle_data(self, data: str) -> None:
        """Looks at the text between tags."""
        for offset, line in enumerate(data.splitlines()):
            self.note(self.getpos()[0] + offset, line)


def spoken_only(tokens: list[Token]) -> str:
    """The template's own text, with as many line breaks as before."""
    parts: list[str] = []
    until = ""
    for token in tokens:
        word = (token.contents.split() or [""])[0]
        if token.token_type == TokenType.BLOCK and until in {"", word}:
            until = SWALLOWED.get(word, "") if not until else ""
        spoken = token.token_type == TokenType.TEXT and not until
        parts.append(token.contents if spoken else "\n" * token.contents.count("\n"))
    return "".join(parts)
