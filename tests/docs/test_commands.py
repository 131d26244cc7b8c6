"""The commands in the documentation are commands that there are, with options that they have."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.docs import markdown
from tests.docs.markdown import PAGES, PROJECT
from tests.docs.test_calls import SHELLS
from tools.reference.commands import tree

COMMANDS = tree()
TYPED = re.compile(r"(?:^|[\s;&|(=\"])(?<!-u )(?:\.venv/bin/|/opt/stammis/\.venv/bin/)?(stammis [a-z][^\n;&|)]*)")
INLINE = re.compile(r"`(stammis\s[a-z][^`]*)`")
WORDS_OF_MAKE = re.compile(r"^([a-z]+):", re.MULTILINE)


def typed(page: Path) -> Iterator[tuple[int, str]]:
    """What a page tells to type, with its line."""
    for block in markdown.blocks(page):
        if block.language in (*SHELLS, "ini"):
            text = block.text.replace("\\\n", " ")
            yield from ((block.line, match[1]) for match in TYPED.finditer(text) if not _is_path(match[1]))
    text = markdown.prose(page)
    yield from ((text.count("\n", 0, match.start()) + 1, match[1]) for match in INLINE.finditer(text))


def mistake(text: str) -> str | None:
    """What is wrong with a command, if anything is."""
    words = shlex.split(text.replace("…", ""), comments=True)
    names = [name for name in COMMANDS if words[: len(name.split())] == name.split()]
    if not names:
        is_group = any(name.startswith(f"{' '.join(words)} ") for name in COMMANDS)
        return None if is_group else f"there is no «{text}»"
    command = COMMANDS[max(names, key=len)]
    known = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in {*known, "--help"}]
    return f"«{text}»: {unknown[0]} is no option of it" if unknown else None


def _is_path(text: str) -> bool:
    return "/" in text.split()[1]


@pytest.mark.parametrize("path", PAGES, ids=markdown.name)
def test_every_command_is_there(path: Path) -> None:
    found = [f"line {line}: {wrong}" for line, text in typed(path) if (wrong := mistake(text))]
    assert not found, "\n".join(found)


def test_a_command_with_a_typo_is_found() -> None:
    assert mistake("stammis servee --port 8000") == "there is no «stammis servee --port 8000»"
    assert mistake("stammis serve --prot 8000") == "«stammis serve --prot 8000»: --prot is no option of it"
    assert mistake('stammis key create "Web shop" --scope purchases:write') is None
    assert mistake("stammis staff") is None


def test_every_word_for_make_is_there() -> None:
    known = set(WORDS_OF_MAKE.findall((PROJECT / "Makefile").read_text("utf-8")))
    told = re.compile(r"(?:^|`)make ([a-z]+)\b", re.MULTILINE)
    missing = {
        f"{markdown.name(page)}: make {word}"
        for page in PAGES
        for word in told.findall(page.read_text("utf-8"))
        if word not in known
    }
    assert not missing, "\n".join(sorted(missing))
