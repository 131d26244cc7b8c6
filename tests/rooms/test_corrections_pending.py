"""Corrections of points that are still pending: these are cancelled first, whatever else somebody has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stammis.accrual.queries import member_view
from stammis.simulation import queries, services
from tests.rooms.test_corrections import WRONG, planned, posted, shop, undone
from tests.rooms.test_corrections_returns import LATER, LINES, agrees, back
from tests.rooms.till import SHOP, Till, adjusted, bought, day, happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hour_later")]
WAITS = [SHOP["wallets"][0] | {"pending": {"kind": "days", "days": 300}}]


@pytest.mark.parametrize("policy", ["allow_debt", "to_zero", "pending_only"])
def test_what_is_still_pending_of_a_purchase_is_cancelled_first(policy: str) -> None:
    till = shop(wallets=[WAITS[0] | {"negative_balance": policy}])
    till.say(bought("a", LINES, at=day("2026-01-10")), bought("right", 500, at=day("2026-01-09")))
    till.one(adjusted("gift", 7))
    correction = planned(till)
    assert queries.lacking(correction, "points") == 0
    correction = posted(till, correction)
    assert queries.posted(correction) == {"points": (-40, 0)}
    assert (till.active(), pending(till)) == (7, 25)
    till.now = LATER
    back(till, "1")
    assert (till.active(), pending(till)) == (7, 15)
    undone(till, correction)
    assert (till.active(), pending(till)) == (27, 15)
    agrees(till)
    back(till, "2", "3")
    # pending_only: what the undoing gave back is active, and no return takes that
    assert (till.active(), pending(till)) == (27 if policy == "pending_only" else 7, 5)
    agrees(till)


def pending(till: Till) -> int:
    return int(member_view(till.programme, "anna", till.now)["wallets"]["points"]["pending"])


def test_of_each_purchase_as_much_is_cancelled_as_it_gave_too_much() -> None:
    soon = [SHOP["wallets"][0] | {"pending": {"kind": "event", "event": "visit"}, "negative_balance": "to_zero"}]
    till = shop(wallets=soon)
    till.one(bought("a", 1_000, at=day("2026-01-10")))
    till.one(happened("visit", "visit", at=day("2026-01-11")))
    till.one(bought("b", 500, at=day("2026-01-12")))
    till.one(bought("c", 300, at=day("2026-01-09")))
    assert (till.active(), pending(till)) == (30, 18)
    posted(till, planned(till))
    assert (till.active(), pending(till)) == (10, 8)
    till.now = LATER
    till.one(happened("again", "visit", at=LATER))
    assert (till.active(), pending(till)) == (18, 0)
    agrees(till)


def test_by_other_rules_the_same_points_are_cancelled_though_rows_have_other_numbers() -> None:
    till = shop(wallets=WAITS)
    till.say(bought("small", 500, at=day("2026-01-09")), bought("a", LINES, at=day("2026-01-10")))
    till.one(bought("z", 400, at=day("2026-01-14")))
    posted(till, planned(till))
    large = [WRONG[0] | {"points": 4, "when": {"kind": "total", "at_least": "10.00"}}]
    document = SHOP | {"programme": till.programme.slug, "wallets": WAITS, "earn": large}
    run = services.work(services.begin(till.programme, by="test", document=document, first=dt.date(2026, 1, 1)).id)
    summary = queries.summary_of(run)
    assert summary is not None
    # 80 points by these rules, the first row now; 40 of them are cancelled, and nothing is owed
    points: Any = summary.wallets["points"]
    assert (points.earned, points.taken_back, points.pending, points.closing) == (80, -40, 40, 40)
