"""The examples of the documentation work: programmes compile, Python runs and prints what the page says."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from stammis.core.document import DocumentErrors, parse
from stammis.core.rules import compile_rules
from stammis.programmes import yaml
from tests.docs import markdown
from tests.docs.markdown import PAGES, Block

WITH_YAML = [page for page in PAGES if any(block.language == "yaml" for block in markdown.blocks(page))]
WITH_JSON = [page for page in PAGES if any(block.language == "json" for block in markdown.blocks(page))]
WITH_PYTHON = [page for page in PAGES if any(block.language == "python" for block in markdown.blocks(page))]
WALLETS = [{"id": name, "name": name, "value": "0.01"} for name in ("points", "stamps", "miles")]
FRAME: dict[str, Any] = {
    "stammis": 1,
    "programme": "example",
    "name": "Example",
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "wallets": WALLETS,
}
"""What a part of a programme is put into, so that it can be read."""


def mistakes(block: Block) -> list[str]:
    """What is wrong with a programme, or with a part of one."""
    document = yaml.load(block.text)
    try:
        compile_rules(parse(FRAME | document), version=1)
    except DocumentErrors as error:
        return [f"line {block.line}: {problem.pointer}: {problem.message}" for problem in error.errors]
    return []


def run(page: Path) -> None:
    """Run a page's Python, block after block in one namespace; a block of text that follows is what it prints."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed: str | None = None
    for block in markdown.blocks(page):
        if block.language == "python":
            assert not printed, f"{page}:{block.line}: the block before prints what the page does not show"
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                code = "\n" * (block.line - 1) + block.text
                exec(compile(code, str(page), "exec"), names)  # noqa: S102 - our own documentation
            printed = out.getvalue()
        elif block.language == "text" and printed is not None:
            assert block.text == printed, f"{page}:{block.line}: this is not what the block before prints"
            printed = None
    assert not printed, f"{page}: the last block prints what the page does not show"


@pytest.mark.parametrize("path", WITH_YAML, ids=markdown.name)
def test_every_programme_compiles(path: Path) -> None:
    found = [line for block in markdown.blocks(path) if block.language == "yaml" for line in mistakes(block)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", WITH_PYTHON, ids=markdown.name)
def test_python_runs_and_prints_what_the_page_says(path: Path) -> None:
    run(path)


@pytest.mark.parametrize("path", WITH_JSON, ids=markdown.name)
def test_every_json_is_json(path: Path) -> None:
    for block in markdown.blocks(path):
        if block.language == "json":
            json.loads(block.text)


def test_a_programme_with_a_typo_is_found() -> None:
    block = Block("yaml", "earn:\n  - {kind: amount, id: base, point: 1}\n", 7)
    assert any("/earn/0/point" in line for line in mistakes(block))


def test_python_that_prints_something_else_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="not what the block before prints"):
        run(page)
