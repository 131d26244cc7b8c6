"""The files on the page about imports are taken in, and it names every column."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from stammis.imports import queries, services
from stammis.imports.services import members, purchases
from stammis.programmes import queries as programmes
from tests.docs.markdown import PROJECT, blocks
from tests.rooms.till import Till

PAGE = PROJECT / "docs" / "how-to" / "import.md"
FILES = [block.text for block in blocks(PAGE) if block.language == "csv"]


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    programmes.forget()
    yield Till()
    programmes.forget()


def test_the_files_of_the_page_are_taken_in(till: Till, tmp_path: Path) -> None:
    by_head = {
        "member;": services.import_members,
        "purchase,": services.import_purchases,
        "member,": services.import_balances,
    }
    for text in FILES:
        file = tmp_path / "example.csv"
        file.write_text(text, "utf-8")
        take_in = next(verb for head, verb in by_head.items() if text.startswith(head))
        run = take_in(file, till.programme, by="test", clock=lambda: dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        assert [(bad.line, bad.code) for bad in queries.bad_rows(run)] == []
        assert run.accepted == (3 if take_in is services.import_balances else 2)


def test_the_page_names_every_column() -> None:
    page = PAGE.read_text("utf-8")
    known = (*members.COLUMNS.known, *purchases.COLUMNS.known, *(f"{name}…" for name in members.COLUMNS.families))
    assert [name for name in known if f"`{name}`" not in page] == []
