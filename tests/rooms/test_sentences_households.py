"""What a programme says of a limit that each household has for itself."""

from typing import Any

import pytest
from django.utils import translation

from stammis.programmes.sentences import describe
from tests.rooms.test_sentences_programme import SPEND, programme

BUDGET: dict[str, Any] = {"id": "together", "name": "Together", "rules": ["spend"], "points": 100, "of": "household"}


def said(**changes: Any) -> str:
    told = programme(budgets=[BUDGET | changes], earn=[SPEND | {"name": "Spend"}])
    with translation.override("en"):
        return "\n".join(sentence.text for chapter in describe(told) for sentence in chapter.sentences)


@pytest.mark.parametrize(
    ("per", "when"),
    [("day", "a day"), ("week", "a week"), ("month", "a month"), ("year", "a year"), ("ever", "in all")],
)
def test_a_limit_for_each_household_is_said_with_its_period(per: str, when: str) -> None:
    words = f"A household, or a member in none, gets at most 100 points {when} from «Spend»."
    assert words in said(per=per)


def test_a_limit_for_all_members_together_says_nothing_of_households() -> None:
    assert "household" not in said(of="programme")
