"""The page of the first purchase, typed as it stands: commands run, calls are answered, answers hold what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.config.installed import data_folder
from tests.docs import curl, markdown
from tests.docs.markdown import PROJECT
from tests.docs.test_tutorial import Reader, holds

PAGE = PROJECT / "docs" / "how-to" / "first-purchase.md"


class CarefulReader(Reader):
    """A reader who also sends the call that is meant to go wrong."""

    def calls(self, call: curl.Call) -> Any:
        """Send a call and give its answer."""
        return self.sends(call).json()


@pytest.fixture
def reader() -> Iterator[CarefulReader]:
    with data_folder("home") as home:
        reader = CarefulReader(home)
        try:
            yield reader
        finally:
            reader.stops()


def test_the_first_purchase_works_as_it_stands(reader: CarefulReader) -> None:
    shown = 0
    for block in markdown.blocks(PAGE):
        if block.language == "sh":
            reader.does(block)
        elif block.language == "json":
            assert holds(reader.answer, json.loads(block.text)), f"line {block.line}: {json.dumps(reader.answer)}"
            shown += 1
    assert shown == 5
