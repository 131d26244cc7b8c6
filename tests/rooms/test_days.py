"""What falls due by itself."""

import datetime as dt

import pytest

from stammis.accrual.queries import member_view
from stammis.accrual.services import pass_days, verify
from stammis.accrual.tasks import pass_due_days
from stammis.activity.models import Event
from stammis.kit import clock
from tests.rooms.till import NOW, Till, bought, day

pytestmark = pytest.mark.django_db


def test_e51_points_end_with_a_row_and_nothing_is_deleted() -> None:
    till = Till()
    till.one(bought("1", at=day("2025-06-02")))
    assert pass_days(day("2026-06-01", "22:59")) == 0
    assert pass_days(day("2026-06-01", "23:00")) == 1  # midnight in London
    assert pass_days(day("2026-06-01", "23:00")) == 0
    assert till.rows() == [("earn", 100, 100), ("expire", -100, 0)]
    assert not verify(till.programme)


def test_past_its_end_a_lot_is_gone_even_before_its_row_is_posted() -> None:
    till = Till()
    till.one(bought("1", at=day("2025-06-02")))
    before, after = (member_view(till.programme, "anna", day("2026-06-01", time)) for time in ("22:59", "23:00"))
    assert (before["wallets"]["points"]["active"], after["wallets"]["points"]["active"]) == (100, 0)
    assert before["expiring"] == [{"wallet": "points", "amount": 100, "last_day": "2026-06-01"}]
    assert after["expiring"] == []
    assert till.rows() == [("earn", 100, 100)]


def test_a_level_falls_when_its_days_leave_the_window() -> None:
    till = Till()
    till.one(bought("1", 120_000, at=day("2025-06-02")))
    assert member_view(till.programme, "anna", NOW)["tiers"] == {"level": "gold"}
    pass_days(day("2026-06-02"))
    view = member_view(till.programme, "anna", day("2026-06-02"))
    assert view["tiers"] == {"level": "basic"}
    assert view["progress"][0]["missing"] == 100_000
    assert not verify(till.programme)


def test_members_to_whom_something_just_happened_are_left_for_later() -> None:
    till = Till(now=NOW)
    till.one(bought("1", at=day("2025-06-02")))
    soon = NOW + dt.timedelta(days=1)
    till.now = soon
    till.one(bought("2", member="bert", at=day("2025-06-03")))
    assert pass_days(soon + dt.timedelta(seconds=30), quiet_seconds=60) == 1
    assert pass_days(soon + dt.timedelta(seconds=61), quiet_seconds=60) == 0  # bert's lot still has a day
    assert pass_days(day("2026-06-04"), quiet_seconds=60) == 1


def test_no_day_passes_by_itself_while_the_sample_company_is_loaded_in_part() -> None:
    till = Till()
    till.one(bought("1", at=day("2025-06-02")))
    clock.begin(day("2026-06-03"))
    clock.mark_sample(loading=True)
    assert pass_due_days(0) == 0
    clock.mark_sample(loading=False)
    assert pass_due_days(0) == 1


def test_so_many_members_a_call() -> None:
    till = Till()
    till.say(*[bought(str(n), member=f"m{n}", at=day("2025-06-02")) for n in range(7)])
    later = day("2026-06-02")
    assert [pass_days(later, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert Event.objects.filter(programme=till.programme, kind="day").count() == 7
