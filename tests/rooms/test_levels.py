"""Levels of many members: given by hand, falling soon, and moved by a changed tier set on its first day."""

import datetime as dt
from typing import Any

import pytest

from stammis.accrual.outcomes import Accepted, Declined
from stammis.accrual.queries import falling, member_view, what_if
from stammis.accrual.services import give_level, pass_days, verify
from stammis.core.document import parse
from stammis.programmes.services import publish
from tests.rooms.till import NOW, SHOP, Till, bought, day

pytestmark = pytest.mark.django_db


def club(gold: str = "1000.00", **changes: Any) -> list[dict[str, Any]]:
    levels = [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": gold}]
    return [{"id": "level", "name": "Level", "counts": "spend", "levels": levels, **changes}]


def next_version(till: Till, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    return {**SHOP, "programme": till.programme.slug, "tiers": tiers, "from": "2026-06-10"}


def three(till: Till) -> None:
    till.one(bought("1", 120_000, at=day("2026-05-02")))
    till.one(bought("2", 210_000, member="bert", at=day("2026-05-03")))
    till.one(bought("3", 90_000, member="cora", at=day("2026-05-04")))


def level_of(till: Till, member: str, at: dt.datetime) -> str | None:
    level: str | None = member_view(till.programme, member, at)["tiers"]["level"]
    return level


@pytest.mark.parametrize(
    "changed",
    [
        club("2000.00"),
        club("800.00"),
        club("2000.00", downgrade={"grace_days": 30}),
        club("1500.00", cycle={"kind": "calendar"}),
        club("1", counts="purchases"),
    ],
)
def test_a_changed_set_moves_on_its_first_day_whom_the_preview_named(changed: list[dict[str, Any]]) -> None:
    till = Till()
    three(till)
    document = next_version(till, changed)
    (moves,) = what_if(till.programme, parse(document), on=dt.date(2026, 6, 10), now=NOW)
    publish(document, by="test", now=NOW)
    last_night, first = day("2026-06-09", "22:59"), day("2026-06-09", "23:00")
    pass_days(last_night)
    before = {member: level_of(till, member, last_night) for member in ("anna", "bert", "cora")}
    assert before == {"anna": "gold", "bert": "gold", "cora": "basic"}
    pass_days(first)
    after = {member: level_of(till, member, first) for member in before}
    named = {move.reference: (move.before, move.after) for move in moves.members}
    assert named == {member: (before[member], after[member]) for member in before if before[member] != after[member]}
    assert moves.moving + moves.staying == 3
    assert not verify(till.programme)


def test_a_raised_threshold_takes_the_level_without_anything_else_happening_even_if_the_worker_comes_late() -> None:
    till = Till()
    three(till)
    publish(next_version(till, club("2000.00")), by="test", now=NOW)
    assert pass_days(day("2026-07-20")) == 1
    assert level_of(till, "anna", day("2026-07-20")) == "basic"
    assert level_of(till, "bert", day("2026-07-20")) == "gold"
    assert pass_days(day("2026-07-20")) == 0
    assert not verify(till.programme)


def test_whose_level_falls_soon_is_told_with_what_keeps_it() -> None:
    till = Till()
    till.one(bought("1", 120_000, at=day("2025-06-20")))
    till.one(bought("2", 100_000, member="bert", at=day("2025-06-12")))
    till.one(bought("3", 30_000, member="bert", at=day("2026-05-12")))
    till.one(bought("4", 130_000, member="cora", at=day("2026-05-12")))
    found = falling(till.programme, "level", days=30, now=NOW)
    assert found["count"] == 2
    assert [(each["member"], each["last_day"], each["falls_to"]) for each in found["items"]] == [
        ("bert", "2026-06-11", "basic"),
        ("anna", "2026-06-19", "basic"),
    ]
    assert [each["keep"] for each in found["items"]] == [
        {"missing": 70_000, "by": "2026-06-11"},
        {"missing": 100_000, "by": "2026-06-19"},
    ]
    assert falling(till.programme, "level", days=5, now=NOW)["count"] == 0


def test_a_level_by_hand_is_held_through_its_last_day_and_then_merit_decides() -> None:
    till = Till()
    till.one(bought("1", 100, at=day("2026-05-02")))
    asked: dict[str, Any] = {"tier_set": "level", "level": "gold", "reason": "A promise", "now": NOW}
    outcome = give_level(till.programme.id, "anna", until=dt.date(2026, 6, 30), **asked)
    assert isinstance(outcome, Accepted)
    assert outcome.answer.tiers == {"level": "gold"}
    view = member_view(till.programme, "anna", NOW)["progress"][0]
    assert (view["rests_on"], view["last_day"]) == ("by_hand", "2026-06-30")
    assert view["by_hand"] == {"level": "gold", "until": "2026-06-30", "only": False, "reason": "A promise"}
    assert level_of(till, "anna", day("2026-06-30", "22:59")) == "gold"
    assert level_of(till, "anna", day("2026-06-30", "23:00")) == "basic"
    pass_days(day("2026-07-02"))
    assert level_of(till, "anna", day("2026-07-02")) == "basic"
    assert not verify(till.programme)


def test_a_level_by_hand_can_be_taken_back_and_nonsense_is_refused() -> None:
    till = Till()
    till.one(bought("1", 100, at=day("2026-05-02")))
    asked: dict[str, Any] = {"tier_set": "level", "reason": "Because", "now": NOW}
    assert isinstance(give_level(till.programme.id, "anna", level="gold", **asked), Accepted)
    assert isinstance(give_level(till.programme.id, "anna", level=None, **asked), Accepted)
    assert level_of(till, "anna", NOW) == "basic"
    codes = [
        give_level(till.programme.id, "anna", level="silver", **asked),
        give_level(till.programme.id, "anna", level="gold", **{**asked, "tier_set": "other"}),
        give_level(till.programme.id, "anna", level="gold", until=dt.date(2026, 5, 1), **asked),
        give_level(till.programme.id, "nobody", level="gold", **asked),
    ]
    assert [each.code for each in codes if isinstance(each, Declined)] == [
        "unknown_level",
        "unknown_tier_set",
        "already_over",
        "unknown_member",
    ]
    assert not verify(till.programme)
