"""Members as the list shows them: what is looked at for a page, and what is said of it."""

import pytest

from stammis.accrual.outcomes import MemberFields
from stammis.console import standings
from stammis.console.standings import Wanted
from tests.rooms.till import Till, bought

pytestmark = pytest.mark.django_db


def references(found: standings.Found) -> list[str | None]:
    return [row.member.reference for row in found.rows]


def test_a_label_is_found_without_looking_at_others() -> None:
    till = Till()
    till.say(*[MemberFields(f"m{n:02}", {"labels": ["x"] if n % 5 == 0 else []}) for n in range(20)])
    first = standings.listed(till.programme, Wanted(label="x"), None, limit=3)
    assert (references(first), first.looked_at) == (["m00", "m05", "m10"], None)
    rest = standings.listed(till.programme, Wanted(label="x"), first.after, limit=3)
    assert (references(rest), rest.after) == (["m15"], None)


def test_a_label_besides_words_and_a_level_are_looked_for_and_it_is_said_among_how_many() -> None:
    till = Till()
    till.say(*[MemberFields(f"m{n:02}", {"name": "Anna", "labels": ["x"] if n % 5 == 0 else []}) for n in range(20)])
    both = standings.listed(till.programme, Wanted(q="ann", label="x"), None)
    assert (sorted(map(str, references(both))), both.looked_at) == (["m00", "m05", "m10", "m15"], 20)
    till.one(bought("1", 120_000, member="m03"))
    gold = standings.listed(till.programme, Wanted(level="gold"), None)
    assert (references(gold), gold.looked_at) == (["m03"], 20)
