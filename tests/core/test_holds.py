"""Holds: points put aside, captured whole or in part, released, turned over to a purchase, or out of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.core.effects import Decision, HoldMoved
from stammis.core.events import HoldCaptured, HoldPlaced, HoldReleased, Purchase, Tender
from stammis.core.views import expiring, wallet_view
from tests.core.course import Course, line, moment, refused, wallet

PAYS = [wallet(value="0.10", pays=True)]


def holds(course: Course, amount: int, at: str = "2025-03-15T12:00", seconds: int = 900, name: str = "H") -> Decision:
    """Puts points aside."""
    event = HoldPlaced(occurred_at=moment(at), id=name, member="m", wallet="points", amount=amount, seconds=seconds)
    return course.happens(event)


def captures(course: Course, amount: int | None = None, at: str = "2025-03-15T12:05", name: str = "H") -> Decision:
    """Spends what was put aside."""
    return course.happens(HoldCaptured(occurred_at=moment(at), hold=name, amount=amount))


def releases(course: Course, at: str = "2025-03-15T12:05", name: str = "H") -> Decision:
    """Sets free what was put aside."""
    return course.happens(HoldReleased(occurred_at=moment(at), hold=name))


def views(course: Course, at: str) -> tuple[int, int]:
    """Active and held points at a moment."""
    view = wallet_view(course.standing, course.rules, instant(moment(at)))["points"]
    return view["active"], view["held"]


def rich(**changes: Any) -> Course:
    """A member with 100 points."""
    course = Course(wallets=[wallet(value="0.10", pays=True)], **changes)
    course.buy("100", "2025-03-10")
    return course


def test_d25_a_hold_of_80_of_100_expires_after_15_minutes() -> None:
    course = rich()
    holds(course, 80)
    assert views(course, "2025-03-15T12:14") == (20, 80)
    assert views(course, "2025-03-15T12:16") == (100, 0), "unposted as well"
    course.pass_until("2025-03-15T12:16")
    assert views(course, "2025-03-15T12:16") == (100, 0)
    moved = [effect.hold.state for _, d, _ in course.log for effect in d.effects if isinstance(effect, HoldMoved)]
    assert moved == ["held", "expired"]
    assert course.rows[-1].at == instant(moment("2025-03-15T12:15"))


def test_running_is_active_and_held() -> None:
    course = rich()
    holds(course, 80)
    captures(course, 50)
    assert [(row.kind, row.amount, row.running) for row in course.rows] == [
        ("earn", 100, 100),
        ("hold", -80, 100),
        ("release", 50, 100),
        ("spend", -50, 50),
        ("release", 30, 50),
    ]
    assert views(course, "2025-03-15T12:06") == (50, 0)
    assert sum(course.history) == 50


def test_a_hold_is_captured_whole_or_released_once() -> None:
    course = rich()
    holds(course, 80)
    captures(course)
    assert views(course, "2025-03-15T12:06") == (20, 0)
    assert refused(captures(course)).code == refused(releases(course)).code == "hold_closed"
    holds(course, 20, "2025-03-15T13:00", name="I")
    releases(course, "2025-03-15T13:05", "I")
    assert views(course, "2025-03-15T13:06") == (20, 0)


def test_held_points_cannot_be_spent_and_no_more_than_active_ones_held() -> None:
    course = rich(rewards=[{"id": "bag", "name": "A bag", "price": 50}])
    holds(course, 80)
    assert refused(course.redeem("bag", "2025-03-15T12:05")).code == "not_enough_points"
    assert refused(holds(course, 21, "2025-03-15T12:06", name="I")).code == "not_enough_points"
    assert refused(captures(course, 81)).code == "more_than_held"


def test_a_purchase_takes_a_hold_over_and_frees_the_rest() -> None:
    course = rich()
    holds(course, 80)
    order = Purchase(
        occurred_at=moment("2025-03-15T12:10"),
        id="P2",
        currency="GBP",
        member="m",
        lines=(line("20"),),
        points=Tender("points", 60, hold="H"),
    )
    decision = course.happens(order)
    assert decision.amounts is not None
    assert (decision.amounts.by_points, decision.amounts.due) == (600, 1_400)
    assert views(course, "2025-03-15T12:11") == (54, 0), "20 were free, 20 are again, and 14 are earned"
    assert refused(captures(course)).code == "hold_closed"
    course.give_back(day="2025-03-16", purchase="P2")
    assert views(course, "2025-03-16T12:11") == (100, 0)


@pytest.mark.parametrize(("hold", "amount", "reason"), [("none", 60, "closed"), ("H", 81, "amount")])
def test_a_purchase_that_names_a_hold_wrongly_is_refused(hold: str, amount: int, reason: str) -> None:
    course = rich()
    holds(course, 80)
    tender = Tender("points", amount, hold=hold)
    order = Purchase(
        occurred_at=moment("2025-03-15T12:10"), id="P2", currency="GBP", member="m", lines=(line("20"),), points=tender
    )
    refusal = refused(course.happens(order))
    assert (refusal.code, refusal.reason) == ("hold_refused", reason)


def test_a_lot_that_ends_while_it_is_held_can_still_be_captured_but_expires_when_released() -> None:
    for act, rest in ((captures, [100, -80, 80, -80, -20]), (releases, [100, -80, -20, 80, -80])):
        course = Course(wallets=[wallet(expiry={"kind": "days", "days": 6})])
        course.buy("100", "2025-03-10")
        holds(course, 80, "2025-03-15T23:00", seconds=7_200)
        act(course, at="2025-03-16T00:30")
        assert views(course, "2025-03-16T00:31") == (0, 0)
        assert sorted(course.history) == sorted(rest)
        assert course.balance == 0


def test_released_points_of_an_ended_lot_last_anew_where_that_is_declared() -> None:
    changes = {"wallets": [wallet(expiry={"kind": "days", "days": 6})], "returns": {"restored_to_ended": "renew"}}
    course = Course(changes)
    course.buy("100", "2025-03-10")
    holds(course, 80, "2025-03-15T23:00", seconds=7_200)
    releases(course, at="2025-03-16T00:30")
    assert views(course, "2025-03-16T00:31") == (80, 0)
    [ends] = expiring(course.standing, course.rules, instant(moment("2025-03-16T00:31")))
    assert ends["last_day"] == "2025-03-21"


def test_a_return_while_points_are_held_makes_debt_that_the_release_fills() -> None:
    course = rich()
    holds(course, 80)
    course.give_back(day="2025-03-15T12:05")
    assert views(course, "2025-03-15T12:06") == (-80, 80)
    releases(course, "2025-03-15T12:07")
    assert views(course, "2025-03-15T12:08") == (0, 0)


def test_held_points_are_captured_even_where_a_return_made_debt() -> None:
    course = rich()
    holds(course, 80)
    course.give_back(day="2025-03-15T12:05")
    captures(course, 50, "2025-03-15T12:07")
    assert views(course, "2025-03-15T12:08") == (-50, 0)


def test_a_hold_is_the_next_thing_due() -> None:
    course = rich()
    holds(course, 80)
    assert course.standing.due_at == instant(moment("2025-03-15T12:15"))
    at = moment("2025-03-15T12:15") - dt.timedelta(seconds=1)
    course.pass_time(instant(at))
    assert len(course.rows) == 2


def test_what_is_captured_names_the_end_that_its_lot_has_by_then() -> None:
    course = Course(wallets=[wallet(expiry={"kind": "sliding", "days": 30})], rewards=[])
    course.buy("100.00", "2025-03-01")
    holds(course, 40, "2025-03-02T12:00", seconds=10**7)
    course.buy("1.00", "2025-03-20")
    captures(course, 40, "2025-03-21T12:00")
    lots = {lot.row: lot.ends_at for lot in course.standing.purses["points"].lots}
    assert [(take.row, take.ends_at) for take in course.rows[-1].lots] == [(1, lots[1])]
