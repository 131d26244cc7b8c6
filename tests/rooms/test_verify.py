"""The proof finds whatever was planted, and nothing where nothing was."""

import datetime as dt

import pytest
from django.db import connection

from stammis.accrual.services import pass_days, verify
from stammis.rewards.models import Issued
from tests.rooms.till import (
    NOW,
    SHOP,
    Till,
    adjusted,
    bought,
    day,
    gives_back,
    happened,
    redeems,
    returned,
    status,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    """A year of everything."""
    till = Till()
    till.say(
        bought("1", [60_000, 30_000], at=day("2025-03-01")),
        happened("review", at=day("2025-03-02")),
        bought("2", 50_000, at=day("2025-04-01"), pay=100),
        bought("3", 20_000, at=day("2025-05-01"), status="placed"),
        redeems("mug", "mug", at=day("2025-06-01")),
        redeems("bag", "bag", at=day("2025-06-02"), quantity=2),
    )
    till.one(redeems("gift", "bag", at=day("2025-06-03")))
    code = Issued.objects.get(redemption="gift").code
    till.say(
        bought("4", 9_000, at=day("2025-07-01"), coupons=(code,)),
        returned("r1", "1", "2", at=day("2025-07-02")),
        status("3", "completed", at=day("2025-07-03")),
        status("2", "cancelled", at=day("2025-07-04")),
        status("2", "completed", at=day("2025-07-05")),
        gives_back("bag", at=day("2025-07-06")),
        adjusted("goodwill", 25, at=day("2025-07-07")),
        adjusted("mistake", -5, at=day("2025-07-08")),
        bought("5", 1_000, member=None, email="guest@example.com"),
        bought("6", 1_000, member="bert", at=day("2026-05-01")),
        returned("r4", "4", "1", at=day("2026-05-02")),
        bought("7", at=day("2026-05-03"), status="placed"),
    )
    pass_days(NOW)
    pass_days(NOW + dt.timedelta(days=600))
    return till


def planted(statement: str) -> set[str]:
    """Changes something behind everybody's back, as a superuser could, and gives what the proof finds."""
    with connection.cursor() as db:
        for table in ("ledger_entry", "activity_event", "accrual_decision"):
            db.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        db.execute(statement)
        assert db.rowcount > 0
    return {difference.what for difference in verify()}


def test_a_true_history_has_no_difference(till: Till) -> None:
    seen: list[tuple[int, int]] = []
    assert not verify(progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (3, 3)
    assert till.active() == 0


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("row", "UPDATE ledger_entry SET amount = amount + 1, running = running + 1 WHERE row = 1 AND amount > 100"),
        ("balance", "UPDATE ledger_entry SET running = running + 1 WHERE row = 3"),
        ("row", "DELETE FROM ledger_entry WHERE row = 2"),
        ("row", "UPDATE ledger_entry SET ends_at = ends_at + interval '1 day' WHERE row = 1"),
        ("standing", """UPDATE accrual_standing SET state = replace(state, '"rows":', '"rows":1')"""),
        ("balance", """UPDATE accrual_standing SET state = regexp_replace(state, ',0,0,0,', ',0,0,7,')"""),
        ("standing", "DELETE FROM accrual_standing"),
        ("decision", "UPDATE accrual_decision SET record = replace(record, '\"spend\",true', '\"spend\",false')"),
        ("decision", "DELETE FROM accrual_decision WHERE seq = 2"),
        ("event", "DELETE FROM activity_event WHERE seq = 3"),
        ("decision", "UPDATE activity_event SET body = replace(body, '60000', '60100') WHERE kind = 'purchase'"),
        ("receipt", "UPDATE activity_receipt SET seq = 999 WHERE external_id = '3'"),
        ("purchase", "DELETE FROM accrual_purchasestatus WHERE purchase_id = '1'"),
        ("purchase", "DELETE FROM accrual_purchasestatus WHERE purchase_id = '7'"),
        ("purchase", """UPDATE accrual_purchasestatus SET state = replace(state, 'completed', 'cancelled')"""),
        ("reward", "UPDATE rewards_issued SET state = 'issued' WHERE redemption = 'bag'"),
        ("stock", "UPDATE rewards_stock SET issued = issued + 1 WHERE reward = 'mug'"),
    ],
)
def test_a_planted_difference_is_found(till: Till, what: str, statement: str) -> None:
    assert what in planted(statement)


def test_a_difference_is_told_with_its_place_and_never_rewritten(till: Till) -> None:
    planted("UPDATE ledger_entry SET running = running + 1 WHERE row = 3")
    found = verify(till.programme)
    assert {difference.where for difference in found} == {"row 3"}
    assert verify(till.programme) == found
    assert not verify(Till(name=SHOP["name"]).programme)
