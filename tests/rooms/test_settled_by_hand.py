"""Pending points that a person let go or took away, where the history is folded by other rules."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from stammis.accrual.services import change_member, pass_days, restore_pending, settle_pending, verify
from stammis.kit import clock
from stammis.members.queries import find
from stammis.programmes.services import publish
from stammis.simulation import queries, services
from stammis.simulation.models import Correction
from tests.rooms.till import NOW, SHOP, Till, bought, day, returned

pytestmark = pytest.mark.django_db
WAITS = [SHOP["wallets"][0] | {"pending": {"kind": "days", "days": 300}}]
ONCE = [{"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}]
TWICE = [{"id": "spend", "kind": "amount", "points": 2, "each": "1.00"}]
LATER = [{**ONCE[0], "when": {"kind": "total", "at_least": "20.00"}}]
"""Of purchases below 20.00 there is no row, so that others have other numbers."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    return tmp_path


def shop() -> Till:
    """From 10 to 13 January twice as many points as there should have been; all of them wait."""
    till = Till(earn=ONCE, wallets=WAITS, now=day("2026-01-01"))
    document = SHOP | {"programme": till.programme.slug, "wallets": WAITS}
    publish(document | {"from": "2026-01-10", "earn": TWICE}, by="test", now=day("2026-01-02"))
    publish(document | {"from": "2026-01-13", "earn": ONCE}, by="test", now=day("2026-01-03"))
    till.now = NOW
    return till


def taken(till: Till, row: int, act: str = "S-1", *, released: bool = False) -> Any:
    member = find(till.programme.id, "anna").id
    return settle_pending(
        till.programme.id, member, row, id=act, member="anna", released=released, reason="fraud", now=NOW
    )


def planned(till: Till, earn: list[dict[str, Any]]) -> Correction:
    document = SHOP | {"programme": till.programme.slug, "wallets": WAITS, "earn": earn}
    days: dict[str, Any] = {"begins_at": day("2026-01-10", "00:00"), "ends_at": day("2026-01-13", "00:00")}
    return services.plan(services.begin_correction(till.programme, by="test", name="x", document=document, **days).id)


def lines(correction: Correction) -> list[tuple[str, int, str]]:
    return [(each.member.reference or "", each.amount, each.because) for each in queries.lines(correction)]


@pytest.mark.parametrize("earn", [ONCE, [{**ONCE[0], "points": 5}]], ids=["fewer", "more"])
def test_what_a_person_took_away_stays_taken_whatever_it_should_have_been(earn: list[dict[str, Any]]) -> None:
    till = shop()
    till.say(bought("a", 1_000, at=day("2026-01-11")), bought("b", 3_000, "ben", at=day("2026-01-11")))
    taken(till, 1)
    gains = 30 * earn[0]["points"] - 60
    assert lines(planned(till, earn)) == [("ben", gains, "")]
    restore_pending(till.programme.id, "S-1", now=NOW)
    assert lines(planned(till, earn)) == [("ben", gains, ""), ("anna", gains // 3, "")]


def test_it_is_found_where_rows_have_other_numbers() -> None:
    till = shop()
    till.say(bought("small", 1_000, at=day("2026-01-11")), bought("a", 3_000, at=day("2026-01-11")))
    till.say(bought("b", 5_000, at=day("2026-01-11")))
    taken(till, 2)
    till.one(returned("r", "b", "1", at=day("2026-02-01")))
    # of «small» there is no row; what was taken is the first row then, and the return finds «b» as it was
    assert lines(planned(till, LATER)) == [("anna", -20, "")]
    run = services.work(
        services.begin(
            till.programme,
            by="test",
            document=SHOP | {"programme": till.programme.slug, "wallets": WAITS, "earn": LATER},
            first=dt.date(2026, 1, 10),
        ).id
    )
    summary = queries.summary_of(run)
    assert summary is not None
    points = summary.wallets["points"]
    assert (points.earned, points.taken_back, points.closing, summary.refused) == (80, -80, 0, {})
    assert verify(till.programme) == []


def test_what_was_let_go_is_put_right_as_all_else() -> None:
    till = shop()
    till.one(bought("a", 1_000, at=day("2026-01-11")))
    taken(till, 1, released=True)
    assert lines(planned(till, ONCE)) == [("anna", -10, "")]


@pytest.mark.parametrize("part", [0, 500_000, 999_999])
def test_it_is_found_at_whatever_part_of_a_second(part: int) -> None:
    till = shop()
    at = day("2026-01-11")
    till.say(
        bought("small", 1_000, at=at), bought("a", 3_000, at=at.replace(microsecond=part)), bought("b", 5_000, at=at)
    )
    taken(till, 2)
    assert lines(planned(till, LATER)) == [("anna", 50 - 20 - 100, "")]


def test_of_what_does_not_happen_by_other_rules_nothing_is_taken() -> None:
    cake = {"id": "cake", "kind": "event", "event": "birthday", "points": 50}
    till = Till(earn=[*ONCE, cake], wallets=WAITS, now=day("2026-01-01"))
    change_member(till.programme.id, "anna", {"birthday": dt.date(1990, 1, 11)}, now=till.now)
    till.now = NOW
    pass_days(day("2026-01-12"))
    till.one(bought("a", 3_000, at=day("2026-01-12")))
    assert [amount for _, amount, _ in till.rows()] == [50, 30]
    taken(till, 1)
    # without the birthday the purchase is the first row; nobody took that
    assert lines(planned(till, ONCE)) == []
