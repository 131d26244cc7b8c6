"""Members as the list shows them: found by words, label and level, page by page."""

import datetime as dt

import pytest

from stammis.accrual.outcomes import MemberFields
from stammis.console import standings
from stammis.console.standings import Listed, Wanted
from stammis.kit import clock
from stammis.kit.pages import Page
from tests.rooms.till import Till, bought

pytestmark = pytest.mark.django_db


def references(found: Page[Listed]) -> list[str | None]:
    return [row.member.reference for row in found.rows]


def walked(till: Till, wanted: Wanted, limit: int) -> list[list[str | None]]:
    """The pages one after the other."""
    pages, cursor = [], None
    while True:
        found = standings.listed(till.programme, wanted, cursor, limit)
        pages.append(references(found))
        cursor = found.after
        if cursor is None:
            return pages


def test_a_label_is_found_page_by_page() -> None:
    till = Till()
    till.say(*[MemberFields(f"m{n:02}", {"labels": ["x"] if n % 5 == 0 else []}) for n in range(20)])
    assert walked(till, Wanted(label="x"), 3) == [["m00", "m05", "m10"], ["m15"]]


def test_a_label_besides_words_is_found_among_all() -> None:
    till = Till()
    named = ("Anna Berg", "Otto Berg")
    till.say(*[MemberFields(f"m{n:02}", {"name": named[n % 2], "labels": ["x"] * (n % 5 == 0)}) for n in range(20)])
    assert walked(till, Wanted(q="ber ann", label="x"), 5) == [["m00", "m10"]]


def test_a_level_is_found_among_all_and_its_pages_are_full() -> None:
    till = Till()
    till.say(*[MemberFields(f"m{n:02}", {}) for n in range(20)])
    till.say(*[bought(f"{n}", 120_000, member=f"m{n:02}") for n in range(3, 20, 4)])
    assert walked(till, Wanted(level="gold"), 2) == [["m03", "m07"], ["m11", "m15"], ["m19"]]
    rules, _at = standings.rules_now(till.programme)
    assert rules is not None
    lowest = rules.tiers[0].named(rules.tiers[0].base)
    others = [f"m{n:02}" for n in range(20) if n % 4 != 3]
    assert walked(till, Wanted(level=lowest or ""), 50) == [others if lowest else []]


def test_a_level_that_has_ended_is_no_longer_found_before_the_day_is_applied() -> None:
    till = Till()
    clock.begin(till.now)
    till.one(bought("1", 120_000, member="m1"))
    assert walked(till, Wanted(level="gold"), 5) == [["m1"]]
    clock.move(till.now + dt.timedelta(days=800))
    assert walked(till, Wanted(level="gold"), 5) == [[]]
    assert walked(till, Wanted(level="basic"), 5) == [["m1"]]
